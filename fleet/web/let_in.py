"""The answer to a password that was right: a session, or the page that asks for the second factor."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from fleet.people.admission import HalfWay, SignedIn
from fleet.people.known.browsers import remember
from fleet.people.sessions import set_cookie, set_step_cookie


def let_in(request: Request, signed: SignedIn | HalfWay, target: str) -> Response:
    """Send somebody on to ``target``, by way of the second step where that is needed."""
    if isinstance(signed, HalfWay):
        answer = RedirectResponse(f"/sign-in/second?{urlencode({'next': target})}", 303)
        set_step_cookie(answer, signed.secret)
        return answer
    answer = RedirectResponse(target, 303)
    set_cookie(answer, signed.secret)
    remember(request, answer, signed.actor)
    return answer
