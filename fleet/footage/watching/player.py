"""What a player asks of a viewing: playlists, initialisations, fragments, and the time line.

Rules:
- a fragment is made for its request: read, decrypted, cut at its ``moof``, moved to the recording's own time;
- times begin with the recording, so that what a player shows is what the ledger's times say;
- a part whose initialisation is another than its era's is served with its own, and so are all of its track
  from then on: a decoder that has met one such part must be told at each.
"""

from typing import Any

from fleet.footage.errors import PlaybackError
from fleet.footage.timeline.events import seconds, tell
from fleet.footage.timeline.timeline import Span, Timeline
from fleet.footage.watching.media.filler import black, silence
from fleet.footage.watching.media.fragment import read_initialisation, shift, split
from fleet.footage.watching.playlists import is_filled, main_playlist, media_playlist
from fleet.footage.watching.viewings import Viewing
from protocol.footage.format.model import Track

_SECOND_NS = 1_000_000_000
_FIXED_POINT = 16


def main(viewing: Viewing) -> str:
    """Return the main playlist.

    Raises:
        PlaybackError: the first part cannot be shown.
        KeysError: it does not open.
        StoreError: the store failed.
    """
    size = None
    if Track.VIDEO in viewing.recording.timeline.tracks:
        head = read_initialisation(initialisation(viewing, Track.VIDEO, _first_era(viewing, Track.VIDEO)))
        size = (head.width >> _FIXED_POINT, head.height >> _FIXED_POINT)
    return main_playlist(viewing.recording.timeline, size=size)


def playlist(viewing: Viewing, track: Track) -> str:
    """Return the playlist of a track.

    Raises:
        PlaybackError: the recording has no such track.
    """
    timeline, whole = viewing.recording.refresh()
    _check(timeline, track)
    return media_playlist(timeline, track, ended=whole)


def initialisation(viewing: Viewing, track: Track, era: int) -> bytes:
    """Return ``ftyp moov`` of an era of a track.

    Raises:
        PlaybackError: there is none.
        KeysError: its first part does not open.
        StoreError: the store failed.
    """
    _check(viewing.recording.timeline, track)
    if (track, era) not in viewing.heads:
        first = next(
            (each for each in viewing.recording.timeline.tracks[track] if each.part and each.era == era), None
        )
        if first is None or first.chunk is None:
            raise PlaybackError(f"There is no {track} of that kind in this recording.")
        head, _ = split(viewing.recording.part(first.chunk.seq, track))
        viewing.heads[track, era] = head
    return viewing.heads[track, era]


def fragment(viewing: Viewing, track: Track, seq: int) -> bytes:
    """Return the fragment of a chunk.

    Raises:
        PlaybackError: the recording has no such fragment.
        MediaError: the part is not what it should be.
        KeysError: it does not open.
        StoreError: the store failed.
    """
    timeline = viewing.recording.timeline
    _check(timeline, track)
    span = next((each for each in timeline.tracks[track] if each.chunk and each.chunk.seq == seq), None)
    if span is None:
        raise PlaybackError(f"There is no chunk {seq} in this recording.")
    expected = initialisation(viewing, track, _known_era(viewing, track, span.era))
    timescale = read_initialisation(expected).timescale
    if span.part is None:
        return _filler(viewing, track, span, expected)
    head, media = split(viewing.recording.part(seq, track))
    moved = shift(media, (timeline.first_ns + span.cut_ns) * timescale // _SECOND_NS)
    if head != expected:
        viewing.mixed.add(track)
    return head + moved if track in viewing.mixed else moved


def timeline(viewing: Viewing) -> dict[str, Any]:
    """Return what the player draws beside the picture: press, pre-record, events, holes; in seconds."""
    timeline, ledger = viewing.recording.timeline, viewing.recording.ledger
    end_ns = timeline.first_ns + timeline.duration_ns + sum(cut.left_out_ns for cut in timeline.cuts)
    story = tell(ledger, first_ns=timeline.first_ns, end_ns=end_ns, gaps=(), cuts=timeline.cuts)
    press = story["press_s"]
    return {
        **story,
        "recording": viewing.recording.info.public_id,
        "final": viewing.recording.info.whole,
        "verified": viewing.recording.info.held,
        "prerecord_s": press,
        "asked_s": seconds(ledger.open.asked_ns),
        "tracks": [str(track) for track in timeline.tracks],
        "bookmarks": [each["offset_s"] for each in story["events"] if each["kind"] == "bookmark"],
        "gaps": [gap for track in timeline.tracks for gap in _holes(timeline, track)],
    }


def _holes(timeline: Timeline, track: Track) -> list[dict[str, Any]]:
    """Return where a track is missing, holes that touch as one, with the camera's cause where it gave one."""
    holes: list[dict[str, Any]] = []
    end = -1
    for span in timeline.tracks[track]:
        if span.part is not None:
            continue
        if span.start_ns == end:
            holes[-1]["duration_s"] = round(holes[-1]["duration_s"] + seconds(span.duration_ns), 6)
        else:
            holes.append(
                {
                    "track": str(track),
                    "offset_s": seconds(span.start_ns),
                    "duration_s": seconds(span.duration_ns),
                    "cause": _cause(timeline, track, span),
                }
            )
        end = span.start_ns + span.duration_ns
    return holes


def _cause(timeline: Timeline, track: Track, span: Span) -> str:
    start = timeline.first_ns + span.start_ns + span.cut_ns
    for chunk in timeline.chunks.values():
        for gap in chunk.gaps:
            if (
                gap.track is track
                and gap.start_ns < start + span.duration_ns
                and start < gap.start_ns + gap.duration_ns
            ):
                return str(gap.cause)
    return "unexplained"


def _filler(viewing: Viewing, track: Track, span: Span, head: bytes) -> bytes:
    """Return what stands in for a track that a chunk lacks, so that the other can be played."""
    info = read_initialisation(head)
    if is_filled(viewing.recording.timeline) and track is Track.VIDEO:
        viewing.mixed.add(track)
        size = (info.width >> _FIXED_POINT, info.height >> _FIXED_POINT)
        return black(*size, start_ns=span.start_ns, length_ns=span.duration_ns)
    start = span.start_ns * info.timescale // _SECOND_NS
    length = span.duration_ns * info.timescale // _SECOND_NS
    quiet = silence(info, start=start, length=length) if is_filled(viewing.recording.timeline) else None
    if quiet is None:
        raise PlaybackError(f"There is no {track} in this span of the recording.")
    return quiet


def _check(timeline: Timeline, track: Track) -> None:
    if track not in timeline.tracks:
        raise PlaybackError(f"There is no {track} in this recording.")


def _first_era(viewing: Viewing, track: Track) -> int:
    return next(era for era, codec in enumerate(viewing.recording.timeline.eras[track]) if codec is not None)


def _known_era(viewing: Viewing, track: Track, era: int) -> int:
    """Return the era whose initialisation the playlist names for ``era``: the last that has the track."""
    eras = viewing.recording.timeline.eras[track]
    return next((at for at in range(era, -1, -1) if eras[at] is not None), _first_era(viewing, track))
