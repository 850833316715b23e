"""The cases of the golden vectors: valid recordings, lost and moved pieces, changed bytes and rules.

More of them are made in the other ``vector_`` modules; ``vector_base`` says from what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from protocol.footage.format.signing import Domain
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind
from protocol.footage.receipt import RECEIPT_NAME
from tests.support.media.recordings import BOTH, Take, make_identity
from tests.support.vectors import alone as vector_alone
from tests.support.vectors import chains as vector_chains
from tests.support.vectors import gaps as vector_gaps
from tests.support.vectors import grammar as vector_grammar
from tests.support.vectors import verdicts as vector_verdicts
from tests.support.vectors.base import (
    IDENTITY,
    OTHER,
    STRAY,
    VIDEO,
    Base,
    Case,
    Seal,
    altered,
    drop,
    found,
    put,
)
from tests.support.vectors.forging import Edit, Fields, records, reforge
from tests.support.vectors.keyless import keyless_identity


def make_cases(seal: Seal) -> list[Case]:
    """Make every case.

    Args:
        seal: Stands in for ``seal_keys``.
    """
    empty = Base(seal, Take(IDENTITY), {}, "", "")
    take = empty.take_with()
    first, second = sorted(name for name in take.files if name.endswith(".seg"))
    base = Base(seal, take, take.files, first, second)
    own = (
        _valid,
        _events,
        _moved,
        _lost,
        _flipped,
        _malformed,
        _forged_chunks,
        _forged_ledgers,
        _foreign,
    )
    others = (vector_gaps, vector_grammar, vector_chains, vector_alone, vector_verdicts)
    families = (*own, *(family for module in others for family in module.FAMILIES))
    cases = [case for family in families for case in family(base)]
    return sorted(cases, key=lambda case: case.name)


def _valid(base: Base) -> Iterator[Case]:
    make = base.take_with
    yield Case("intact", "A chunk outside the recording, two of pre-record, one live.", base.files, "intact")
    yield Case("intact-receipt", "With the fleet's receipt.", make(receipt=True).files, "intact")
    yield Case("intact-sound", "Video and audio.", make(tracks=BOTH).files, "intact")
    yield Case("intact-no-prerecord", "Nothing was held.", make(outside=0, prerecord=0).files, "intact")
    cut = make(closed=False)
    yield Case("cut-off", "The power went between two chunks.", cut.files, "without an end")
    cut.chunk(tracks=VIDEO, size=8)
    yield Case("cut-off-keyless", "It went between a chunk and its keys.", cut.files, "without an end")


def _events(base: Base) -> Iterator[Case]:
    """Every kind of event whose details are free, with details of both types."""
    take = Take(IDENTITY, per_segment=2, sealer=base.seal)
    take.chunk(tracks=VIDEO, size=8)
    take.press(asked_s=1)
    for number, kind in enumerate(each for each in EventKind if each is not EventKind.GAP):
        take.event(kind, what=f"event {number}", number=number - 3)
    take.close()
    yield Case("intact-events", "Every kind of event but a gap, with details.", take.files, "intact")


def _moved(base: Base) -> Iterator[Case]:
    first, second = base.first, base.second
    dropped = base.chunks(second, lambda chunks: chunks[1:])
    swapped = base.chunks(second, lambda chunks: chunks[::-1])
    repeated = base.chunks(first, lambda chunks: [*chunks, chunks[-1]])
    yield altered("dropped", "A chunk is gone.", dropped, "missing", second, "chunk 3")
    yield altered("swapped", "Two chunks changed places.", swapped, "missing", second, "chunk 3")
    yield altered("repeated", "A chunk comes twice.", repeated, "chain", first, "chunk 1")
    ledger = partial(altered, "keys-dropped", "Keys are gone.", base.ledger(0, 2, 3, 4), "chain", LEDGER_NAME)
    yield ledger("keys of chunks 3 to 3")
    yield altered(
        "event-dropped", "An event is gone.", base.ledger(0, 1, 2, 4), "chain", LEDGER_NAME, "close record"
    )
    yield altered(
        "after-close",
        "A record follows the close.",
        base.ledger(0, 1, 2, 3, 4, 3),
        "format",
        LEDGER_NAME,
        "the record after the close record",
    )
    yield altered(
        "open-twice",
        "A second open.",
        base.ledger(0, 0, 1, 2, 3, 4),
        "format",
        LEDGER_NAME,
        "the record after the open record",
    )


def _lost(base: Base) -> Iterator[Case]:
    first, second, files = base.first, base.second, base.files
    last = base.chunks(second, lambda chunks: chunks[:-1])
    yield altered("dropped-last", "The last chunk is gone.", last, "missing", LEDGER_NAME, "")
    for name, gone in (("segment-first-missing", first), ("segment-last-missing", second)):
        rest = {each: data for each, data in files.items() if each != gone}
        yield altered(name, "A segment is gone.", rest, "missing", LEDGER_NAME, "")
    bare = altered("keys-none", "A ledger cut behind its open.", base.ledger(0), "keys", LEDGER_NAME, "")
    yield bare
    more = {**files, "note.txt": b"hello"}
    yield found("file-unexpected", "A file too many.", more, STRAY, "unexpected", "note.txt", "")


def _flipped(base: Base) -> Iterator[Case]:
    def flip(at: int, data: bytes) -> bytes:
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    second, data = base.second, base.files[base.second]
    signature = data.rindex(b"\x58\x40") + 2  # the head of the last chunk's 64 bytes
    for name, what, file, at, rule, place in (
        ("byte-header", "A byte of a header.", second, signature - 3, "signature", "chunk 3"),
        ("byte-signature", "A byte of a signature.", second, signature + 9, "signature", "chunk 3"),
        ("byte-ciphertext", "A byte of a part.", second, len(data) - 1, "digest", "chunk 3"),
        ("byte-run", "A byte of a run record.", base.first, 30, "signature", "run record"),
        ("byte-open", "A byte of the open record.", LEDGER_NAME, 25, "signature", "open record"),
    ):
        yield altered(name, what, base.edited(file, partial(flip, at)), rule, file, place)


def _malformed(base: Base) -> Iterator[Case]:
    """What the grammar forbids; the camera's own signature does not excuse it."""
    second, place = base.second, "the record after chunk 2"

    def lengthen(data: bytes) -> bytes:
        at = data.rindex(b"cseq\x03") + 4
        return data[:at] + b"\x18" + data[at:]

    for name, what, files in (
        ("version", "A later version.", base.forged_chunk(lambda fields: fields.update(v=2))),
        ("extra-key", "A key too many.", base.forged_chunk(lambda fields: fields.update(extra=1))),
        ("no-key", "A key too few.", base.forged_chunk(drop("gaps"))),
        ("too-long", "More than two seconds.", base.forged_chunk(lambda f: f.update(duration_ns=2**31))),
        ("not-minimal", "An integer in more bytes than it needs.", base.edited(second, lengthen)),
        ("segment-truncated", "A segment ends inside a record.", base.edited(second, lambda data: data[:-5])),
    ):
        yield altered(name, what, files, "format", second, place)
    trailing = base.edited(second, lambda data: data + b"\0")
    yield altered(
        "segment-trailing", "A byte too many.", trailing, "format", second, "the record after chunk 3"
    )
    cut, after = base.edited(LEDGER_NAME, lambda data: data[:-5]), "the record after the event record"
    yield altered("ledger-truncated", "The ledger ends inside a record.", cut, "format", LEDGER_NAME, after)


