"""Pre-encoded footage without end: packets as encoders hand them over, each saying which it is.

Two pictures a second, every other a key picture, and AAC frames as 48 kHz gives them. The bytes are no
picture and no sound; every path of the camera and of the fleet that does not decode takes them for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from device.encode.aac import sound_params
from device.encode.packets import AAC_FRAME, EncodedPacket, StreamParams, to_ns, to_ticks
from device.encode.video import VideoEncoder
from device.settings import AUDIO_RATE, VideoSettings
from protocol.footage.format.model import Track
from tests.support.media.recordings import SECOND_NS

FRAME_NS = SECOND_NS // 2
SAMPLE_BYTES = 14


@cache
def params(track: Track) -> StreamParams:
    if track is Track.AUDIO:
        return sound_params(64_000)
    return VideoEncoder(VideoSettings(width=160, height=96, encoder="libx264")).params


class PacketSource:
    """Runs on from where it is; ``sleep`` leaves a hole.

    Attributes:
        shown: When each packet was, in ns on the boot clock, by track and number.
    """

    def __init__(self, start_ns: int) -> None:
        self.shown: dict[Track, list[int]] = {track: [] for track in Track}
        self._begin(start_ns)

    def second(self) -> Iterator[EncodedPacket]:
        """The packets of the next second, in the order in which they end."""
        until = self._next_picture + SECOND_NS
        while self._next_picture < until:
            key = len(self.shown[Track.VIDEO]) % 2 == 0
            yield from self._sounds(self._next_picture + FRAME_NS)
            yield self._packet(Track.VIDEO, self._next_picture, FRAME_NS, key=key)
            self._next_picture += FRAME_NS

    def sleep(self, length_ns: int) -> None:
        self._begin(self._next_picture + length_ns)

    def _begin(self, start_ns: int) -> None:
        self._next_picture = to_ns(to_ticks(start_ns, 90_000), 90_000)
        self._next_sound = to_ticks(self._next_picture, AUDIO_RATE)
        if to_ns(self._next_sound, AUDIO_RATE) < self._next_picture:
            self._next_sound += 1

    def _sounds(self, until_ns: int) -> Iterator[EncodedPacket]:
        while (end := to_ns(self._next_sound + AAC_FRAME, AUDIO_RATE)) <= until_ns:
            start = to_ns(self._next_sound, AUDIO_RATE)
            yield self._packet(Track.AUDIO, start, end - start, key=True)
            self._next_sound += AAC_FRAME

    def _packet(self, track: Track, at_ns: int, length_ns: int, *, key: bool) -> EncodedPacket:
        number = len(self.shown[track])
        self.shown[track].append(at_ns)
        data = bytes([0, 0, 0, 10, 0x65 if key else 0x41, 0x88]) + number.to_bytes(8, "big")
        return EncodedPacket(track, at_ns, length_ns, key, data, params(track))


def numbers(payload: bytes) -> list[int]:
    """Which packets a part's samples are."""
    return [
        int.from_bytes(payload[at + 6 : at + SAMPLE_BYTES], "big")
        for at in range(0, len(payload), SAMPLE_BYTES)
    ]
