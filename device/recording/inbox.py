"""One owner for the camera's state: messages go in, and whoever asked holds a ticket for the answer.

Rules:

- Messages are dealt with one after the other, in the order in which they came, by one thread.
- Whoever asks waits ``ANSWER_WAIT_S`` for it at most, and is then told that it is not done yet (C3). It is
  done all the same. From the first time until all such answers are given the inbox is ``late``: a fault.
- What a message begins is carried out at once, and what comes of that is dealt with before anything else.
- What is to be done in the thread of whoever asked is done there, as long as it waits.
- Whoever waited for an outcome goes on first: what follows would keep the interpreter from that thread.

The thread is there while something comes every few seconds, and goes when nothing does. With a driver there
is none: messages are dealt with where they are sent, and whoever waits lets the driver's time pass.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Driver

log = logging.getLogger(__name__)

ANSWER_WAIT_S = 5.0
"""How long a person waits: longer than the pauses that working cards make."""

M = TypeVar("M")

_IDLE_S: Final = 2.0
"""How long the thread stays when nothing comes."""

_GO_ON_S: Final = 0.005
"""How long an answer waits for whoever it is for to go on: no longer than a busy thread may keep them."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of what was asked: an answer, or what went wrong instead."""

    answer: object
    error: BaseException | None


class Ticket:
    """An answer to come. One thread waits for it."""

    def __init__(self, number: int, driver: Driver | None = None) -> None:
        self.number = number
        self._driver = driver
        self._now = time.monotonic if driver is None else driver.seconds
        self._came: SimpleQueue[_Answer | Callable[[], None]] = SimpleQueue()
        self._guard = threading.Lock()
        self._calls = 0
        self._answered = self._left = self._waits = False
        self._went_on = threading.Lock()
        self._went_on.acquire()

    def wait(self, timeout_s: float | None = None) -> object:
        """The answer; None when it does not come in time, and then nobody waits for it any more.

        Raises:
            BaseException: What went wrong instead of an answer.
        """
        deadline = None if timeout_s is None else self._now() + timeout_s
        self._waits = True
        while (came := self._next(deadline)) is not None:
            if isinstance(came, _Answer):
                self._went_on.release()
                if came.error is not None:
                    raise came.error
                return came.answer
            came()
            with self._guard:
                self._calls -= 1
        return None

    def _next(self, deadline: float | None) -> _Answer | Callable[[], None] | None:
        """What comes next; None when nothing does before the deadline: nobody waits any more then."""
        while True:
            left_s = None if deadline is None else max(0.0, deadline - self._now())
            if self._driver is not None:
                self._driver.wait_for(lambda: not self._came.empty(), left_s)
                left_s = 0.0
            with contextlib.suppress(Empty):
                return self._came.get(timeout=left_s)
            with self._guard:
                if self._came.empty():
                    self._left, self._waits = True, False
                    return None

    def answer(self, answer: object, error: BaseException | None = None) -> bool:
        """Give the answer, of which the first counts; tell whether a thread does nothing but wait for it."""
        with self._guard:
            if not self._answered:
                self._answered = True
                self._came.put(_Answer(answer, error))
            return self._waits and not self._calls

    def let_go_on(self) -> None:
        """Wait until the thread that waited has its answer, unless it is slow to come."""
        self._went_on.acquire(timeout=_GO_ON_S)

    def call(self, do: Callable[[], None]) -> bool:
        """Have something done in the thread that waits; tell whether one does."""
        with self._guard:
            if self._left or self._answered:
                return False
            self._calls += 1
            self._came.put(do)
            return True

    @property
    def left(self) -> bool:
        """Whether whoever asked does not wait any more."""
        return self._left


