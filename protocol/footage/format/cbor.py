"""Strict, deterministic CBOR: the subset of RFC 8949 that footage is made of.

Rules:

- Integers of at most 64 bits, byte strings, text, arrays, maps with text keys, false, true and null. No
  floats, no tags, no indefinite lengths, no other simple values.
- Deterministic encoding (RFC 8949 §4.2.1): shortest heads, map keys in the byte order of their encodings,
  each once. So a value has exactly one encoding, and a hash or a signature over it means one thing.
- A ``FormatError`` names the byte where a rule was broken. Lengths and counts are checked against what is
  left before anything is allocated; nesting is bounded.
- Byte strings come back as slices of the input, without copying.

What it does not do: it knows no record types and no limits of the format; those are the callers'.

Encoding is left to cbor2; ``docs/decisions/0001-strict-cbor-decoder.md`` says why decoding is not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

import cbor2

from protocol.footage.format.cbor_head import (
    ARRAY,
    BYTES,
    DIRECT,
    KINDS,
    MAP,
    NINT,
    NULL,
    SIMPLE,
    SIMPLE_VALUES,
    TEXT,
    UINT,
    read_head,
)
from protocol.footage.format.errors import CutShortError, FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Buffer: TypeAlias = bytes | bytearray | memoryview
"""Bytes-like input. A file is best given as a ``memoryview`` of its mapping."""

Value: TypeAlias = "int | str | bool | bytes | bytearray | Sequence[Value] | Mapping[str, Value] | None"
"""What can be encoded. Not a ``memoryview``: cbor2 takes it for a list of numbers."""

Decoded: TypeAlias = "int | str | bool | memoryview | list[Decoded] | dict[str, Decoded] | None"
"""What ``decode`` returns."""

MAX_DEPTH: Final = 16

MAX_KEY_BYTES: Final = 64
"""A key or a record's kind that is asked for by name; the longest that the format knows has 15 bytes."""


def encode(value: Value) -> bytes:
    """Encode a value deterministically.

    With text keys alone, cbor2's canonical order (shorter keys first) is the byte order of RFC 8949 §4.2.1.
    Whoever writes a record reads it back with the strict reader, which refuses what is outside the subset.

    Raises:
        FormatError: A text string holds what UTF-8 cannot, a lone surrogate.
    """
    try:
        return cbor2.dumps(value, canonical=True)
    except UnicodeEncodeError as error:
        raise FormatError(0, "a text string cannot be encoded as UTF-8") from error


def decode(data: Buffer, *, base: int = 0) -> Decoded:
    """Decode exactly one value.

    Args:
        data: The encoded value and nothing else.
        base: Where ``data`` begins in its file, for the offsets in errors.

    Raises:
        FormatError: The bytes break a rule of this module's subset, or something follows the value.
    """
    reader = Reader(data, base=base)
    value = reader.value()
    reader.end()
    return value


