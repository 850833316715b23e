"""One listener of a fleet as a stranger's program talks to it, and its answers as they came.

Nothing is raised for what a fleet answers: a refusal, a broken connection and a refused certificate are
answers that a rule may ask for.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from protocol.messages.problems import MEDIA_TYPE
from protocol.messages.uploads import content_digest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    Transport = Callable[[ssl.SSLContext], httpx.BaseTransport]

TIMEOUT: Final = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=10.0)
SHOWN: Final = 160
NO_ANSWER: Final = 0
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What came of one request.

    Attributes:
        sent: The request in words.
        status: The HTTP status; 0 where no answer came.
        kind: The media type.
        body: The body.
        failure: Why no answer came.
    """

    sent: str
    status: int
    kind: str = ""
    body: bytes = b""
    failure: str = ""

    @property
    def is_problem(self) -> bool:
        """Whether it is a problem document (RFC 9457) with a code and a sentence."""
        said = self.json
        return (
            self.kind == MEDIA_TYPE
            and isinstance(said, dict)
            and isinstance(said.get("code"), str)
            and bool(said.get("detail"))
        )

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self) -> str:
        """The word for programs in a refusal; empty without one."""
        said = self.json
        return str(said.get("code", "")) if isinstance(said, dict) else ""

    @property
    def words(self) -> str:
        """What came, shortly."""
        if self.status == NO_ANSWER:
            return f"no answer ({self.failure})"
        said = self.json
        more = self.code or (json.dumps(said) if isinstance(said, dict) else self.kind)
        return f"{self.status} {more[:SHOWN]}".rstrip()

    def read(self, model: type[M]) -> M | None:
        """The message in it, with no unknown field and no value of another type; None where it is none."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            return None


class Door:
    """Requests to one listener.

    Args:
        base: Its address, ``https://HOST:PORT``.
        context: What the connection is checked against, and which certificate it shows.
        transport: Makes what carries requests; None for the network.
    """

    def __init__(self, base: str, context: ssl.SSLContext, transport: Transport | None = None) -> None:
        self.base = base.rstrip("/")
        self._http = httpx.Client(
            base_url=self.base,
            verify=context,
            timeout=TIMEOUT,
            transport=None if transport is None else transport(context),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def get(self, path: str) -> DoorAnswer:
        """Ask for something."""
        return self.send("GET", path, f"GET {path}")

    def post(self, path: str, body: BaseModel | Mapping[str, Any], what: str = "") -> DoorAnswer:
        """Send JSON."""
        text = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(dict(body))
        headers = {"Content-Type": "application/json"}
        return self.send("POST", path, f"POST {path}{what}", text.encode(), headers)

    def put(self, path: str, body: bytes, what: str = "", *, digest: str | None = "") -> DoorAnswer:
        """Create bytes that are not replaced.

        Args:
            path: Where.
            body: What.
            what: How to call it in a sentence.
            digest: The ``Content-Digest``; that of the body where it is empty, none where it is None.
        """
        headers = {"Content-Type": "application/octet-stream", "If-None-Match": "*"}
        if digest is not None:
            headers["Content-Digest"] = digest or content_digest(hashlib.sha256(body).digest())
        return self.send("PUT", path, f"PUT {path}{what}", body, headers)

    def send(
        self,
        method: str,
        path: str,
        sent: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> DoorAnswer:
        """Send a request, and return what came of it."""
        try:
            answer = self._http.request(method, path, content=body, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            return DoorAnswer(sent, NO_ANSWER, failure=str(error) or type(error).__name__)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return DoorAnswer(sent, answer.status_code, kind, answer.content)
