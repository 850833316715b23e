"""The coded clapper, read back from whatever shows it: chunks of a capture, or an export.

In second k of it a white bar 32 (k + 1) pixels wide is lit for two pictures from k + 0.52 s, and a tone of
600 + 200 k Hz sounds for 80 ms from k + 0.52 s, so that both name their second.
"""

from __future__ import annotations

from collections.abc import Callable

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from protocol.footage.format.model import Track
from tests.support.media.clapper import RATE

WIDTH, HEIGHT = 320, 240
BAR, FIRST_HZ, STEP_HZ = 32, 600, 200


class Shown:
    """Picture and sound of the coded clapper.

    Args:
        open_track: Opens what holds a track.
        origin_s: The instant of its stamps from which times are counted.
    """

    def __init__(self, open_track: Callable[[Track], InputContainer], origin_s: Callable[[], float]) -> None:
        self._open_track = open_track
        self._origin_s = origin_s

    @property
    def pictures(self) -> list[tuple[float, NDArray[np.uint8]]]:
        """Time and luma of each picture."""
        with self._open_track(Track.VIDEO) as container:
            return [
                (self._seconds(frame), frame.to_ndarray()[: frame.height].astype(np.uint8))
                for frame in container.decode(video=0)
            ]

    @property
    def flashes(self) -> list[tuple[int, float]]:
        """The coded clapper's flashes: which, and when it began."""
        found: list[tuple[int, float]] = []
        for at, luma in self.pictures:
            lit = int((luma[luma.shape[0] // 3 : luma.shape[0] * 2 // 3].mean(axis=0) > 110).sum())
            code = round(lit * WIDTH / luma.shape[1] / BAR) - 1
            if code >= 0 and not (found and found[-1][0] == code and at - found[-1][1] < 0.2):
                found.append((code, at))
        return found

    @property
    def sound(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """The time of each sample, and the samples."""
        times, samples = [], []
        with self._open_track(Track.AUDIO) as container:
            for frame in container.decode(audio=0):
                values = frame.to_ndarray()[0]
                times.append(self._seconds(frame) + np.arange(len(values)) / RATE)
                samples.append(values)
        if not samples:
            return np.empty(0), np.empty(0, np.float32)
        return np.concatenate(times), np.concatenate(samples)

    @property
    def tones(self) -> list[tuple[int, float]]:
        """The coded clapper's tones: which, and when it began."""
        times, samples = self.sound
        found: list[tuple[int, float]] = []
        loud = np.flatnonzero(np.abs(samples) > 0.2)
        silent_since = -1.0
        for index in loud:
            if times[index] - silent_since > 0.3 and index + 2_400 < len(samples):
                piece = samples[index + 480 : index + 2_880]
                spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 48_000))
                found.append((round((int(spectrum.argmax()) - FIRST_HZ) / STEP_HZ), float(times[index])))
            silent_since = float(times[index])
        return found

    @property
    def apart(self) -> list[float]:
        """For each flash that has its tone, by how much the tone is later, in seconds."""
        tones = self.tones
        return [
            min((tone - flash for other, tone in tones if other == code), key=abs)
            for code, flash in self.flashes
            if any(other == code and abs(tone - flash) < 1 for other, tone in tones)
        ]

    def _seconds(self, frame: av.VideoFrame | av.AudioFrame) -> float:
        assert frame.pts is not None
        assert frame.time_base is not None
        return float(frame.pts * frame.time_base) - self._origin_s()
