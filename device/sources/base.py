"""The two interfaces behind which every picture and every sound comes.

Rules for every source:

- Times are the boot clock's at capture, in nanoseconds, and grow from one frame or block to the next.
- One thread opens, reads and closes. ``read`` blocks for about one frame or block at most, so that whoever
  reads can stop between two of them; where nothing came by then, it says so with a ``Pause``.
- What goes wrong is a ``SourceError`` of one sentence. ``None`` means the end: nothing more will ever come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from device.errors import DeviceError

if TYPE_CHECKING:
    from device.frames import SoundBlock, VideoFrame


class SourceError(DeviceError):
    """A camera, microphone, file or stream cannot be opened or read: one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing yet, and nothing is broken.

    Attributes:
        sentence: What a person should know of the source meanwhile; empty where all is well.
    """

    sentence: str = ""


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

    def read(self) -> VideoFrame | Pause | None:
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

    def read(self) -> SoundBlock | Pause | None:
        """The next block, as soon as there is one; ``None`` at the end.

        Raises:
            SourceError: It failed while in use.
        """
        ...

    def close(self) -> None:
        """Let go of it; may be called in any state."""
        ...
