"""Pictures as they happen: a camera of this machine by number or device node.

A camera whose next picture is always there already gives more of them than are taken: its driver leaves the
others out, without a word. Where that lasts for five seconds, it is said.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2

from device.frames import VideoFrame
from device.sources.base import Pause, SourceError
from device.sources.lateness import BEHIND_NS, Lateness
from device.sources.opencv import OpenCvSource
from device.sources.pace import Thinner
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.settings import VideoSettings

_RAW_PIXELS: Final = 640 * 480
_LOOK_NS: Final = NS_PER_S
_SPARE: Final = 50
"""Less than one part of so many of the time is no moment to spare."""


class Spare:
    """Whether whoever reads a camera ever waits for it. Pure.

    Args:
        now_ns: The boot clock.
    """

    def __init__(self, now_ns: int) -> None:
        self._lateness = Lateness(now_ns)
        self._since_ns = now_ns
        self._waited_ns = 0

    @property
    def none(self) -> bool:
        """Whether there has been no moment to spare for five seconds, and ten seconds on."""
        return self._lateness.slow

    def came(self, now_ns: int, waited_ns: int) -> None:
        """A picture came that was waited for so long; looked at once a second, as one wait says little."""
        self._waited_ns += waited_ns
        took = now_ns - self._since_ns
        if took < _LOOK_NS:
            return
        if self._waited_ns * _SPARE > took:
            self._lateness.spared(now_ns)
        else:
            self._lateness.spent(now_ns, BEHIND_NS + 1)
        self._since_ns, self._waited_ns = now_ns, 0


def taken_at(boot_ns: int, monotonic_ns: int, stamp_ms: float) -> int:
    """When a frame was taken, on the boot clock.

    A camera's driver stamps a frame when it has it, on the monotonic clock; it reaches us tens of
    milliseconds later, which would put the picture behind the sound.

    Args:
        boot_ns: The boot clock now.
        monotonic_ns: The monotonic clock now.
        stamp_ms: The driver's stamp. One that cannot be true, such as 0 for none, is passed over.
    """
    age_ns = monotonic_ns - round(stamp_ms * NS_PER_MS)
    return boot_ns - age_ns if 0 <= age_ns < NS_PER_S else boot_ns


class LiveVideo(OpenCvSource):
    """A camera, whose driver stamps the frames.

    Args:
        settings: Which one, and what is wanted of it.
        clock: Stamps the frames.
        monotonic_ns: The clock of the drivers' stamps.
    """

    def __init__(
        self, settings: VideoSettings, clock: Clock, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        super().__init__(settings)
        self._clock = clock
        self._monotonic_ns = monotonic_ns
        self._thinner = Thinner(settings.fps)
        self._spare = Spare(clock.boot_ns())
        self._said = ""

    def open(self) -> None:
        """Open the camera.

        Raises:
            SourceError: There is no such camera, or it is in use.
        """
        source, wanted = self._settings.source, self._settings
        device = int(source) if source.isdecimal() else source
        shape = (cv2.CAP_PROP_FRAME_WIDTH, wanted.width, cv2.CAP_PROP_FRAME_HEIGHT, wanted.height)
        self._open(device, cv2.CAP_V4L2, (), _no_camera(source))
        if (
            wanted.width * wanted.height > _RAW_PIXELS
        ):  # larger pictures do not fit through USB 2 uncompressed
            self._opened().set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for name, value in zip(shape[::2], shape[1::2], strict=True):
            self._opened().set(name, value)
        self._opened().set(cv2.CAP_PROP_FPS, wanted.fps)

    def read(self) -> VideoFrame | Pause | None:
        """Wait for the next picture; what is to be known of it meanwhile is said in between.

        Raises:
            SourceError: The camera was unplugged or fell silent.
        """
        if self._remark() != self._said:
            self._said = self._remark()
            return Pause(self._said)
        while True:
            began = self._clock.boot_ns()
            if not self._opened().grab():
                raise SourceError(
                    f"The camera {self._settings.source} stopped giving pictures: check its cable."
                )
            now = self._clock.boot_ns()
            self._spare.came(now, now - began)
            taken = self._taken_at()
            if self._thinner.passes(taken):
                return VideoFrame(self._retrieve(), taken)

    def _remark(self) -> str:
        """What is to be known of it now; empty where all is well."""
        if not self._spare.none:
            return ""
        return (
            f"This machine is too slow for the picture of the camera {self._settings.source}: "
            "set video.width, video.height or video.fps lower."
        )

    def _taken_at(self) -> int:
        now = self._clock.boot_ns()
        return taken_at(now, self._monotonic_ns(), self._get(cv2.CAP_PROP_POS_MSEC))


def _no_camera(source: str) -> str:
    node = f"/dev/video{source}" if source.isdecimal() else source
    found = ", ".join(sorted(str(path) for path in Path("/dev").glob("video*")))
    have = f"this machine has {found}" if found else "this machine has no camera connected"
    return f"The camera {node} does not open: {have}; check video.source, and that no other program uses it."
