"""Pictures encoded as one part: a closed group as H.264, with nothing in it but coded pictures.

Of the encoder's output the coded pictures alone are kept: no SEI, no parameter sets among the samples. No
picture refers to one outside the part, and none is reordered.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from fleet.footage.media.fragment import Sample, read_part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.initialisation import bare_initialisation
from fleet.redaction.making.nal_units import PICTURES, nal_units
from fleet.redaction.making.samples import payloads

_MUXER = {
    "movflags": "cmaf+frag_custom+empty_moov+default_base_moof+skip_trailer",
    "use_editlist": "0",
    "fflags": "+bitexact",
}
_ENCODER = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "crf": "20",
    "forced-idr": "1",
    "x264-params": "scenecut=0:keyint=infinite:open-gop=0",
}


class GroupEncoder:
    """Encodes the pictures of one part, in the order in which they are shown."""

    def __init__(self, timescale: int, *, rate: int, profile: str, more: str = "") -> None:
        """Prepare it.

        Args:
            timescale: ticks a second.
            rate: about how many pictures a second there are.
            profile: of H.264, by its name.
            more: further parameters, as x264 writes them.
        """
        self._scale, self._rate, self._profile = timescale, max(1, rate), profile
        self._more = f":{more}" if more else ""
        self._file = io.BytesIO()
        self._container: Any = av.open(self._file, "w", format="mp4", options=_MUXER)
        self._stream: Any = None
        self._ticks: list[int] = []

    def add(self, frame: av.VideoFrame, tick: int) -> None:
        """Add a picture, which is shown from that tick on; its size and colours are those of the first.

        Raises:
            RedactionError: it cannot be encoded.
        """
        try:
            if self._stream is None:
                self._stream = self._opened(frame)
            frame.pts, frame.time_base = tick, Fraction(1, self._scale)
            frame.pict_type = PictureType.NONE if self._ticks else PictureType.I
            self._container.mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise _cannot(error) from error
        self._ticks.append(tick)

    def finish(self, until: int) -> bytes:
        """Return the part, whose last picture is shown until then.

        Raises:
            RedactionError: there are no pictures, or they cannot be encoded.
        """
        try:
            if self._stream is not None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except av.FFmpegError as error:
            raise _cannot(error) from error
        if not self._ticks:
            raise RedactionError("The second has no pictures.")
        coded = read_part(self._file.getvalue())
        if len(coded.samples) != len(self._ticks):
            raise RedactionError("The second cannot be encoded anew: a picture is missing.")
        kept = [_pictures_of(sample) for sample in payloads(coded)]
        times = [*self._ticks, until]
        samples = [
            Sample(end - at, len(unit), number == 0, 0)
            for number, (at, end, unit) in enumerate(zip(times, times[1:], kept, strict=False))
        ]
        head = bare_initialisation(coded.initialisation.data)
        return write_part(head, times[0], samples, b"".join(kept))

    def _opened(self, frame: av.VideoFrame) -> Any:  # noqa: ANN401 - of PyAV's many
        stream = self._container.add_stream("libx264", rate=self._rate)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
        stream.time_base = Fraction(1, self._scale)
        context = stream.codec_context
        context.time_base = Fraction(1, self._scale)
        context.max_b_frames, context.thread_count = 0, 1
        context.color_range, context.colorspace = frame.color_range, frame.colorspace
        context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
        context.flags |= Flags.global_header | Flags.closed_gop
        parameters = _ENCODER["x264-params"] + self._more
        context.options = {**_ENCODER, "profile": self._profile, "x264-params": parameters}
        return stream


def _cannot(error: av.FFmpegError) -> RedactionError:
    return RedactionError(f"The second cannot be encoded anew ({error.strerror}).")


def _pictures_of(sample: bytes) -> bytes:
    """Return a sample with its coded pictures alone."""
    units = [unit for unit in nal_units(sample, 4) if unit[0] & 0x1F in PICTURES]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
