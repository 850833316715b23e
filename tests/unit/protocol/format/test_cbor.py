"""The strict decoder: what it takes, what it refuses, and where it says the fault is."""

from __future__ import annotations

from collections.abc import Callable

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.cbor import MAX_DEPTH, Decoded, Reader, Value, decode, encode
from protocol.footage.format.errors import FormatError
from tests.support.reports.attempt import attempt

U64 = 2**64

values = st.recursive(
    st.none() | st.booleans() | st.integers(-U64, U64 - 1) | st.binary(max_size=40) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=30), inner, max_size=5),
    max_leaves=20,
)


def plain(value: Decoded) -> Value:
    """A decoded value with its byte strings copied, to compare with cbor2's."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


@given(values)
def test_decodes_what_cbor2_encodes_canonically(value: Value) -> None:
    assert plain(decode(encode(value))) == value


@given(values)
def test_every_value_has_one_encoding(value: Value) -> None:
    encoded = encode(value)
    assert encode(plain(decode(encoded))) == encoded


@given(st.binary(max_size=60))
def test_accepts_only_what_cbor2_would_encode_so(data: bytes) -> None:
    value, error = attempt(decode, data)
    if error is not None:
        assert 0 <= error.offset <= len(data)
        return
    assert cbor2.dumps(plain(value), canonical=True) == data
    assert plain(value) == cbor2.loads(data)


@given(values, st.data())
def test_a_changed_byte_is_refused_or_is_another_value(value: Value, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    try:
        changed = decode(encoded)
    except FormatError:
        return
    assert plain(changed) != value or isinstance(changed, bool) != isinstance(value, bool)


@given(values, st.data())
def test_a_cut_value_is_refused(value: Value, data: st.DataObject) -> None:
    encoded = encode(value)
    with pytest.raises(FormatError):
        decode(encoded[: data.draw(st.integers(0, len(encoded) - 1))])


@pytest.mark.parametrize(
    ("hexed", "offset", "reason"),
    [
        ("", 0, "ends where an item should begin"),
        ("1805", 0, "more bytes than it needs"),
        ("190005", 0, "more bytes than it needs"),
        ("1a00000005", 0, "more bytes than it needs"),
        ("1b00000000ffffffff", 0, "more bytes than it needs"),
        ("3817", 0, "more bytes than it needs"),
        ("5801ff", 0, "more bytes than it needs"),
        ("18", 0, "inside the head"),
        ("1b00000001", 0, "inside the head"),
        ("1c", 0, "indefinite or reserved"),
        ("5f41ff41ffff", 0, "indefinite or reserved"),
        ("9f01ff", 0, "indefinite or reserved"),
        ("bf616101ff", 0, "indefinite or reserved"),
        ("ff", 0, "not allowed here"),
        ("c001", 0, "a tag"),
        ("f90000", 0, "float"),
        ("fb0000000000000000", 0, "float"),
        ("f7", 0, "not allowed here"),
        ("f820", 0, "not allowed here"),
        ("43aabb", 0, "goes past the end"),
        ("5b7fffffffffffffff", 0, "goes past the end"),
        ("9b7fffffffffffffff", 0, "items are announced"),
        ("bb7fffffffffffffff", 0, "items are announced"),
        ("8201", 0, "2 items are announced, but only 1 bytes are left"),
        ("824101", 3, "ends where an item should begin"),
        ("0102", 1, "1 bytes follow"),
        ("62c328", 0, "UTF-8"),
        ("62c080", 0, "UTF-8"),
        ("63eda080", 0, "UTF-8"),
        ("a10101", 1, "expected a text string, found an unsigned integer"),
        ("a2616201616102", 4, "repeated or out of order"),
        ("a2616101616102", 4, "repeated or out of order"),
        ("a262616101616202", 5, "repeated or out of order"),
        ("82a16161000000", 6, "1 bytes follow"),
    ],
)
def test_refuses_with_the_offset(hexed: str, offset: int, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        decode(bytes.fromhex(hexed))
    assert caught.value.offset == offset


def test_offsets_count_from_the_base() -> None:
    with pytest.raises(FormatError) as caught:
        decode(b"\x01\x02", base=100)
    assert caught.value.offset == 101


def test_depth_is_bounded() -> None:
    assert decode(b"\x81" * MAX_DEPTH + b"\x01")
    with pytest.raises(FormatError, match="nested more than"):
        decode(b"\x81" * (MAX_DEPTH + 1) + b"\x01")
    with pytest.raises(FormatError):
        decode(b"\x81" * 100_000)


def test_byte_strings_are_slices_and_not_copies() -> None:
    data = bytearray(encode(b"abc"))
    view = decode(data)
    assert isinstance(view, memoryview)
    data[1] = ord("z")
    assert bytes(view) == b"zbc"


def test_a_reader_takes_what_it_is_asked_for_and_nothing_else() -> None:
    reader = Reader(encode({"a": -3, "b": None, "c": True, "dd": b"12"}))
    reader.map(4)
    reader.key("a")
    assert reader.int_() == -3
    reader.key("b")
    assert reader.null()
    assert not reader.null()
    reader.key("c")
    assert reader.bool_()
    reader.key("dd")
    assert bytes(reader.bytes_(exactly=2)) == b"12"
    reader.end()


@pytest.mark.parametrize(
    ("value", "take", "reason"),
    [
        (["a"], lambda reader: reader.array(2), "expected an array of 2 items, found one of 1"),
        ({"a": 1}, lambda reader: reader.map(2), "expected a map of 2 entries, found one of 1"),
        ([1, 2, 3], lambda reader: reader.count(2), "3 items are more than the 2 allowed"),
        ({"a": 1, "b": 2}, lambda reader: reader.map_size(1), "2 items are more than the 1 allowed"),
        ("b", lambda reader: reader.key("a"), "expected the key 'a', found 'b'"),
        (b"abc", lambda reader: reader.bytes_(exactly=2), "longer than the 2 allowed"),
        (b"a", lambda reader: reader.bytes_(exactly=2), "expected 2 bytes, found 1"),
        ("abc", lambda reader: reader.text(2), "longer than the 2 allowed"),
        (-1, lambda reader: reader.uint(), "expected an unsigned integer, found a negative integer"),
        ("x", lambda reader: reader.int_(), "expected an integer, found a text string"),
        (1, lambda reader: reader.bool_(), "expected true or false, found an unsigned integer"),
        (None, lambda reader: reader.bool_(), "expected true or false, found a simple value"),
        (b"", lambda reader: reader.text(), "expected a text string, found a byte string"),
    ],
)
def test_a_reader_says_what_it_found_instead(value: Value, take: object, reason: str) -> None:
    assert callable(take)
    with pytest.raises(FormatError, match=reason) as caught:
        take(Reader(encode(value), base=7))
    assert caught.value.offset == 7


@pytest.mark.parametrize(
    ("hexed", "take"),
    [
        ("5820" + "00" * 32, Reader.uint),
        ("190100", Reader.bool_),
        ("1a00010000", Reader.bool_),
        ("5a00010000", Reader.text),
        ("390100", Reader.uint),
        ("7818" + "20" * 24, Reader.int_),
        ("b90100", Reader.count),
    ],
)
def test_a_wrong_item_is_placed_at_its_first_byte_however_long_its_head(
    hexed: str, take: Callable[[Reader], object]
) -> None:
    """Once it was the last byte of the head, which may be the ninth of the item."""
    reader = Reader(b"\x01" + bytes.fromhex(hexed), base=100)
    assert reader.uint() == 1
    with pytest.raises(FormatError, match="found a") as caught:
        take(reader)
    assert caught.value.offset == 101


def test_text_that_utf8_cannot_hold_is_refused() -> None:
    with pytest.raises(FormatError, match="UTF-8"):
        encode(["\ud800"])