def _forged_chunks(base: Base) -> Iterator[Case]:
    """Rightly formed and signed, and still not what a camera writes."""
    edits: tuple[tuple[str, str, Fields, str, str], ...] = (
        ("chain-broken", "It follows another chunk.", {"previous": bytes(32)}, "chain", "chunk 3"),
        ("run-other", "It is of another run.", {"run": bytes(16)}, "chain", "chunk 3"),
        ("camera-other", "It is of another camera.", {"camera": "cam-02"}, "chain", "chunk 3"),
        ("seq-jump", "It skips numbers.", {"seq": 9}, "missing", "chunk 9"),
    )
    for name, what, fields, rule, place in edits:
        yield altered(name, what, base.forged_chunk(put(fields)), rule, base.second, place)
    crossed = base.forged_chunk(put({}), domain=Domain.EVENT)
    yield altered("domain", "Signed as an event.", crossed, "signature", base.second, "chunk 3")


def _forged_ledgers(base: Base) -> Iterator[Case]:
    def shorten(fields: Fields) -> None:
        sealed = fields["sealed"]
        assert isinstance(sealed, list)
        sealed[0]["ciphertext"] = sealed[0]["ciphertext"][:-32]

    keys, close = "keys of chunks 3 to 3", "close record"
    edits: tuple[tuple[str, str, int, Edit, str, str], ...] = (
        (
            "keys-gap",
            "Skips a chunk.",
            2,
            put({"first_seq": 4, "last_seq": 4}),
            "keys",
            "keys of chunks 4 to 4",
        ),
        ("keys-recipient", "A recipient was left out.", 2, put({"sealed": []}), "keys", keys),
        ("keys-short", "Sealed keys of another length.", 2, shorten, "keys", keys),
        ("close-chunks", "Another number of chunks.", 4, put({"chunks": 4}), "counter", close),
        ("close-segments", "Another number of files.", 4, put({"segments": 3}), "counter", close),
        ("close-duration", "Another length.", 4, put({"duration_ns": 1}), "counter", close),
        ("close-last", "Another last chunk.", 4, put({"last_seq": 2}), "counter", close),
        ("close-ledger", "It closes another ledger.", 4, put({"ledger": bytes(32)}), "chain", close),
        ("ledger-chain", "It follows another.", 3, put({"previous": bytes(32)}), "chain", "event record"),
    )
    for name, what, at, edit, rule, place in edits:
        yield altered(name, what, base.forged_ledger(at, edit), rule, LEDGER_NAME, place)


