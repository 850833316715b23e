"""Opened parts held against the headers of their chunks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import EventKind
from protocol.units import NS_PER_MS, NS_PER_S
from simulator.opening.rules import CODEC, DECODES, ONE_FRAGMENT, TIMES, TIMESCALE
from simulator.oracle.rule import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protocol.footage.format.model import ChunkHeader
    from protocol.footage.ledger.ledger import Ledger
    from simulator.opening.media import PartMedia
    from simulator.oracle.check import Check

FRAGMENT: Final = ("ftyp", "moov", "moof", "mdat")
BESIDE: Final = frozenset({"styp", "sidx", "free"})
TIMESCALES: Final = {Track.VIDEO: 90_000, Track.AUDIO: 48_000}
TOLERANCE_NS: Final = 100 * NS_PER_MS
"""How far a part may reach beyond its chunk: more than a packet of sound or one picture."""
SHORTER_NS: Final = 300 * NS_PER_MS
"""How much shorter a part may be: sound may end a quarter of a second before its picture, without a gap."""


@dataclass(frozen=True, slots=True)
class OpenedMedia:
    """One part that opened: where it belongs, and what reading it showed."""

    header: ChunkHeader
    track: Track
    codec: str
    media: PartMedia

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return f"the {self.track} of chunk {self.header.seq}"


def part_checks(parts: Sequence[OpenedMedia], gaps: Sequence[Gap]) -> tuple[Check, ...]:
    """Hold every part against every rule that is about one part.

    Args:
        parts: All that opened, in order.
        gaps: What the ledger's events state to be missing; those of the headers are known.
    """
    tallies = {each: Tally(each, "parts") for each in (ONE_FRAGMENT, CODEC, TIMESCALE, DECODES, TIMES)}
    for part in parts:
        _fragment(part, tallies[ONE_FRAGMENT])
        _decodes(part, tallies[DECODES])
        if part.media.kind:
            _codec(part, tallies[CODEC])
            _timescale(part, tallies[TIMESCALE])
            _times(part, gaps, tallies[TIMES])
    said = "no part could be read" if parts else "no part opened"
    return tuple(each.check(none_said=said) for each in tallies.values())


def stated_gaps(ledger: Ledger) -> tuple[Gap, ...]:
    """What the ledger's events say is missing; an event of another form is the verifier's to judge."""
    found = []
    for event in ledger.events:
        if event.kind is EventKind.GAP:
            try:
                detail = event.detail
                found.append(
                    Gap(
                        Track(str(detail["track"])),
                        int(detail["start_ns"]),
                        int(detail["duration_ns"]),
                        GapCause(str(detail["cause"])),
                    )
                )
            except (KeyError, ValueError, TypeError):
                continue
    return tuple(found)


def _fragment(part: OpenedMedia, tally: Tally) -> None:
    boxes = tuple(each for each in part.media.boxes if each not in BESIDE)
    if boxes == FRAGMENT and part.media.tracks in {0, 1}:
        tally.held()
        return
    came = (
        f"it has {' '.join(boxes) or 'no box'}" if boxes != FRAGMENT else f"it has {part.media.tracks} tracks"
    )
    tally.broke(part.words, f"one track in {' '.join(FRAGMENT)} is asked for", came)


def _codec(part: OpenedMedia, tally: Tally) -> None:
    found, claimed = part.media.codec, part.codec
    kinds = part.media.kind == str(part.track)
    same = found.lower() == claimed.lower() if "." in found else claimed.partition(".")[0] == found
    if kinds and same:
        tally.held()
        return
    came = f"it is {found}" if kinds else f"it is {part.media.kind} of {found}"
    tally.broke(part.words, f"the header says {claimed}", came)


def _timescale(part: OpenedMedia, tally: Tally) -> None:
    wanted = TIMESCALES[part.track]
    if part.media.timescale == wanted:
        tally.held()
    else:
        tally.broke(part.words, f"{wanted} ticks a second are asked for", f"it has {part.media.timescale}")


def _decodes(part: OpenedMedia, tally: Tally) -> None:
    media = part.media
    if media.complaints:
        tally.broke(part.words, "no complaint is asked for", media.complaints[0])
    elif not media.frames:
        tally.broke(part.words, "pictures or sound are asked for", "nothing came out of the decoder")
    elif not media.starts_alone:
        tally.broke(part.words, "its first sample has to decode alone", "it needs one before it")
    else:
        tally.held()


def _times(part: OpenedMedia, gaps: Sequence[Gap], tally: Tally) -> None:
    header, media = part.header, part.media
    claimed = f"its chunk runs from {_s(header.start_ns)} to {_s(header.end_ns)}"
    came = f"it runs from {_s(media.start_ns)} to {_s(media.end_ns)}"
    within = header.start_ns - TOLERANCE_NS <= media.start_ns and media.end_ns <= header.end_ns + TOLERANCE_NS
    missing_ns = _missing_ns(header, (*header.gaps, *gaps), part.track)
    long_enough = media.end_ns - media.start_ns >= header.duration_ns - missing_ns - SHORTER_NS
    if within and long_enough:
        tally.held()
    else:
        stated = f" and {_s(missing_ns)} of it are stated to be missing" if missing_ns else ""
        tally.broke(part.words, claimed + stated, came)


def _missing_ns(header: ChunkHeader, gaps: Iterable[Gap], track: Track) -> int:
    shares = (
        min(each.end_ns, header.end_ns) - max(each.start_ns, header.start_ns)
        for each in gaps
        if each.track is track
    )
    return sum(share for share in shares if share > 0)


def _s(ns: int) -> str:
    return f"{ns / NS_PER_S:.3f} s"
