"""Cases about what is missing: stated in a chunk's header or in the ledger, or not; and who need not say.

Each names the gaps that a reader must report, worked out here by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, Missing
from tests.support.media.recordings import BOTH, SECOND_NS, Take
from tests.support.vectors.base import IDENTITY, VIDEO, Base, Case, Fields, Files, altered, lack, put

NS: Final = SECOND_NS
BOOT_NS: Final = Take(IDENTITY).at_ns
JITTER_NS: Final = 50_000_000
GAPS: Final = "intact with gaps"


def _take(base: Base, tracks: frozenset[Track] = VIDEO, chunks: int = 1) -> Take:
    """Chunks of pre-record, one second each from the boot, and a press."""
    take = Take(IDENTITY, per_segment=2, sealer=base.seal)
    for _ in range(chunks):
        take.chunk(tracks=tracks, size=8)
    take.press(asked_s=chunks)
    return take


def _in_chunks(base: Base) -> Iterator[Case]:
    """What chunks say of holes before them and of tracks that they lack."""

    def recording(*between: Gap, pause_ns: int = 0, silent: bool = False) -> Files:
        take = Take(IDENTITY, per_segment=2, sealer=base.seal)
        for pause, gaps in ((0, ()), (pause_ns, between)):
            take.at_ns += pause
            silence = (Gap(Track.AUDIO, take.at_ns, SECOND_NS, GapCause.NO_MICROPHONE),) if silent else ()
            take.chunk(tracks=VIDEO, size=8, gaps=gaps + silence)
        take.press(
            asked_s=2, missing=(Missing(179 * SECOND_NS, GapCause.JUST_BOOTED),) if not pause_ns else ()
        )
        take.close()
        return take.files

    start_ns, pause_ns = BOOT_NS + NS, 2 * NS
    gap, part = (Gap(Track.VIDEO, start_ns, length, GapCause.OVERFLOW) for length in (pause_ns, NS))
    yield Case("short-prerecord", "Just booted, as the ledger says.", recording(), "intact")
    yield Case(
        "gap-stated",
        "Two seconds missing, as stated.",
        recording(gap, pause_ns=pause_ns),
        GAPS,
        gaps=(lack(Track.VIDEO, start_ns, pause_ns, "overflow"),),
    )
    yield Case(
        "gap-part-stated",
        "Two missing, one stated.",
        recording(part, pause_ns=pause_ns),
        GAPS,
        gaps=(lack(Track.VIDEO, start_ns, pause_ns), lack(Track.VIDEO, start_ns, NS, "overflow")),
    )
    yield Case(
        "gap-unexplained",
        "Two seconds missing, not a word.",
        recording(pause_ns=pause_ns),
        GAPS,
        gaps=(lack(Track.VIDEO, start_ns, pause_ns),),
    )
    yield Case(
        "gap-no-microphone",
        "No sound throughout, as stated.",
        recording(silent=True),
        GAPS,
        gaps=(lack(Track.AUDIO, BOOT_NS, 2 * NS, "no microphone"),),
    )


def _tracks(base: Base) -> Iterator[Case]:
    """A hole in picture and sound of which the camera explains one."""
    start_ns, pause_ns = BOOT_NS + NS, 2 * NS
    for track, other in ((Track.AUDIO, Track.VIDEO), (Track.VIDEO, Track.AUDIO)):
        take = Take(IDENTITY, per_segment=2, sealer=base.seal)
        take.chunk(tracks=BOTH, size=8)
        take.at_ns += pause_ns
        take.chunk(tracks=BOTH, size=8, gaps=(Gap(track, start_ns, pause_ns, GapCause.OVERFLOW),))
        take.press(asked_s=4)
        take.close()
        yield Case(
            f"gap-{track}-alone",
            f"Two seconds missing, stated for the {track} alone.",
            take.files,
            GAPS,
            gaps=(lack(other, start_ns, pause_ns), lack(track, start_ns, pause_ns, "overflow")),
        )
    take = _take(base, tracks=frozenset())
    take.close()
    what = "A chunk with neither picture nor sound, not a word."
    yield Case("gap-no-track", what, take.files, GAPS, gaps=(lack(Track.VIDEO, BOOT_NS, NS),))


def _ends(base: Base) -> Iterator[Case]:
    """Recordings that were closed three seconds after their last chunk's end, or a little."""
    end_ns, late_ns = BOOT_NS + NS, 3 * NS
    lost = (Gap(Track.VIDEO, end_ns, late_ns, GapCause.STORAGE), lack(Track.VIDEO, end_ns, late_ns))
    stated = lack(Track.VIDEO, end_ns, late_ns, "storage fault")
    silence = lack(Track.AUDIO, end_ns, late_ns)
    for name, what, tracks, told, gaps in (
        (
            "gap-end-stated",
            "The last three seconds are missing, as the ledger says.",
            VIDEO,
            lost[:1],
            [stated],
        ),
        ("gap-end-unexplained", "It does not reach its close, not a word.", VIDEO, (), lost[1:]),
        ("gap-end-track", "Nor does its sound, which nothing says.", BOTH, lost[:1], [silence, stated]),
    ):
        take = _take(base, tracks=tracks)
        take.at_ns += late_ns
        for gap in told:
            take.gap(gap)
        take.close()
        yield Case(name, what, take.files, GAPS, gaps=tuple(gaps))
    take = _take(base)
    take.at_ns += JITTER_NS
    take.close()
    yield Case("intact-end-jitter", "It reaches its close but for 50 ms.", take.files, "intact")
    take = _take(base)
    take.at_ns += JITTER_NS + 1
    take.close()
    beyond = lack(Track.VIDEO, end_ns, JITTER_NS + 1)
    yield Case(
        "gap-end-short", "It reaches its close but for a little more.", take.files, GAPS, gaps=(beyond,)
    )
    take = _take(base)
    take.at_ns += late_ns
    take.event(EventKind.ROLLED_OVER, next=8)
    take.close()
    yield Case("intact-rolled-over", "What follows is in the next recording.", take.files, "intact")
    take = _take(base)
    take.at_ns += late_ns
    take.gap(Gap(Track.VIDEO, end_ns, late_ns, GapCause.STORAGE))
    cut = "without an end"
    yield Case("cut-off-gap", "The power went before the close.", take.files, cut, gaps=(stated,))


