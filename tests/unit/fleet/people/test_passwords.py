"""What anybody may make the fleet compute, it computes only a few times at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fleet.people import passwords
from fleet.people.passwords import AT_ONCE, hash_password, password_matches


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


def test_a_password_matches_itself_alone_and_nobody_has_one() -> None:
    kept = hash_password("four random words here")
    assert password_matches(kept, "four random words here")
    assert not password_matches(kept, "four random words there")
    assert not password_matches(None, "a user that does not exist")
    assert not password_matches("damaged", "four random words here")
