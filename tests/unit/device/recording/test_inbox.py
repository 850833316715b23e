"""The inbox: one thing after the other, and an answer in bounded time for whoever asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from device.recording.inbox import HeartInbox, Ticket
from tests.support.storage.disks import PATIENCE_S, until


@dataclass
class Owner:
    """Deals with messages that are functions of their ticket's number."""

    inbox: HeartInbox[Callable[[], None]] = field(init=False)
    late: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox = HeartInbox(lambda message: message(), lambda: self.late.append(True))

    def ask(self, do: Callable[[], object]) -> object:
        ticket = self.inbox.ticket()

        def message() -> None:
            try:
                self.inbox.answer(ticket.number, do())
            except ArithmeticError as error:
                self.inbox.answer(ticket.number, None, error)

        return self.inbox.ask(message, ticket)


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", PATIENCE_S)
    return Owner()


def test_messages_are_dealt_with_one_after_the_other_and_errors_reach_whoever_asked(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ZeroDivisionError):
        owner.ask(lambda: 1 // 0)
    go_on, order = threading.Event(), list[int]()
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.01)

    def hang() -> str:
        assert go_on.wait(PATIENCE_S)
        order.append(1)
        return "one"

    def follow() -> str:
        order.append(2)
        return "two"

    assert owner.ask(hang) is None
    assert owner.ask(follow) is None
    assert owner.ask(lambda: 1 // 0) is None
    assert (owner.inbox.late, owner.late) == (True, [True]), "said once"
    go_on.set()
    until(lambda: not owner.inbox.late)
    assert order == [1, 2]
    until(lambda: "ZeroDivisionError" in caplog.text)
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", PATIENCE_S)
    assert owner.ask(lambda: "three") == "three"


def test_what_is_to_be_done_in_the_thread_of_whoever_asked_is_done_there_as_long_as_it_waits(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, done_in = owner.inbox, list[threading.Thread]()

    def here() -> None:
        done_in.append(threading.current_thread())

    ticket = inbox.ticket()

    def message() -> None:
        inbox.call(ticket.number, here)
        inbox.answer(ticket.number, "done")

    assert inbox.ask(message, ticket) == "done"
    assert done_in == [threading.current_thread()]
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.01)
    left = inbox.ticket()
    assert inbox.ask(lambda: None, left) is None
    inbox.send(lambda: inbox.call(left.number, here))
    until(lambda: len(done_in) == 2)
    assert done_in[1] is not threading.current_thread()


def test_an_answer_that_comes_in_the_last_moment_is_still_the_answer(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.01)
    inbox = owner.inbox
    ticket, leave = inbox.ticket(), inbox._leave

    def answered_then(late: Ticket) -> bool:
        inbox.answer(late.number, "after all")
        return leave(late)

    monkeypatch.setattr(inbox, "_leave", answered_then)
    assert inbox.ask(lambda: None, ticket) == "after all"
    assert (inbox.late, owner.late) == (False, [])


class GoingOn:
    """The lock that a ticket's thread releases when it goes on."""

    def __init__(self) -> None:
        self.seen = False
        self._released = threading.Event()

    def release(self) -> None:
        self.seen = True
        self._released.set()

    def acquire(self, timeout: float) -> bool:
        return self._released.wait(timeout)


def test_whoever_is_answered_goes_on_before_what_follows(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.inbox._GO_ON_S", PATIENCE_S)
    inbox, order = owner.inbox, list[str]()
    ticket = inbox.ticket()
    went_on = GoingOn()
    monkeypatch.setattr(ticket, "_went_on", went_on)

    def message() -> None:
        until(lambda: ticket._waits)
        inbox.answer(ticket.number, "done", first=True)
        order.append("followed" if went_on.seen else "kept waiting")

    assert inbox.ask(message, ticket) == "done"
    until(lambda: order == ["followed"])


def test_nobody_is_waited_for_who_has_something_to_do_or_has_left(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.inbox._GO_ON_S", 100 * PATIENCE_S)
    inbox, answered = owner.inbox, threading.Event()
    ticket = inbox.ticket()

    def busy() -> None:
        assert answered.wait(PATIENCE_S)

    def message() -> None:
        inbox.call(ticket.number, busy)
        inbox.answer(ticket.number, "done", first=True)
        answered.set()

    assert inbox.ask(message, ticket) == "done"
    assert answered.is_set()
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.01)
    left = inbox.ticket()
    assert inbox.ask(lambda: None, left) is None
    answered.clear()
    inbox.send(lambda: inbox.answer(left.number, "too late", first=True))
    inbox.send(answered.set)
    assert answered.wait(PATIENCE_S)


def test_an_alarm_sends_its_message_in_place_of_the_one_before(owner: Owner) -> None:
    heard, rang = list[str](), threading.Event()
    owner.inbox.set_alarm(PATIENCE_S, lambda: heard.append("first"))

    def second() -> None:
        heard.append("second")
        rang.set()

    owner.inbox.set_alarm(0.01, second)
    assert rang.wait(PATIENCE_S)
    assert heard == ["second"]


def test_its_thread_goes_when_nothing_comes_and_is_back_with_the_next_message(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.inbox._IDLE_S", 0.01)
    first = owner.ask(threading.current_thread)
    assert isinstance(first, threading.Thread)
    first.join(PATIENCE_S)
    assert not first.is_alive()
    assert owner.ask(threading.current_thread) is not first
