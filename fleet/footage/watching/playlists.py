"""HTTP Live Streaming playlists of a recording (RFC 8216, with ``EXT-X-GAP`` of its second edition). Pure.

Rules:
- picture and sound are separate renditions, so that either can be missing, withheld or decoded alone;
- a hole is a segment marked ``EXT-X-GAP``: players skip it, and times after it stay true;
- where one track goes on without the other, silence or a black picture is served in its place: a player that
  lacked samples of one would stall or skip both;
- a recording that may still grow is an ``EVENT`` without an end.
"""

from collections.abc import Sequence

from fleet.footage.watching.reel import LONGEST_STRETCH_NS, Reel, Stretch
from protocol.footage.format.model import Track

_SECOND_NS = 1_000_000_000
_GROUP = "sound"


def main_playlist(reel: Reel, *, size: tuple[int, int] | None) -> str:
    """Return the playlist that names the others.

    Args:
        reel: the recording.
        size: width and height of the picture in pixels, where known.
    """
    codecs = sorted({codec for eras in reel.eras.values() for codec in eras if codec is not None})
    rate = f'BANDWIDTH={_peak(reel)},CODECS="{",".join(codecs)}"'
    lines = ["#EXTM3U", "#EXT-X-VERSION:8", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if Track.VIDEO not in reel.tracks:
        return _text([*lines, f"#EXT-X-STREAM-INF:{rate}", "audio.m3u8"])
    resolution = f",RESOLUTION={size[0]}x{size[1]}" if size is not None else ""
    if Track.AUDIO in reel.tracks:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_GROUP}",NAME="Microphone",DEFAULT=YES,AUTOSELECT=YES,URI="audio.m3u8"'
        )
        resolution += f',AUDIO="{_GROUP}"'
    return _text([*lines, f"#EXT-X-STREAM-INF:{rate}{resolution}", "video.m3u8"])


def media_playlist(reel: Reel, track: Track, *, ended: bool) -> str:
    """Return the playlist of one track.

    Args:
        reel: the recording.
        track: one that occurs in it.
        ended: whether it is whole; a player asks again otherwise.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:8",
        f"#EXT-X-TARGETDURATION:{-(-LONGEST_STRETCH_NS // _SECOND_NS)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
        "#EXT-X-START:TIME-OFFSET=0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    filled = is_filled(reel)
    era: int | None = None
    for stretch in reel.tracks[track]:
        if stretch.era != era:
            lines += _era_lines(reel, track, stretch.era, first=era is None)
            era = stretch.era
        lines += _segment_lines(track, stretch, filled=filled)
    return _text([*lines, "#EXT-X-ENDLIST"] if ended else lines)


def is_filled(reel: Reel) -> bool:
    """Say whether a filler stands in for a track that a chunk lacks: there is another beside it."""
    return len(reel.tracks) > 1


def initialisation_name(era: int) -> str:
    """Return the file name of the initialisation of an era."""
    return "init.mp4" if era == 0 else f"init-{era}.mp4"


def _era_lines(reel: Reel, track: Track, era: int, *, first: bool) -> list[str]:
    lines = [] if first else ["#EXT-X-DISCONTINUITY"]
    known = next((at for at in range(era, -1, -1) if reel.eras[track][at] is not None), None)
    known = known if known is not None else next(at for at, codec in enumerate(reel.eras[track]) if codec)
    return [*lines, f'#EXT-X-MAP:URI="{track}/{initialisation_name(known)}"']


def _segment_lines(track: Track, stretch: Stretch, *, filled: bool) -> list[str]:
    length = f"#EXTINF:{stretch.duration_ns / _SECOND_NS:.6f},"
    if stretch.shot is None or (stretch.part is None and not filled):
        return ["#EXT-X-GAP", length, f"{track}/gap.m4s"]
    return [length, f"{track}/{stretch.shot.place.seq}.m4s"]


def _peak(reel: Reel) -> int:
    """Return the most bits a second that any stretch needs."""
    rates = [
        sum(part.length for part in shot.place.parts) * 8 * _SECOND_NS // shot.place.duration_ns
        for shot in reel.shots.values()
    ]
    return max(*rates, 1)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
