"""Everything that a camera perceives with, in one bundle that can be swapped: real, virtual or under test.

``real_sensors`` gives a camera the clock, cameras, microphones, files and streams of the machine it runs on.
The simulator builds a bundle of its own around the same interfaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from device.battery.gauge import PowerSupplyGauge
from device.clock import SystemClock
from device.settings import AudioSettings, CaptureSettings, OverlaySettings, VideoSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from device.battery.gauge import Gauge
    from device.clock import Clock
    from device.sources.base import AudioSource, VideoSource
    from protocol.footage.format.model import PlainChunk

__all__ = [
    "AudioSettings",
    "CaptureSettings",
    "OverlaySettings",
    "Sensors",
    "VideoSettings",
    "Viewfinder",
    "real_sensors",
]


class Viewfinder(Protocol):
    """Where somebody may look at what is recorded. Both are asked for by the encoding thread."""

    @property
    def watched(self) -> bool:
        """Whether anybody looks: while nobody does, no picture is made for it."""
        ...

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Take a picture, BGR of shape (height, width, 3), which nobody changes; must return at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """What a camera perceives with.

    Attributes:
        clock: Gives the time for everything else here.
        open_video: Makes a picture source for the settings, not yet opened.
        open_audio: Makes a sound source for the settings, not yet opened; ``None`` where there is no
            microphone at all, which every chunk then states as a gap if sound was asked for.
        prefill: Chunks of the time before the capture starts, oldest first, to begin with a full ring.
        viewfinder: Is shown the encoded picture a few times a second, while somebody looks.
        gauge: Tells the battery's charge; ``None`` where nothing does.
    """

    clock: Clock
    open_video: Callable[[VideoSettings], VideoSource]
    open_audio: Callable[[AudioSettings], AudioSource] | None = None
    prefill: Callable[[], Iterable[PlainChunk]] | None = None
    viewfinder: Viewfinder | None = None
    gauge: Gauge | None = None


def real_sensors(clock: Clock | None = None, *, start_ns: int | None = None) -> Sensors:
    """The sensors of the machine that this runs on.

    Files begin to play together, and one that is used for picture and for sound keeps both together for ever.

    Args:
        clock: Another clock than the system's.
        start_ns: When files begin to play, on that clock; ``None`` for when the first is opened.
    """
    from device.sources.choose import SourceChooser  # noqa: PLC0415 - OpenCV loads only where a sensor may open
    from device.sources.pace import Start  # noqa: PLC0415 - see above

    chooser = SourceChooser(clock or SystemClock(), Start(start_ns))
    return Sensors(
        clock=chooser.clock, open_video=chooser.video, open_audio=chooser.audio, gauge=PowerSupplyGauge()
    )
