"""H.264 samples cut into NAL units (ISO/IEC 14496-15 §5.3.3; kinds: ITU-T H.264, table 7-1). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.footage.media.boxes import boxes
from fleet.footage.media.fragment import Initialisation
from fleet.redaction.errors import RedactionError

PICTURES = frozenset({1, 5})
"""Slices of a picture: of another than the first, and of one that decoding can begin with."""
WHOLE_PICTURE = 5


def is_h264(initialisation: Initialisation) -> bool:
    """Whether a part is H.264 whose parameter sets stand in its description."""
    entry = next(boxes(initialisation.sample_entry), None)
    return entry is not None and entry.kind == "avc1"


def nal_units(sample: bytes, prefix: int) -> Iterator[bytes]:
    """Give the NAL units of a sample.

    Args:
        sample: each unit after its length.
        prefix: bytes of such a length.

    Raises:
        RedactionError: it is not cut so.
    """
    at = 0
    while at < len(sample):
        length = int.from_bytes(sample[at : at + prefix], "big")
        at += prefix
        if not length or at + length > len(sample):
            raise RedactionError("The second's pictures are not cut into the units that their codec has.")
        yield sample[at : at + length]
        at += length
