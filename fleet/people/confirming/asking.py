"""Asking somebody at a page to confirm that it is they, before what is sensitive.

Rules:
- who was asked in the last 15 minutes, or signed in then, is not asked;
- a program with a token is not asked: it has no session that somebody could leave open;
- the answer comes with the form that it is asked for, in a field of its own, so that nothing of what was
  typed is lost on the way (``fleet.web.faults`` shows the form again).
"""

from __future__ import annotations

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import CORE
from fleet.people.confirming.confirming import confirm_by_password
from fleet.people.confirming.rules import is_confirmed
from fleet.people.services import PEOPLE
from fleet.people.sessions import COOKIE

FIELD = "own_password"
"""The field of a form that carries the password of whoever sends it."""
TRIED = "confirming"
"""The field by which a form says that it was sent from the page that asks."""
_ASKED = "Confirm first that it is you: your password was not given in the last 15 minutes."
_NOT_YET = "Nobody has confirmed yet that it is you; do that first, then go on."


class UnconfirmedError(ProblemError):
    """Whoever asks has to confirm first that it is they.

    Attributes:
        fault: what was wrong with what they gave; empty where they gave nothing yet.
    """

    def __init__(self, problem: ProblemError | None = None, *, tried: bool = False) -> None:
        if problem is not None:
            super().__init__(problem.status, problem.code, problem.detail, headers=problem.headers)
        else:
            super().__init__(403, "confirmation_needed", _NOT_YET if tried else _ASKED)
        self.fault = self.detail if problem is not None or tried else ""


async def ask_to_confirm(request: Request, actor: Actor) -> None:
    """Let through who has confirmed lately, or does so with this form.

    Raises:
        UnconfirmedError: 403 they have not; 429 after too many wrong passwords.
    """
    if actor.confirmed is None or is_confirmed(actor.confirmed, CORE(request).clock()):
        return
    form = await request.form() if _has_form(request) else {}
    typed = form.get(FIELD)
    if not isinstance(typed, str) or not typed:
        raise UnconfirmedError(tried=TRIED in form)
    secret = request.cookies.get(COOKIE, "")
    try:
        await run_in_threadpool(confirm_by_password, PEOPLE(request), actor, secret, password=typed)
    except ProblemError as problem:
        raise UnconfirmedError(problem) from problem


def _has_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))
