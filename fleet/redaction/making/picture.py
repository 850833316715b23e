"""A second's pictures with areas hidden: decoded, filled, and encoded anew as one closed group.

Rules:

- Size, colours, times and profile are the recording's own, so that the second stands between its untouched
  neighbours as the original did. The part brings its own initialisation, as every part does.
- No picture refers to one outside the part, and none is reordered.
- Of the encoder's output the coded pictures alone are kept: no SEI, no parameter sets among the samples.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from fleet.footage.media.boxes import boxes, find
from fleet.footage.media.fragment import Part, Sample, read_part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.decoded import DecodedPicture, decoded_pictures
from fleet.redaction.making.fill import hide
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.initialisation import bare_initialisation
from fleet.redaction.making.nal_units import PICTURES, is_h264, nal_units
from fleet.redaction.making.samples import payloads, shown_times, to_ns
from fleet.redaction.rules.plan import RedactionPlan

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
_PROFILES = {66: "baseline", 77: "main"}


def with_hidden(data: bytes, plan: RedactionPlan, origin_ns: int) -> bytes | None:
    """Return a part of pictures in which all that a plan hides is hidden; None where that is nothing.

    Args:
        data: the part, decrypted.
        plan: what is hidden.
        origin_ns: the start of the recording on the camera's clock.

    Raises:
        RedactionError: the part cannot be decoded or encoded whole.
        MediaError: it is none.
    """
    part = read_part(data)
    if not is_h264(part.initialisation):
        raise RedactionError("Only pictures as H.264 are redacted here.")
    scale = part.initialisation.timescale
    times = shown_times(part)
    if not plan.touches_picture(*(to_ns(tick, scale) - origin_ns for tick in (times[0], times[-1]))):
        return None
    filled = _Filled(plan, origin_ns, scale)
    made = _encode(filled.of(decoded_pictures(data, part)), part)
    return made if filled.areas else None


class _Filled:
    """Fills pictures, and knows whether there was anything to fill."""

    def __init__(self, plan: RedactionPlan, origin_ns: int, timescale: int) -> None:
        self._plan, self._origin_ns, self._scale = plan, origin_ns, timescale
        self.areas = 0

    def of(self, pictures: Iterator[DecodedPicture]) -> Iterator[DecodedPicture]:
        for each in pictures:
            begin, end = (to_ns(tick, self._scale) - self._origin_ns for tick in (each.tick, each.until))
            areas = self._plan.hidden_at(begin, end, each.frame.width, each.frame.height)
            hide(each.picture, areas, self._plan.fill)
            self.areas += len(areas)
            yield each


def _encode(pictures: Iterator[DecodedPicture], part: Part) -> bytes:
    scale = part.initialisation.timescale
    times = shown_times(part)
    file = io.BytesIO()
    try:
        with av.open(file, "w", format="mp4", options=_MUXER) as container:
            stream: Any = None
            for number, each in enumerate(pictures):
                if stream is None:
                    stream = _opened(container, each.frame, part, len(times) - 1)
                container.mux(stream.encode(_frame(each, scale, first=not number)))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise RedactionError(f"The second cannot be encoded anew ({error.strerror}).") from error
    coded = read_part(file.getvalue())
    if len(coded.samples) != len(times) - 1:
        raise RedactionError("The second cannot be encoded anew: a picture is missing.")
    kept = [_pictures_of(sample) for sample in payloads(coded)]
    samples = [
        Sample(until - at, len(unit), number == 0, 0)
        for number, (at, until, unit) in enumerate(zip(times, times[1:], kept, strict=False))
    ]
    head = bare_initialisation(coded.initialisation.data)
    return write_part(head, times[0], samples, b"".join(kept))


def _opened(container: Any, frame: av.VideoFrame, part: Part, count: int) -> Any:  # noqa: ANN401 - of PyAV's many
    scale = part.initialisation.timescale
    stream = container.add_stream("libx264", rate=max(1, round(scale * count / max(part.ticks, 1))))
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
    stream.time_base = Fraction(1, scale)
    context = stream.codec_context
    context.time_base = Fraction(1, scale)
    context.max_b_frames, context.thread_count = 0, 1
    context.color_range, context.colorspace = frame.color_range, frame.colorspace
    context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
    context.flags |= Flags.global_header | Flags.closed_gop
    profile = _PROFILES.get(_avc_profile(part), "high")
    context.options = {**_ENCODER, "profile": profile}
    return stream


def _avc_profile(part: Part) -> int:
    entry = next(boxes(part.initialisation.sample_entry))
    box = find(part.initialisation.sample_entry, "avcC", entry.start + 86, entry.end)
    return part.initialisation.sample_entry[box.body + 1]


def _frame(each: DecodedPicture, scale: int, *, first: bool) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(each.picture, format=each.frame.format.name)
    frame.pts, frame.time_base = each.tick, Fraction(1, scale)
    frame.pict_type = PictureType.I if first else PictureType.NONE
    return frame


def _pictures_of(sample: bytes) -> bytes:
    """Return a sample with its coded pictures alone."""
    units = [unit for unit in nal_units(sample, 4) if unit[0] & 0x1F in PICTURES]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
