"""Footage encoded ahead: a scene's loop, encoded once for all cameras, which begin in it at different places.

The overlay is not in it: that bears one camera's name and time, and this is everybody's.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from device.capture.prefill import SOUND_LOOP_S, EncodedLoop, encode_loop, retime
from device.frames import PixelFormat, VideoFrame
from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from device.settings import CaptureSettings
    from simulator.sources.scene import Scene

LONGEST_S = 72  # a few seconds of work; a longer window sees it again


def loop_of(scene: Scene, settings: CaptureSettings, *, longest_s: int = LONGEST_S) -> EncodedLoop:
    """Encode a scene's loop as a camera with these settings would.

    Args:
        scene: What to encode.
        settings: The cameras' own.
        longest_s: Most seconds to encode; a multiple of eight.

    Raises:
        device.encode.packets.EncoderError: No encoder opens.
    """
    seconds = min(longest_s, scene.picture_loop // scene.fps // SOUND_LOOP_S * SOUND_LOOP_S) or SOUND_LOOP_S
    frames = (
        VideoFrame(picture, index * NS_PER_S // scene.fps, PixelFormat.I420)
        for index, picture in enumerate(islice(scene.pictures(0), seconds * scene.fps))
    )
    sound = scene.sound(0, seconds * AUDIO_RATE)
    return encode_loop(frames, sound, seconds=seconds, video=settings.video, audio=settings.audio)


def beginning_at(loop: EncodedLoop, second: int) -> EncodedLoop:
    """Return the same loop, beginning at another of its seconds."""
    whole_ns, begin_ns = loop.seconds * NS_PER_S, second % loop.seconds * NS_PER_S
    before = [packet for packet in loop.packets if packet.pts_ns < begin_ns]
    after = loop.packets[len(before) :]
    moved = [retime(packet, -begin_ns) for packet in after]
    moved += [retime(packet, whole_ns - begin_ns) for packet in before]
    return replace(loop, packets=tuple(moved))