class HeartInbox(Generic[M]):
    """What reaches the owner of the state. Thread-safe.

    Attributes:
        busy: Whether a message is being dealt with.
    """

    def __init__(
        self, deal_with: Callable[[M], None], on_late: Callable[[], None], driver: Driver | None = None
    ) -> None:
        """Nothing has come yet.

        Args:
            deal_with: Deals with a message, in the owner's thread.
            on_late: Called once each time the inbox becomes late, with no lock held.
            driver: Lets time pass in place of a thread; None for a thread and the system's clock.
        """
        self.busy = False
        self._driver = driver
        self._now = time.monotonic if driver is None else driver.seconds
        self._deal_with = deal_with
        self._on_late = on_late
        self._numbers = itertools.count()
        self._tickets: dict[int, Ticket] = {}
        self._late: set[int] = set()
        self._came: SimpleQueue[M | None] = SimpleQueue()  # None: look at the alarm again
        self._alarm: tuple[float, M] | None = None
        self._running = False
        self._guard = threading.Lock()

    @property
    def late(self) -> bool:
        """Whether somebody was told to wait for something that is not done yet."""
        return bool(self._late)

    def ticket(self) -> Ticket:
        """A ticket for a message that is about to be sent."""
        with self._guard:
            ticket = Ticket(next(self._numbers), self._driver)
            self._tickets[ticket.number] = ticket
            return ticket

    def send(self, message: M) -> None:
        """Have a message dealt with when its turn comes. Waits for nothing."""
        self._came.put(message)
        self._start()

    def ask(self, message: M, ticket: Ticket) -> object:
        """Have a message dealt with, and return the answer; None when it is late."""
        return self.asking(message, ticket)()

    def asking(self, message: M, ticket: Ticket) -> Callable[[], object]:
        """Have a message dealt with, and return what waits for the answer as ``ask`` does, reckoned from now.

        So whoever asks for several things waits for them together.
        """
        self.send(message)
        until_s = self._now() + ANSWER_WAIT_S

        def wait() -> object:
            answer = ticket.wait(max(0.0, until_s - self._now()))
            if ticket.left and not self._leave(ticket):
                return ticket.wait()  # it has come after all
            return answer

        return wait

    def waits(self, number: int) -> bool:
        """Whether what was asked with that ticket is not answered yet, even if nobody waits any more."""
        return number in self._tickets

    def answer(
        self, number: int | None, answer: object, error: BaseException | None = None, *, first: bool = False
    ) -> None:
        """Answer whoever holds that ticket; with ``first``, return once that thread goes on with it."""
        with self._guard:
            ticket = None if number is None else self._tickets.pop(number, None)
            if ticket is None:
                return
            self._late.discard(ticket.number)
            waited = ticket.answer(answer, error)
        if waited and first:
            ticket.let_go_on()
        if error is not None and ticket.left:
            log.error("What was asked for and nobody waited for has failed.", exc_info=error)

    def call(self, number: int | None, do: Callable[[], None]) -> None:
        """Do something in the thread that holds that ticket, or here when none does any more."""
        with self._guard:
            ticket = None if number is None else self._tickets.get(number)
        if ticket is None or not ticket.call(do):
            do()

    def set_alarm(self, seconds: float, message: M) -> None:
        """Send a message after so long, in place of the one that was to be sent before."""
        with self._guard:
            self._alarm = (self._now() + seconds, message)
        if self._driver is not None:
            self._driver.after(seconds, self._start)
            return
        self._came.put(None)
        self._start()

    def _leave(self, ticket: Ticket) -> bool:
        """Note that nobody waits for an answer any more, unless it has come after all."""
        with self._guard:
            if ticket.number not in self._tickets:
                return False
            first = not self._late
            self._late.add(ticket.number)
        if first:
            self._on_late()
        return True

    def _start(self) -> None:
        """See that there is a thread; without one, deal with all that waits, unless that is under way."""
        if self._driver is not None:
            if not self.busy:
                self._work()
            return
        with self._guard:
            if not self._running:
                self._running = True
                threading.Thread(target=self._work, name="recorder", daemon=True).start()

    def _work(self) -> None:
        while (message := self._next()) is not None:
            self.busy = True
            try:
                self._deal_with(message)
            finally:
                self.busy = False

    def _next(self) -> M | None:
        """The next message; None when nothing has come for so long that the thread may go."""
        while True:
            with self._guard:
                alarm = self._alarm
            wait_s = _IDLE_S if alarm is None else max(0.0, alarm[0] - self._now())
            if self._driver is not None and self._came.empty() and (alarm is None or wait_s > 0):
                return None  # whoever sends next, or the alarm, comes back
            try:
                message = self._came.get(timeout=wait_s)
            except Empty:
                with self._guard:
                    if self._alarm is not alarm or not self._came.empty():
                        continue
                    self._alarm, self._running = None, alarm is not None
                    return None if alarm is None else alarm[1]
            if message is not None:
                return message
