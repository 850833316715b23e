"""A fleet in memory behind a network that fails on command: the far end of the camera's real uploader.

    fleet = MemoryFleet(identity)
    network = Network(fleet)
    client = connect(network)
    network.next = Fault(Cut.BODY, at=17)
    client.put_segment(...)          # 17 bytes arrive, then the connection is gone

The fleet keeps the rules of docs/protocol.md: it creates and never replaces, compares digests, takes no hole
in a ledger, and signs a receipt only for a whole recording that the real verifier accepts. It places ledger
pieces by the service's own pure rules (``fleet.footage.store.pieces``).
"""

from __future__ import annotations

import hashlib
import json
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

import httpx

from device.link.fleet_http import FleetHttp
from device.link.uploads.client import UploadClient
from fleet.footage.store.pieces import PieceRange, Placing, held_length, joined, place
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import Receipt, SegmentDigest, sign_receipt
from protocol.footage.verifying.verify import Verdict, verify_recording
from protocol.messages.uploads import CompleteRequest, parse_content_digest
from tests.support.media.recordings import UTC_US, TestIdentity

URL = "https://fleet.example"


@dataclass
class Answer:
    """What the fleet answers."""

    status: int
    body: bytes = b""
    code: str = ""

    @classmethod
    def json(cls, status: int, **values: object) -> Answer:
        return cls(status, json.dumps(values).encode())


def refusal(status: int, code: str) -> Answer:
    body = json.dumps({"code": code, "detail": f"The fleet refused: {code}."}).encode()
    return Answer(status, body, code)


