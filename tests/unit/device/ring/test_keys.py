"""Keys: made in place, and zeroed behind us."""

from __future__ import annotations

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


@given(
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.sampled_from(Track)), max_size=80),
    span=st.tuples(st.integers(0, 30), st.integers(1, 20)),
)
def test_slots_are_never_shared_and_never_lost(
    steps: list[tuple[bool, int, Track]], span: tuple[int, int]
) -> None:
    keys, held = KeyBuffer(20), dict[tuple[int, Track], bytes]()
    for make, seq, track in steps:
        if not make:
            keys.drop(seq)
            held = {place: key for place, key in held.items() if place[0] != seq}
        elif any(other % 20 == seq % 20 and other != seq for other, _ in held):
            with pytest.raises(MemoryError):
                keys.new(seq, track)
        elif (seq, track) not in held:
            held[seq, track] = bytes(keys.new(seq, track))
        assert len(keys) == len(held)
        for (place, kind), key in held.items():
            assert bytes(keys.of(place)[kind]) == key
    first, count = span
    seqs = [seq for seq in range(first, first + count) if all(other % 20 != seq % 20 for other, _ in held)]
    seqs = sorted({*seqs, *(seq for seq, _ in held if first <= seq < first + count)})
    if len(seqs) < count:
        return  # a chunk of another turn of the circle lies among them: no window has both
    with keys.laid_out(first, first + count - 1) as (laid_out, counts):
        for track in Track:
            expected = [held.get((seq, track), bytes(KEY_BYTES)) for seq in range(first, first + count)]
            assert bytes(laid_out[track]) == b"".join(expected)
            assert counts[track] == sum((seq, track) in held for seq in range(first, first + count))


@pytest.mark.parametrize("first", [0, 3])
def test_keys_laid_end_to_end_are_wiped_afterwards(first: int) -> None:
    # proves C2
    keys = KeyBuffer(4)
    made = [bytes(keys.new(seq, Track.VIDEO)) for seq in range(first, first + 3)]
    with keys.laid_out(first, first + 3) as (laid_out, counts):
        assert laid_out[Track.VIDEO] == b"".join([*made, bytes(KEY_BYTES)]), "whether or not the circle ends"
        assert laid_out[Track.AUDIO] == bytes(4 * KEY_BYTES)
        assert counts == {Track.VIDEO: 3, Track.AUDIO: 0}
    assert laid_out[Track.VIDEO] == bytes(4 * KEY_BYTES)
    for too_many in (first + 4, first - 1):
        with pytest.raises(ValueError, match="internal error"), keys.laid_out(first, too_many):
            pass
