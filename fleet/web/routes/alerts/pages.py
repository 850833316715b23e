"""The list of alerts, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from fleet.alerts.handling import LONGEST_NOTE, NOTE_UNUSABLE, Owner, get_alert
from fleet.alerts.models import AlertRow
from fleet.alerts.search import AlertFilter, Which, find_alerts, same_before, settled_count, steps_of
from fleet.alerts.services import AlertsDep, AlertServices
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.users import list_users
from fleet.web.faults import PageRoute
from fleet.web.routes.searching import Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.alerts.alert import alert_view, alert_views, step_view
from fleet.web.views.alerts.none import none_words
from fleet.web.views.moments import count, moment
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PAGE, PagedSearch

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.ALERTS))]
_WORDS = {
    Which.OPEN: "Not resolved",
    Which.MINE: "Mine",
    Which.RESOLVED: "Resolved",
    Which.ALL: "All",
}
_ABOUT = {
    Which.OPEN: "What needs somebody, the gravest first.",
    Which.MINE: "What you have taken or were given, the gravest first.",
    Which.RESOLVED: "What was resolved, by people or by itself, the newest first.",
    Which.ALL: "Every alert that is kept, the newest first.",
}


@dataclass(frozen=True, slots=True)
class AlertSearch(PagedSearch):
    """What somebody looks for among alerts, as the address has it."""

    PATH = "/alerts"

    which: Which = Which.OPEN
    kind: str = ""
    text: str = ""

    @property
    def is_any(self) -> bool:
        """Whether something was chosen."""
        return bool(self.which is not Which.OPEN or self.kind or self.text)

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {"state": str(self.which), "kind": self.kind, "q": self.text}


def search_of(
    state: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=60)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    skip: Skip = 0,
) -> AlertSearch:
    """Read what is looked for out of the address."""
    which = Which(state) if state in set(Which) else Which.OPEN
    return AlertSearch(which, kind, " ".join(q.split()), skip=skip)


@router.get("/alerts")
def alerts_page(
    request: Request,
    services: ServicesDep,
    alerts: AlertsDep,
    actor: Handler,
    search: Annotated[AlertSearch, Depends(search_of)],
) -> Response:
    """List alerts, as things are at this moment."""
    alerts.bring_up_to_date()
    now, seen = services.clock(), alerts.kinds.of(actor.roles)
    ids = [kind.id for kind in seen]
    search = search if search.kind in ids else replace(search, kind="")
    chosen = [search.kind] if search.kind else ids
    wanted = AlertFilter(chosen, search.which, actor.id, search.text)
    with services.readers() as session:
        search, rows, total = found_page(
            search, lambda skip: find_alerts(session, wanted, skip=skip, limit=PAGE)
        )
        settled = settled_count(session, ids)
    before, after = search.pager(total)
    sees_all = len(ids) == len(alerts.kinds.all)
    return pages(request).render(
        request,
        "alerts/list.html",
        actor=actor,
        alerts=alert_views(rows, alerts.kinds, now),
        title=count(total, "alert"),
        about=_ABOUT[search.which],
        on_paper=narrowed_words(
            (
                ("Which", _WORDS[search.which] if search.which is not Which.OPEN else ""),
                ("About", alerts.kinds[search.kind].title if search.kind else ""),
                ("Camera, recording", search.text),
            ),
            skip=search.skip,
            shown=len(rows),
            total=total,
        ),
        nothing=none_words(moment(now, now, seconds=True).text, settled, sees_all=sees_all),
        chosen=search,
        states=[(str(which), word) for which, word in _WORDS.items()],
        kinds=seen,
        before=before,
        after=after,
    )


@router.get("/alerts/{alert}")
def alert_page(
    request: Request, alert: str, services: ServicesDep, alerts: AlertsDep, actor: Handler
) -> Response:
    """Show one alert, as things are at this moment."""
    alerts.bring_up_to_date()
    return one_page(request, services, alerts, actor, alert)


def one_page(
    request: Request,
    services: Services,
    alerts: AlertServices,
    actor: Actor,
    alert: str,
    *,
    note: str = "",
    problem: ProblemError | None = None,
) -> Response:
    """Show one alert, with what was wrong about what somebody asked for.

    Raises:
        ProblemError: 404 there is no such alert for them.
    """
    now = services.clock()
    with services.readers() as session:
        row = get_alert(session, alerts.kinds, alert, actor)
        steps, before = steps_of(session, row), same_before(session, row)
    return pages(request).render(
        request,
        "alerts/one.html",
        actor=actor,
        status=problem.status if problem else 200,
        alert=alert_view(row, alerts.kinds[row.kind], now),
        steps=[step_view(each, now) for each in steps],
        before=alert_views(before, alerts.kinds, now),
        others=[each for each in may_have(services, alerts, row) if each.id not in (actor.id, row.owner_id)],
        longest=LONGEST_NOTE,
        note=note,
        fault=problem.detail if problem else "",
        is_of_note=problem is not None and problem.code == NOTE_UNUSABLE,
    )


def may_have(services: Services, alerts: AlertServices, row: AlertRow) -> list[Owner]:
    """Return the users whom an alert can be given to."""
    roles = alerts.kinds[row.kind].roles
    with services.readers() as session:
        users = [each for each in list_users(session) if not each.is_out and not roles.isdisjoint(each.roles)]
        return [Owner(each.id, each.name) for each in users]
