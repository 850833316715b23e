"""How far a command is: it ends in time, whoever notes it, and one answer of the camera stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.cameras.commanding.rules import (
    CLOSED_MODES,
    LASTS,
    OPEN_MODES,
    UNDER_WAY,
    CommandFacts,
    CommandState,
    after_answer,
    left_s,
    state_at,
)
from protocol.messages.commands import CommandOutcome
from protocol.mode import Mode

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def facts(state: CommandState) -> CommandFacts:
    return CommandFacts(state, NOW, NOW + LASTS)


# proves L4
@given(st.sampled_from(CommandState), st.integers(-(10**6), 10**6))
def test_nothing_is_under_way_for_ever(state: CommandState, after_s: int) -> None:
    found = state_at(facts(state), NOW + timedelta(seconds=after_s))
    if state not in UNDER_WAY:
        assert found is state  # an outcome stays, whatever the clock does
    elif -5 <= after_s < 60:
        assert found is state
    else:
        assert found is (CommandState.EXPIRED if state is CommandState.ISSUED else CommandState.UNANSWERED)


# proves L4
@pytest.mark.parametrize(
    ("after_s", "left"),
    [(0.0, 60), (0.5, 59), (58.9, 1), (59.5, 0), (60.0, 0), (90.0, 0), (-3.0, 60), (-9.0, 0)],
)
def test_it_is_sent_for_what_is_left_of_its_time_and_not_after_it(after_s: float, left: int) -> None:
    assert left_s(facts(CommandState.ISSUED), NOW + timedelta(seconds=after_s)) == left


# proves L4
@pytest.mark.parametrize("state", sorted(set(CommandState) - {CommandState.ISSUED}))
def test_what_was_sent_is_sent_no_more(state: CommandState) -> None:
    assert left_s(facts(state), NOW) == 0


# proves L4 and F8
@given(
    st.sampled_from([CommandState.SENT, CommandState.UNANSWERED]),
    st.lists(st.sampled_from(CommandOutcome), min_size=1, max_size=6),
)
def test_the_first_answer_that_says_something_stands(
    before: CommandState, answers: list[CommandOutcome]
) -> None:
    state, told = before, list[CommandState]()
    for said in answers:
        after = after_answer(state, said)
        if after is not None:
            told.append(after)
            state = after
    says = [each for each in answers if each is not CommandOutcome.REPEATED]
    assert list(map(str, told)) == list(map(str, says[:1])), "once, however often it is answered"


# proves L4
@pytest.mark.parametrize("said", CommandOutcome)
def test_what_was_never_sent_is_answered_by_nobody(said: CommandOutcome) -> None:
    assert after_answer(CommandState.ISSUED, said) is None


def test_a_camera_in_a_fault_is_neither_said_to_be_open_nor_closed() -> None:
    assert set(Mode) - {Mode.FAULT} == OPEN_MODES | CLOSED_MODES
    assert not OPEN_MODES & CLOSED_MODES
