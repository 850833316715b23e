"""A camera's clock may begin in the past, but never goes back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.model import ClockLabel
from protocol.units import NS_PER_S
from simulator.clock import BOOT_TOOK_NS, CatchingUpClock

UTC_US = 1_795_000_000_000_000


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    ns: int = 77 * NS_PER_S

    def boot_ns(self) -> int:
        return self.ns

    def label(self) -> ClockLabel:
        return ClockLabel(UTC_US + self.ns // 1000, synchronised=True, error_us=500)


def test_a_boot_begins_at_a_few_seconds_whatever_the_machine_shows() -> None:
    assert CatchingUpClock(HandClock(10**18)).boot_ns() == BOOT_TOOK_NS


def test_it_is_late_until_it_has_caught_up() -> None:
    hand = HandClock()
    clock = CatchingUpClock(hand, behind_ns=10 * NS_PER_S)

    assert clock.label().utc_us == hand.label().utc_us - 10_000_000
    begin = clock.pause()
    hand.ns += NS_PER_S
    assert clock.boot_ns() == begin
    clock.move_to(begin + 4 * NS_PER_S)
    assert clock.behind_ns == 6 * NS_PER_S
    clock.move_to(begin + 10 * NS_PER_S)
    clock.run()
    assert clock.label() == hand.label()
    assert clock.boot_ns() == begin + 10 * NS_PER_S
    hand.ns += 5
    assert clock.boot_ns() == begin + 10 * NS_PER_S + 5


# proves C10
@given(
    behind=st.integers(0, 200),
    moves=st.lists(st.tuples(st.sampled_from(["pass", "pause", "move", "run"]), st.integers(0, 10**10))),
)
def test_the_boot_clock_never_goes_back(behind: int, moves: list[tuple[str, int]]) -> None:
    hand = HandClock()
    clock = CatchingUpClock(hand, behind * NS_PER_S)
    before = clock.boot_ns()
    for move, amount in moves:
        if move == "pass":
            hand.ns += amount
        elif move == "pause":
            clock.pause()
        elif move == "move":
            clock.move_to(amount)
        else:
            clock.run()
        assert clock.boot_ns() >= before
        before = clock.boot_ns()
        assert 0 <= clock.behind_ns <= behind * NS_PER_S
