"""What a player asks of a viewing: playlists, initialisations, fragments, and the time line.

Rules:
- a fragment is made for its request: read, decrypted, cut at its ``moof``, moved to the recording's own time;
- times begin with the recording, so that what a player shows is what the ledger's times say;
- a part whose initialisation is another than its era's is served with its own, and so are all of its track
  from then on: a decoder that has met one such part must be told at each.
"""

from typing import Any

from fleet.footage.errors import PlaybackError
from fleet.footage.story import seconds, tell
from fleet.footage.watching.media.filler import black, silence
from fleet.footage.watching.media.fragment import read_initialisation, shift, split
from fleet.footage.watching.playlists import is_filled, main_playlist, media_playlist
from fleet.footage.watching.reel import Reel, Stretch
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
    if Track.VIDEO in viewing.recording.reel.tracks:
        head = read_initialisation(initialisation(viewing, Track.VIDEO, _first_era(viewing, Track.VIDEO)))
        size = (head.width >> _FIXED_POINT, head.height >> _FIXED_POINT)
    return main_playlist(viewing.recording.reel, size=size)


def playlist(viewing: Viewing, track: Track) -> str:
    """Return the playlist of a track.

    Raises:
        PlaybackError: the recording has no such track.
    """
    reel, whole = viewing.recording.refresh()
    _check(reel, track)
    return media_playlist(reel, track, ended=whole)


def initialisation(viewing: Viewing, track: Track, era: int) -> bytes:
    """Return ``ftyp moov`` of an era of a track.

    Raises:
        PlaybackError: there is none.
        KeysError: its first part does not open.
        StoreError: the store failed.
    """
    _check(viewing.recording.reel, track)
    if (track, era) not in viewing.heads:
        first = next(
            (each for each in viewing.recording.reel.tracks[track] if each.part and each.era == era), None
        )
        if first is None or first.shot is None:
            raise PlaybackError(f"There is no {track} of that kind in this recording.")
        head, _ = split(viewing.recording.part(first.shot.place.seq, track))
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
    reel = viewing.recording.reel
    _check(reel, track)
    stretch = next((each for each in reel.tracks[track] if each.shot and each.shot.place.seq == seq), None)
    if stretch is None:
        raise PlaybackError(f"There is no chunk {seq} in this recording.")
    expected = initialisation(viewing, track, _known_era(viewing, track, stretch.era))
    timescale = read_initialisation(expected).timescale
    if stretch.part is None:
        return _filler(viewing, track, stretch, expected)
    head, media = split(viewing.recording.part(seq, track))
    moved = shift(media, (reel.first_ns + stretch.cut_ns) * timescale // _SECOND_NS)
    if head != expected:
        viewing.mixed.add(track)
    return head + moved if track in viewing.mixed else moved


def timeline(viewing: Viewing) -> dict[str, Any]:
    """Return what the player draws beside the picture: press, pre-record, events, holes; in seconds."""
    reel, ledger = viewing.recording.reel, viewing.recording.ledger
    end_ns = reel.first_ns + reel.duration_ns + sum(cut.left_out_ns for cut in reel.cuts)
    story = tell(ledger, first_ns=reel.first_ns, end_ns=end_ns, gaps=(), cuts=reel.cuts)
    press = story["press_s"]
    return {
        **story,
        "recording": viewing.recording.film.public_id,
        "final": viewing.recording.film.whole,
        "verified": viewing.recording.film.held,
        "prerecord_s": press,
        "asked_s": seconds(ledger.open.asked_ns),
        "tracks": [str(track) for track in reel.tracks],
        "bookmarks": [each["offset_s"] for each in story["events"] if each["kind"] == "bookmark"],
        "gaps": [gap for track in reel.tracks for gap in _holes(reel, track)],
    }


def _holes(reel: Reel, track: Track) -> list[dict[str, Any]]:
    """Return where a track is missing, holes that touch as one, with the camera's cause where it gave one."""
    holes: list[dict[str, Any]] = []
    end = -1
    for stretch in reel.tracks[track]:
        if stretch.part is not None:
            continue
        if stretch.start_ns == end:
            holes[-1]["duration_s"] = round(holes[-1]["duration_s"] + seconds(stretch.duration_ns), 6)
        else:
            holes.append(
                {
                    "track": str(track),
                    "offset_s": seconds(stretch.start_ns),
                    "duration_s": seconds(stretch.duration_ns),
                    "cause": _cause(reel, track, stretch),
                }
            )
        end = stretch.start_ns + stretch.duration_ns
    return holes


def _cause(reel: Reel, track: Track, stretch: Stretch) -> str:
    start = reel.first_ns + stretch.start_ns + stretch.cut_ns
    for shot in reel.shots.values():
        for gap in shot.place.gaps:
            if (
                gap.track is track
                and gap.start_ns < start + stretch.duration_ns
                and start < gap.start_ns + gap.duration_ns
            ):
                return str(gap.cause)
    return "unexplained"


def _filler(viewing: Viewing, track: Track, stretch: Stretch, head: bytes) -> bytes:
    """Return what stands in for a track that a chunk lacks, so that the other can be played."""
    info = read_initialisation(head)
    if is_filled(viewing.recording.reel) and track is Track.VIDEO:
        viewing.mixed.add(track)
        size = (info.width >> _FIXED_POINT, info.height >> _FIXED_POINT)
        return black(*size, start_ns=stretch.start_ns, length_ns=stretch.duration_ns)
    start = stretch.start_ns * info.timescale // _SECOND_NS
    length = stretch.duration_ns * info.timescale // _SECOND_NS
    quiet = silence(info, start=start, length=length) if is_filled(viewing.recording.reel) else None
    if quiet is None:
        raise PlaybackError(f"There is no {track} in this stretch of the recording.")
    return quiet


def _check(reel: Reel, track: Track) -> None:
    if track not in reel.tracks:
        raise PlaybackError(f"There is no {track} in this recording.")


def _first_era(viewing: Viewing, track: Track) -> int:
    return next(era for era, codec in enumerate(viewing.recording.reel.eras[track]) if codec is not None)


def _known_era(viewing: Viewing, track: Track, era: int) -> int:
    """Return the era whose initialisation the playlist names for ``era``: the last that has the track."""
    eras = viewing.recording.reel.eras[track]
    return next((at for at in range(era, -1, -1) if eras[at] is not None), _first_era(viewing, track))
