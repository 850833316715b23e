"""The segments of the window's chunks: what was taken of them does not change."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.ring.segment_names import _SHED, SegmentNames, SegmentView


@given(
    chunks=st.lists(st.integers(min_value=1, max_value=3), min_size=1, max_size=30),
    looks=st.sets(st.integers(min_value=0, max_value=60)),
    window=st.integers(min_value=1, max_value=9),
    shed=st.integers(min_value=1, max_value=5),
)
def test_what_was_looked_at_stays_what_it_was(
    chunks: list[int], looks: set[int], window: int, shed: int
) -> None:
    """Chunks come and leave, and the list of names is left to its onlookers again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("device.ring.segment_names._SHED", shed)
        names, inside = SegmentNames(), list[str]()
        seen: list[tuple[SegmentView, list[str]]] = []
        for at, name in enumerate(
            f"{segment:03d}" for segment, count in enumerate(chunks) for _ in range(count)
        ):
            names.add(name)
            inside.append(name)
            if len(inside) > window:
                names.leave(inside.pop(0))
            assert list(names.inside) == sorted(set(inside))
            if at in looks:
                seen.append((names.inside, sorted(set(inside))))
        for view, was in seen:
            assert list(view) == was
    left = names.take_left(())
    assert set(left) == {f"{segment:03d}" for segment in range(len(chunks))} - set(inside)
    assert names.take_left(()) == (), "each is named once"


def test_a_view_is_a_sequence() -> None:
    names = SegmentNames()
    for name in "abcd":
        names.add(name)
    names.leave("a")
    view = names.inside
    names.add("e")
    assert (len(view), view[0], view[-1], tuple(view[1:]), "a" in view, "d" in view) == (
        3,
        "b",
        "d",
        ("c", "d"),
        False,
        True,
    )


def test_names_that_are_of_no_use_are_let_go_of() -> None:
    names = SegmentNames()
    for older, newer in pairwise(f"{at:05d}" for at in range(10 * _SHED)):
        if older == "00000":
            names.add(older)
        names.add(newer)
        names.leave(older)
        names.take_left(())
    assert len(names._names) <= _SHED + 1


def test_a_segment_that_another_one_has_followed_takes_no_chunk() -> None:
    names = SegmentNames()
    names.add("a")
    names.add("b")
    with pytest.raises(ValueError, match="internal error"):
        names.add("a")


def test_a_segment_that_is_still_written_comes_back() -> None:
    """The window was cleared while its segment was written; kept ones are named once they are not."""
    names = SegmentNames()
    names.add("a")
    names.leave("a")
    assert names.take_left({"a"}) == ()
    names.add("a")
    assert names.take_left(()) == ()
    names.leave("a")
    assert names.take_left(()) == ("a",)
