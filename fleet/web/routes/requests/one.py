"""The page of one request, with its forms as they were sent or refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.services import Services, ServicesDep
from fleet.footage.restricting.import_restrictions import lasting_on_imports
from fleet.footage.restricting.restrictions import lasting
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.releases.choosing import why_not_let_out
from fleet.releases.finding import releases_of_request
from fleet.releases.subjects import released_in
from fleet.requests.cases import MOST_STEPS, clock_of, get_case, local_today, steps_of
from fleet.requests.footage import recordings_of
from fleet.requests.letters import LETTERS
from fleet.requests.linked.imports import imports_of
from fleet.requests.models import RequestCase
from fleet.requests.rules.kinds import KINDS, RIGHTS, RequestKind
from fleet.requests.searches import searches_of
from fleet.requests.sending import letters_of, sendable_now
from fleet.web.faults import PageRoute
from fleet.web.routes.requests.forms import NO_STEP, SentStep
from fleet.web.templating import pages
from fleet.web.views.releases.one import released_views
from fleet.web.views.requests.due import due_badge
from fleet.web.views.requests.next_step import next_of_request
from fleet.web.views.requests.one import (
    LinkedView,
    WaitView,
    facts_of,
    letter_rows,
    linked_imports,
    linked_views,
    step_views,
    wait_views,
)
from fleet.web.views.retention.cases import kept_request
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Handler = Annotated[Actor, Depends(require(Permission.REQUESTS))]


@router.get("/requests/{case}")
def request_page(request: Request, case: str, services: ServicesDep, actor: Handler) -> Response:
    """Show a request: its clock in words, what was done, and what can be."""
    return request_page_of(request, services, actor, case)


def request_page_of(
    request: Request, services: Services, actor: Actor, case: str, sent: SentStep = NO_STEP
) -> Response:
    """Show the page of a request, with a step that was sent and refused.

    Raises:
        ProblemError: 404 there is no such request.
    """
    now = services.clock()
    with services.readers() as session:
        row = get_case(session, case)
        today = local_today(session, site_zone())
        kind = RequestKind(row.kind)
        shown = _linked(session, row, now)
        waits, may_draft = wait_views(row), may(actor.roles, Permission.RELEASE)
        searches, answering = searches_of(session, row), releases_of_request(session, row.id)
        return pages(request).render(
            request,
            "requests/one.html",
            actor=actor,
            status=sent.status,
            sent=sent,
            here=f"/requests/{row.id}",
            reference=row.reference,
            case_id=row.id,
            title=KINDS[kind].title,
            rule=KINDS[kind].rule,
            state=due_badge(row, today),
            clock=clock_of(row).words,
            is_open=row.closed is None,
            is_answered=row.answered is not None,
            is_right=kind in RIGHTS,
            is_erasure=kind is RequestKind.ERASURE,
            is_rectification=kind is RequestKind.RECTIFICATION,
            facts=facts_of(row),
            waits=waits,
            stray="" if _has_form(sent, row, waits, shown) else sent.fault,
            searches=searches,
            linked=shown,
            may_see_imports=may(actor.roles, Permission.SEE_IMPORTS),
            letters=letter_rows(letters_of(session, row)),
            writable=[(each, LETTERS[each].title) for each in sendable_now(session, services, row)],
            releases=released_views(
                answering,
                now,
                why_not=lambda each: why_not_let_out(session, released_in(each)),
            ),
            may_release=may_draft,
            kept=kept_request(session, row, services.config),
            may_keep=may(actor.roles, Permission.RETAIN),
            next=next_of_request(row, answering, shown, now, is_searched=bool(searches), may_draft=may_draft),
            **_steps(session, row, now),
            today=today.isoformat(),
        )


def _steps(session: Session, row: RequestCase, now: datetime) -> dict[str, Any]:
    """Return what the page tells of what was done."""
    steps = steps_of(session, row)
    return {
        "steps": step_views(steps, now),
        "is_full": len(steps) >= MOST_STEPS,
        "most_steps": MOST_STEPS,
    }


def _linked(session: Session, row: RequestCase, now: datetime) -> tuple[LinkedView, ...]:
    """Return the recordings and imports of a request, each with what this request alone restricts of it."""
    linked = [each.recording for each in recordings_of(session, row)]
    imports = imports_of(session, row)
    mine = {
        number: [each for each in those if each.request == row.id]
        for number, those in lasting(session, [each.id for each in linked]).items()
    }
    mine_of_imports = {
        name: [each for each in those if each.request == row.id]
        for name, those in lasting_on_imports(session, [each.id for each in imports]).items()
    }
    is_open = row.closed is None
    return linked_views(linked, mine, now, is_open=is_open) + linked_imports(
        imports, mine_of_imports, now, is_open=is_open
    )


def _has_form(
    sent: SentStep, row: RequestCase, waits: Sequence[WaitView], linked: Sequence[LinkedView]
) -> bool:
    """Say whether the page still has the form, and the field, that were refused."""
    kind, is_open = RequestKind(row.kind), row.closed is None
    its = next((each for each in linked if each.id == sent.which and each.is_here), None)
    is_noted = is_open and kind is RequestKind.RECTIFICATION and its is not None and not its.unverified
    of_linked = {
        "claim": its is not None and its.is_restricted,
        "text": is_noted,
        "": its is not None and (is_open or its.is_restricted),
    }
    return {
        "came": is_open and sent.which in {each.open for each in waits},
        "link": is_open,
        "linked": of_linked.get(sent.field, False),
        "search": is_open and kind in RIGHTS,
        "restrict": is_open and kind in RIGHTS and bool(linked),
        "close": is_open and (row.answered is None or not sent.field),
        "reopen": not is_open,
        "keep": True,
    }.get(sent.form, False)
