"""The rules of uploading: what is taken, what is refused, and what the fleet then says it holds."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from protocol.messages.uploads import (
    LedgerProgress,
    StoredObject,
    UploadedRecording,
    UploadState,
    content_digest,
)
from simulator.conform.attempt import rule

if TYPE_CHECKING:
    from simulator.conform.attempt import Attempt
    from simulator.conform.door import DoorAnswer
    from simulator.conform.footage import MadeFootage
    from simulator.conform.visit import Visit

SECTION: Final = "Uploading a recording"
HTTP: Final = "HTTP"
BASE: Final = "/api/v1/camera/recordings"


def base(made: MadeFootage) -> str:
    """Where a recording is."""
    return f"{BASE}/{made.number}"


def put_segment(visit: Visit, made: MadeFootage, name: str, *, other: bytes | None = None) -> DoorAnswer:
    """Send a segment, or other bytes in its place."""
    what = "" if other is None else " with other bytes"
    body = made.segments[name] if other is None else other
    return visit.cameras.put(f"{base(made)}/segments/{name}", body, what)


def put_ledger(visit: Visit, made: MadeFootage, start: int, end: int) -> DoorAnswer:
    """Send a piece of a ledger."""
    return visit.cameras.put(f"{base(made)}/ledger/{start}", made.ledger[start:end])


def held(visit: Visit, it: Attempt, made: MadeFootage) -> UploadedRecording:
    """Ask what the fleet holds of a recording."""
    answer = it.want(visit.cameras.get(base(made)), 200)
    told = answer.read(UploadedRecording)
    it.that(answer.sent, "an UploadedRecording", answer.words, holds=told is not None)
    return told or UploadedRecording(state=UploadState.UNKNOWN)


def first(made: MadeFootage) -> str:
    """The name of a recording's first segment."""
    return next(iter(made.segments))


@rule("never-heard-of", HTTP, "of a recording that it never heard of the fleet says that it is unknown")
def never_heard_of(visit: Visit, it: Attempt) -> None:
    """The question is the first thing that a camera sends."""
    made = visit.footage()
    told = held(visit, it, made)
    it.that(f"GET {base(made)}", "unknown", str(told.state), holds=told.state is UploadState.UNKNOWN)


@rule("segment-created", HTTP, "a segment is answered 201 once it is durable, with its size and digest")
def segment_created(visit: Visit, it: Attempt) -> None:
    """And the fleet says from then on that it holds it."""
    made = visit.footage()
    name = first(made)
    data = made.segments[name]
    answer = it.want(put_segment(visit, made, name), 201)
    _stored(it, answer, name, data, created=True)
    told = held(visit, it, made)
    seen = [(each.name, each.size, each.sha256) for each in told.segments]
    wanted = [(name, len(data), hashlib.sha256(data).hexdigest())]
    it.that(f"GET {base(made)}", f"segment {name}", f"{len(seen)} segments", holds=seen == wanted)


@rule("segment-again", HTTP, "the same segment again is answered 200, and nothing is stored twice")
def segment_again(visit: Visit, it: Attempt) -> None:
    """What a camera sends whose answer was lost."""
    made = visit.footage()
    name = first(made)
    it.want(put_segment(visit, made, name), 201)
    answer = it.want(put_segment(visit, made, name), 200)
    _stored(it, answer, name, made.segments[name], created=False)


@rule("segment-differs", HTTP, "other bytes in the place of a segment are refused, and the first stay")
def segment_differs(visit: Visit, it: Attempt) -> None:
    """Create, never replace."""
    made = visit.footage()
    name = first(made)
    it.want(put_segment(visit, made, name), 201)
    it.want(put_segment(visit, made, name, other=b"other bytes"), 409, code="segment_differs")
    digests = [each.sha256 for each in held(visit, it, made).segments]
    wanted = [hashlib.sha256(made.segments[name]).hexdigest()]
    it.that(f"GET {base(made)}", f"sha256 {wanted[0]}", f"sha256 {digests}", holds=digests == wanted)


@rule("segment-name", HTTP, "what is not the name of a segment is refused")
def segment_name(visit: Visit, it: Attempt) -> None:
    """A segment is named by its run and its number in it."""
    made = visit.footage()
    answer = visit.cameras.put(f"{base(made)}/segments/picture.jpg", b"x")
    it.want(answer, 404, code="segment_unknown")


@rule("digest-needed", HTTP, "a body without a Content-Digest is refused")
def digest_needed(visit: Visit, it: Attempt) -> None:
    """RFC 9530."""
    _not_stored(visit, it, None, " without a Content-Digest", "digest_needed")


@rule("digest-unusable", HTTP, "a Content-Digest that holds no sha-256 is refused")
def digest_unusable(visit: Visit, it: Attempt) -> None:
    """Another algorithm, or no base64."""
    _not_stored(visit, it, "sha-256=:not base64:", " with a damaged Content-Digest", "digest_unusable")


@rule("digest-differs", HTTP, "a body that is not of its Content-Digest is refused and not stored")
def digest_differs(visit: Visit, it: Attempt) -> None:
    """A bit that fell over on the way."""
    other = content_digest(hashlib.sha256(b"other").digest())
    _not_stored(visit, it, other, " with the digest of other bytes", "digest_differs")


@rule("body-cut", HTTP, "of a body that is cut off on its way nothing is stored")
def body_cut(visit: Visit, it: Attempt) -> None:
    """A connection that ends in the middle of a segment, as they do."""
    made = visit.footage()
    name = first(made)
    data = made.segments[name]
    where = f"{base(made)}/segments/{name}"
    _cut_off(visit, where, data)
    sent = f"PUT {where}, cut off after half of it"
    names = [each.name for each in held(visit, it, made).segments]
    it.that(sent, "nothing held", f"{len(names)} segments held", holds=not names)
    it.want(put_segment(visit, made, name), 201)