class Reader:
    """A cursor over CBOR bytes, from which callers take the items that their record type demands, in order.

    Map keys have one possible order, so a record is read by asking for its keys in that order: an unknown,
    missing, repeated or misplaced key is then one and the same error.
    """

    __slots__ = ("_data", "base", "position")

    def __init__(self, data: Buffer, *, base: int = 0) -> None:
        """Begin at the first byte of ``data``, which is byte ``base`` of its file."""
        self._data = memoryview(data)
        self.base = base
        self.position = 0

    @property
    def offset(self) -> int:
        """Where the cursor is in the file."""
        return self.base + self.position

    @property
    def left(self) -> int:
        """How many bytes remain."""
        return len(self._data) - self.position

    def end(self) -> None:
        """Demand that nothing is left.

        Raises:
            FormatError: Something is.
        """
        if self.left:
            raise FormatError(self.offset, f"{self.left} bytes follow where the record should end")

    def array(self, count: int) -> None:
        """Take the head of an array of exactly ``count`` items."""
        start, found = self.offset, self.count()
        if found != count:
            raise FormatError(start, f"expected an array of {count} items, found one of {found}")

    def count(self, limit: int | None = None) -> int:
        """Take the head of an array and return how many items follow."""
        start, count = self.offset, self._take(ARRAY)
        self._check_count(start, count, limit)
        return count

    def map(self, size: int) -> None:
        """Take the head of a map of exactly ``size`` pairs."""
        start, found = self.offset, self._take(MAP)
        if found != size:
            raise FormatError(start, f"expected a map of {size} entries, found one of {found}")

    def map_size(self, limit: int) -> int:
        """Take the head of a map and return how many pairs follow."""
        start, size = self.offset, self._take(MAP)
        self._check_count(start, size, limit)
        return size

    def key(self, name: str) -> None:
        """Take a map key which must be ``name``.

        Raises:
            FormatError: Something else is next.
        """
        wanted = _encoded(name)
        after = self.position + len(wanted)
        if self._data[self.position : after] == wanted:  # a value has one encoding: nothing is left to check
            self.position = after
            return
        start = self.offset
        found = self.text(MAX_KEY_BYTES)  # or a message about it would be as long as the file
        if found != name:
            raise FormatError(start, f"expected the key {name!r}, found {found!r}")

    def text(self, limit: int | None = None) -> str:
        """Take a text string of at most ``limit`` bytes."""
        start = self.offset
        view = self._string(TEXT, limit)
        try:
            return str(view, "utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(start, "a text string is not valid UTF-8") from error

    def bytes_(self, *, exactly: int | None = None, limit: int | None = None) -> memoryview:
        """Take a byte string as a slice of the input; of ``exactly`` or at most ``limit`` bytes if given."""
        start = self.offset
        view = self._string(BYTES, exactly if exactly is not None else limit)
        if exactly is not None and len(view) != exactly:
            raise FormatError(start, f"expected {exactly} bytes, found {len(view)}")
        return view

    def uint(self) -> int:
        """Take an unsigned integer."""
        return self._take(UINT)

    def int_(self) -> int:
        """Take an integer of either sign."""
        start = self.position
        major, argument = self._head()
        if major == UINT:
            return argument
        if major == NINT:
            return -1 - argument
        raise self._unexpected(start, "an integer", major)

    def bool_(self) -> bool:
        """Take true or false."""
        start = self.position
        major, argument = self._head()
        value = SIMPLE_VALUES.get(argument) if major == SIMPLE else None
        if value is None:
            raise self._unexpected(start, "true or false", major)
        return value

    def null(self) -> bool:
        """Take a null if one is next, and tell whether there was."""
        if self.left and self._data[self.position] == NULL:
            self.position += 1
            return True
        return False

    def next_is_text(self) -> bool:
        """Tell whether a text string is next, without taking it."""
        return self.left > 0 and self._data[self.position] >> 5 == TEXT

    def value(self, depth: int = MAX_DEPTH) -> Decoded:
        """Take any one value of the subset."""
        start = self.position
        major, argument = self._head()
        if major == UINT:
            return argument
        if major == NINT:
            return -1 - argument
        if major == SIMPLE:
            return SIMPLE_VALUES[argument]
        if major in (BYTES, TEXT):
            self.position = start
            return self.bytes_() if major == BYTES else self.text()
        if not depth:
            raise FormatError(self.base + start, f"values are nested more than {MAX_DEPTH} deep")
        self._check_count(self.base + start, argument, None)
        if major == ARRAY:
            return [self.value(depth - 1) for _ in range(argument)]
        return self._pairs(argument, depth - 1)

    def key_after(self, previous: str | None, limit: int | None = None) -> str:
        """Take a map key that must sort after ``previous``, or any key when that is None."""
        start, name = self.offset, self.text(limit)
        if previous is not None and _sort_key(name) <= _sort_key(previous):
            raise FormatError(start, f"the key {name[:MAX_KEY_BYTES]!r} is repeated or out of order")
        return name

    def _pairs(self, size: int, depth: int) -> dict[str, Decoded]:
        pairs: dict[str, Decoded] = {}
        name = None
        for _ in range(size):
            name = self.key_after(name)
            pairs[name] = self.value(depth)
        return pairs

    def _take(self, expected: int) -> int:
        start, data = self.position, self._data
        if start < len(data) and (initial := data[start]) >> 5 == expected and initial & 0x1F < DIRECT:
            self.position = start + 1  # one byte, of which nothing is left to check
            return initial & 0x1F
        major, argument = self._head()
        if major != expected:
            raise self._unexpected(start, KINDS[expected], major)
        return argument

    def _unexpected(self, start: int, expected: str, major: int) -> FormatError:
        """The item that begins at ``start``, whose head was taken already, is of another kind."""
        return FormatError(self.base + start, f"expected {expected}, found {KINDS[major]}")

    def _string(self, kind: int, limit: int | None) -> memoryview:
        start = self.position
        length = self._take(kind)
        after = self.position + length
        if after > len(self._data):
            raise CutShortError(
                self.base + start, f"a string of {length} bytes goes past the end, {self.left} bytes are left"
            )
        if limit is not None and length > limit:
            raise FormatError(
                self.base + start, f"a string of {length} bytes is longer than the {limit} allowed"
            )
        view = self._data[self.position : after]
        self.position = after
        return view

    def _check_count(self, start: int, count: int, limit: int | None) -> None:
        if count > self.left:  # every item takes at least a byte, so this bounds what is allocated
            raise CutShortError(start, f"{count} items are announced, but only {self.left} bytes are left")
        if limit is not None and count > limit:
            raise FormatError(start, f"{count} items are more than the {limit} allowed")

    def _head(self) -> tuple[int, int]:
        major, argument, self.position = read_head(self._data, self.position, base=self.base)
        return major, argument


@cache
def _encoded(name: str) -> bytes:
    """Return a name that the format has, encoded."""
    return encode(name)


def _sort_key(name: str) -> tuple[int, bytes]:
    """Return what orders map keys as their encodings do: a text string's head grows with its length."""
    encoded = name.encode()
    return len(encoded), encoded
