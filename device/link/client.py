"""Requests to the fleet's listener for cameras: what goes out, and what each answer means to the camera.

Rules:

- Every request is over TLS 1.3 with the camera's certificate. No proxy, no redirection, no cookie: what the
  environment says about proxies plays no part.
- A body of footage is streamed from the card in blocks, with its digest in `Content-Digest` (RFC 9530) and
  `If-None-Match: *` (RFC 9110, section 13.1.2): create it, never replace it.
- Every outcome is a value or one of three errors: `UnreachableError` (try again), `NotTrustedError` (try
  again slowly), `RefusedError` (the answer is no).

It decides nothing and retries nothing: `device.link.uploads.uploader` does.
"""

import json
import ssl
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from device.link.errors import LinkError, NotTrustedError, RefusedError, UnreachableError
from device.link.identity.tls import explain
from device.link.uploads.contents import Digest
from protocol.messages.desired import Desired
from protocol.messages.uploads import CompleteRequest, LedgerProgress, UploadedRecording, content_digest

TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=30.0, pool=10.0)
"""Seconds. Reading is the longest: the fleet answers a segment only once it is durable."""
IDLE_S = 4.0
"""Shorter than the fleet's 5 s: a connection that the fleet is just closing must not be used."""

_TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_NOT_YOU = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_JSON = {"Content-Type": "application/json"}
_M = TypeVar("_M", bound=BaseModel)


class Renewed(BaseModel):
    """The answer to a renewal: the next certificate, and the authority that issued it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    certificate_pem: str
    authority_pem: str


class FleetClient:
    """The fleet as the camera sees it. Thread-safe: threads share its connections.

    Args:
        base_url: `https://HOST:PORT` of the listener for cameras.
        context: TLS with the camera's certificate and the fleet's authority.
        at_once: how many requests there may be at the same time.
    """

    def __init__(self, base_url: str, context: ssl.SSLContext, *, at_once: int) -> None:
        self._where = f"the fleet at {base_url}"
        limits = httpx.Limits(
            max_connections=at_once, max_keepalive_connections=at_once, keepalive_expiry=IDLE_S
        )
        self._http = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/api/v1/camera",
            verify=context,
            timeout=TIMEOUT,
            limits=limits,
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close every connection; requests under way fail."""
        self._http.close()

    def desired(self) -> Desired:
        """What the fleet wants of this camera.

        Raises:
            LinkError: see the module's rules.
        """
        return self._read(self._send("GET", "/desired"), Desired)

    def renew(self, request_pem: str) -> Renewed:
        """The camera's next certificate, for a signing request by its present key.

        Raises:
            LinkError: see the module's rules.
        """
        body = json.dumps({"csr_pem": request_pem}).encode()
        return self._read(self._send("POST", "/certificate", content=body, headers=_JSON), Renewed)

    def held(self, number: int) -> UploadedRecording | None:
        """What the fleet holds of a recording; None when it never heard of it.

        Raises:
            LinkError: see the module's rules.
        """
        try:
            answer = self._send("GET", f"/recordings/{number}")
        except RefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return self._read(answer, UploadedRecording)

    def put_segment(self, number: int, name: str, digest: Digest, blocks: Iterable[bytes]) -> None:
        """Store a segment. Returns once the fleet holds exactly these bytes.

        Raises:
            LinkError: see the module's rules.
            OSError: the segment cannot be read.
        """
        path = f"/recordings/{number}/segments/{quote(name, safe='')}"
        self._send("PUT", path, content=blocks, headers=_create_only(digest))

    def put_ledger(self, number: int, offset: int, digest: Digest, data: bytes) -> int:
        """Store a piece of a ledger. Returns how many bytes of it the fleet holds from its beginning.

        Raises:
            LinkError: see the module's rules.
        """
        headers = _create_only(digest)
        answer = self._send("PUT", f"/recordings/{number}/ledger/{offset}", content=data, headers=headers)
        return self._read(answer, LedgerProgress).ledger_length

    def complete(self, number: int, request: CompleteRequest) -> None:
        """Tell the fleet that it holds all of a recording.

        Raises:
            LinkError: see the module's rules.
        """
        body = request.model_dump_json().encode()
        self._send("POST", f"/recordings/{number}/complete", content=body, headers=_JSON)

    def receipt(self, number: int) -> bytes | None:
        """The fleet's receipt; None while it is still verifying.

        Raises:
            LinkError: see the module's rules.
        """
        answer = self._send("GET", f"/recordings/{number}/receipt")
        return None if answer.status_code == HTTPStatus.ACCEPTED else answer.content

    def _send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            answer = self._http.request(method, path, content=content, headers=headers)
        except httpx.RequestError as error:
            raise explain(error, self._where) from error
        if not answer.is_success:
            raise refusal(answer, self._where)
        return answer

    def _read(self, answer: httpx.Response, model: type[_M]) -> _M:
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise UnreachableError(
                f"The answer of {self._where} cannot be read: update camera and fleet to the same version.",
                status=answer.status_code,
            ) from error


def refusal(answer: httpx.Response, where: str) -> LinkError:
    """Turn an answer that is not a success into the link's own error, in the fleet's words if it has any."""
    status = answer.status_code
    code, detail = _problem(answer)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_AGAIN:
        why = detail or f"status {status}"
        return UnreachableError(f"There is trouble at {where}: {why}", status=status)
    sentence = detail or f"The answer of {where} was {status} without a reason."
    if status in _NOT_YOU:
        return NotTrustedError(sentence)
    return RefusedError(sentence, status=status, code=code)


def _problem(answer: httpx.Response) -> tuple[str, str]:
    """Code and sentence of a problem document (RFC 9457), empty when the answer is none."""
    if answer.headers.get("Content-Type", "").partition(";")[0].strip() != "application/problem+json":
        return "", ""
    try:
        document = answer.json()
    except ValueError:
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    return str(document.get("code", "")), str(document.get("detail", ""))


def _create_only(digest: Digest) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(digest.size),
        "Content-Digest": content_digest(digest.sha256),
        "If-None-Match": "*",
    }