def _foreign(base: Base) -> Iterator[Case]:
    """Certificates and receipts that belong elsewhere."""
    other, opening = make_identity(seed=2), (LEDGER_NAME, "open record")
    what = "Intact; another fleet's."
    stranger = found("authority-not-trusted", what, base.files, OTHER, "authority", *opening)
    yield replace(stranger, authority=other.authority)
    run, *chunks = records(base.files[base.second])
    run = reforge(other.signer, run, put({"certificates": list(other.certificates)}))
    mixed = {**base.files, base.second: b"".join([run, *chunks])}
    yield altered("authority-mixed", "Two authorities.", mixed, "authority", base.second, "run record")
    posing = base.take_with(replace(make_identity("cam-02"), camera=IDENTITY.camera)).files
    yield altered("certificate-other", "Another camera's certificate.", posing, "certificate", *opening)
    keyless = base.take_with(keyless_identity()).files
    what = "A key of small order, and signatures that anybody can make."
    yield altered("certificate-keyless", what, keyless, "certificate", *opening)
    receipt = base.take_with(receipt=True).files[RECEIPT_NAME]
    elsewhere = base.take_with(receipt=True, seed=3).files[RECEIPT_NAME]
    by_camera = reforge(IDENTITY.signer, receipt, put({"certificates": list(IDENTITY.certificates)}))
    for name, what, files, held, rule in (
        ("receipt-other", "Another recording's receipt.", base.files, elsewhere, "receipt"),
        ("receipt-by-camera", "The camera signed it itself.", base.files, by_camera, "certificate"),
        ("receipt-then-cut", "The end went after the receipt.", base.ledger(0, 1, 2, 3), receipt, "receipt"),
    ):
        yield altered(name, what, {**files, RECEIPT_NAME: held}, rule, RECEIPT_NAME, "receipt")
