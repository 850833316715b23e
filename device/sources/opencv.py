"""Pictures through OpenCV: a camera by number or device node, a network stream, or a file as if live.

OpenCV and FFmpeg beneath it write their troubles to standard error; here they are silenced and every trouble
is a ``SourceError`` of one sentence instead.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

os.environ.setdefault(
    "OPENCV_FFMPEG_LOGLEVEL", "-8"
)  # AV_LOG_QUIET; read once, when OpenCV first opens a file

import cv2

from device.sources.base import SourceError, VideoFrame
from device.sources.pace import NS_PER_SECOND, Pacer, Playhead, Thinner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from device.clock import Clock
    from device.sources.settings import VideoSettings

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_NS_PER_MS: Final = 1_000_000
_TIMEOUT_MS: Final = 5_000
_USUAL_FPS: Final = 25.0


def is_device(source: str) -> bool:
    """Whether a source names a camera of this machine: "0", "2", "/dev/video0"."""
    return source.isdecimal() or source.startswith("/dev/")


def is_stream(source: str) -> bool:
    """Whether a source is the address of a network stream."""
    return "://" in source


class _OpenCvSource:
    """What camera, stream and file have in common: one capture, opened and closed."""

    def __init__(self, settings: VideoSettings) -> None:
        self._settings = settings
        self._capture: cv2.VideoCapture | None = None

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self._get(cv2.CAP_PROP_FRAME_WIDTH))

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self._get(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def fps(self) -> float:
        """Nominal frames per second, the usual 25 where the source states none."""
        stated = self._get(cv2.CAP_PROP_FPS)
        return min(stated if stated > 0 else _USUAL_FPS, self._settings.fps)

    def close(self) -> None:
        """Let go of the capture."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _get(self, what: int) -> float:
        return float(self._capture.get(what)) if self._capture is not None else 0.0

    def _opened(self) -> cv2.VideoCapture:
        if self._capture is None:
            raise SourceError("The picture source was read before it was opened.")
        return self._capture

    def _open(self, source: str | int, backend: int, options: Sequence[int], trouble: str) -> None:
        try:
            capture = cv2.VideoCapture(source, backend, options)
        except cv2.error as error:
            raise SourceError(trouble) from error
        if not capture.isOpened():
            capture.release()
            raise SourceError(trouble)
        self._capture = capture

    def _retrieve(self) -> NDArray[np.uint8]:
        ok, image = self._opened().retrieve()
        if not ok:
            raise SourceError(f"{self._settings.source} gave a picture that cannot be decoded.")
        return cast("NDArray[np.uint8]", image)


class LiveVideo(_OpenCvSource):
    """A camera of this machine, or a network stream: frames are stamped as they arrive."""

    def __init__(self, settings: VideoSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._clock = clock
        self._thinner = Thinner(settings.fps)

    def open(self) -> None:
        """Open the camera or connect to the stream.

        Raises:
            SourceError: There is no such camera, or the stream does not answer.
        """
        source, wanted = self._settings.source, self._settings
        if not is_device(source):
            timeouts = (
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                _TIMEOUT_MS,
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                _TIMEOUT_MS,
            )
            self._open(source, cv2.CAP_FFMPEG, timeouts, _no_stream(source))
            return
        device = int(source) if source.isdecimal() else source
        shape = (cv2.CAP_PROP_FRAME_WIDTH, wanted.width, cv2.CAP_PROP_FRAME_HEIGHT, wanted.height)
        self._open(device, cv2.CAP_V4L2, (), _no_camera(source))
        for name, value in zip(shape[::2], shape[1::2], strict=True):
            self._opened().set(name, value)
        self._opened().set(cv2.CAP_PROP_FPS, wanted.fps)

    def read(self) -> VideoFrame | None:
        """Wait for the next picture.

        Raises:
            SourceError: The camera was unplugged, or the stream ended or fell silent.
        """
        while True:
            if not self._opened().grab():
                raise SourceError(
                    f"{self._settings.source} stopped giving pictures: check its cable or network."
                )
            now = self._clock.boot_ns()
            if self._thinner.passes(now):
                return VideoFrame(self._retrieve(), now)


class FileVideo(_OpenCvSource):
    """A file played in real time by its own time stamps, once or for ever.

    Args:
        settings: The path, whether it loops, and how many frames a second at most.
        clock: Paces it.
        playhead: Shared with the sound of the same file.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(
        self,
        settings: VideoSettings,
        clock: Clock,
        playhead: Playhead | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings)
        self._pacer = Pacer(clock, sleep)
        self._playhead = playhead or Playhead()
        self._thinner = Thinner(settings.fps)
        self._pass_ns = 0
        self._last_ns = 0

    def open(self) -> None:
        """Open the file and join it where it is by now.

        Raises:
            SourceError: It is missing or holds no pictures.
        """
        path = Path(self._settings.source)
        if not path.is_file():
            raise SourceError(f"The video file {path} does not exist: check video.source.")
        self._open(
            str(path), cv2.CAP_FFMPEG, (), f"{path} holds no pictures that can be read: give another file."
        )
        now = self._pacer.now()
        self._pass_ns = self._playhead.start.at(now)
        if self._settings.loop and self._playhead.period_ns:
            self._pass_ns += (now - self._pass_ns) // self._playhead.period_ns * self._playhead.period_ns

    def read(self) -> VideoFrame | None:
        """Wait until the next picture is due; ``None`` after the last of a file that is not looped.

        Raises:
            SourceError: The file cannot be decoded any further.
        """
        while True:
            due = self._grab()
            if due is None:
                return None
            if self._pacer.late(due) or not self._thinner.passes(due):
                continue
            self._pacer.wait(due)
            return VideoFrame(self._retrieve(), due)

    def _grab(self) -> int | None:
        """Take the next picture of the file, beginning again at its end, and say when it is due."""
        if not self._opened().grab():
            if not self._settings.loop:
                return None
            self._rewind()
            if not self._opened().grab():
                raise SourceError(f"{self._settings.source} cannot be read a second time: give another file.")
        position = round(self._opened().get(cv2.CAP_PROP_POS_MSEC) * _NS_PER_MS)
        self._last_ns = self._pass_ns + position
        return self._last_ns

    def _rewind(self) -> None:
        """Begin again: one period after the last beginning, or right after the last picture."""
        after_last = self._last_ns + round(NS_PER_SECOND / self.fps)
        period = self._playhead.period_ns
        self._pass_ns = self._pass_ns + period if period else after_last
        self._opened().set(cv2.CAP_PROP_POS_FRAMES, 0)


def _no_camera(source: str) -> str:
    node = f"/dev/video{source}" if source.isdecimal() else source
    found = ", ".join(sorted(str(path) for path in Path("/dev").glob("video*")))
    have = f"this machine has {found}" if found else "this machine has no camera connected"
    return f"The camera {node} does not open: {have}; check video.source, and that no other program uses it."


def _no_stream(source: str) -> str:
    address = source.rsplit("@", 1)[-1]  # an address may carry a password; a message must not
    return f"The stream {address} does not answer: check its address and the network."
