"""Reads an exported recording from end to end, as a strict player would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import av
import av.error
import av.logging
import numpy as np
from av.video.frame import VideoFrame

from simulator.oracle.world import ExportFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from av.audio.frame import AudioFrame

MADE_FROM = re.compile(r"\bRecording ([0-9a-f]{32}) of ")


def read_export(path: Path) -> ExportFacts:
    """Decode every picture and every sample of an exported recording.

    What the decoder complains of is part of the facts, an unreadable file included, and is not raised.
    """
    seen = _Seen()
    recording: str | None = None
    with av.logging.Capture(local=False) as said:
        previous = av.logging.get_level()
        av.logging.set_level(av.logging.WARNING)
        try:
            with av.open(str(path)) as container:
                recording = _recording(container.metadata)
                for frame in container.decode():
                    seen.take(frame)
            failure: tuple[str, ...] = ()
        except (av.error.FFmpegError, OSError) as error:
            failure = (str(error),)
        finally:
            av.logging.set_level(previous)
    complaints = failure + tuple(f"{name}: {message.strip()}" for _, name, message in said)
    return seen.facts(complaints, recording)


def _recording(metadata: Mapping[str, str]) -> str | None:
    """The recording that the file says it was made from, in its comment."""
    found = MADE_FROM.search(metadata.get("comment", ""))
    return None if found is None else found[1]


@dataclass(slots=True)
class _Seen:
    """What came out of the decoders so far."""

    starts: dict[str, float] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    pictures: int = 0
    light: float = 0.0
    still_s: float | None = None
    last_s: float | None = None
    sound_s: float = 0.0
    loudest: float | None = None

    def take(self, frame: VideoFrame | AudioFrame) -> None:
        """Note a picture or some sound."""
        start_s = frame.time or 0.0
        length_s = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
        if isinstance(frame, VideoFrame):
            self._picture(frame, start_s)
            track = "picture"
        else:
            loud = float(np.abs(frame.to_ndarray()).max(initial=0.0))
            self.loudest = max(self.loudest or 0.0, loud)
            self.sound_s += frame.samples / frame.sample_rate
            track = "sound"
        self.starts[track] = min(self.starts.get(track, start_s), start_s)
        self.ends[track] = max(self.ends.get(track, 0.0), start_s + length_s)

    def _picture(self, frame: VideoFrame, start_s: float) -> None:
        self.pictures += 1
        plane = frame.planes[0]  # a camera's pictures are 8-bit YUV: luma first
        luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        # One in sixteen is as good, and soon looked at.
        self.light += float(luma[: frame.height : 4, : frame.width : 4].mean())
        if self.last_s is not None:
            self.still_s = max(self.still_s or 0.0, start_s - self.last_s)
        self.last_s = start_s

    def facts(self, complaints: tuple[str, ...], recording: str | None) -> ExportFacts:
        """All of it together."""
        return ExportFacts(
            duration_s=max(self.ends.values(), default=0.0) - min(self.starts.values(), default=0.0),
            picture_start_s=self.starts.get("picture"),
            sound_start_s=self.starts.get("sound"),
            complaints=complaints,
            recording=recording,
            pictures=self.pictures,
            longest_still_s=self.still_s,
            brightness=self.light / self.pictures if self.pictures else None,
            sound_s=self.sound_s,
            loudest=self.loudest,
        )
