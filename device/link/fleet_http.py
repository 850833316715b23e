"""Requests to the fleet's listener for cameras: how they go out, and what each answer means to the camera.

Rules:

- Every request is over TLS 1.3 with the camera's certificate. No proxy, no redirection, no cookie: what the
  environment says about proxies plays no part.
- Little of a body waits in the system's send buffer (``UNSENT_BYTES``): what is broken off ends at once.
- Every outcome is a value or one of three errors: ``UnreachableError`` (try again), ``NotTrustedError`` (try
  again slowly), ``RefusedError`` (the answer is no).

What is asked for stands in the clients of the rooms: ``uploads.client``, ``messages.client``,
``identity.client``. None of them retries.
"""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from device.link.errors import LinkError, NotTrustedError, RefusedError, UnreachableError
from device.link.tls import explain
from protocol.messages.problems import MEDIA_TYPE
from protocol.units import KIB

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

    from device.commands.fleet_time import FleetTime

TIMEOUT: Final = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=10.0)
"""Seconds. Reading is the longest: the fleet answers a segment only once it is durable."""
IDLE_S: Final = 4.0
"""Shorter than the fleet's 5 s: a connection that the fleet is just closing must not be used."""
UNSENT_BYTES: Final = 128 * KIB
"""Most that a connection takes from us before it could be sent: two blocks of footage.

Else the system takes up to some megabytes, which still go out over a slow link when the request is given up.
"""
JSON_HEADERS: Final = {"Content-Type": "application/json"}

_TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_NOT_YOU = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_M = TypeVar("_M", bound=BaseModel)


class FleetHttp:
    """Connections to the fleet's listener for cameras. Thread-safe: threads share them.

    Args:
        base_url: ``https://HOST:PORT`` of the listener.
        context: TLS with the camera's certificate and the fleet's authority.
        at_once: How many requests there may be at the same time.
        transport: What carries the requests; None for the network.
        fleet_time: Hears what time each answer names, whatever else it says; None where nobody asks.
    """

    def __init__(
        self,
        base_url: str,
        context: ssl.SSLContext,
        *,
        at_once: int,
        transport: httpx.BaseTransport | None = None,
        fleet_time: FleetTime | None = None,
    ) -> None:
        self._fleet_time = fleet_time
        self._where = f"the fleet at {base_url}"
        limits = httpx.Limits(
            max_connections=at_once, max_keepalive_connections=at_once, keepalive_expiry=IDLE_S
        )
        self._http = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/api/v1/camera",
            verify=context,
            timeout=TIMEOUT,
            limits=limits,
            transport=transport or network(context, limits),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close every connection; requests under way fail."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a request, and return an answer that says success.

        Raises:
            LinkError: See the module's rules.
        """
        asked = None if self._fleet_time is None else self._fleet_time.ask()
        try:
            answer = self._http.request(method, path, content=content, headers=headers)
        except httpx.RequestError as error:
            raise explain(error, self._where) from error
        if self._fleet_time is not None and asked is not None:
            self._fleet_time.answered(asked, answer.headers.get("Date"))
        if not answer.is_success:
            raise refusal(answer, self._where)
        return answer

    def read(self, answer: httpx.Response, model: type[_M]) -> _M:
        """The message in an answer.

        Raises:
            UnreachableError: It cannot be read.
        """
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise UnreachableError(
                f"The answer of {self._where} cannot be read: update camera and fleet to the same version.",
                status=answer.status_code,
            ) from error


def network(context: ssl.SSLContext, limits: httpx.Limits) -> httpx.HTTPTransport:
    """What carries requests over the network, with little waiting in the system."""
    option = (socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    return httpx.HTTPTransport(verify=context, trust_env=False, limits=limits, socket_options=[option])


def refusal(answer: httpx.Response, where: str) -> LinkError:
    """Turn an answer that is not a success into the link's own error, in the fleet's words if it has any."""
    status = answer.status_code
    code, detail = _problem(answer)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_AGAIN:
        why = detail or f"status {status}"
        return UnreachableError(f"There is trouble at {where}: {why}", status=status)
    sentence = detail or f"The answer of {where} was {status} without a reason."
    if status in _NOT_YOU:
        return NotTrustedError(sentence, code=code)
    return RefusedError(sentence, status=status, code=code)


def _problem(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of a problem document (RFC 9457), empty when the answer is none."""
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() != MEDIA_TYPE:
        return "", ""
    try:
        document = answer.json()
    except ValueError:
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    return str(document.get("code", "")), str(document.get("detail", ""))
