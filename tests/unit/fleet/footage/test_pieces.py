from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.store.pieces import PieceRange, Placing, covering, held_length, joined, place

lengths = st.lists(st.integers(min_value=1, max_value=50), max_size=12)


def chain(sizes: list[int]) -> list[PieceRange]:
    pieces: list[PieceRange] = []
    offset = 0
    for size in sizes:
        pieces.append(PieceRange(offset, size))
        offset += size
    return pieces


@given(lengths, st.randoms())
def test_the_length_is_the_sum_of_joining_pieces_in_whatever_order_they_came(
    sizes: list[int], random: Random
) -> None:
    pieces = chain(sizes)
    random.shuffle(pieces)
    assert held_length(pieces) == sum(sizes)
    assert list(joined(pieces)) == chain(sizes)


@given(lengths.filter(lambda sizes: len(sizes) > 1), st.data())
def test_what_lies_after_a_hole_does_not_count(sizes: list[int], data: st.DataObject) -> None:
    pieces = chain(sizes)
    lost = data.draw(st.integers(min_value=0, max_value=len(pieces) - 1))
    kept = pieces[:lost] + pieces[lost + 1 :]
    assert held_length(kept) == sum(sizes[:lost])


@given(lengths, st.integers(min_value=0, max_value=700), st.integers(min_value=1, max_value=50))
def test_only_the_next_piece_is_ever_added(sizes: list[int], offset: int, length: int) -> None:  # proves L2
    pieces = chain(sizes)
    end = sum(sizes)
    placing = place(pieces, PieceRange(offset, length))
    expected = {
        offset > end: Placing.HOLE,
        offset == end: Placing.NEXT,
        offset < end and offset + length <= end: Placing.REPEAT,
        offset < end < offset + length: Placing.OVERLAP,
    }
    assert placing is expected[True]


@given(lengths.filter(bool), st.data())
def test_a_span_within_is_covered_without_a_hole(sizes: list[int], data: st.DataObject) -> None:
    pieces = chain(sizes)
    end = sum(sizes)
    start = data.draw(st.integers(min_value=0, max_value=end - 1))
    stop = data.draw(st.integers(min_value=start + 1, max_value=end))
    cover = covering(pieces, PieceRange(start, stop - start))
    assert cover[0].offset <= start < cover[0].end
    assert cover[-1].offset < stop <= cover[-1].end
    assert all(first.end == second.offset for first, second in pairwise(cover))
