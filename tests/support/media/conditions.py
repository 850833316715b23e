"""Pictures and sound that show nothing, and such as are hard to tell from them, made in code.

Luma is that of ITU-R BT.601 in limited range: 16 is black. Sound is float32 in [-1, 1] at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from device.frames import PixelFormat, VideoFrame

Luma: TypeAlias = NDArray[np.floating]
Samples: TypeAlias = NDArray[np.float32]
RATE = 48_000


def i420(luma: NDArray[np.floating] | NDArray[np.integer]) -> NDArray[np.uint8]:
    """A grey picture as a camera gives it."""
    height, width = luma.shape
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = np.clip(luma, 0, 255)
    return picture


def frame(luma: NDArray[np.floating] | NDArray[np.integer], at_ns: int) -> VideoFrame:
    return VideoFrame(i420(luma), at_ns, PixelFormat.I420)


def hallway(height: int, width: int, *, floor: float = 18, span: float = 14, door: float = 45) -> Luma:
    """A hallway at night: a little light from its end, a door ajar there, door frames that are darker."""
    down, across = np.mgrid[0:height, 0:width]
    luma = floor + span * (0.7 - np.hypot(across / width - 0.5, down / height - 0.5)).clip(0)
    luma[height * 36 // 100 : height * 64 // 100, width * 46 // 100 : width * 54 // 100] = door
    for place in (23, 76):
        luma[height * 14 // 100 : height * 86 // 100, width * place // 100 : width * (place + 1) // 100] -= 3
    return np.asarray(luma)


def room(height: int, width: int) -> Luma:
    """A lit room: shades, a window, a shelf."""
    down, across = np.mgrid[0:height, 0:width]
    luma = 60 + 70 * across / width + 30 * np.sin(across * 14 / width) * np.cos(down * 10 / height)
    luma[height * 2 // 5 : height * 7 // 10, width * 3 // 10 : width * 11 // 20] = 185
    return np.asarray(luma)


def glow(height: int, width: int, *, dark: float = 40, light: float = 30) -> Luma:
    """A finger over the lens: light comes through it on one side."""
    down, across = np.mgrid[0:height, 0:width]
    return np.asarray(
        dark + light * np.exp(-((across / width - 0.6) ** 2) / 0.4 - (down / height - 0.3) ** 2 / 0.5)
    )


def plain(height: int, width: int, luma: float) -> Luma:
    return np.full((height, width), luma)


def snow(height: int, width: int, rng: np.random.Generator) -> Luma:
    return rng.integers(0, 256, (height, width)).astype(np.float64)


def with_noise(luma: Luma, sigma: float, rng: np.random.Generator) -> Luma:
    """The noise of a sensor: another one in every picture."""
    return luma + rng.normal(0, sigma, luma.shape) if sigma else luma


def times(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE


def hum(seconds: float, hz: float = 50, level: float = 0.05) -> Samples:
    """The mains and their harmonics."""
    at = times(seconds)
    waves = [level / each * np.sin(2 * np.pi * hz * each * at + each) for each in (1, 2, 3, 5)]
    return np.asarray(np.sum(waves, axis=0), np.float32)


def noise(seconds: float, db: float, rng: np.random.Generator) -> Samples:
    return (10 ** (db / 20) * rng.standard_normal(round(seconds * RATE))).astype(np.float32)


def speech(seconds: float, rng: np.random.Generator, level: float = 0.12) -> Samples:
    """Something like a voice: harmonics of a wandering base, in syllables, over the noise of a room."""
    at = times(seconds)
    base = 2 * np.pi * (120 * at + 3 * np.sin(2 * np.pi * 0.7 * at))
    voice = np.sum([np.sin(base * each + each * each) / each for each in range(1, 16)], axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * at) + 0.4 * np.sin(2 * np.pi * 0.9 * at), 0, None) ** 1.5
    return np.asarray(level * voice * syllables + noise(seconds, -58, rng), np.float32)


def clipped(samples: Samples, gain: float = 20) -> Samples:
    return np.asarray(np.clip(gain * samples, -1, 1), np.float32)


PICTURES: dict[str, Callable[[int, int, np.random.Generator], Luma]] = {
    "black": lambda height, width, rng: with_noise(plain(height, width, 17), 1, rng),
    "covered": lambda height, width, rng: with_noise(glow(height, width), 2, rng),
    "frozen": lambda height, width, _: room(height, width),
    "noise": snow,
    "": lambda height, width, rng: with_noise(room(height, width), 2, rng),
}
"""A picture of each condition; under "" one that is well."""

SOUNDS: dict[str, Callable[[float, np.random.Generator], Samples]] = {
    "silent": lambda seconds, _: np.zeros(round(seconds * RATE), np.float32),
    "dead": lambda seconds, _: np.full(round(seconds * RATE), 0.3, np.float32),
    "clipped": lambda seconds, rng: clipped(speech(seconds, rng)),
    "hum": lambda seconds, _: hum(seconds),
    "": speech,
}
"""Likewise of sound."""