@dataclass
class Copy:
    """The fleet's copy of one recording."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    segments: dict[str, bytes] = field(default_factory=dict)
    word: CompleteRequest | None = None
    receipt: bytes | None = None

    @property
    def places(self) -> list[PieceRange]:
        return [PieceRange(offset, len(data)) for offset, data in self.pieces.items()]

    @property
    def ledger(self) -> bytes:
        return b"".join(self.pieces[piece.offset] for piece in joined(self.places))

    @property
    def files(self) -> dict[str, bytes]:
        return {LEDGER_NAME: self.ledger, **self.segments}


class MemoryFleet:
    """What a correct fleet does with each request of one camera.

    Attributes:
        copies: What it holds, by the recordings' numbers.
        refused: Every refusal that the camera takes for final.
        stored: How often each segment's bytes became an object; never more than once.
    """

    def __init__(self, identity: TestIdentity) -> None:
        self.copies: dict[int, Copy] = {}
        self.refused: list[str] = []
        self.stored: dict[tuple[int, str], int] = {}
        self._identity = identity

    def answer(self, request: Sent) -> Answer:
        """Carry a request out. A refusal that would be final is remembered: an honest camera earns none."""
        answer = self._route(request)
        if answer.status in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY} and answer.code not in {
            "ledger_hole",
            "incomplete",
        }:
            self.refused.append(f"{request.method} {request.path}: {answer.code}")
        return answer

    def verify(self) -> None:
        """Verify what was declared complete, and sign its receipt."""
        for number, copy in self.copies.items():
            if copy.word is not None and copy.receipt is None:
                copy.receipt = self._sign(number, copy)

    def _route(self, request: Sent) -> Answer:
        parts = request.path.removeprefix("/api/v1/camera/recordings/").split("/")
        number, rest = int(parts[0]), parts[1:]
        match request.method, rest:
            case "GET", []:
                return self._held(number)
            case "GET", ["receipt"]:
                return self._receipt(number)
            case "PUT", ["segments", name]:
                return self._segment(number, name, request)
            case "PUT", ["ledger", offset]:
                return self._piece(number, int(offset), request)
            case "POST", ["complete"]:
                return self._complete(number, CompleteRequest.model_validate_json(request.body))
        raise AssertionError(f"no such route: {request.method} {request.path}")

    def _held(self, number: int) -> Answer:
        copy = self.copies.get(number)
        if copy is None:
            return Answer.json(200, state="unknown")
        segments = [
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(copy.segments.items())
        ]
        state = "uploading" if copy.word is None else "held" if copy.receipt else "verifying"
        return Answer.json(200, state=state, segments=segments, ledger_length=held_length(copy.places))

    def _segment(self, number: int, name: str, request: Sent) -> Answer:
        copy = self.copies.setdefault(number, Copy())
        if not request.whole:
            return refusal(400, "digest_differs")
        known = copy.segments.get(name)
        if known is not None and known != request.body:
            return refusal(409, "segment_differs")
        if known is None and copy.word is not None:
            return refusal(409, "recording_complete")
        if known is None:
            copy.segments[name] = request.body
            self.stored[number, name] = self.stored.get((number, name), 0) + 1
        return Answer.json(201 if known is None else 200)

    def _piece(self, number: int, offset: int, request: Sent) -> Answer:
        copy = self.copies.setdefault(number, Copy())
        if not request.whole:
            return refusal(400, "digest_differs")
        placing = place(copy.places, PieceRange(offset, len(request.body)))
        held = copy.ledger
        shared = held[offset : offset + len(request.body)]
        if placing is Placing.HOLE:
            return refusal(409, "ledger_hole")
        if shared != request.body[: len(shared)]:
            return refusal(409, "ledger_differs")
        if placing is Placing.OVERLAP:
            return refusal(409, "ledger_hole")
        if placing is Placing.NEXT:
            if copy.word is not None:
                return refusal(409, "recording_complete")
            copy.pieces[offset] = request.body
        return Answer.json(200, ledger_length=len(copy.ledger))

    def _complete(self, number: int, word: CompleteRequest) -> Answer:
        copy = self.copies.get(number)
        if copy is None:
            return refusal(404, "not_found")
        if copy.word is not None:
            return (
                Answer.json(200, state="verifying") if copy.word == word else refusal(409, "already_complete")
            )
        sizes = {name: hashlib.sha256(data).hexdigest() for name, data in copy.segments.items()}
        wanted = {each.name: each.sha256 for each in word.segments}
        if not wanted.keys() <= sizes.keys() or len(copy.ledger) < word.ledger_length:
            return refusal(409, "incomplete")
        if sizes != wanted:
            return refusal(409, "segments_differ")
        if hashlib.sha256(copy.ledger).hexdigest() != word.ledger_sha256:
            return refusal(409, "ledger_differs")
        copy.word = word
        return Answer.json(202, state="verifying")

    def _receipt(self, number: int) -> Answer:
        copy = self.copies.get(number)
        if copy is None:
            return refusal(404, "not_found")
        if copy.word is None:
            return refusal(409, "incomplete")
        return Answer(202) if copy.receipt is None else Answer(200, copy.receipt)

    def _sign(self, number: int, copy: Copy) -> bytes:
        report = verify_recording(copy.files, authorities=[self._identity.authority])
        assert report.verdict is not Verdict.ALTERED, (number, report.sentence, report.findings)
        ledger = read_ledger(copy.ledger)
        receipt = Receipt(
            camera=ledger.open.camera,
            recording=ledger.open.recording,
            number=ledger.open.number,
            open_digest=ledger.open_digest,
            ledger_sha256=hashlib.sha256(copy.ledger).digest(),
            ledger_length=len(copy.ledger),
            segments=tuple(
                SegmentDigest(name, len(data), hashlib.sha256(data).digest())
                for name, data in sorted(copy.segments.items())
            ),
            verdict=str(report.verdict),
            received_utc_us=UTC_US,
        )
        chain = (self._identity.receipts_certificate, self._identity.authority)
        return sign_receipt(receipt, ed25519_signer(self._identity.receipts_key), chain)


@dataclass(frozen=True)
class Sent:
    """A request as it arrived."""

    method: str
    path: str
    body: bytes
    digest: str | None = None

    @property
    def whole(self) -> bool:
        """Whether the body is of the digest that its header states."""
        return (
            self.digest is not None
            and parse_content_digest(self.digest) == hashlib.sha256(self.body).digest()
        )


class Cut(StrEnum):
    """What the network does to a request."""

    NOT = "not"
    BODY = "the body is cut"
    ANSWER = "the answer is lost"
    LATE = "it arrives later, long after the camera has given up"
    BUSY = "the fleet has no time"


@dataclass(frozen=True)
class Fault:
    """What happens to a request; ``at`` is the byte of the body to cut it at, counted round and round."""

    cut: Cut = Cut.NOT
    at: int = 0


class Network(httpx.BaseTransport):
    """Carries requests to the fleet, or fails to.

    Attributes:
        next: What happens to the next request.
        sent: Every request that was ever sent whole: a network may deliver it again.
    """

    def __init__(self, fleet: MemoryFleet) -> None:
        self.next = Fault()
        self.sent: list[Sent] = []
        self._fleet = fleet

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fault, self.next = self.next, Fault()
        assert isinstance(request.stream, httpx.SyncByteStream)
        body = b"".join(request.stream)
        sent = Sent(request.method, request.url.path, body, request.headers.get("Content-Digest"))
        stated = int(request.headers.get("Content-Length", "0"))
        assert stated == len(body), "a body is as long as its header says"
        if fault.cut is Cut.BODY:
            part = body[: fault.at % (len(body) + 1)]
            if sent.digest is not None and part != body:  # even a fleet that takes a part for the whole
                self._fleet.answer(Sent(sent.method, sent.path, part, sent.digest))
            raise httpx.WriteError("the connection was cut", request=request)
        self.sent.append(sent)
        if fault.cut is Cut.LATE:
            raise httpx.ReadTimeout("no answer", request=request)
        if fault.cut is Cut.BUSY:
            return httpx.Response(503, request=request)
        answer = self._fleet.answer(sent)
        if fault.cut is Cut.ANSWER:
            raise httpx.ReadError("the connection was cut", request=request)
        kind = "application/problem+json" if answer.code else "application/json"
        return httpx.Response(
            answer.status, content=answer.body, headers={"Content-Type": kind}, request=request
        )

    def repeat(self, index: int) -> None:
        """Deliver an old request once more; nobody waits for the answer."""
        if self.sent:
            self._fleet.answer(self.sent[index % len(self.sent)])


def connect(network: Network) -> UploadClient:
    """The camera's real client on that network."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return UploadClient(FleetHttp(URL, context, at_once=4, transport=network))
