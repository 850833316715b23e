"""Keys: made in place, and zeroed behind us."""

import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.ring.keys import KEY_BYTES, KeyBuffer, fill_from, fill_from_kernel
from protocol.footage.format.model import Track


def test_a_key_is_fresh_and_stays_where_it_is() -> None:
    keys = KeyBuffer(4)
    first, second = keys.new(0, Track.VIDEO), keys.new(0, Track.AUDIO)
    assert len(first) == KEY_BYTES
    assert bytes(first) not in {bytes(second), bytes(KEY_BYTES)}
    assert {track: bytes(key) for track, key in keys.of(0).items()} == {
        Track.VIDEO: bytes(first),
        Track.AUDIO: bytes(second),
    }


def test_dropped_keys_are_zero_at_once() -> None:
    # proves C2
    keys = KeyBuffer(4)
    views = [keys.new(0, Track.VIDEO), keys.new(0, Track.AUDIO)]
    kept = keys.new(1, Track.VIDEO)
    keys.drop(0)
    assert [bytes(view) for view in views] == [bytes(KEY_BYTES)] * 2
    assert keys.of(0) == {}
    assert bytes(kept) != bytes(KEY_BYTES)
    keys.close()
    assert bytes(kept) == bytes(KEY_BYTES)


def test_a_second_key_for_a_part_and_one_too_many_are_internal_errors() -> None:
    keys = KeyBuffer(1)
    keys.new(0, Track.VIDEO)
    with pytest.raises(ValueError, match="already"):
        keys.new(0, Track.VIDEO)
    with pytest.raises(MemoryError):
        keys.new(1, Track.VIDEO)


def test_another_generator_is_used_where_one_is_given() -> None:
    draw = random.Random(7).randbytes
    keys = KeyBuffer(1, fill_from(draw))
    expected = random.Random(7).randbytes(KEY_BYTES)
    assert bytes(keys.new(0, Track.VIDEO)) == expected
    assert fill_from(os.urandom) is fill_from_kernel


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.sampled_from(Track)), max_size=80))
def test_slots_are_never_shared_and_never_lost(steps: list[tuple[bool, int, Track]]) -> None:
    keys, held = KeyBuffer(40), dict[tuple[int, Track], bytes]()
    for make, seq, track in steps:
        if not make:
            keys.drop(seq)
            held = {place: key for place, key in held.items() if place[0] != seq}
        elif (seq, track) not in held:
            held[seq, track] = bytes(keys.new(seq, track))
        assert len(keys) == len(held) == 40 - keys.room()
        for (place, kind), key in held.items():
            assert bytes(keys.of(place)[kind]) == key
