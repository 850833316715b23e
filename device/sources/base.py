"""The two interfaces behind which every picture and every sound comes, and what they hand over.

Rules for every source:

- Times are the boot clock's at capture, in nanoseconds, and grow from one frame or block to the next.
- One thread opens, reads and closes. ``read`` blocks for about one frame or block at most, so that whoever
  reads can stop between two of them.
- What goes wrong is a ``SourceError`` of one sentence. ``None`` means the end: nothing more will ever come.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from device.errors import DeviceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SourceError(DeviceError):
    """A camera, microphone, file or stream cannot be opened or read: one sentence that says what to do."""


class PixelFormat(StrEnum):
    """How the bytes of a picture are laid out."""

    BGR = "bgr24"
    I420 = "yuv420p"


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture.

    Attributes:
        image: uint8. For ``BGR``: shape (height, width, 3). For ``I420`` (BT.601, limited range): shape
            (1.5 height, width), the planes Y, U and V one after the other. Nobody who reads changes it, so a
            source may use it again.
        boot_ns: When it was taken.
        format: The layout of ``image``.
    """

    image: NDArray[np.uint8]
    boot_ns: int
    format: PixelFormat = PixelFormat.BGR


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of sound.

    Attributes:
        samples: float32 in [-1, 1], shape (samples, channels).
        rate: Samples per second.
        boot_ns: When its first sample was taken.
        after_hole: Whether the source knows that samples just before this block were lost.
    """

    samples: NDArray[np.float32]
    rate: int
    boot_ns: int
    after_hole: bool = False


class VideoSource(Protocol):
    """Pictures, one at a time."""

    @property
    def width(self) -> int:
        """Pixels, known once open."""
        ...

    @property
    def height(self) -> int:
        """Pixels, known once open."""
        ...

    @property
    def fps(self) -> float:
        """Nominal frames per second, known once open."""
        ...

    def open(self) -> None:
        """Make ready.

        Raises:
            SourceError: It is missing, in use, or not a picture source.
        """
        ...

    def read(self) -> VideoFrame | None:
        """The next picture, as soon as there is one; ``None`` at the end.

        Raises:
            SourceError: It failed while in use.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called in any state."""
        ...


class AudioSource(Protocol):
    """Sound, block by block."""

    def open(self) -> None:
        """Make ready.

        Raises:
            SourceError: It is missing, in use, or has no sound.
        """
        ...

    def read(self) -> SoundBlock | None:
        """The next block, as soon as there is one; ``None`` at the end.

        Raises:
            SourceError: It failed while in use.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called in any state."""
        ...