def _nothing(base: Base) -> Iterator[Case]:
    """Recordings without a single chunk."""
    yield Case("intact-no-chunk", "Closed as soon as it was opened.", _closed(base, 0), "intact")
    gap = Gap(Track.VIDEO, BOOT_NS, 2 * NS, GapCause.NO_CAMERA)
    for name, what, told, cause in (
        ("gap-no-chunk", "Nothing was recorded, not a word.", (), None),
        ("gap-no-chunk-stated", "Nothing was recorded, as the ledger says.", (gap,), "no camera"),
    ):
        gaps = (lack(Track.VIDEO, BOOT_NS, 2 * NS, cause),)
        yield Case(name, what, _closed(base, 2 * NS, *told), GAPS, gaps=gaps)


def _closed(base: Base, after_ns: int, *told: Gap) -> Files:
    """A recording of no chunk, closed so long after the press."""
    take = _take(base, chunks=0)
    take.at_ns += after_ns
    for gap in told:
        take.gap(gap)
    take.close()
    return take.files


def _in_ledger(base: Base) -> Iterator[Case]:
    """What the ledger says of spans elsewhere than at the end."""
    start_ns, pause_ns = BOOT_NS + NS, 2 * NS
    take = _take(base)
    take.at_ns += pause_ns
    take.live(tracks=VIDEO, size=8)
    for half in (0, 1):
        take.gap(Gap(Track.VIDEO, start_ns + half * NS, NS, GapCause.SUSPENDED))
    take.close()
    gaps = (lack(Track.VIDEO, start_ns, pause_ns, "suspended"),)
    yield Case("gap-event", "Two seconds missing, as two events say.", take.files, GAPS, gaps=gaps)
    take = _take(base, tracks=BOTH)
    silent_ns = take.at_ns
    take.live(tracks=VIDEO, size=8)
    take.gap(Gap(Track.AUDIO, silent_ns, NS, GapCause.MUTED))
    take.close()
    gaps = (lack(Track.AUDIO, silent_ns, NS, "muted"),)
    yield Case("gap-event-silent", "A chunk without sound, as the ledger says.", take.files, GAPS, gaps=gaps)


def _malformed(base: Base) -> Iterator[Case]:
    """Events that say of a gap what no gap is."""
    gap: Fields = {"cause": "overflow", "track": "video", "start_ns": 0, "duration_ns": 1}
    rows: tuple[tuple[str, str, Fields], ...] = (
        ("event-gap-empty", "A gap event without a word.", {}),
        ("event-gap-more", "One that says too much.", {**gap, "what": "a lot"}),
        ("event-gap-cause", "A cause that is none.", {**gap, "cause": "bored"}),
        ("event-gap-track", "A track that is none.", {**gap, "track": "smell"}),
        ("event-gap-start", "A gap from before the boot.", {**gap, "start_ns": -1}),
        ("event-gap-text", "A length in words.", {**gap, "duration_ns": "long"}),
        ("event-gap-zero", "A gap of no length.", {**gap, "duration_ns": 0}),
    )
    for name, what, detail in rows:
        files = base.forged_ledger(3, put({"kind": "gap", "detail": detail}))
        yield altered(name, what, files, "format", LEDGER_NAME, "event record")


FAMILIES: Final = (_in_chunks, _tracks, _ends, _nothing, _in_ledger, _malformed)
