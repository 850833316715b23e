"""The people of a pilot at the fleet's pages and its JSON API, each signed in as themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from simulator.errors import FleetRefusalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SIGNED_IN_FOR_S: Final = 600
"""So long a sign-in is used; a fleet asks anew before what is sensitive after a quarter of an hour."""


class Colleague(Enum):
    """Somebody who works with the fleet: the name, and what they may do."""

    SAFETY_TEAM = ("Safety team", ("safety-team",))
    MANAGER = ("CCTV manager", ("cctv-manager",))
    DPO = ("Data protection officer", ("data-protection-officer",))


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """What a browser sends that is signed in, and when that began."""

    headers: Mapping[str, str]
    since_s: float


@dataclass(slots=True)
class PilotDesk:
    """Asks the fleet as one of them.

    Attributes:
        url: The dashboard's address.
        answers: Answers a request to it.
        sign_in: Signs somebody in, by name and roles; returns the cookie and the token of changes.
        seconds: The run's clock.
    """

    url: str
    answers: httpx.BaseTransport
    sign_in: Callable[[str, tuple[str, ...]], tuple[str, str]]
    seconds: Callable[[], float]
    _http: httpx.Client = field(init=False)
    _known: dict[Colleague, KnownBrowser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, transport=self.answers, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, who: Colleague, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return what the JSON API says.

        Raises:
            FleetRefusalError: It refuses.
        """
        return self._asked(who, "GET", f"/api/v1{path}").json()

    def text(self, who: Colleague, path: str) -> str:
        """Return a page, or a table, as text.

        Raises:
            FleetRefusalError: It is refused.
        """
        return self._asked(who, "GET", path).text

    def post(self, who: Colleague, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask for a change through the JSON API, and return what it says; bytes where that is no JSON.

        Raises:
            FleetRefusalError: It refuses.
        """
        answer = self._asked(who, "POST", f"/api/v1{path}", json=dict(body or {}))
        kind = answer.headers.get("content-type", "")
        return answer.json() if kind.startswith("application/json") and answer.content else answer.content

    def delete(self, who: Colleague, path: str) -> None:
        """Take something away through the JSON API.

        Raises:
            FleetRefusalError: It refuses.
        """
        self._asked(who, "DELETE", f"/api/v1{path}")

    def form(self, who: Colleague, path: str, fields: Mapping[str, str]) -> str:
        """Send a page's form, and return the page where there is one; nothing where it leads to another.

        Raises:
            FleetRefusalError: It is refused.
        """
        return self._asked(who, "POST", path, data=dict(fields)).text

    def _asked(
        self,
        who: Colleague,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        answer = self._http.request(method, path, headers=self._headers(who), json=json, data=data)
        if answer.is_error:
            raise FleetRefusalError(_sentence(answer))
        return answer

    def _headers(self, who: Colleague) -> Mapping[str, str]:
        known = self._known.get(who)
        if known is None or self.seconds() - known.since_s > SIGNED_IN_FOR_S:
            name, roles = who.value
            cookie, token = self.sign_in(name, roles)
            known = KnownBrowser({"cookie": cookie, "x-csrf-token": token}, self.seconds())
            self._known[who] = known
        return known.headers


def _sentence(answer: httpx.Response) -> str:
    try:
        said = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        said = f"status {answer.status_code}"
    return f"The fleet refused {answer.request.method} {answer.request.url.path}: {said}"
