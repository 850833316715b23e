"""Reads an exported recording from end to end, as a strict player would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import av.error
import av.logging

from simulator.scenario.result import ExportFacts

if TYPE_CHECKING:
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.video.frame import VideoFrame


def read_export(path: Path) -> ExportFacts:
    """Decode every picture and every sample of an exported recording.

    What the decoder complains of is part of the facts, an unreadable file included, and is not raised.
    """
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    with av.logging.Capture(local=False) as said:
        previous = av.logging.get_level()
        av.logging.set_level(av.logging.WARNING)
        try:
            with av.open(str(path)) as container:
                for frame in container.decode():
                    _note(frame, starts, ends)
            failure: tuple[str, ...] = ()
        except (av.error.FFmpegError, OSError) as error:
            failure = (str(error),)
        finally:
            av.logging.set_level(previous)
    complaints = failure + tuple(f"{name}: {message.strip()}" for _, name, message in said)
    duration_s = max(ends.values(), default=0.0) - min(starts.values(), default=0.0)
    return ExportFacts(duration_s, starts.get("picture"), starts.get("sound"), complaints)


def _note(frame: VideoFrame | AudioFrame, starts: dict[str, float], ends: dict[str, float]) -> None:
    track = "picture" if hasattr(frame, "width") else "sound"
    start_s = frame.time or 0.0
    length_s = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
    starts[track] = min(starts.get(track, start_s), start_s)
    ends[track] = max(ends.get(track, 0.0), start_s + length_s)
