"""Cases where one rule is broken and all others hold; that takes a forger who signs all behind it anew.

Without them a reader could leave a rule out and be right about every other vector, because a second rule
happens to be broken with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol.footage.format.segment import segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME
from tests.support.media.recordings import BOTH, Take
from tests.support.vectors.base import IDENTITY, VIDEO, Base, Case, Files, Value, altered, put
from tests.support.vectors.chains import certificate
from tests.support.vectors.forging import (
    Edit,
    Fields,
    body_digest,
    records,
    reforge,
    reforge_ledger,
    with_parts,
)

AFTER_CHUNK: Final = "the record after chunk 2"


def _chunks(base: Base) -> Iterator[Case]:
    """Forms of a chunk that its digests and lengths go along with."""
    both = base.take_with(tracks=BOTH).files
    run, before, last = records(both[base.second])

    def case(name: str, what: str, order: tuple[int, ...], edit: Edit, extra: bytes = b"") -> Case:
        forged = with_parts(IDENTITY.signer, last, order, edit, extra)
        files = {**both, base.second: run + before + forged}
        return altered(name, what, files, "format", base.second, AFTER_CHUNK)

    def shorter(fields: Fields) -> None:
        parts = fields["parts"]
        assert isinstance(parts, list)
        parts[-1]["length"] -= 1

    yield case("parts-order", "Sound before picture.", (1, 0), put({}))
    yield case("part-twice", "A track twice.", (0, 0), put({}))
    yield case("part-longer", "A part longer than the header says.", (0, 1), shorter, b"\0")


def _cameras(base: Base) -> Iterator[Case]:
    """A camera that is named like the service, throughout."""
    named: Fields = {"camera": "fleet", "certificates": [certificate(["fleet"]), IDENTITY.authority]}
    files = {LEDGER_NAME: reforge_ledger(IDENTITY, base.files[LEDGER_NAME], 0, put(named))}
    previous = bytes(32)
    for name in (base.first, base.second):
        run, *chunks = records(base.files[name])
        pieces = [reforge(IDENTITY.signer, run, put({**named, "previous": previous}))]
        for chunk in chunks:
            pieces.append(reforge(IDENTITY.signer, chunk, put({"camera": "fleet", "previous": previous})))
            previous = body_digest(pieces[-1])
        files[name] = b"".join(pieces)
    yield altered(
        "camera-fleet", "A camera named like the service.", files, "format", LEDGER_NAME, "open record"
    )


def _opens(base: Base) -> Iterator[Case]:
    me: dict[str, Value] = {"name": "Evidence vault", "key_id": IDENTITY.recipient.key_id}
    halves: Value = [{**me, "tracks": ["video"]}, {**me, "tracks": ["audio"]}]
    reverse: Value = [{**me, "tracks": ["audio", "video"]}]
    nothing = base.take_with(outside=0, prerecord=0).files
    cases: tuple[tuple[str, str, Files, Fields], ...] = (
        ("open-recipient-twice", "A recipient twice, a track each.", base.files, {"recipients": halves}),
        ("open-recipient-tracks", "Sound before picture.", base.files, {"recipients": reverse}),
        ("open-last", "A pre-record that ends before it begins.", nothing, {"last_seq": -2}),
    )
    for name, what, files, fields in cases:
        forged = reforge_ledger(IDENTITY, files[LEDGER_NAME], 0, put(fields))
        yield altered(name, what, {**files, LEDGER_NAME: forged}, "format", LEDGER_NAME, "open record")


def _keys(base: Base) -> Iterator[Case]:
    """A keys record too many, chained as if it belonged there."""
    pieces = records(base.files[LEDGER_NAME])
    ledger = b"".join([*pieces[:3], pieces[2], *pieces[3:]])

    def backwards(fields: Fields) -> None:
        sealed = fields["sealed"]
        assert isinstance(sealed, list)
        fields.update(
            first_seq=4, last_seq=3, sealed=[{**each, "ciphertext": bytes(1136)} for each in sealed]
        )

    keys = "keys of chunks 3 to 3"
    for name, what, edit, rule, place in (
        ("keys-twice", "Keys again.", put({}), "keys", keys),
        ("keys-backwards", "A range of no chunk.", backwards, "format", f"the record after the {keys}"),
    ):
        files = {**base.files, LEDGER_NAME: reforge_ledger(IDENTITY, ledger, 3, edit)}
        yield altered(name, what, files, rule, LEDGER_NAME, place)


def _segments(base: Base) -> Iterator[Case]:
    one = base.take_with(per_segment=4)
    own, other = segment_name(one.run, 0), segment_name(one.run, 9)
    renamed = {LEDGER_NAME: one.files[LEDGER_NAME], other: one.files[own]}
    yield altered("segment-renamed", "A segment under another name.", renamed, "chain", other, "run record")
    run, chunk, last = records(base.files[base.second])
    run, chunk = (reforge(IDENTITY.signer, each, put({"previous": bytes(32)})) for each in (run, chunk))
    last = reforge(IDENTITY.signer, last, put({"previous": body_digest(chunk)}))
    files = {**base.files, base.second: run + chunk + last}
    what = "A segment and its chunks follow another chunk."
    yield altered("segment-chain", what, files, "chain", base.second, "run record")


def _times(base: Base) -> Iterator[Case]:
    """Chunks whose times or numbers are wrong, and totals that agree with them."""
    take = Take(IDENTITY, per_segment=2, sealer=base.seal)
    for back_ns in (0, 1_500_000_000):
        take.at_ns -= back_ns
        take.chunk(tracks=VIDEO, size=8)
    take.press(asked_s=1)
    take.close()
    [name] = take.segments
    yield altered("time-back", "It starts before the one before.", take.files, "time", name, "chunk 1")
    cut: Files = base.take_with(closed=False).files
    cut[base.second] = b"".join(records(cut[base.second])[:-1])
    what = "The power went, and the last chunk that has keys with it."
    yield altered("cut-off-dropped", what, cut, "missing", LEDGER_NAME, "")


FAMILIES: Final = (_chunks, _cameras, _opens, _keys, _segments, _times)
