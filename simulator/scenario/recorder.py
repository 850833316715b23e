"""Writes a run's history while it happens: what was asked for, when, what was answered, what else happened.

Rule: an operation is in the history from the moment in which it is asked for; so one whose answer never came,
because the camera died or somebody interrupted the run, is there as unanswered.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.cameras.control import accepted
from simulator.errors import SimulatorError
from simulator.oracle.door.entries import NO_ANSWER
from simulator.oracle.door.follows import followed, may_follow
from simulator.oracle.history import History, Operation, OperationAnswer, OperationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from protocol.footage.consent import ConsentSaid
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import HandedOut


@dataclass(frozen=True, slots=True)
class RunEvent:
    """Something that happened in a run, beside what was asked for.

    Attributes:
        at_s: When, in seconds since the run began.
        kind: What kind of thing: ``fault``, ``step``, ``listed``, ``receipt``, ``power``.
        sentence: What, in words.
        name: Which camera it concerns, as the scenario calls it; None for all of them or none.
        until_s: When it was over; None for what is not known to have ended, or has no length.
    """

    at_s: float
    kind: str
    sentence: str
    name: str | None = None
    until_s: float | None = None


class HistoryRecorder:
    """One run's history. Thread-safe.

    Args:
        now: A clock that only goes forward, in seconds.
        began_utc: The true wall time now; None for this machine's.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, began_utc: datetime | None = None) -> None:
        self._now = now
        self._began = now()
        self.began_utc = began_utc or datetime.now(UTC)
        self._operations: list[Operation] = []
        self._events: list[RunEvent] = []
        self._guard = threading.Lock()
        self.step: int | None = None

    @property
    def at_s(self) -> float:
        """Seconds since the run began."""
        return self._now() - self._began

    @property
    def history(self) -> History:
        """What was asked for so far."""
        with self._guard:
            return History(tuple(self._operations))

    @property
    def events(self) -> tuple[RunEvent, ...]:
        """What else happened so far, in order."""
        with self._guard:
            return tuple(sorted(self._events, key=lambda each: each.at_s))

    def since(self, when: float) -> float:
        """Put a time of the clock on the run's own axis."""
        return when - self._began

    def ask(self, kind: OperationKind, camera: VirtualCamera, do: str) -> OperationAnswer:
        """Ask a camera for something and return its answer.

        Raises:
            CameraError: It refused, or did not answer.
        """
        said: dict[str, Any] = {}

        def hear() -> OperationAnswer:
            said.update(camera.hear(do))
            return OperationAnswer.read(said)

        answer = self.tried(kind, camera, hear)
        accepted(camera.name, said)
        return answer

    def said_at_door(
        self,
        camera: VirtualCamera,
        said: ConsentSaid,
        heard: dict[str, Any],
        hear: Callable[[], Mapping[str, Any]],
    ) -> tuple[OperationAnswer, frozenset[OperationKind]]:
        """Give a camera what was said at the door; return its answer, and what followed from it.

        A refusal is an answer too, and is raised by nobody here.

        Args:
            camera: Which.
            said: What was said.
            heard: Gets what the camera said, as it came.
            hear: Says it, on the camera or on a phone, and returns what was answered.

        Raises:
            CameraError: It did not answer.
        """
        word = Operation(
            OperationKind.CONSENT, camera.name, camera.place.camera, self.at_s, step=self.step, said=said
        )
        kind = may_follow(said.kind)
        next_one = None if kind is None else replace(word, kind=kind, said=None)
        with self._guard:
            known = {each.answer.recording for each in self._operations if each.answer is not None}
            self._operations += [word] if next_one is None else [word, next_one]
        try:
            heard.update(hear())
        except SimulatorError as error:
            self._replace(word, replace(word, error=str(error)))
            if next_one is not None:
                self._replace(next_one, replace(next_one, error=str(error)))
            raise
        answer, at_s = OperationAnswer.read(heard), self.at_s
        self._replace(word, replace(word, answered_s=at_s, answer=answer))
        if next_one is None:
            return answer, frozenset()
        if answer.sentence == NO_ANSWER:
            self._replace(next_one, replace(next_one, error=NO_ANSWER))
            return answer, frozenset()
        then = followed(said.kind, answer, {each for each in known if each is not None})
        self._replace(next_one, None if then is None else replace(next_one, answered_s=at_s, answer=then))
        return answer, frozenset() if then is None or not then.ok else frozenset({next_one.kind})

    def handed_over(self, made: Iterable[HandedOut]) -> None:
        """Take in the hand-overs that the fleet acknowledged."""
        with self._guard:
            self._operations += [
                Operation(
                    OperationKind.HAND_OVER,
                    each.name,
                    each.camera,
                    self.since(each.asked),
                    self.since(each.answered),
                    OperationAnswer(ok=True, assignment=each.assignment),
                )
                for each in made
            ]

    def took_back(self, camera: VirtualCamera, ask: Callable[[str], None]) -> None:
        """Take a camera back from its officer, as the fleet does it."""
        self._at_fleet(OperationKind.TAKE_BACK, camera, ask)

    def revoked(self, camera: VirtualCamera, ask: Callable[[str], None]) -> None:
        """Revoke a camera, as the fleet does it."""
        self._at_fleet(OperationKind.REVOKE, camera, ask)

    def tried(
        self, kind: OperationKind, camera: VirtualCamera, attempt: Callable[[], OperationAnswer]
    ) -> OperationAnswer:
        """Try something that concerns a camera, and note what came of it.

        Raises:
            SimulatorError: It could not be tried, or nobody answered.
        """
        operation = Operation(kind, camera.name, camera.place.camera, self.at_s, step=self.step)
        with self._guard:
            self._operations.append(operation)
        try:
            answer = attempt()
        except SimulatorError as error:
            self._replace(operation, replace(operation, error=str(error)))
            raise
        self._replace(operation, replace(operation, answered_s=self.at_s, answer=answer))
        return answer

    def _at_fleet(self, kind: OperationKind, camera: VirtualCamera, ask: Callable[[str], None]) -> None:
        """Ask the fleet for something that concerns a camera.

        Raises:
            FleetServiceError: It refused, or did not answer.
        """

        def asked() -> OperationAnswer:
            ask(camera.place.camera)
            return OperationAnswer(ok=True)

        self.tried(kind, camera, asked)

    def happened(self, kind: str, sentence: str, name: str | None = None, at_s: float | None = None) -> None:
        """Note that something happened, now or at a time."""
        event = RunEvent(self.at_s if at_s is None else at_s, kind, sentence, name)
        with self._guard:
            self._events.append(event)

    def over(self, kind: str, name: str | None = None) -> None:
        """Note that what began last of a kind, with a camera, is over."""
        now_s = self.at_s
        with self._guard:
            for position, each in reversed(list(enumerate(self._events))):
                if each.kind == kind and each.name == name and each.until_s is None:
                    self._events[position] = replace(each, until_s=now_s)
                    return

    def _replace(self, before: Operation, after: Operation | None) -> None:
        """Put what is known of an operation in its place; nothing where it was none after all."""
        with self._guard:
            position = next(at for at, each in enumerate(self._operations) if each is before)
            self._operations[position : position + 1] = [] if after is None else [after]
