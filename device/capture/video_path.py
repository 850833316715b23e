"""A picture's way to packets: scaled, then marked, shown in the viewfinder, encoded.

The camera's thread scales, before pictures wait; another does the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.capture.overlay import Overlay
from device.encode.picture import Canvas, for_encoder, to_bgr
from device.encode.video import VideoEncoder
from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from device.capture.sensors import Viewfinder
    from device.clock import Clock
    from device.encode.packets import EncodedPacket
    from device.frames import VideoFrame
    from device.settings import CaptureSettings

_PREVIEW_NS: Final = NS_PER_S // 3


class VideoPath:
    """Encodes frames.

    Args:
        settings: Picture and overlay.
        clock: Gives UTC for the overlay.
        viewfinder: Is shown a picture three times a second at most.

    Attributes:
        recording: Whether the recording mark is shown; set from any thread.

    Raises:
        EncoderError: No encoder opens.
    """

    def __init__(self, settings: CaptureSettings, clock: Clock, viewfinder: Viewfinder | None) -> None:
        video = settings.video
        self.recording = False
        self._video = video
        self._clock = clock
        self._viewfinder = viewfinder
        self._canvas = Canvas(video.width, video.height)
        self._overlay = Overlay(settings.overlay, video.width, video.height)
        self._encoder: VideoEncoder | None = VideoEncoder(video)
        self._utc_offset_us = 0
        self._offset_until = -1
        self._preview_from = 0

    def cut(self) -> None:
        """Begin a new group of pictures with the next frame; may be called from any thread."""
        encoder = self._encoder
        if encoder is not None:
            encoder.cut()

    def prepare(self, frame: VideoFrame) -> VideoFrame:
        """The frame as ``encode`` takes it without more work; from any thread."""
        return self._canvas.fit(frame)

    def encode(self, frame: VideoFrame) -> list[EncodedPacket]:
        """Encode a frame. One that is owned is drawn into.

        Raises:
            EncoderError: The encoder gave up; ``renew`` opens another.
        """
        i420 = self._canvas.own(frame)
        self._overlay.draw(i420, self._utc_us(frame.boot_ns), recording=self.recording)
        self._show(i420, frame.boot_ns)
        if self._encoder is None:
            self._encoder = VideoEncoder(self._video)
        return self._encoder.encode(for_encoder(i420), frame.boot_ns)

    def flush(self) -> list[EncodedPacket]:
        """What the encoder still holds."""
        return [] if self._encoder is None else self._encoder.flush()

    def end(self) -> None:
        """Let the encoder go: there may be only one of its kind, and its memory is large."""
        self._encoder = None

    def renew(self) -> None:
        """Open another encoder in place of one that gave up.

        Raises:
            EncoderError: None opens.
        """
        self._encoder = VideoEncoder(self._video)

    def _show(self, i420: NDArray[np.uint8], boot_ns: int) -> None:
        viewfinder = self._viewfinder
        if viewfinder is not None and viewfinder.watched and boot_ns >= self._preview_from:
            self._preview_from = boot_ns + _PREVIEW_NS
            viewfinder.show(to_bgr(i420))

    def _utc_us(self, boot_ns: int) -> int:
        """UTC of an instant, by an offset that is looked up once a second: wall time may step."""
        if boot_ns >= self._offset_until:
            self._utc_offset_us = self._clock.label().utc_us - self._clock.boot_ns() // NS_PER_US
            self._offset_until = boot_ns + NS_PER_S
        return boot_ns // NS_PER_US + self._utc_offset_us
