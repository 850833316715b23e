"""Answers to commands until the broker has them: in order, bounded, and one to an id."""

from __future__ import annotations

import pytest

from device.commands.answers import CommandAnswers
from protocol.messages.commands import CommandOutcome, Response

DONE, FAILED, REFUSED = CommandOutcome.DONE, CommandOutcome.FAILED, CommandOutcome.REFUSED
EXPIRED, REPEATED = CommandOutcome.EXPIRED, CommandOutcome.REPEATED


def answer(id_: str, outcome: CommandOutcome = DONE, detail: str = "") -> Response:
    return Response(id=id_, camera="cam-01", outcome=outcome, at_utc_us=7, detail=detail)


def ids(answers: CommandAnswers) -> list[str]:
    return [each.id for each in answers.waiting()]


def test_they_wait_in_their_order_until_each_is_told() -> None:
    answers = CommandAnswers()
    assert all(answers.put(answer(each)) for each in ("c-1", "c-2", "c-3"))
    answers.told("c-2")
    answers.told("never heard of")
    assert ids(answers) == ["c-1", "c-3"]
    assert answers.find("c-2") == answer("c-2")


def test_one_that_waits_to_be_told_stands() -> None:
    answers = CommandAnswers()
    answers.put(answer("c-1", detail="first"))
    assert not answers.put(answer("c-1", REPEATED, detail="again"))
    assert [each.detail for each in answers.waiting()] == ["first"]


def test_that_it_came_again_is_told_and_is_never_what_came_of_it() -> None:
    answers = CommandAnswers()
    assert answers.put(answer("c-1", REPEATED))
    assert answers.find("c-1") is None
    answers.told("c-1")
    answers.put(answer("c-1", REFUSED))
    answers.told("c-1")
    assert answers.put(answer("c-1", REPEATED))
    assert answers.find("c-1") == answer("c-1", REFUSED)


# proves L4
@pytest.mark.parametrize("nothing_done", [REFUSED, EXPIRED, REPEATED])
def test_what_does_not_fit_is_counted_and_goes_first_where_nothing_was_done(
    nothing_done: CommandOutcome,
) -> None:
    answers = CommandAnswers(most=3)
    for each in (answer("c-1"), answer("c-2", nothing_done), answer("c-3", nothing_done)):
        assert answers.put(each)
    assert answers.put(answer("c-4", FAILED))
    assert (ids(answers), answers.dropped) == (["c-1", "c-3", "c-4"], 1)
    assert answers.put(answer("c-5"))
    assert (ids(answers), answers.dropped) == (["c-1", "c-4", "c-5"], 2)
    assert not answers.put(answer("c-6", nothing_done)), "it is the oldest of those"
    assert not answers.put(answer("c-7")), "the card has it, and tells it after a start"
    assert (ids(answers), answers.dropped) == (["c-1", "c-4", "c-5"], 4)


def test_so_many_are_remembered_and_the_oldest_is_forgotten() -> None:
    answers = CommandAnswers(known=2)
    for each in ("c-1", "c-2", "c-3"):
        answers.put(answer(each))
    assert [answers.find(each) is not None for each in ("c-1", "c-2", "c-3")] == [False, True, True]
