"""What was done on the bench: a log in words, and the scenario that it is.

Rules:

* What came about, and what was refused, becomes a step with its time. What could be asked of nobody, since a
  camera had no power or the fleet was away, is in the log alone.
* The log keeps its newest lines, and a scenario takes so many steps and no more: whoever holds a key down
  fills no memory.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.scenario.steps.order import Step

MOST_LINES: Final = 300
MOST_ORDERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log.

    Attributes:
        number: Its place, from 1; later lines have higher ones.
        clock: When, as a clock on the wall says it: ``14:03:59``.
        camera: Which camera it concerns; empty for the fleet.
        sentence: What happened.
        kind: ``done``, ``refused``, ``failed``, or ``seen`` for what nobody asked for.
    """

    number: int
    clock: str
    camera: str
    sentence: str
    kind: str


@dataclass(frozen=True, slots=True)
class DoneOrder:
    """A step that came about, or was refused.

    Attributes:
        at_s: When it was asked for, in seconds since the journal began.
        step: What.
        refused: Whether it was refused.
        recording: The camera's own number of the recording that it concerned; None where it concerned none.
    """

    at_s: float
    step: Step
    refused: bool = False
    recording: int | None = None


@dataclass(frozen=True, slots=True)
class JournalPages:
    """What a journal holds.

    Attributes:
        before: What was done before it was begun anew, in order.
        orders: What was done since.
        full: Whether more was done than it holds.
        lasted_s: How long it has been going.
        used: The last number of a recording that each camera had used before it began.
    """

    before: tuple[DoneOrder, ...] = ()
    orders: tuple[DoneOrder, ...] = ()
    full: bool = False
    lasted_s: float = 0.0
    used: Mapping[str, int] = field(default_factory=dict)


def _clock() -> str:
    return time.strftime("%H:%M:%S")


@dataclass(slots=True)
class BenchJournal:
    """Takes down what is done. Thread-safe.

    Attributes:
        now: A clock that only goes forward, in seconds.
        clock: The time of day, as a person reads it.
        used: The last number of a recording that each camera had used before.
    """

    now: Callable[[], float] = time.monotonic
    clock: Callable[[], str] = _clock
    used: Mapping[str, int] = field(default_factory=dict)
    _began: float = field(init=False)
    _before: tuple[DoneOrder, ...] = ()
    _orders: list[DoneOrder] = field(default_factory=list)
    _full: bool = False
    _written: int = 0
    _lines: deque[LogLine] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._began = self.now()

    @property
    def at_s(self) -> float:
        """Seconds since it began."""
        return self.now() - self._began

    def did(self, order: DoneOrder, camera: str, sentence: str) -> None:
        """Take down what came about, or was refused."""
        with self._guard:
            if len(self._before) + len(self._orders) < MOST_ORDERS:
                self._orders.append(order)
            else:
                self._full = True
            self._write(camera, sentence, "refused" if order.refused else "done")

    def say(self, camera: str, sentence: str, kind: str) -> None:
        """Take down what is no step: what failed, or was seen."""
        with self._guard:
            self._write(camera, sentence, kind)

    def lines(self, after: int = 0) -> Sequence[LogLine]:
        """Return the lines after one, in order; all that are kept after 0."""
        with self._guard:
            return [each for each in self._lines if each.number > after]

    def pages(self) -> JournalPages:
        """Return what was done so far."""
        with self._guard:
            return JournalPages(self._before, tuple(self._orders), self._full, self.at_s, self.used)

    def begin_anew(self, before: tuple[DoneOrder, ...], used: Mapping[str, int]) -> None:
        """Begin a new scenario, with cameras and fleet as they are.

        Args:
            before: What makes them so.
            used: The last number of a recording that each camera has used; not of one that ``before`` begins.
        """
        with self._guard:
            self._before, self._orders, self._full, self.used = before, [], False, used
            self._began = self.now()
            self._write("", "A new scenario begins here.", "done")

    def _write(self, camera: str, sentence: str, kind: str) -> None:
        self._written += 1
        self._lines.append(LogLine(self._written, self.clock(), camera, sentence, kind))
