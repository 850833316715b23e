"""HTTP Live Streaming playlists of a recording (RFC 8216, with ``EXT-X-GAP`` of its second edition). Pure.

Rules:
- picture and sound are separate renditions, so that either can be missing, withheld or decoded alone;
- a hole is a segment marked ``EXT-X-GAP``: players skip it, and times after it stay true;
- where one track goes on without the other, silence or a black picture is served in its place: a player that
  lacked samples of one would stall or skip both;
- a player begins where the first footage lies: what comes before it may not have arrived;
- a recording that may still grow is an ``EVENT`` without an end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fleet.footage.timeline.timeline import LONGEST_SPAN_NS, Span, Timeline
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

_GROUP = "sound"


def main_playlist(timeline: Timeline, *, size: tuple[int, int] | None) -> str:
    """Return the playlist that names the others.

    Args:
        timeline: the recording.
        size: width and height of the picture in pixels, where known.
    """
    codecs = sorted({codec for eras in timeline.eras.values() for codec in eras if codec is not None})
    rate = f'BANDWIDTH={_peak(timeline)},CODECS="{",".join(codecs)}"'
    lines = ["#EXTM3U", "#EXT-X-VERSION:8", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if Track.VIDEO not in timeline.tracks:
        return _text([*lines, f"#EXT-X-STREAM-INF:{rate}", "audio.m3u8"])
    resolution = f",RESOLUTION={size[0]}x{size[1]}" if size is not None else ""
    if Track.AUDIO in timeline.tracks:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_GROUP}",NAME="Microphone",DEFAULT=YES,AUTOSELECT=YES,URI="audio.m3u8"'
        )
        resolution += f',AUDIO="{_GROUP}"'
    return _text([*lines, f"#EXT-X-STREAM-INF:{rate}{resolution}", "video.m3u8"])


def media_playlist(timeline: Timeline, track: Track, *, ended: bool) -> str:
    """Return the playlist of one track.

    Args:
        timeline: the recording.
        track: one that occurs in it.
        ended: whether it is whole; a player asks again otherwise.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:8",
        f"#EXT-X-TARGETDURATION:{-(-LONGEST_SPAN_NS // NS_PER_S)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}",
        f"#EXT-X-START:TIME-OFFSET={timeline.starts_ns / NS_PER_S:.6g}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    filled = is_filled(timeline)
    era: int | None = None
    for span in timeline.tracks[track]:
        if span.era != era:
            lines += _era_lines(timeline, track, span.era, first=era is None)
            era = span.era
        lines += _segment_lines(track, span, filled=filled)
    return _text([*lines, "#EXT-X-ENDLIST"] if ended else lines)


def layout_of(timeline: Timeline) -> str:
    """Return the SHA-256 of a recording's playlists, in hex: where it is the same a player can go on."""
    told = [media_playlist(timeline, track, ended=True) for track in sorted(timeline.tracks)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def is_filled(timeline: Timeline) -> bool:
    """Say whether a filler stands in for a track that a chunk lacks: there is another beside it."""
    return len(timeline.tracks) > 1


def initialisation_name(era: int) -> str:
    """Return the file name of the initialisation of an era."""
    return "init.mp4" if era == 0 else f"init-{era}.mp4"


def _era_lines(timeline: Timeline, track: Track, era: int, *, first: bool) -> list[str]:
    lines = [] if first else ["#EXT-X-DISCONTINUITY"]
    return [*lines, f'#EXT-X-MAP:URI="{track}/{initialisation_name(timeline.heads[track][era])}"']


def _segment_lines(track: Track, span: Span, *, filled: bool) -> list[str]:
    length = f"#EXTINF:{span.duration_ns / NS_PER_S:.6f},"
    if span.chunk is None or (span.part is None and not filled):
        return ["#EXT-X-GAP", length, f"{track}/gap.m4s"]
    return [length, f"{track}/{span.chunk.seq}.m4s"]


def _peak(timeline: Timeline) -> int:
    """Return the most bits a second that any span needs."""
    rates = [
        sum(part.length for part in chunk.parts) * 8 * NS_PER_S // chunk.duration_ns
        for chunk in timeline.chunks.values()
    ]
    return max(*rates, 1)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
