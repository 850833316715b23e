"""Cases of the verdicts that are neither intact nor altered, and of what they must not hide.

What lies beside a recording, who is trusted, how many chunks may lack their keys, and what the press found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.format.segment import segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, Missing
from protocol.footage.receipt import RECEIPT_NAME
from tests.support.media.recordings import SECOND_NS, Take, make_identity
from tests.support.vectors.base import (
    IDENTITY,
    OTHER,
    STRAY,
    UNKNOWN,
    VIDEO,
    Base,
    Case,
    Files,
    altered,
    found,
    lack,
)

KEYLESS: Final = "keys missing"
CUT: Final = "without an end"


def _unpinned(base: Base) -> Iterator[Case]:
    """What is consistent, and nobody says whose it is."""
    for name, what, files in (
        ("unpinned", "Intact; no authority is given.", base.files),
        ("unpinned-receipt", "With a receipt; no authority is given.", base.take_with(receipt=True).files),
        ("unpinned-cut-off", "Without an end; no authority is given.", base.take_with(closed=False).files),
    ):
        yield Case(name, what, files, UNKNOWN, authority=None)


def _stray(base: Base) -> Iterator[Case]:
    """Files that are none of the recording's own, and what is said although they are there."""
    elsewhere = base.take_with(seed=5)
    other = segment_name(elsewhere.run, 0)
    more = {**base.files, other: elsewhere.files[other]}
    yield found("stray-run", "A segment of another run.", more, STRAY, "unexpected", other, "")
    take = base.take_with()
    for _ in range(3):
        take.chunk(tracks=VIDEO, size=8)
    after = segment_name(take.run, 2)
    more = {**base.files, after: bytes(take.segments[after])}
    yield found("stray-after", "The run's next segment.", more, STRAY, "unexpected", after, "")
    earlier = Take(IDENTITY, per_segment=2, sealer=base.seal)
    for _ in range(5):
        earlier.chunk(tracks=VIDEO, size=8)
    first = segment_name(earlier.run, 0)
    before = bytes(earlier.segments[first])
    earlier.press(outside=3, asked_s=2)
    earlier.close()
    more = {**earlier.files, first: before}
    yield found("stray-before", "The run's segment before.", more, STRAY, "unexpected", first, "")
    cut = {**base.take_with(closed=False).files, "note.txt": b""}
    yield found("stray-cut-off", "Beside one without an end.", cut, STRAY, "unexpected", "note.txt", "")
    receipted = {**base.take_with(receipt=True).files, other: elsewhere.files[other]}
    yield found("stray-receipt", "Beside one with a receipt.", receipted, STRAY, "unexpected", other, "")
    broken = bytearray(base.files[base.second])
    broken[-1] ^= 1
    both = {**base.files, "note.txt": b"", base.second: bytes(broken)}
    yield altered("stray-altered", "It hides no altered byte.", both, "digest", base.second, "chunk 3")
    stranger = found(
        "stray-authority", "Nor a stranger.", {**base.files, "note.txt": b""}, OTHER, "authority",
        LEDGER_NAME, "open record",
    )  # fmt: skip
    yield replace(stranger, authority=make_identity(seed=2).authority)
    strange = replace(
        altered("authority-altered", "Another fleet's, altered.", {**base.files, base.second: bytes(broken)},
        "digest", base.second, "chunk 3"), authority=make_identity(seed=2).authority,
    )  # fmt: skip
    yield strange


def _keyless(base: Base) -> Iterator[Case]:
    """Chunks without keys: one at the end of what was cut off, and none once it was received."""

    def cut(chunks: int) -> Take:
        take = base.take_with(closed=False)
        for _ in range(chunks):
            take.chunk(tracks=VIDEO, size=8)
        return take

    what = "The last two chunks have no keys."
    yield found("keyless-two", what, cut(2).files, KEYLESS, "without keys", LEDGER_NAME, "")
    received = cut(1)
    received.sign_receipt(CUT)
    what = "A receipt for a recording whose last chunk has no keys."
    yield found("keyless-received", what, received.files, KEYLESS, "without keys", RECEIPT_NAME, "receipt")


def _press(base: Base) -> Iterator[Case]:
    """A press that came before the first chunk."""

    def recording(*gaps: Gap, missing: tuple[Missing, ...] = (), event: bool = False) -> Files:
        take = Take(IDENTITY, per_segment=2, sealer=base.seal)
        take.press(asked_s=2, missing=missing)
        if event:
            take.gap(gap)
        take.at_ns += SECOND_NS
        take.chunk(tracks=VIDEO, size=8, gaps=gaps)
        take.seal(0, 0)
        take.close()
        return take.files

    gap = Gap(Track.VIDEO, Take(IDENTITY).at_ns, SECOND_NS, GapCause.PRIVATE)
    why = (Missing(2 * SECOND_NS, GapCause.PRIVATE),)
    yield Case("press-early", "Pressed while private, as the ledger says.", recording(missing=why), "intact")
    lacking = lack(Track.VIDEO, gap.start_ns, SECOND_NS, "private")
    for name, what, files in (
        ("press-early-stated", "Pressed while private, as the first chunk states.", recording(gap)),
        ("press-early-event", "Pressed while private, as the ledger states.", recording(event=True)),
    ):
        yield Case(name, what, files, "intact with gaps", gaps=(lacking,))
    silent = lack(Track.VIDEO, gap.start_ns, SECOND_NS)
    what = "Pressed a second before the first chunk, not a word."
    yield Case("press-early-silent", what, recording(), "intact with gaps", gaps=(silent,))
    late = base.take_with(closed=False)
    late.at_ns += SECOND_NS
    late.event(EventKind.BOOKMARK)
    yield Case("cut-off-event", "The ledger tells of more than was filmed.", late.files, CUT)


FAMILIES: Final = (_unpinned, _stray, _keyless, _press)
