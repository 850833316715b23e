"""Who is asking, and may they? The dependencies that every route declares (F5).

Each route names exactly one of

- ``Depends(require(Permission.X))``: a signed-in user or a program's token with a role that has the
  permission; the dependency's value is the ``Actor``;
- ``Depends(PUBLIC)``: anybody, such as the sign-in page and the authority's certificate;
- ``Depends(camera_identity)`` (``fleet.cameras.identity``): a camera, by its certificate.

A test walks all routes and fails for one that names none.

Rules:
- a bearer token needs no CSRF token, for no browser sends it by itself;
- a session cookie does, on every method but GET, HEAD and OPTIONS, as ``X-CSRF-Token`` or the field
  ``csrf_token``;
- and such a request from another origin is refused, signed in or not;
- what is sensitive asks whoever sits at a page to confirm that it is they, every 15 minutes
  (``fleet.people.confirming``);
- who is refused although they are signed in, or with a token that is none, is written down; who has not said
  who they are is asked to, which is no refusal;
- what an open page asks for by itself is no sign that somebody is at work;
- a browser that asks for a page is sent to the sign-in page; a program is answered 401.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from fleet.audit.services import AUDIT
from fleet.core.actor import ANONYMOUS, Actor
from fleet.core.problems import ProblemError, SecondFactorNeeded, SignInNeeded
from fleet.core.services import CORE
from fleet.people.accounts.notices import reader_of, told_of_own
from fleet.people.break_glass.lookup import told_now
from fleet.people.confirming.asking import UnconfirmedError, ask_to_confirm
from fleet.people.known.browsers import browser_of
from fleet.people.permissions import Permission, may
from fleet.people.secrets import csrf_token, same
from fleet.people.services import PEOPLE
from fleet.people.sessions import COOKIE, actor_of_session, origin_of
from fleet.people.tokens import actor_of_token

__all__ = [
    "COSTLY",
    "PUBLIC",
    "Permission",
    "Public",
    "Requirement",
    "current_actor",
    "require",
    "signed_in_now",
    "still_allowed",
]

BY_ITSELF = "x-lapel-by-itself"
"""The header by which a page says that nobody asked for what it fetches."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Requirement:
    """A dependency that lets a request through when its actor has the permission, and returns the actor."""

    def __init__(
        self, permission: Permission, *, without_second: bool = False, confirmed: bool = False
    ) -> None:
        self.permission = permission
        self.without_second = without_second
        self.confirmed = confirmed

    async def __call__(self, request: Request) -> Actor:
        """Find the actor and check the permission.

        Raises:
            ProblemError: 401 not signed in, 403 not allowed, without its CSRF token, or before the second
                factor is set up that this user has to have.
            UnconfirmedError: 403 before what is sensitive, for who has not lately confirmed that it is they.
            SignInNeeded: a browser asked for a page.
        """
        actor = await current_actor(request)
        try:
            return await self._let_through(request, actor)
        except UnconfirmedError:
            raise  # a question, and no refusal; what was wrong in an answer is written where it is judged
        except ProblemError as problem:
            await _note(request, actor, problem)
            raise

    async def _let_through(self, request: Request, actor: Actor | None) -> Actor:
        if actor is None:
            if _wants_page(request):
                raise SignInNeeded(_target(request))
            raise ProblemError(
                401,
                "not_signed_in",
                "Sign in, or send an API token that has not been revoked.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if actor.csrf:
            await _check_form(request, actor)
        if actor.lacks_second and not self.without_second:
            if _wants_page(request):
                raise SecondFactorNeeded(_target(request))
            raise ProblemError(
                403, "second_factor_needed", "Set up a second factor first, on the page of your account."
            )
        if not may(actor.roles, self.permission):
            raise ProblemError(403, "not_allowed", f"Your role does not let you {self.permission}.")
        if self.confirmed and request.method not in SAFE_METHODS:
            await ask_to_confirm(request, actor)
        request.state.actor = actor
        return actor


class Public:
    """A dependency that lets anybody through, but for a changing request from another site."""

    async def __call__(self, request: Request) -> None:
        """Let the request through.

        Raises:
            ProblemError: 403 for a changing request from another origin.
        """
        check_origin(request)


PUBLIC = Public()


async def in_turn(request: Request) -> AsyncIterator[None]:
    """Hold one of the turns of who is not signed in until there is an answer.

    A browser that somebody signed in with before has turns apart from those of strangers.

    Raises:
        ProblemError: 503 too many ask already.
    """
    people = PEOPLE(request)
    known = browser_of(people, request)
    who = "" if known is None else known.user
    async with people.anonymous.turn(origin_of(request).address, who):
        yield


COSTLY = Depends(in_turn, scope="function")
"""Beside ``PUBLIC`` where much is done for whoever asks. An answer that is only being read holds no turn."""


def require(permission: Permission, *, confirmed: bool = False) -> Requirement:
    """Return the dependency: ``actor: Annotated[Actor, Depends(require(Permission.PLAY))]``.

    With ``confirmed`` whoever is signed in must have given their password, or the like, in the last minutes.
    """
    return Requirement(permission, confirmed=confirmed)


async def current_actor(request: Request) -> Actor | None:
    """Return who sends this request, or None; found once per request.

    Pages that look different to signed-in people use it; it checks no permission.
    """
    if not hasattr(request.state, "found_actor"):
        request.state.found_actor = await run_in_threadpool(_find_with_news, request)
    found: Actor | None = request.state.found_actor
    return found


async def signed_in_now(request: Request) -> Actor | None:
    """Return who is signed in at this moment, asked anew; no sign of life, as ``still_allowed``."""
    return await run_in_threadpool(_find_actor, request, seen_now=False)


async def still_allowed(request: Request, actor: Actor) -> bool:
    """Say whether a request that is still being answered would be let through today as it was.

    It asks the database anew, and is no sign of life: an open page does not keep its session from going idle.
    """
    return await signed_in_now(request) == actor


def check_origin(request: Request) -> None:
    """Refuse a changing request that a browser sends from another site.

    Raises:
        ProblemError: 403.
    """
    origin = request.headers.get("origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise ProblemError(
            403,
            "other_origin",
            "This request says that it comes from another address than it went to; open the dashboard there.",
        )


def _find_with_news(request: Request) -> Actor | None:
    """Find the actor and, for somebody at a page, what every page tells."""
    actor = _find_actor(request, seen_now=not _is_by_itself(request))
    if actor is not None and actor.csrf and not request.url.path.startswith("/api/"):
        with CORE(request).readers() as session:
            request.state.told = told_now(session)
            request.state.told_of_own = told_of_own(session, reader_of(PEOPLE(request), request, actor))
    return actor


def _is_by_itself(request: Request) -> bool:
    """Say whether an open page asks by itself, which is no sign that somebody is at work.

    Whoever claims that falsely has their own session end sooner, and nothing else.
    """
    is_stream = request.headers.get("accept", "").startswith("text/event-stream")
    return is_stream or BY_ITSELF in request.headers


def _find_actor(request: Request, *, seen_now: bool = True) -> Actor | None:
    found = _shown_by(request, seen_now=seen_now)
    return None if found is None else found.at(origin_of(request).address)


def _shown_by(request: Request, *, seen_now: bool) -> Actor | None:
    services = CORE(request)
    header = request.headers.get("authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return actor_of_token(services, token.strip()) if scheme.lower() == "bearer" else None
    secret = request.cookies.get(COOKIE)
    return actor_of_session(services, secret, csrf_token(secret), seen_now=seen_now) if secret else None


async def _note(request: Request, actor: Actor | None, problem: ProblemError) -> None:
    """Have a refusal written down, but not that somebody who claims to be nobody has to sign in first."""
    if actor is None and "authorization" not in request.headers:
        return
    who = actor or ANONYMOUS.at(origin_of(request).address)
    route = getattr(request.scope.get("route"), "path", request.url.path)
    about = next((str(value) for value in request.path_params.values()), "")
    detail = {"code": problem.code, "route": f"{request.method} {route}"}
    write = AUDIT(request).refusals.write
    await run_in_threadpool(write, who, "people:request:refuse", about, detail=detail)


async def _check_form(request: Request, actor: Actor) -> None:
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    shown = request.headers.get("x-csrf-token")
    if shown is None and request.headers.get("content-type", "").startswith(FORMS):
        field = (await request.form()).get("csrf_token")
        shown = field if isinstance(field, str) else None
    if shown is None or not same(shown, actor.csrf):
        raise ProblemError(
            403,
            "csrf",
            "This form is not of how you are signed in now; go back, reload the page and try again.",
        )


def _wants_page(request: Request) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not request.url.path.startswith("/api/")
        and "text/html" in request.headers.get("accept", "")
    )


def _target(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


SignedIn = Annotated[Actor, Depends(require(Permission.SIGNED_IN))]

OwnAccount = Annotated[Actor, Depends(Requirement(Permission.SIGNED_IN, without_second=True))]
"""Signed in, and maybe without the second factor yet: what belongs to one's own account alone."""

ConfirmedOwnAccount = Annotated[
    Actor, Depends(Requirement(Permission.SIGNED_IN, without_second=True, confirmed=True))
]
"""Likewise, by somebody who confirmed lately that it is they."""
