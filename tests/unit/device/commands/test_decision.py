"""What follows from a command: a pure function of it, of what is remembered, and of the fleet's time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.commands.answers import CommandAnswers
from device.commands.decision import (
    BLIND,
    FURTHEST_US,
    LATER_VERSION,
    MAX_COMMAND_BYTES,
    NO_ROOM,
    NOT_DONE_HERE,
    TOO_FAR,
    TOO_LATE,
    Answered,
    NoCommandError,
    Todo,
    UnknownCommand,
    decide,
    read_command,
)
from protocol.messages.base import MAX_SHORT_TEXT
from protocol.messages.commands import Command, CommandKind, CommandOutcome, Response
from tests.support.camera.obeying import EXPIRES_US, ISSUED_US, command


def response(outcome: CommandOutcome, detail: str = "", id_: str = "c-1") -> Response:
    return Response(id=id_, camera="cam-01", outcome=outcome, at_utc_us=1, detail=detail)


def decided(
    each: Command,
    latest_us: int | None,
    *,
    before: Response | None = None,
    room: bool = True,
    blind_until_us: int | None = None,
) -> Todo | Answered:
    return decide(each, before=before, room=room, latest_us=latest_us, blind_until_us=blind_until_us)


# proves L4
@given(
    latest_us=st.one_of(st.none(), st.integers(ISSUED_US - 10**10, ISSUED_US + 10**10)), room=st.booleans()
)
def test_a_command_is_obeyed_only_while_it_counts_and_its_id_can_be_remembered(
    latest_us: int | None, room: bool
) -> None:
    todo = decided(command(), latest_us, room=room)
    counts = latest_us is not None and EXPIRES_US - FURTHEST_US <= latest_us < EXPIRES_US
    assert (todo is Todo.OBEY) == (counts and room)
    assert (todo is Todo.HOLD) == (latest_us is None)
    if latest_us is not None and latest_us >= EXPIRES_US:
        assert todo == Answered(CommandOutcome.EXPIRED, TOO_LATE)
    elif latest_us is not None and not counts:
        assert todo == Answered(CommandOutcome.REFUSED, TOO_FAR)
    elif counts and not room:
        assert todo == Answered(CommandOutcome.REFUSED, NO_ROOM)


# proves L4
def test_at_the_very_instants_at_which_it_begins_and_ends_to_count() -> None:
    assert decided(command(), EXPIRES_US - 1) is Todo.OBEY
    assert decided(command(), EXPIRES_US) == Answered(CommandOutcome.EXPIRED, TOO_LATE)
    assert decided(command(), EXPIRES_US - FURTHEST_US) is Todo.OBEY
    assert decided(command(), EXPIRES_US - FURTHEST_US - 1) == Answered(CommandOutcome.REFUSED, TOO_FAR)


# proves L4
@pytest.mark.parametrize("kind", [each for each in CommandKind if each is not CommandKind.CONSENT])
@pytest.mark.parametrize("latest_us", [None, ISSUED_US, EXPIRES_US + 1])
def test_what_the_camera_does_not_do_it_refuses(kind: CommandKind, latest_us: int | None) -> None:
    assert decided(command(kind), latest_us) == Answered(CommandOutcome.REFUSED, NOT_DONE_HERE)


# proves L4
@given(outcome=st.sampled_from(CommandOutcome), detail=st.text(max_size=MAX_SHORT_TEXT))
def test_the_same_id_again_is_answered_as_before(outcome: CommandOutcome, detail: str) -> None:
    before = response(outcome, detail)
    todo = decided(command(), ISSUED_US, before=before)
    assert isinstance(todo, Answered)
    assert todo.outcome is CommandOutcome.REPEATED
    assert str(outcome) in todo.sentence
    assert len(todo.sentence) <= MAX_SHORT_TEXT


# proves L4
def test_what_may_have_been_done_before_a_start_that_nobody_can_tell_of_is_not_done() -> None:
    assert decided(command(), ISSUED_US, blind_until_us=ISSUED_US) == Answered(CommandOutcome.REFUSED, BLIND)
    assert decided(command(), ISSUED_US, blind_until_us=ISSUED_US - 1) is Todo.OBEY


def test_a_command_is_read() -> None:
    assert read_command(command().model_dump_json().encode(), "cam-01") == command()


# proves L4
@pytest.mark.parametrize(
    "more",
    [
        {"kind": "dance", "consent": None},
        {"field": 1},
        {"consent": None},
        {"consent": {"said": "sung"}},
        {"by": 5},
    ],
)
def test_one_of_a_later_version_is_known_by_its_id(more: dict[str, object]) -> None:
    sent = json.dumps({**command().model_dump(mode="json"), **more}).encode()
    assert read_command(sent, "cam-01") == UnknownCommand("c-1")
    assert LATER_VERSION.startswith("This camera does not know")


# proves L1 and L4
@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "no id"),
        (b"\xff\xfe", "no id"),
        (b"[]", "no object"),
        (b"{}", "no id"),
        (b"null", "no object"),
        (b'{"id": ["c"], "camera": "cam-01"}', "no id"),
        (b'{"id": "' + b"c" * 65 + b'", "camera": "cam-01"}', "no id"),
        (b'{"id": "../c", "camera": "cam-01"}', "no id"),
        (b'{"id": "c"}', "another camera"),
        (b'{"id": "c", "camera": "cam-02"}', "another camera"),
        (b"[" * 4000, "no id"),
        (b'{"id": ' + b"1" * 4000 + b"}", "no id"),
        (b" " * (MAX_COMMAND_BYTES + 1), "more than any has"),
        (command(camera="cam-02").model_dump_json().encode(), "a command for cam-02 came to cam-01"),
    ],
)
def test_what_is_no_command_to_this_camera_is_ignored(payload: bytes, why: str) -> None:
    with pytest.raises(NoCommandError, match=why):
        read_command(payload, "cam-01")


@given(payload=st.binary(max_size=200))
def test_nothing_that_comes_breaks_it(payload: bytes) -> None:
    with pytest.raises(NoCommandError):
        read_command(payload, "cam-01")


# proves L4
def test_answers_wait_in_their_order_and_those_that_the_card_has_are_not_let_go_of() -> None:
    answers = CommandAnswers(most=3)
    for number, outcome in enumerate((CommandOutcome.DONE, CommandOutcome.REFUSED, CommandOutcome.FAILED)):
        assert answers.put(response(outcome, id_=f"c-{number}"))
    assert answers.put(response(CommandOutcome.DONE, id_="c-3"))
    assert [each.id for each in answers.waiting()] == ["c-0", "c-2", "c-3"]
    assert not answers.put(response(CommandOutcome.EXPIRED, id_="c-4")), "there is no other to let go of"
    assert not answers.put(response(CommandOutcome.DONE, id_="c-5")), "nor here: it goes after the next start"
    assert answers.dropped == 3
    answers.told("c-0")
    assert [each.id for each in answers.waiting()] == ["c-2", "c-3"]


def test_what_was_answered_is_remembered_for_the_same_id_and_only_so_much_of_it() -> None:
    answers = CommandAnswers(known=2)
    for number in range(3):
        answers.put(response(CommandOutcome.REFUSED, id_=f"c-{number}"))
    assert answers.find("c-0") is None
    found = answers.find("c-2")
    assert found is not None
    assert not answers.put(response(CommandOutcome.REPEATED, id_="c-2")), "the first answer still waits"
    assert answers.find("c-2") is found
