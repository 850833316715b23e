"""Whether recordings of one run can be of one boot of one camera.

Recordings of a run may share chunks: the pre-record of one reaches into the one before. What they share must
be the same. The chunks of a run are a chain of digests, so what differs once differs from there on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from protocol.footage.verifying.chains.chain_finding import ChainFinding, ChainKind
from protocol.footage.verifying.chains.doubles import TWO_HOLDERS
from protocol.footage.verifying.chains.wording import finding, which

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.verifying.chains.link import RecordingLink


def check_runs(ordered: Sequence[RecordingLink]) -> Iterator[ChainFinding]:
    """Compare a camera's recordings, each once and in the order of their numbers, run by run."""
    runs: dict[str, list[RecordingLink]] = {}
    for link in ordered:
        runs.setdefault(link.run, []).append(link)
    for own in runs.values():
        yield from _chunks(own)
        yield from _times(own)
    yield from _again(ordered)


def _chunks(links: Sequence[RecordingLink]) -> Iterator[ChainFinding]:
    """Compare the chunks that recordings of a run share."""
    known: dict[int, tuple[bytes, RecordingLink]] = {}
    for link in links:
        differing: RecordingLink | None = None
        at = 0
        for seq, digest in link.numbered():
            first, other = known.setdefault(seq, (digest, link))
            if first != digest:
                differing, at = other, seq
                break
        if differing is not None:
            text = (
                f"{which(link)} and recording {differing.number} hold different footage of the "
                f"same moment, number {at} of one run: the run was signed twice, so {TWO_HOLDERS}."
            )
            yield finding(ChainKind.RUN_TWICE, text, differing, link)


def _times(links: Sequence[RecordingLink]) -> Iterator[ChainFinding]:
    """Within one run the clock only goes forward, and the numbers with it."""
    for before, after in pairwise(links):
        if before.number < after.number and after.press_ns < before.press_ns:
            text = (
                f"{which(after)} was begun before recording {before.number} by the clock of the run that "
                f"both are of: {TWO_HOLDERS}."
            )
            yield finding(ChainKind.TIME, text, before, after)


def _again(ordered: Sequence[RecordingLink]) -> Iterator[ChainFinding]:
    """A run is one boot: once another has followed, it does not come back."""
    last: dict[str, RecordingLink] = {}
    for before, after in pairwise(ordered):
        last[before.run] = before
        earlier = last.get(after.run)
        if earlier is not None and after.run != before.run and before.number < after.number:
            text = (
                f"{which(after)} is of the same run as recording {earlier.number}, though recording "
                f"{before.number} between them is of another: a run is one boot, so {TWO_HOLDERS}."
            )
            yield finding(ChainKind.RUN_AGAIN, text, earlier, before, after)
