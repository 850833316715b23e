"""A second's pictures with areas hidden: decoded, filled, and encoded anew as one closed group.

Rules:

- Size, colours, times and profile are the recording's own, so that the second stands between its untouched
  neighbours as the original did. The part brings its own initialisation, as every part does.
- What is encoded is one closed group with nothing beside its pictures (``group_encoder``).
"""

from __future__ import annotations

from collections.abc import Iterator

import av

from fleet.footage.media.boxes import boxes, find
from fleet.footage.media.fragment import Part, read_part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.decoded import DecodedPicture, decoded_pictures
from fleet.redaction.making.fill import hide
from fleet.redaction.making.group_encoder import GroupEncoder
from fleet.redaction.making.nal_units import is_h264
from fleet.redaction.making.samples import shown_times, to_ns
from fleet.redaction.rules.plan import RedactionPlan

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
    rate = round(scale * (len(times) - 1) / max(part.ticks, 1))
    encoder: GroupEncoder | None = None
    for each in pictures:
        if encoder is None:  # what cannot be decoded says so before its description is looked at
            profile = _PROFILES.get(_avc_profile(part), "high")
            encoder = GroupEncoder(scale, rate=rate, profile=profile)
        encoder.add(_frame(each), each.tick)
    if encoder is None:
        raise RedactionError("The second has no pictures that can be decoded.")
    return encoder.finish(times[-1])


def _avc_profile(part: Part) -> int:
    entry = next(boxes(part.initialisation.sample_entry))
    box = find(part.initialisation.sample_entry, "avcC", entry.start + 86, entry.end)
    return part.initialisation.sample_entry[box.body + 1]


def _frame(each: DecodedPicture) -> av.VideoFrame:
    """Return a picture with its pixels as they were filled, and the colours of the decoded one."""
    frame = av.VideoFrame.from_ndarray(each.picture, format=each.frame.format.name)
    frame.color_range, frame.colorspace = each.frame.color_range, each.frame.colorspace
    frame.color_primaries, frame.color_trc = each.frame.color_primaries, each.frame.color_trc
    return frame
