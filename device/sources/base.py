"""The two interfaces behind which every picture and every sound comes.

Rules for every source:

- Times are the boot clock's at capture, in nanoseconds, and grow from one frame or block to the next.
- One thread opens, reads and closes. ``read`` blocks for about one frame or block at most, so that whoever
  reads can stop between two of them; where nothing came by then, it says so with a ``Pause``.
- What goes wrong is a ``SourceError`` of one sentence. ``None`` means the end: nothing more will ever come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

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
        late: Whether something is due and merely late, because the machine is slow: nothing is missing.
    """

    sentence: str = ""
    late: bool = False


@runtime_checkable
class Patient(Protocol):
    """A source that waits for a slow machine: what it gives late is late, and not missing."""

    @property
    def known_until_ns(self) -> int | None:
        """Up to when it has given what there is, while it is behind; None where nothing is due."""
        ...


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
        """Nominal frames per second, known once a picture has come; 0 where the source states none."""
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
