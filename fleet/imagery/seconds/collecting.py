"""Where the parts lie that a reading process writes, found out as they come; none of it is believed.

Each part is taken apart: it has to be one second of the track that its head names, within the bounds of a
camera's part, and behind those before it.
"""

from __future__ import annotations

from collections.abc import Callable

from fleet.footage.errors import MediaError
from fleet.footage.media.codec import codec_of
from fleet.footage.media.fragment import read_part
from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.imagery.reading.limits import ReadingRefusedError
from fleet.imagery.reading.seconds import PART_HEAD, PICTURES, SOUND
from protocol.footage.format.limits import MAX_PART_BYTES
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

MOST_SECONDS = 24 * 3600
LONGEST_NS = 60 * NS_PER_S
"""Of the last second: sound that goes on behind it."""
_TRACKS = {PICTURES: (Track.VIDEO, "vide"), SOUND: (Track.AUDIO, "soun")}


class PartsCollector:
    """Takes what is written, and knows at the end which second lies where."""

    def __init__(self, each: Callable[[], None]) -> None:
        """Begin; ``each`` is called for every part."""
        self._each = each
        self._at = 0
        self._held = bytearray()
        self._parts: dict[int, dict[Track, PartRef]] = {}
        self._lengths: dict[int, int] = {}
        self._latest = dict.fromkeys(Track, -1)

    def take(self, offset: int, data: bytes) -> None:
        """Take what is written next.

        Raises:
            ReadingRefusedError: it is not what is to be written.
        """
        if offset != self._at + len(self._held):
            raise _odd()
        self._held += data
        while len(self._held) >= PART_HEAD.size:
            kind, second, length_ns, size = PART_HEAD.unpack_from(self._held)
            if size > MAX_PART_BYTES:
                raise ReadingRefusedError("A second of the clip is larger than a part of footage may be.")
            end = PART_HEAD.size + size
            if len(self._held) < end:
                return
            self._add(kind, second, length_ns, bytes(self._held[PART_HEAD.size : end]))
            self._at += end
            del self._held[:end]

    def chunks(self) -> tuple[ChunkRef, ...]:
        """Return every second, once all is written.

        Raises:
            ReadingRefusedError: there is none, or something is left.
        """
        if self._held or not self._parts:
            raise _odd()
        return tuple(
            ChunkRef(
                segment="",
                seq=second,
                start_ns=second * NS_PER_S,
                duration_ns=self._lengths[second],
                utc_us=0,
                parts=tuple(parts[track] for track in Track if track in parts),
            )
            for second, parts in sorted(self._parts.items())
        )

    def _add(self, kind: int, second: int, length_ns: int, data: bytes) -> None:
        if kind not in _TRACKS or second >= MOST_SECONDS or not 0 < length_ns <= LONGEST_NS:
            raise _odd()
        track, handler = _TRACKS[kind]
        if second <= self._latest[track]:
            raise _odd()
        try:
            part = read_part(data)
            codec = codec_of(part.initialisation)
        except MediaError as error:
            raise _odd() from error
        if part.initialisation.handler != handler:
            raise _odd()
        self._latest[track] = second
        place = PartRef(track, codec, self._at + PART_HEAD.size, len(data))
        self._parts.setdefault(second, {})[track] = place
        self._lengths[second] = max(self._lengths.get(second, 0), length_ns)
        self._each()


def _odd() -> ReadingRefusedError:
    return ReadingRefusedError("The clip cannot be cut into seconds: whoever read it wrote something odd.")
