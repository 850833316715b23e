"""What has arrived when a camera is destroyed, at any time and on any link, by the order alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from device.link.uploads.order import AS_IT_COMES, KEEP_UP, NEAR, Order
from tests.support.tries import tries

PRE = 40


@dataclass
class Sending:
    """A recording that grows by a segment a second, and a link that takes one segment at a time.

    Places count from the press: -1 is the last segment before it.
    """

    pre: int = PRE
    bookmarks: tuple[int, ...] = ()
    now: float = 0.0
    closed: int = 0
    arrived: list[int] = field(default_factory=list)
    when: dict[int, float] = field(default_factory=dict)
    last: str | None = None
    fell_behind: tuple[int, int] | None = None
    """How many had arrived when more than AS_IT_COMES waited first, and how many of them near the press."""

    def names(self) -> list[str]:
        return [f"{place:06d}" for place in range(self.pre + self.closed)]

    def order(self, *, under_way: bool = True) -> list[int]:
        known = tuple(self.pre + at for at in self.bookmarks if at <= self.closed)
        sent = {f"{self.pre + place:06d}" for place in self.arrived}
        rest = Order(self.pre, known).of(self.names(), sent, under_way=under_way, last=self.last)
        return [int(name) - self.pre for name in rest]

    def until(self, cut_s: float, *, segment_s: float) -> Sending:
        """Let the link be cut ``cut_s`` after the press; a segment takes it ``segment_s``."""
        while self.now < cut_s:
            self.closed = int(self.now)
            if self.fell_behind is None and self.closed - len(self.live()) > AS_IT_COMES:
                self.fell_behind = (len(self.arrived), self.near())
            following = self.order()
            if not following:
                self.now = self.closed + 1.0
                continue
            self.now += segment_s
            if self.now > cut_s:
                break
            self.arrived.append(following[0])
            self.when[following[0]] = self.now
            self.last = f"{self.pre + following[0]:06d}"
        self.closed = int(cut_s)
        return self

    def live(self) -> list[int]:
        """What arrived from after the press."""
        return [place for place in self.arrived if place >= 0]

    def near(self) -> int:
        """So many of the segments around the press arrived without a hole."""
        return sum(min(NEAR, side) for side in self.around_the_press())

    def around_the_press(self) -> tuple[int, int]:
        """The whole seconds that arrived without a hole, before the press and after it."""
        before = after = 0
        while -before - 1 in self.arrived:
            before += 1
        while after in self.arrived:
            after += 1
        return before, after


CUTS = st.floats(0.5, 90.0)
SEGMENT_S = st.floats(0.2, 8.0)
LONG = settings(deadline=None, max_examples=tries(50))


@given(CUTS, SEGMENT_S)
@LONG
def test_at_any_cut_the_oldest_of_the_pre_record_is_what_is_missing(  # proves L5
    cut_s: float, segment_s: float
) -> None:
    arrived = Sending().until(cut_s, segment_s=segment_s).arrived
    before = [place for place in arrived if place < 0]
    assert before == [-1 - back for back in range(len(before))], "backwards from the press, without a hole"


@given(CUTS, SEGMENT_S)
@example(20.0, 4.0)
@example(26.0, 1.1875)  # only a little slower than the footage: four waited only after 25 s
@LONG
def test_at_any_cut_what_is_nearest_to_the_press_has_arrived(  # proves L5
    cut_s: float, segment_s: float
) -> None:
    sending = Sending().until(cut_s, segment_s=segment_s)
    _, after = sending.around_the_press()
    sent = int(cut_s / segment_s)
    # All that could go has gone to the seconds around the press, but for what nobody had filmed yet, what
    # a link that keeps up leaves for what is being filmed now, and what it sent before it fell behind.
    arrived_then, near_then = sending.fell_behind or (sent, 2 * NEAR)
    near = sending.near()
    assert (
        near >= min(2 * NEAR, sent - KEEP_UP, int(cut_s) - 2)
        or after >= int(cut_s) - KEEP_UP - 1
        or near >= min(2 * NEAR, near_then + len(sending.arrived) - arrived_then)
    )


@given(st.floats(1.04, 8.0))
@LONG
def test_on_a_link_that_is_ever_so_little_slower_the_seconds_before_the_press_come_soon(  # proves L5
    segment_s: float,
) -> None:
    # At 1.04 s a segment it has fallen three segments behind after 75 s; five more were six.
    sending = Sending().until(90.0, segment_s=segment_s)
    assert sending.near() == 2 * NEAR


@pytest.mark.slow
@given(st.floats(30.0, 120.0), st.floats(1.05, 8.0))
@LONG
def test_neither_what_is_filmed_now_nor_what_lies_around_the_press_starves(  # proves L5
    cut_s: float, segment_s: float
) -> None:
    sending = Sending(pre=100).until(cut_s, segment_s=segment_s)
    # Once the seconds around the press are there, at most two segments go up between two newest ones.
    settled = max((sending.when.get(place, cut_s) for place in range(-NEAR, NEAR)), default=cut_s)
    newest = [place for place in sending.arrived if place >= 0]
    if cut_s - settled > 5 * segment_s:
        age = cut_s - max(newest)
        assert age <= 4 * segment_s + KEEP_UP + 2
    before, after = sending.around_the_press()
    beyond = len(sending.arrived) - 2 * NEAR
    assert before + after - 2 * NEAR >= beyond // 2 - KEEP_UP - 1 or after >= int(cut_s) - KEEP_UP - 2


@given(st.floats(1.0, 120.0), st.floats(0.2, 0.95))
@LONG
def test_on_a_link_that_keeps_up_all_that_is_filmed_arrives_as_it_comes(  # proves L5
    cut_s: float, segment_s: float
) -> None:
    sending = Sending().until(cut_s, segment_s=segment_s)
    _, after = sending.around_the_press()
    assert after >= int(cut_s) - KEEP_UP


@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.sets(st.integers(0, 59)),
    st.lists(st.integers(0, 60), max_size=3),
    st.booleans(),
)
@settings(deadline=None)
def test_every_segment_is_named_once_and_nothing_is_left_out(
    press: int, live: int, sent: set[int], bookmarks: list[int], under_way: bool
) -> None:
    names = [f"{place:03d}" for place in range(press + live)]
    gone = {f"{place:03d}" for place in sent}
    for last in (None, *sorted(gone)):
        order = list(Order(press, tuple(bookmarks)).of(names, gone, under_way=under_way, last=last))
        assert sorted(order) == [name for name in names if name not in gone]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 60))
def test_of_a_recording_that_has_ended_any_cut_leaves_a_beginning_of_the_order(
    press: int, live: int, cut: int
) -> None:
    names = [f"{place:03d}" for place in range(press + live)]
    order = Order(press)
    stated = list(order.of(names, set(), under_way=False))
    arrived: list[str] = []
    for _ in range(min(cut, len(names))):
        last = arrived[-1] if arrived else None
        arrived.append(next(order.of(names, set(arrived), under_way=False, last=last)))
    assert arrived == stated[: len(arrived)]


def test_an_ended_recording_goes_outwards_from_the_press() -> None:
    sending = Sending(pre=4, closed=3)
    assert sending.order(under_way=False) == [0, -1, 1, -2, 2, -3, -4]


def test_a_link_that_keeps_up_sends_what_comes_and_goes_backwards_meanwhile() -> None:
    assert Sending(pre=3, closed=2).order() == [0, 1, -1, -2, -3]
    assert Sending(pre=3, closed=2, arrived=[0, 1]).order() == [-1, -2, -3]


def test_a_link_that_begins_to_fall_behind_sends_the_seconds_around_the_press_first() -> None:
    near = [-1, *range(6)]
    assert Sending(pre=7, closed=8, arrived=near).order() == [6, 7, *range(-2, -8, -1)]
    assert Sending(pre=7, closed=9, arrived=near).order() == [-2, -3, -4, -5, 6, 7, 8, -6, -7]


def test_a_slow_link_sends_the_seconds_around_the_press_then_takes_turns() -> None:
    order = Sending(pre=10, closed=20).order()
    assert order[: 2 * NEAR] == [0, -1, 1, -2, 2, -3, 3, -4, 4, -5]
    assert order[2 * NEAR :][:6] == [19, 5, 18, -6, 17, 6]


def test_whose_turn_it_is_shows_in_what_was_sent_last() -> None:
    near = [*range(-NEAR, NEAR)]
    now = Sending(pre=10, closed=20, arrived=[*near, 19], last=f"{10 + 19:06d}", bookmarks=())
    now.closed = 21
    assert now.order()[0] == 5, "the newest has just had its turn"
    outwards = Sending(pre=10, closed=21, arrived=[*near, 19, 5], last=f"{10 + 5:06d}")
    assert outwards.order()[0] == 20


def test_the_seconds_around_a_bookmark_come_as_early_as_those_around_the_press() -> None:
    near = [*range(-NEAR, NEAR)]
    sending = Sending(pre=10, closed=60, arrived=near, bookmarks=(40,))
    assert set(sending.order()[: 2 * NEAR]) == set(range(40 - NEAR, 40 + NEAR))


def test_without_a_pre_record_and_without_a_segment_there_is_nothing_odd() -> None:
    assert Sending(pre=0).order() == []
    assert Sending(pre=0, closed=1).order() == [0]
    assert Sending(pre=2).order() == [-1, -2]
