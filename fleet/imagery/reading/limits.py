"""How much a file may ask of whoever reads it, what was found, and refusing it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from protocol.units import GIB, MIB


class ReadingRefusedError(Exception):
    """The file is not imported; the message is a sentence for whoever sent it."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What a file may ask for.

    Attributes:
        pixels: of one picture.
        picture_bytes: of a photograph's file.
        minutes: of moving pictures.
        seconds: for reading it and making the copy, by the clock and of a processor.
        memory: bytes that the reading process may have.
    """

    pixels: int = 50_000_000
    picture_bytes: int = 64 * MIB
    minutes: int = 240
    seconds: int = 600
    memory: int = 6 * GIB

    def to_json(self) -> str:
        """Return them as the argument of a process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ReadingLimits:
        """Return what ``to_json`` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """What a file is, by its contents.

    Attributes:
        format: an ``ImportFormat``.
        codec: of the pictures, as FFmpeg names it.
        width: of the picture in pixels, as the copy has it.
        height: likewise.
        duration_s: of moving pictures; None of a photograph.
        has_sound: whether the copy has sound.
        is_made_anew: whether the copy's pictures were encoded anew; else they are the file's own.
    """

    format: str
    codec: str
    width: int
    height: int
    duration_s: float | None
    has_sound: bool
    is_made_anew: bool


def megapixels(pixels: int) -> str:
    """Return a number of pixels as people say it."""
    return f"{pixels / 1_000_000:.0f} million pixels"