@rule("ledger-grows", HTTP, "a piece of the ledger is answered with how much of it is durable")
def ledger_grows(visit: Visit, it: Attempt) -> None:
    """In pieces that end anywhere, also within a record."""
    made = visit.footage()
    middle = len(made.ledger) // 2
    for start, end in ((0, middle), (middle, len(made.ledger))):
        answer = it.want(put_ledger(visit, made, start, end), 201)
        _progress(it, answer, end)
    length = held(visit, it, made).ledger_length
    it.that(
        f"GET {base(made)}", f"{len(made.ledger)} bytes", f"{length} bytes", holds=length == len(made.ledger)
    )


@rule("ledger-again", HTTP, "a piece that is held is answered 200")
def ledger_again(visit: Visit, it: Attempt) -> None:
    """What a camera sends whose answer was lost."""
    made = visit.footage()
    it.want(put_ledger(visit, made, 0, len(made.ledger)), 201)
    _progress(it, it.want(put_ledger(visit, made, 0, len(made.ledger)), 200), len(made.ledger))


@rule("ledger-differs", HTTP, "other bytes in the place of a piece are refused, and the first stay")
def ledger_differs(visit: Visit, it: Attempt) -> None:
    """Pieces are immutable."""
    made, other = visit.footage(), visit.footage()
    it.want(put_ledger(visit, made, 0, made.records[0]), 201)
    answer = visit.cameras.put(
        f"{base(made)}/ledger/0", other.ledger[: made.records[0]], " with another recording's bytes"
    )
    it.want(answer, 409, code="ledger_differs")
    it.want(put_ledger(visit, made, 0, made.records[0]), 200)


@rule("ledger-hole", HTTP, "a piece that leaves a hole is refused")
def ledger_hole(visit: Visit, it: Attempt) -> None:
    """The length held follows from the pieces."""
    made = visit.footage()
    it.want(put_ledger(visit, made, 0, 10), 201)
    it.want(put_ledger(visit, made, 20, 30), 409, code="ledger_hole")
    length = held(visit, it, made).ledger_length
    it.that(f"GET {base(made)}", "10 bytes", f"{length} bytes", holds=length == len(made.ledger[:10]))


@rule("ledger-piece-empty", HTTP, "an empty piece of a ledger is refused")
def ledger_piece_empty(visit: Visit, it: Attempt) -> None:
    """A piece has at least one byte."""
    made = visit.footage()
    it.want(
        visit.cameras.put(f"{base(made)}/ledger/0", b"", " without a byte"), 400, code="ledger_piece_empty"
    )


@rule("kept-apart", HTTP, "recordings of one number are kept apart by their ids")
def kept_apart(visit: Visit, it: Attempt) -> None:
    """Two devices that use one identity use numbers twice."""
    one = visit.footage()
    two = visit.footage(one.number)
    for made in (one, two):
        name = first(made)
        path = f"{base(made)}/segments/{name}?recording={made.id}"
        it.want(visit.cameras.put(path, made.segments[name]), 201)
    for made in (one, two):
        answer = it.want(visit.cameras.get(f"{base(made)}?recording={made.id}"), 200)
        told = answer.read(UploadedRecording)
        names = [each.name for each in told.segments] if told is not None else None
        it.that(answer.sent, f"segment {first(made)}", str(names), holds=names == [first(made)])


def _stored(it: Attempt, answer: DoorAnswer, name: str, data: bytes, *, created: bool) -> None:
    wanted = StoredObject(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(), created=created)
    it.that(answer.sent, wanted.model_dump_json(), answer.words, holds=answer.read(StoredObject) == wanted)


def _progress(it: Attempt, answer: DoorAnswer, length: int) -> None:
    wanted = LedgerProgress(ledger_length=length)
    it.that(answer.sent, wanted.model_dump_json(), answer.words, holds=answer.read(LedgerProgress) == wanted)


def _not_stored(visit: Visit, it: Attempt, digest: str | None, what: str, code: str) -> None:
    made = visit.footage()
    name = first(made)
    path = f"{base(made)}/segments/{name}"
    it.want(visit.cameras.put(path, made.segments[name], what, digest=digest), 400, code=code)
    names = [each.name for each in held(visit, it, made).segments]
    it.that(f"PUT {path}{what}", "nothing held", f"{len(names)} segments held", holds=not names)


def _cut_off(visit: Visit, where: str, data: bytes) -> None:
    """Send half of a body over a connection of its own, and end it."""
    parts = urlsplit(visit.identity.answer.cameras_url)
    host, port = parts.hostname or "", parts.port or 443
    head = (
        f"PUT {where} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/octet-stream\r\n"
        f"Content-Length: {len(data)}\r\nIf-None-Match: *\r\n"
        f"Content-Digest: {content_digest(hashlib.sha256(data).digest())}\r\n\r\n"
    )
    with contextlib.suppress(OSError), socket.create_connection((host, port), 10) as plain:  # noqa: SIM117 - the first suppresses
        with visit.context().wrap_socket(plain, server_hostname=host) as secured:
            secured.sendall(head.encode() + data[: len(data) // 2])


UPLOADS: Final = (
    never_heard_of,
    segment_created,
    segment_again,
    segment_differs,
    segment_name,
    digest_needed,
    digest_unusable,
    digest_differs,
    body_cut,
    ledger_grows,
    ledger_again,
    ledger_differs,
    ledger_hole,
    ledger_piece_empty,
    kept_apart,
)
