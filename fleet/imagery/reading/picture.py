"""A photograph: decoded once, and encoded anew as a JPEG that holds its pixels and nothing else."""

from __future__ import annotations

import os

from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError, megapixels
from fleet.imagery.rules.formats import FORMAT_WORDS, ImportFormat, picture_size

_QUALITY = 95


def copy_picture(data: bytes, kind: ImportFormat, limits: ReadingLimits) -> tuple[bytes, ReadFacts]:
    """Return the copy of a photograph, turned as it says that it is held, and what it is.

    Raises:
        ReadingRefusedError: it is too large, or cannot be decoded.
    """
    said = picture_size(data, kind)
    if said is None:
        raise ReadingRefusedError(
            f"The file begins as a {FORMAT_WORDS[kind]} does, and is none that can be read."
        )
    if said[0] * said[1] > limits.pixels:
        raise ReadingRefusedError(
            f"The picture says that it has {said[0]} by {said[1]} pixels; "
            f"{megapixels(limits.pixels)} are allowed."
        )
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(limits.pixels))
    import cv2  # noqa: PLC0415 - it reads its limit when it is loaded
    import numpy as np  # noqa: PLC0415 - loaded with it

    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ReadingRefusedError("The picture cannot be decoded.") from error
    if picture is None:
        raise ReadingRefusedError("The picture cannot be decoded.")
    height, width = picture.shape[:2]
    done, made = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ReadingRefusedError("No copy of the picture could be made.")
    facts = ReadFacts(kind, str(kind), width, height, None, has_sound=False, is_made_anew=True)
    return made.tobytes(), facts
