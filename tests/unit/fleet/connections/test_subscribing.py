"""What a client subscribes to is counted, however its bytes come, and nothing else it sends is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.connections.subscribing import MOST_BYTES, Subscribed

PACKETS = st.lists(st.tuples(st.integers(1, 15), st.integers(0, 300)), max_size=30)


def packet(kind: int, size: int) -> bytes:
    """A packet of that kind, with so many bytes behind its head (MQTT 5.0, section 2.1.4)."""
    length = bytes((size,)) if size < 128 else bytes((size % 128 | 128, size // 128))
    return bytes((kind << 4 | 2,)) + length + b"\x82\x09" * (size // 2) + b"\x82" * (size % 2)


# proves F9
@given(PACKETS, st.lists(st.integers(0, 12_000), max_size=20))
def test_what_is_subscribed_to_is_counted_wherever_the_stream_is_cut(
    packets: list[tuple[int, int]], cuts: list[int]
) -> None:
    stream = b"".join(packet(*each) for each in packets)
    places = sorted({0, len(stream), *(each for each in cuts if each < len(stream))})
    found = Subscribed()
    for begin, end in pairwise(places):
        found.took(stream[begin:end])
    assert found.size == sum(size for kind, size in packets if kind == 8)


@pytest.mark.parametrize(("size", "is_too_much"), [(MOST_BYTES, False), (MOST_BYTES + 1, True)])
def test_there_is_an_end_of_it(size: int, is_too_much: bool) -> None:
    found = Subscribed()
    found.took(packet(8, size))
    assert found.is_too_much is is_too_much


def test_a_length_without_an_end_is_followed_no_further() -> None:
    found = Subscribed()
    found.took(b"\x82" + b"\xff" * 4 + b"\x00" * (MOST_BYTES + 1))
    assert found.is_too_much
