"""Passwords: argon2id with the library's parameters (RFC 9106, low-memory profile).

Rules: long enough and not longer than anybody types; none that is tried first, which is what people have used
most, what lies side by side on a keyboard, what repeats itself, and one's own name; no rules about kinds of
characters (NIST SP 800-63B, section 5.1.1.2). How soon one would be tried is estimated by zxcvbn (Wheeler,
USENIX Security 2016). A name that does not exist costs as much time as a wrong password, so that names cannot
be probed. Each computation takes 64 MiB, and anybody may ask for one: only ``AT_ONCE`` of them run at a time,
``WAITING`` wait for their turn, and whoever comes then is told to try again: the threads that all requests
share are not for waiting in (F9). Who is signed in has places of their own, and so has who signs in with a
browser that did so before, whatever strangers ask for.

Each computation has several threads at work, with or without Python's lock. So as many run at a time as leave
processors to everybody else, and each in a thread of its own that gives way to all others (``GIVES_WAY``):
pages that people wait for come first, and strangers who sign in by the hundred wait longer (F9).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from enum import Enum, auto
from functools import cache, partial
from typing import TypeVar

from argon2 import DEFAULT_PARALLELISM, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from fleet.core.problems import ProblemError
from protocol.process.processors import processors

LONGEST = 128
"""Of a new password. One that was longer before this was so still opens."""
LANES = DEFAULT_PARALLELISM
"""Threads of one computation."""
AT_ONCE = max(1, min(2, processors() // LANES))
WAITING = 12
"""With those that run a third of the worker threads at most. A shift that signs in at once waits a moment."""
GIVES_WAY = 5
"""How much nicer than the service a computation is (setpriority(2)): where there is no processor to spare it
has a third of what a page has."""
TRIED_BEFORE = 100_000_000
"""A password that would be tried among so many is refused."""
_ESTIMATED = 72  # characters: more than the estimate takes, and enough to judge by
_OURS = ("lapel", "camera", "fleet")

_hasher = PasswordHasher()
_Found = TypeVar("_Found")


class Asker(Enum):
    """For whom a password is worked on."""

    ANYBODY = auto()
    KNOWN = auto()
    """Who signs in with a browser that somebody signed in with before."""
    SIGNED_IN = auto()


class _Places:
    """Where passwords are worked on."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.slots = threading.BoundedSemaphore(at_once)
        self.places = threading.BoundedSemaphore(at_once + waiting)


_anybody = _Places(AT_ONCE, WAITING)
_places = {
    Asker.ANYBODY: _anybody,
    Asker.KNOWN: _Places(1, WAITING),
    Asker.SIGNED_IN: _Places(1, WAITING // 2),
}


def check_password_rules(password: str, *, shortest: int, known: Sequence[str]) -> None:
    """Refuse a password that is too short or absurdly long, or among those that are tried first.

    Args:
        password: as it was chosen.
        shortest: how many characters it has at least.
        known: what whoever tries knows of its owner, such as their name.

    Raises:
        ProblemError: 422.
    """
    if len(password) < shortest:
        detail = f"The password is too short: use at least {shortest} characters, such as four random words."
        raise ProblemError(422, "password_short", detail)
    if len(password) > LONGEST:
        raise ProblemError(422, "password_long", f"The password is longer than {LONGEST} characters.")
    estimate = zxcvbn(password[:_ESTIMATED], user_inputs=[*known, *_OURS])
    if estimate["guesses"] < TRIED_BEFORE:
        detail = "That password is among the first that somebody would try: use four random words instead."
        raise ProblemError(422, "password_guessable", detail)


def hash_password(password: str, *, asker: Asker = Asker.ANYBODY) -> str:
    """Return what is kept of a password, asked for by such a one.

    Raises:
        ProblemError: 503 too many others wait already.
    """
    with _turn(_places[asker]):
        return _giving_way(partial(_hasher.hash, password))


def password_matches(kept: str | None, password: str, *, asker: Asker = Asker.ANYBODY) -> bool:
    """Say whether the password is the one kept; ``None`` (no such user) takes as long and is never right.

    Raises:
        ProblemError: 503 too many others wait already.
    """
    try:
        with _turn(_places[asker]):
            _giving_way(lambda: _hasher.verify(kept if kept is not None else _nobody(), password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@contextlib.contextmanager
def _turn(where: _Places) -> Iterator[None]:
    """Wait for one's turn to compute, where not too many wait already."""
    if not where.places.acquire(blocking=False):
        detail = "Too many passwords are being worked on at this moment; try again in a few seconds."
        raise ProblemError(503, "sign_in_busy", detail, headers={"Retry-After": "3"})
    try:
        with where.slots:
            yield
    finally:
        where.places.release()


def _giving_way(compute: Callable[[], _Found]) -> _Found:
    """Compute in a thread of its own, which gives way to all others and then ends: nice it stays."""
    result: Future[_Found] = Future()

    def work() -> None:
        try:
            here = threading.get_native_id()
            with contextlib.suppress(OSError):  # where it may not give way, people sign in all the same
                os.setpriority(os.PRIO_PROCESS, here, os.getpriority(os.PRIO_PROCESS, here) + GIVES_WAY)
            result.set_result(compute())
        except BaseException as error:  # noqa: BLE001 - whoever asked is told
            result.set_exception(error)

    threading.Thread(target=work, name="password").start()
    return result.result()


@cache
def _nobody() -> str:
    return _hasher.hash("a user that does not exist")
