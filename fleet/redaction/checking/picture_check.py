"""Whether a made part shows anything of what lies under its masks, found out by decoding it and the original.

Each picture is decoded from the made bytes alone. Under each mask it has to be what the fill makes of the
original, within what encoding does to it: ``LARGEST_ERROR`` in any pixel, ``LARGEST_MEAN`` on average. A
solid fill is one colour, whatever was under it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fleet.footage.media.fragment import Part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.decoded import DecodedPicture, decoded_pictures
from fleet.redaction.making.fill import cut_out, hide
from fleet.redaction.making.samples import to_ns
from fleet.redaction.rules.plan import RedactionPlan

LARGEST_ERROR = 32
"""Of 256 steps, in any one pixel: at a mask's edge, encoding smears what lies beside it a little inwards."""
LARGEST_MEAN = 2.0
"""Of 256 steps, over the area of a mask."""
LARGEST_AROUND = 8.0
"""Of 256 steps, over what is not hidden: it has to be the same scene."""


def hidden_findings(
    made: tuple[bytes, Part], original: tuple[bytes, Part], plan: RedactionPlan, origin_ns: int
) -> Iterator[str]:
    """Give what a made part of pictures shows and should not.

    Args:
        made: the part, and the same taken apart.
        original: likewise, what it stands for.
        plan: what is hidden.
        origin_ns: the start of the recording on the camera's clock.
    """
    scale = original[1].initialisation.timescale
    pairs = zip(decoded_pictures(*made), decoded_pictures(*original), strict=True)
    try:
        for number, (mine, theirs) in enumerate(pairs, start=1):
            begin, end = (to_ns(tick, scale) - origin_ns for tick in (theirs.tick, theirs.until))
            found = _compare(mine, theirs, plan, (begin, end))
            if found:
                yield f"Its picture {number} {found}."
    except (RedactionError, ValueError) as error:
        yield f"It cannot be decoded whole: {error}"


def _compare(
    mine: DecodedPicture, theirs: DecodedPicture, plan: RedactionPlan, span: tuple[int, int]
) -> str | None:
    if mine.picture.shape != theirs.picture.shape:
        return "has another size than the original"
    expected = theirs.picture
    areas = plan.hidden_at(*span, theirs.frame.width, theirs.frame.height)
    hide(expected, areas, plan.fill)
    for area in areas:
        for made, wanted in zip(cut_out(mine.picture, area), cut_out(expected, area), strict=True):
            error = np.abs(made.astype(np.int16) - wanted)
            if error.max() > LARGEST_ERROR or error.mean() > LARGEST_MEAN:
                return "shows something else than the fill where something is hidden"
    around = np.abs(mine.picture.astype(np.int16) - expected)
    return "shows another scene than the original" if around.mean() > LARGEST_AROUND else None
