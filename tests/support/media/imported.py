"""Clips and photographs as they come from other people's cameras, with what those write into them."""

from __future__ import annotations

import io
import struct
from typing import Any

import av
import numpy as np

PLACE = b"+51.5074-000.1278/"
"""What the clips say of where they were made."""
DEVICE = b"Telefone 9000"
"""What the photographs say of what made them, beside their place."""


def clip(
    container: str = "mp4",
    codec: str = "libx264",
    *,
    sound: str = "",
    pictures: int = 8,
    width: int = 64,
    rate: int = 10,
    tone: bool = False,
) -> bytes:
    """Return a short clip that says where it was made, as far as its container can.

    Args:
        container: As FFmpeg names it.
        codec: Of the picture, as FFmpeg names it.
        sound: The codec of the sound; empty for none.
        pictures: How many.
        width: Of a picture, in pixels.
        rate: Pictures a second.
        tone: Whether something is heard.
    """
    file = io.BytesIO()
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    opened: Any = av.open(file, "w", format=container)
    with opened as out:
        out.metadata["location"] = PLACE.decode()
        made = out.add_stream(codec, rate=rate)
        made.width, made.height, made.pix_fmt = width, 48, pixels
        heard = out.add_stream(sound, rate=16_000) if sound else None
        for number in range(pictures):
            plain = np.full((48, width, 3), 20 * number % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(plain, format="rgb24").reformat(format=pixels)
            frame.pts = number
            out.mux(made.encode(frame))
        out.mux(made.encode(None))
        if heard is not None:
            samples = np.zeros((1, 16_000 * pictures // rate), np.int16)
            if tone:
                samples[0] = 9_000 * np.sin(np.arange(samples.shape[1]) * 0.2)
            quiet = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            quiet.rate, quiet.pts = 16_000, 0
            shaped = av.AudioResampler(heard.format.name, "mono", 16_000, heard.codec_context.frame_size or 0)
            for each in (*shaped.resample(quiet), *shaped.resample(None)):
                out.mux(heard.encode(each))
            out.mux(heard.encode(None))
    return file.getvalue()


def photograph(*, width: int = 40, height: int = 20, turned: int = 1) -> bytes:
    """Return a JPEG whose Exif says its device, its place, and how it is held: 1, or 6 for a turn."""
    import cv2  # noqa: PLC0415 - few tests need it

    plain = np.zeros((height, width, 3), np.uint8)
    plain[:, : width // 2] = 255
    data = cv2.imencode(".jpg", plain)[1].tobytes()
    exif = b"Exif\0\0" + _tiff(turned)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def _tiff(turned: int) -> bytes:
    """A TIFF header with Make, Orientation and a GPS directory (Exif 2.32, section 4.6)."""
    make = DEVICE + b"\0"
    at_make, at_gps = 8 + 2 + 3 * 12 + 4, 8 + 2 + 3 * 12 + 4 + len(make)
    entries = (
        struct.pack("<HHII", 0x010F, 2, len(make), at_make)
        + struct.pack("<HHIHH", 0x0112, 3, 1, turned, 0)
        + struct.pack("<HHII", 0x8825, 4, 1, at_gps)
    )
    gps = struct.pack("<H", 1) + struct.pack("<HHI4s", 0x0001, 2, 2, b"N\0\0\0") + struct.pack("<I", 0)
    return (
        b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 3) + entries + struct.pack("<I", 0) + make + gps
    )
