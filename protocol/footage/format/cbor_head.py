"""The head of a CBOR item (RFC 8949 §3): its major type, and its argument in the shortest form alone.

What no item of the subset begins with is refused here: tags, floats and other simple values, indefinite and
reserved lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import CutShortError, FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

UINT, NINT, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
"""The major types, in the order of their numbers."""

KINDS: Final = (
    "an unsigned integer",
    "a negative integer",
    "a byte string",
    "a text string",
    "an array",
    "a map",
    "a tag",
    "a simple value or float",
)
"""The major types in words."""

SIMPLE_VALUES: Final[Mapping[int, bool | None]] = {20: False, 21: True, 22: None}
"""The simple values of the subset, by their arguments."""

NULL: Final = SIMPLE << 5 | 22
"""The one byte that a null is."""

DIRECT: Final = 24
"""Arguments below this sit in the initial byte."""

_WIDEST: Final = 27  # 28 to 30 are reserved, 31 is "indefinite"


def read_head(data: memoryview, position: int, *, base: int) -> tuple[int, int, int]:
    """Read an item's head.

    Args:
        data: The bytes that the item is in.
        position: Where in them it begins.
        base: Where ``data`` begins in its file, for the offsets in errors.

    Returns:
        The major type, the argument, and the position after the head.

    Raises:
        FormatError: There is no complete head, or none that the subset allows.
    """
    if position >= len(data):
        raise CutShortError(base + position, "the data ends where an item should begin")
    initial = data[position]
    major, argument = initial >> 5, initial & 0x1F
    if major == TAG or (major == SIMPLE and argument not in SIMPLE_VALUES):
        raise FormatError(
            base + position, f"{KINDS[major]} (initial byte 0x{initial:02x}) is not allowed here"
        )
    if argument < DIRECT:
        return major, argument, position + 1
    if argument > _WIDEST:
        raise FormatError(
            base + position, f"initial byte 0x{initial:02x}: indefinite or reserved lengths are refused"
        )
    width = 1 << (argument - DIRECT)
    return major, _argument(data, position, width, base), position + 1 + width


def _argument(data: memoryview, position: int, width: int, base: int) -> int:
    """Read the argument that follows the initial byte at ``position`` in ``width`` bytes."""
    after = position + 1 + width
    if after > len(data):
        raise CutShortError(base + position, "the data ends inside the head of an item")
    argument = int.from_bytes(data[position + 1 : after], "big")
    smallest = DIRECT if width == 1 else 1 << (4 * width)
    if argument < smallest:
        raise FormatError(base + position, f"{argument} is encoded in more bytes than it needs")
    return argument
