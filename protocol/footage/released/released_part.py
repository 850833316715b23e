"""A part as it is released: untouched with its key, changed, or withheld. Pure.

Rules:

- An untouched part goes out as it was before it was sealed, with its single-use key. Sealing is deterministic
  (``sealing.part``), so whoever has both makes the ciphertext again, whose digest the camera signed.
- Of a changed part nothing of the original goes out, its ciphertext neither: the ledger carries its sealed
  key, and a vault that leaks later would open it.
- Of a withheld part nothing goes out.

Item: ``[treatment, key, content]``; where there is no key or no content, it is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from protocol.footage.format.chunk import TAG_BYTES
from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import take_enum
from protocol.footage.format.limits import MAX_PART_BYTES
from protocol.footage.sealing.part import PART_KEY_BYTES, PartContext, seal_part

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Buffer, Reader, Value
    from protocol.footage.format.model import PartHeader


class Treatment(StrEnum):
    """What was done with a part before it was given away."""

    UNTOUCHED = "untouched"
    CHANGED = "changed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class ReleasedPart:
    """A part of a release.

    Attributes:
        treatment: What was done with it.
        content: A self-initialising CMAF file: as the camera made it, or as it was changed; empty of one that
            is withheld.
        key: The single-use key of an untouched one; empty otherwise.
    """

    treatment: Treatment
    content: Buffer = b""
    key: Buffer = b""

    def sealed(self, context: PartContext) -> bytes | None:
        """Return the ciphertext that this came from; None where it was not left alone."""
        if self.treatment is not Treatment.UNTOUCHED:
            return None
        return seal_part(bytes(self.content), self.key, context)


WITHHELD = ReleasedPart(Treatment.WITHHELD)
"""A part of which nothing is given away."""


def part_value(part: ReleasedPart) -> Value:
    """Return a released part as it is encoded."""
    return [str(part.treatment), bytes(part.key), bytes(part.content)]


def take_released_part(reader: Reader, header: PartHeader) -> ReleasedPart:
    """Take a released part.

    Args:
        reader: Where it is next.
        header: What the camera signed of it.

    Raises:
        FormatError: What is next is no released part, or has what one of its treatment has not.
    """
    reader.array(3)
    treatment = take_enum(reader, Treatment, "treatment")
    untouched = treatment is Treatment.UNTOUCHED
    key = reader.bytes_(exactly=PART_KEY_BYTES if untouched else 0)
    if untouched:
        return ReleasedPart(treatment, reader.bytes_(exactly=header.length - TAG_BYTES), key)
    start = reader.offset
    content = reader.bytes_(limit=MAX_PART_BYTES if treatment is Treatment.CHANGED else 0)
    if treatment is Treatment.CHANGED and not content:
        raise FormatError(start, "a changed part is empty: one of which nothing is given away is withheld")
    return ReleasedPart(treatment, content)
