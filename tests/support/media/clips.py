"""A short clip with picture and sound, encoded on the spot, for cameras that film a file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 48_000
BLOCK = 1024


def write_clip(path: Path, *, seconds: int = 2, width: int = 160, height: int = 120, fps: int = 10) -> Path:
    """Write a moving bar and a tone."""
    with av.open(str(path), "w") as file:
        video = file.add_stream("mpeg4", rate=fps, width=width, height=height, pix_fmt="yuv420p")
        audio = file.add_stream("aac", rate=RATE, layout="mono")
        for number in range(seconds * fps):
            image = np.zeros((height, width, 3), np.uint8)
            image[:, number * width // (seconds * fps) :][:, :20] = 255
            frame = av.VideoFrame.from_ndarray(image, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            file.mux(video.encode(frame))
        for start in range(0, seconds * RATE, BLOCK):
            tone = np.sin(np.arange(start, start + BLOCK) * 2 * np.pi * 440 / RATE).astype(np.float32)
            block = av.AudioFrame.from_ndarray(tone[None] * 0.3, "fltp", "mono")
            block.sample_rate, block.pts = RATE, start
            file.mux(audio.encode(block))
        file.mux(video.encode(None))
        file.mux(audio.encode(None))
    return path
