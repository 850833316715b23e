"""When conditions begin and end, whatever looks show: in time, with true lengths, and never to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from device.conditions.hysteresis import Begun, Hysteresis, Over, Patience

S = 1_000_000_000
LOOK = S // 2
SURE = Patience(hold_ns=5 * S, clear_ns=3 * S // 2)
MILD = Patience(hold_ns=5 * S, clear_ns=3 * S, forgiving=True)

looks = st.lists(
    st.tuples(st.sampled_from([True, False, None]), st.integers(1, 40)).flatmap(
        lambda run: st.just([run[0]] * run[1])
    ),
    max_size=12,
).map(lambda runs: [seen for run in runs for seen in run])


def changes(seen: Sequence[bool | None], patience: Patience = SURE) -> list[tuple[int, Begun | Over]]:
    follow, found = Hysteresis(patience), []
    for number, each in enumerate(seen):
        at_ns = number * LOOK
        change = follow.look(at_ns, at_ns, each)
        if change is not None:
            found.append((at_ns, change))
    return found


@given(looks, st.sampled_from([SURE, MILD]))
def test_beginnings_and_ends_take_turns_and_lie_apart(seen: list[bool | None], patience: Patience) -> None:
    # proves C12
    found = changes(seen, patience)
    kinds = [type(change) for _, change in found]
    assert kinds == [Begun, Over] * (len(kinds) // 2) + [Begun] * (len(kinds) % 2)
    for (before_ns, before), (after_ns, after) in pairwise(found):
        if isinstance(after, Over):
            assert isinstance(before, Begun)
            assert after.start_ns == before.start_ns <= after.end_ns <= after_ns
            assert after_ns - before_ns >= patience.clear_ns - LOOK
        else:
            assert after_ns - before_ns >= patience.hold_ns
            assert isinstance(before, Over)
            assert after.start_ns >= before.end_ns, "no time is told twice"


@given(looks)
def test_what_holds_for_long_enough_is_told_in_time(seen: list[bool | None]) -> None:
    # proves C12
    told = changes([*seen, *[False] * 10, *[True] * 20])
    assert isinstance(told[-1][1], Begun)
    since = (len(seen) + 10) * LOOK
    assert told[-1] == (since + SURE.hold_ns, Begun(since))


@given(looks)
def test_what_is_over_is_told_in_time(seen: list[bool | None]) -> None:
    # proves C12
    told = changes([*seen, *[True] * 20, *[False] * 30])
    assert isinstance(told[-1][1], Over)
    assert told[-1][1].end_ns == (len(seen) + 20) * LOOK


@given(st.integers(1, 9), st.integers(1, 40))
@example(9, 40)
def test_a_condition_with_breaks_never_begins(seen: int, times: int) -> None:
    # proves C12
    assert changes(([True] * seen + [False]) * times) == []


def test_clipping_that_shows_in_most_words_alone_begins() -> None:
    assert changes([True, True, True, True, False] * 8, MILD)
    assert changes([True, False] * 60, MILD) == []
    assert changes([True, None, None] * 12, MILD), "pauses tell nothing, and take nothing back"


@given(looks)
def test_what_lasts_ends_where_nothing_more_is_looked_at(seen: list[bool | None]) -> None:
    follow = Hysteresis(SURE)
    told = [follow.look(at * LOOK, at * LOOK, each) for at, each in enumerate(seen)]
    lasts = follow.active
    over = follow.finish()
    assert (over is not None) == lasts
    assert not follow.active
    if over is not None:
        began = [each for each in told if isinstance(each, Begun)][-1]
        assert over.start_ns == began.start_ns <= over.end_ns <= len(seen) * LOOK
