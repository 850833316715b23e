"""Requests for uploads: what the fleet holds, segments, pieces of ledgers, and receipts.

A body of footage is streamed from the card in blocks, with its digest in ``Content-Digest`` (RFC 9530) and
``If-None-Match: *`` (RFC 9110, section 13.1.2): create it, never replace it.

It decides nothing and retries nothing: ``device.link.uploads.uploader`` does.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from device.link.errors import RefusedError
from device.link.fleet_http import JSON_HEADERS, FleetHttp
from protocol.messages.uploads import (
    CompleteRequest,
    DirectAddress,
    DirectSegment,
    LedgerProgress,
    UploadedRecording,
    content_digest,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import httpx

    from device.link.uploads.contents import Digest


class UploadClient:
    """The fleet's copies as the camera sees them. Thread-safe.

    Every method raises a ``LinkError`` as ``device.link.fleet_http`` says, and names the recording by its id
    too: should another device use this camera's identity, their recordings of one number stay apart.

    Args:
        http: The connections.
    """

    def __init__(self, http: FleetHttp) -> None:
        self._http = http

    def held(self, number: int, recording: str) -> UploadedRecording | None:
        """What the fleet holds of a recording; None when it never heard of it.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        try:
            answer = self._http.send("GET", f"{_path(number, recording)}&direct=true")
        except RefusedError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return self._http.read(answer, UploadedRecording)

    def put_segment(
        self, number: int, recording: str, name: str, digest: Digest, blocks: Iterable[bytes]
    ) -> None:
        """Store a segment. Returns once the fleet holds exactly these bytes.

        Raises:
            LinkError: There is no answer, or a refusal.
            OSError: The segment cannot be read.
        """
        path = _path(number, recording, f"/segments/{quote(name, safe='')}")
        self._http.send("PUT", path, content=blocks, headers=_create_only(digest))

    def address(self, number: int, recording: str, name: str, digest: Digest) -> DirectAddress:
        """Ask for the address by which a segment may be put straight into the store.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        answer = self._say(number, recording, f"/segments/{quote(name, safe='')}/address", digest)
        return self._http.read(answer, DirectAddress)

    def arrived(self, number: int, recording: str, name: str, digest: Digest) -> None:
        """Say that a segment was put straight into the store. Returns once the fleet holds just these bytes.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        self._say(number, recording, f"/segments/{quote(name, safe='')}/arrived", digest)

    def _say(self, number: int, recording: str, rest: str, digest: Digest) -> httpx.Response:
        body = DirectSegment(size=digest.size, sha256=digest.sha256.hex()).model_dump_json().encode()
        return self._http.send("POST", _path(number, recording, rest), content=body, headers=JSON_HEADERS)

    def put_ledger(self, number: int, recording: str, offset: int, digest: Digest, data: bytes) -> int:
        """Store a piece of a ledger. Returns how many bytes of it the fleet holds from its beginning.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        path = _path(number, recording, f"/ledger/{offset}")
        answer = self._http.send("PUT", path, content=data, headers=_create_only(digest))
        return self._http.read(answer, LedgerProgress).ledger_length

    def complete(self, number: int, request: CompleteRequest) -> None:
        """Say to the fleet that it holds all of a recording.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        body = request.model_dump_json().encode()
        path = _path(number, request.recording, "/complete")
        self._http.send("POST", path, content=body, headers=JSON_HEADERS)

    def receipt(self, number: int, recording: str) -> bytes | None:
        """The fleet's receipt; None while it is still verifying.

        Raises:
            LinkError: There is no answer, or a refusal.
        """
        answer = self._http.send("GET", _path(number, recording, "/receipt"))
        return None if answer.status_code == HTTPStatus.ACCEPTED else answer.content


def _path(number: int, recording: str, rest: str = "") -> str:
    return f"/recordings/{number}{rest}?recording={recording}"


def _create_only(digest: Digest) -> dict[str, str]:
    return {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(digest.size),
        "Content-Digest": content_digest(digest.sha256),
        "If-None-Match": "*",
    }
