"""The pictures and the samples of a part, decoded with FFmpeg's own decoders.

Parts come from outside even when they verify: what a decoder is given is bounded first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import av
import numpy as np
from numpy.typing import NDArray

from fleet.footage.media.fragment import Part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.fill import I420
from fleet.redaction.making.samples import shown_times

MOST_PIXELS = 4096 * 2304
"""Of one picture."""
MOST_PIXELS_TOGETHER = MOST_PIXELS * 260
"""Of all pictures of a part."""

_FORMATS = {"yuv420p", "yuvj420p"}


@dataclass(frozen=True, slots=True)
class DecodedPicture:
    """One picture.

    Attributes:
        tick: when it is shown, in ticks of the camera's clock.
        until: when the next one is.
        picture: its pixels; may be written to.
        frame: as the decoder gave it.
    """

    tick: int
    until: int
    picture: I420
    frame: av.VideoFrame


def decoded_pictures(data: bytes, part: Part) -> Iterator[DecodedPicture]:
    """Give the pictures of a part as they are shown.

    Args:
        data: the part.
        part: the same, taken apart.

    Raises:
        RedactionError: a picture cannot be decoded whole or is not where its sample is, or they are too much.
    """
    times = shown_times(part)
    count = 0
    try:
        with av.open(io.BytesIO(data), "r", format="mp4", options={"ignore_editlist": "1"}) as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise RedactionError("The second has no pictures that can be decoded.")
            stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
            stream.codec_context.thread_count = 1
            for frame in container.decode(stream):
                _check(frame, len(part.samples))
                if count == len(part.samples) or frame.pts != times[count]:
                    raise RedactionError("The second has pictures that are not where its samples are.")
                pixels = np.ascontiguousarray(frame.to_ndarray())
                yield DecodedPicture(times[count], times[count + 1], cast("I420", pixels), frame)
                count += 1
    except av.FFmpegError as error:
        raise RedactionError(f"The second's pictures cannot be decoded ({error.strerror}).") from error
    if count != len(part.samples):
        raise RedactionError(f"Of the second's {len(part.samples)} pictures, {count} can be decoded.")


def decoded_sound(data: bytes) -> Iterator[tuple[int, NDArray[Any]]]:
    """Give a part's sound, packet by packet: when it is heard, in ticks, and its samples by channel.

    Raises:
        RedactionError: it cannot be decoded.
    """
    try:
        with av.open(io.BytesIO(data), "r", format="mp4", options={"ignore_editlist": "1"}) as container:
            for frame in container.decode(audio=0) if container.streams.audio else ():
                yield int(frame.pts or 0), frame.to_ndarray()
    except av.FFmpegError as error:
        raise RedactionError(f"The second's sound cannot be decoded ({error.strerror}).") from error


def _check(frame: av.VideoFrame, count: int) -> None:
    if frame.is_corrupt:
        raise RedactionError("The second has a picture that is damaged: nobody can say what it shows.")
    if frame.format.name not in _FORMATS or frame.width % 2 or frame.height % 2:
        size = f"{frame.width} by {frame.height} pixels"
        raise RedactionError(f"Pictures of {size} as {frame.format.name} are not redacted here.")
    if frame.width * frame.height > MOST_PIXELS or frame.width * frame.height * count > MOST_PIXELS_TOGETHER:
        raise RedactionError(f"{count} pictures of {frame.width} by {frame.height} pixels are too much.")
