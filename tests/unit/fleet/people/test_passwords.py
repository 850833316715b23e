"""What anybody may make the fleet compute, it computes only a few times at once."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.problems import ProblemError
from fleet.people import passwords
from fleet.people.passwords import (
    AT_ONCE,
    GIVES_WAY,
    LANES,
    LONGEST,
    WAITING,
    check_password_rules,
    hash_password,
    password_matches,
)
from protocol.process.processors import processors
from tests.support.network.mqtt import until


class Meeting:
    """Stands in for the hasher: counts how often more than are allowed compute together."""

    def __init__(self) -> None:
        self.met = 0
        self._barrier = threading.Barrier(AT_ONCE + 1)

    def verify(self, _kept: str, _password: str) -> bool:
        try:
            self._barrier.wait(timeout=0.2)
        except threading.BrokenBarrierError:
            self._barrier.reset()
            return True
        self.met += 1
        return True


def test_a_crowd_that_signs_in_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = Meeting()
    monkeypatch.setattr(passwords, "_hasher", meeting)
    with ThreadPoolExecutor(AT_ONCE * 3) as threads:
        answers = list(threads.map(lambda _: password_matches("kept", "typed"), range(AT_ONCE * 3)))
    assert all(answers)
    assert meeting.met == 0


class Nice:
    """Stands in for the hasher: notes how nice the thread is that computes."""

    def __init__(self) -> None:
        self.found: list[int] = []

    def verify(self, _kept: str, _password: str) -> bool:
        self.found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return True

    def hash(self, _password: str) -> str:
        raise ValueError("it cannot")


# proves F9
def test_it_gives_way_to_whoever_else_wants_a_processor_and_nobody_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    nice, before = Nice(), own()
    monkeypatch.setattr(passwords, "_hasher", nice)
    assert password_matches("kept", "typed")
    assert nice.found == [min(19, before + GIVES_WAY)]
    assert own() == before, "whoever asked stays as they were"
    with pytest.raises(ValueError, match="it cannot"):
        hash_password("typed")
    assert AT_ONCE == 1 or processors() >= AT_ONCE * LANES


# proves F9
def test_people_sign_in_where_nothing_may_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "setpriority", refused)
    kept = hash_password("four random words")
    assert password_matches(kept, "four random words")
    assert not password_matches(kept, "four other words")


class Held:
    """Stands in for the hasher: computes for as long as it is held."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.begun = threading.Semaphore(0)

    def verify(self, _kept: str, _password: str) -> bool:
        self.begun.release()
        return self.let_go.wait(timeout=30)


# proves F9
def test_whoever_comes_when_too_many_wait_is_told_at_once_and_waits_in_no_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held()
    monkeypatch.setattr(passwords, "_hasher", held)
    with ThreadPoolExecutor(AT_ONCE + WAITING) as threads:
        answers = [threads.submit(password_matches, "kept", "typed") for _ in range(AT_ONCE + WAITING)]
        try:
            for _ in range(AT_ONCE):
                assert held.begun.acquire(timeout=30)
            until(lambda: passwords._anybody.places._value == 0)
            with pytest.raises(ProblemError) as refused:
                password_matches("kept", "typed")
            assert (refused.value.status, refused.value.code) == (503, "sign_in_busy")
            assert refused.value.detail == (
                "Too many passwords are being worked on at this moment; try again in a few seconds."
            )
        finally:
            held.let_go.set()
        assert all(each.result(timeout=30) for each in answers)
    assert password_matches("kept", "typed"), "and then there is room again"


@pytest.mark.slow
def test_a_password_matches_itself_alone_and_nobody_has_one() -> None:
    kept = hash_password("four random words here")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, section 4, the second choice"
    assert password_matches(kept, "four random words here")
    assert not password_matches(kept, "four random words there")
    assert not password_matches(None, "a user that does not exist")
    assert not password_matches("damaged", "four random words here")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd1234",
        "aaaaaaaaaaaa",
        " " * 12,
        "abcabcabcabc",
        "qwertyuiop12",
        "123456789012",
        "Administrator 1",
        "administrator 1!",
        "lapel lapel lapel",
        "a" * LONGEST,
    ],
)
def test_what_is_tried_first_is_no_password(password: str) -> None:
    with pytest.raises(ProblemError) as caught:
        check_password_rules(password, shortest=12, known=("Administrator 1",))
    assert (caught.value.status, caught.value.code) == (422, "password_guessable")
    assert password.strip() not in caught.value.detail or not password.strip()


@pytest.mark.parametrize(
    "password",
    [
        "four random words here",
        "violet-canoe-12-xq",
        "Tr0ub4dor&3 und mehr",
        "pfeffer büchse zaun mond",
        "鯨" * 3 + "violet canoe",
    ],
)
def test_what_is_not_is_one_whatever_it_is_made_of(password: str) -> None:
    check_password_rules(password, shortest=12, known=("Administrator 1",))


def test_a_long_one_is_taken_and_one_that_nobody_types_is_not() -> None:
    words = "violet canoe, pepper and a fence by moonlight; " * 3
    for length in (64, LONGEST):
        check_password_rules(words[:length], shortest=12, known=("Administrator 1",))
    assert LONGEST == 128
    with pytest.raises(ProblemError) as refused:
        check_password_rules(words[: LONGEST + 1], shortest=12, known=())
    assert (refused.value.status, refused.value.code) == (422, "password_long")
    assert refused.value.detail == "The password is longer than 128 characters."
    kept = hash_password(words)
    assert password_matches(kept, words), "one of before still opens"


@given(st.text(max_size=LONGEST + 1), st.text(max_size=100))
def test_any_text_is_judged(password: str, name: str) -> None:
    refused: list[str] = []
    try:
        check_password_rules(password, shortest=12, known=(name,))
    except ProblemError as problem:
        refused.append(problem.code)
    assert bool(refused) or 12 <= len(password) <= LONGEST
