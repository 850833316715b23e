"""Footage without encoding: the packets of a loop that was encoded once, given out as time passes.

Rules:

* Pictures come in the groups in which they were encoded, each of which begins with a key picture. A cut ends
  the group under way and begins the next with the next picture, as an encoder does that is asked to.
* Sound runs on through cuts, as a microphone does.
* A packet is there once its time is over; the times are those of the track's own clock, to the tick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.capture.prefill import retime
from device.encode.packets import AAC_FRAME
from device.settings import AUDIO_RATE
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from device.capture.prefill import EncodedLoop
    from device.encode.packets import EncodedPacket

SOUND_NS = -(-AAC_FRAME * NS_PER_S // AUDIO_RATE)
"""How long after a picture the sound of its instant is there at the latest."""


class PreparedFootage:
    """One opening of the sensors.

    Args:
        loop: What is seen and heard, again and again.
        begin_ns: The instant of the first picture, on the camera's boot clock.
        second: Which second of the loop comes first.
    """

    def __init__(self, loop: EncodedLoop, begin_ns: int, second: int) -> None:
        self._frame_ns = loop.frame_ns
        self._loop_ns = loop.seconds * NS_PER_S
        pictures = [packet for packet in loop.packets if packet.track is Track.VIDEO]
        keys = [index for index, packet in enumerate(pictures) if packet.keyframe]
        self._groups = [pictures[a:b] for a, b in zip(keys, [*keys[1:], None], strict=True)]
        self._sounds = [packet for packet in loop.packets if packet.track is Track.AUDIO]
        self._group = second % len(self._groups)
        self._shown = 0
        self._picture_ns = begin_ns
        behind_ns = second % loop.seconds * NS_PER_S
        self._sound_from_ns = begin_ns - behind_ns
        self._sound = next(
            (index for index, packet in enumerate(self._sounds) if packet.pts_ns >= behind_ns), 0
        )

    def until(self, now_ns: int) -> Iterator[EncodedPacket]:
        """Give out what is new by an instant, in the order in which it ends."""
        while self._picture_ns <= now_ns:
            picture = self._next_picture()
            yield from self._next_sounds(picture.pts_ns)
            yield picture
        yield from self._next_sounds(now_ns)

    def cut(self, now_ns: int) -> Iterator[EncodedPacket]:
        """Give out what is new by now; the next picture begins a group."""
        yield from self.until(now_ns)
        self._shown = len(self._groups[self._group])

    @property
    def next_key_ns(self) -> int:
        """When the group after the one under way begins."""
        left = len(self._groups[self._group]) - self._shown
        return self._picture_ns + left * self._frame_ns

    def _next_picture(self) -> EncodedPacket:
        if self._shown >= len(self._groups[self._group]):
            self._group, self._shown = (self._group + 1) % len(self._groups), 0
        packet = self._groups[self._group][self._shown]
        made = retime(packet, self._picture_ns - packet.pts_ns)
        self._shown += 1
        self._picture_ns += self._frame_ns
        return made

    def _next_sounds(self, until_ns: int) -> Iterator[EncodedPacket]:
        while self._sounds:
            made = retime(self._sounds[self._sound], self._sound_from_ns)
            if made.end_ns > until_ns:
                return
            self._sound += 1
            if self._sound == len(self._sounds):
                self._sound, self._sound_from_ns = 0, self._sound_from_ns + self._loop_ns
            yield made
