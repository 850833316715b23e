"""What somebody says of what happened to their account: that they know of it, or that it was not they."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.alerts.events import raise_event
from fleet.alerts.rules.finding import AlertFinding
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.people.access import ConfirmedOwnAccount, OwnAccount
from fleet.people.accounts.notices import disown, know_of, reader_of
from fleet.people.accounts.own import by_hand
from fleet.people.known.browsers import key_of, remember
from fleet.people.notices.alert import NOT_ME
from fleet.people.notices.models import AccountNotice
from fleet.people.services import PeopleDep
from fleet.web.faults import PageRoute
from fleet.web.forms import safe_next
from fleet.web.views.bidi import isolated
from fleet.web.views.people.notices import notice_words

router = APIRouter(route_class=PageRoute)

_MOST_TIMES = 1_000_000_000


@router.post("/account/notices/{notice}/known")
def known_form(
    request: Request,
    notice: str,
    people: PeopleDep,
    actor: OwnAccount,
    times: Annotated[int, Form(ge=0, le=_MOST_TIMES)] = 0,
    target: Annotated[str, Form(alias="next", max_length=2000)] = "/account",
) -> Response:
    """Have this browser tell it no more, whose person knows of it."""
    by_hand(actor)
    with people.core.sessions.begin() as session:
        reader = reader_of(people, request, actor)
        know_of(session, reader, notice=notice, times=times, by=actor)
    return RedirectResponse(safe_next(target), 303)


@router.post("/account/notices/{notice}/not-me")
def not_me_form(request: Request, notice: str, people: PeopleDep, actor: ConfirmedOwnAccount) -> Response:
    """End one's other sessions, for somebody else did that, and tell the administrators.

    It asks who sits there first, and makes no browser known again by what was done in this very session.
    """
    by_hand(actor)
    with people.core.sessions.begin() as session:
        reader = reader_of(people, request, actor)
        row = disown(session, reader, notice=notice, by=actor)
        is_own_doing = row is not None and row.doer == reader.session
        if row is not None:
            finding = _finding(row, actor, notice_words(row, now(session)))
            raise_event(session, finding, people.core.random)
    answer = RedirectResponse("/account?said=not-me", 303)
    if key_of(people, request, actor.id) and not is_own_doing:
        remember(request, answer, actor)  # the others are known no more, since they said that
    return answer


def _finding(row: AccountNotice, actor: Actor, words: str) -> AlertFinding:
    return AlertFinding(
        NOT_ME,
        row.id,
        "an account",
        f"{isolated(actor.name)} says that it was not they: “{words}”",
        "Talk to them now, give them a link for a new password, and look in the audit log for what was done.",
        f"/users/{row.user_id}",
        aspect=row.id,
    )
