"""What people ask of the camera, one thing after the other, so that each gets an answer in bounded time.

Rules:

- What was asked for is done, in the order in which it was asked, however long the card takes.
- Whoever asked waits ``ANSWER_WAIT_S`` for it at most, and is then told that it is not done yet (C3).
- From the first such answer until all that was asked for is done the queue is ``late``, which is a fault.

It knows neither the recorder nor its locks. Its thread stands ready: no press waits for one to start.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

ANSWER_WAIT_S = 5.0
"""How long a person waits: longer than the pauses that working cards make."""

T = TypeVar("T")


@dataclass(slots=True)
class _Asked(Generic[T]):
    """One thing that was asked for; it has come to its end when ``done`` is set."""

    do: Callable[[], T]
    afterwards: Callable[[T], object] | None
    done: threading.Event = field(default_factory=threading.Event)
    answer: T | None = None
    error: BaseException | None = None
    left: bool = False


class CommandQueue:
    """Does one thing at a time. Thread-safe.

    Attributes:
        late: Whether somebody was told to wait for something that is not done yet.
    """

    def __init__(self, on_late: Callable[[], None]) -> None:
        """Nothing to do yet.

        Args:
            on_late: Called once each time the queue becomes late, with no lock held.
        """
        self.late = False
        self._on_late = on_late
        self._waiting: deque[_Asked[object]] = deque()
        self._busy = False
        self._guard = threading.Lock()
        self._wake: SimpleQueue[bool] = SimpleQueue()
        self._worker: threading.Thread | None = None
        weakref.finalize(self, self._wake.put, False)

    def ask(self, do: Callable[[], T], afterwards: Callable[[T], object] | None = None) -> T | None:
        """Have something done when its turn comes; return its answer, or None when it is late.

        What it raises is raised here, or logged when nobody waits for it any more.

        Args:
            do: What is to be done; it answers with something other than None.
            afterwards: What whoever asked does next, for when nobody waits for the answer any more.
        """
        asked = _Asked(do, afterwards)
        self._put(asked)
        if not asked.done.wait(ANSWER_WAIT_S) and self._leave(asked):
            return None
        if asked.error is not None:
            raise asked.error
        return asked.answer

    def post(self, do: Callable[[], None]) -> None:
        """Have something done when its turn comes, and wait for nothing. What it raises is logged."""
        self._put(_Asked(do, None, left=True))

    def _put(self, asked: _Asked[T]) -> None:
        with self._guard:
            self._waiting.append(asked)  # type: ignore[arg-type]  # each is given its own answer alone
            idle, self._busy = not self._busy, True
            if self._worker is None:
                work = (weakref.ref(self), self._wake)
                self._worker = threading.Thread(target=_work, args=work, name="commands", daemon=True)
                self._worker.start()
        if idle:
            self._wake.put(True)

    def _leave(self, asked: _Asked[T]) -> bool:
        """Wait no longer, unless it is done after all."""
        with self._guard:
            if asked.done.is_set():
                return False
            asked.left = True
            first, self.late = not self.late, True
        if first:
            self._on_late()
        return True

    def do_waiting(self) -> None:
        """Do all that waits. For the queue's own thread."""
        while (asked := self._next()) is not None:
            try:
                asked.answer = asked.do()
            except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
                asked.error = error
            with self._guard:
                asked.done.set()
                left = asked.left
            if left:
                self._see_to(asked)

    def _next(self) -> _Asked[object] | None:
        with self._guard:
            if self._waiting:
                return self._waiting.popleft()
            self._busy = self.late = False
            return None

    def _see_to(self, asked: _Asked[object]) -> None:
        """Do the rest of what somebody asked for who has left; it may wait, and the next command does not."""
        if asked.error is not None:
            log.error("What was asked for and nobody waited for has failed.", exc_info=asked.error)
            return
        if asked.afterwards is not None:
            rest = threading.Thread(
                target=asked.afterwards, args=(asked.answer,), name="afterwards", daemon=True
            )
            rest.start()


def _work(queue: weakref.ref[CommandQueue], wake: SimpleQueue[bool]) -> None:
    """The queue's thread, from its first command until nobody has the queue any more."""
    while wake.get():
        commands = queue()
        if commands is None:
            return
        commands.do_waiting()
        del commands
