"""Under which names the dashboard answers: a page of another name that leads here gets nothing.

A name that somebody else owns can be made to lead to this machine (DNS rebinding): what a browser then sends
comes with that name. It has no session here, and now no answer either.

Rules:

- the configured names, ``localhost``, ``other_names``, and where tenants reach the page of references;
- any address in numbers: it is the machine that was reached, and nobody can make it lead elsewhere;
- letters large or small, a final dot and the port make no difference (RFC 9110, section 7.2);
- a request without a name, or with one that is none, is refused as one with another name is (421).

Cameras are not asked: they come with a certificate, and the name that they were told once stays good.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request

from fleet.core.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from fleet.core.config import FleetConfig
    from fleet.server.security import RefusalPage


def names_of(config: FleetConfig) -> frozenset[str]:
    """Return every name under which the dashboard of a configuration answers, as ``bare`` gives it."""
    server = config.server
    references = urlsplit(config.visits.reference_url).netloc
    return frozenset(
        bare(each) for each in ("localhost", *server.names, *server.other_names, references) if each
    )


def bare(host: str) -> str:
    """Return a ``Host`` without its port, in small letters; an address of IPv6 without its brackets."""
    text = host.strip().lower()
    if text.startswith("[") and "]" in text:
        return text[1:].partition("]")[0]
    if text.count(":") == 1:
        text = text.partition(":")[0]
    return text.removesuffix(".")


def is_ours(hosts: Iterable[bytes], names: frozenset[str]) -> bool:
    """Say whether a request with these ``Host`` headers is for us: there is one, and it is our name."""
    given = list(hosts)
    if len(given) != 1:
        return False
    name = bare(given[0].decode("ascii", "replace"))
    return name in names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class HostCheck:
    """Refuses requests that are for another host."""

    def __init__(self, app: ASGIApp, *, names: frozenset[str], url: str, page: RefusalPage) -> None:
        """Prepare it.

        Args:
            app: answers what is for us.
            names: of ``names_of``.
            url: the address that people are told to use.
            page: makes the answer for a person's browser.
        """
        self._app = app
        self._names = names
        self._url = url
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is for us."""
        if scope["type"] != "http" or is_ours(
            (value for name, value in scope["headers"] if name == b"host"), self._names
        ):
            await self._app(scope, receive, send)
            return
        detail = f"This service is not reached under that name: go to {self._url}."
        problem = ProblemError(421, "wrong_host", detail, headers={"Connection": "close"})
        answer = await self._page(Request(scope), problem)
        await (answer or problem.response())(scope, receive, send)
