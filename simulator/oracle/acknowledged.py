"""What a history binds to: each recording that was acknowledged, with what answers promised of it. Pure.

Rules:

* A recording is what its id says. An acknowledgement without an id cannot be followed up, and is kept apart.
* A second press sooner than a second after the one before it is not noted by the camera (a button bounces),
  so that it counts only where it certainly came later.
* An operation that was refused or never answered may have made a recording all the same: one that nobody
  acknowledged is then no surprise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.oracle.history import BUTTONS, OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.oracle.history import History, Operation

SPACING_S = 1.1
"""Presses that are certainly further apart are certainly noted: a second, and what clocks may differ by."""


@dataclass(frozen=True, slots=True)
class AcknowledgedRecording:
    """One acknowledged recording.

    Attributes:
        recording: Its id.
        number: The camera's own number for it.
        camera: What the fleet calls the camera.
        name: What the scenario calls it.
        operations: All acknowledged operations that concern it, in order.
        prerecord_s: The most pre-record that an answer promised.
        duration_s: The most that an answer said it lasts; None where none did.
        ended: Whether a stop was acknowledged.
        presses: How many presses its ledger must at least have: the one that began it, which every ledger
            has, and those during it that are certainly noted.
        bookmarks: How many bookmarks its ledger must at least have.
    """

    recording: str
    number: int | None
    camera: str
    name: str
    operations: tuple[Operation, ...]
    prerecord_s: float
    duration_s: float | None
    ended: bool
    presses: int
    bookmarks: int

    @property
    def pressed_s(self) -> float:
        """When it was first asked for."""
        return self.operations[0].asked_s

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        number = "" if self.number is None else f" {self.number}"
        return f"{self.camera} recording{number} ({self.recording[:8]})"


def acknowledged_recordings(history: History) -> tuple[AcknowledgedRecording, ...]:
    """Return every recording that was acknowledged, in the order in which they were."""
    found: dict[tuple[str, str], list[Operation]] = {}
    for each in history.acknowledged:
        if each.kind in BUTTONS and each.answer is not None and each.answer.recording:
            found.setdefault((each.camera, each.answer.recording), []).append(each)
    return tuple(_recording(recording, operations) for (_, recording), operations in found.items())


def unnamed(history: History) -> tuple[Operation, ...]:
    """Return the acknowledged operations whose answer does not say which recording they concern."""
    return tuple(
        each
        for each in history.acknowledged
        if each.kind in BUTTONS and (each.answer is None or not each.answer.recording)
    )


def may_have_made_more(history: History, camera: str) -> bool:
    """Whether a camera may have a recording that nobody acknowledged: a press was refused or not answered."""
    return any(each.kind is OperationKind.PRESS and not each.acknowledged for each in history.of(camera))


def _recording(recording: str, operations: Sequence[Operation]) -> AcknowledgedRecording:
    answers = [each.answer for each in operations if each.answer is not None]
    lengths = [each.duration_s for each in answers if each.duration_s is not None]
    kinds = [each.kind for each in operations]
    return AcknowledgedRecording(
        recording=recording,
        number=next((each.number for each in answers if each.number is not None), None),
        camera=operations[0].camera,
        name=operations[0].name,
        operations=tuple(operations),
        prerecord_s=max((each.prerecord_s or 0.0 for each in answers), default=0.0),
        duration_s=max(lengths, default=None),
        ended=OperationKind.STOP in kinds,
        presses=1 + _surely_noted(each for each in operations if each.kind is OperationKind.PRESS),
        bookmarks=kinds.count(OperationKind.BOOKMARK),
    )


def _surely_noted(presses: Iterable[Operation]) -> int:
    """How many presses after the first certainly came more than the camera's spacing after any before."""
    count, before_s = 0, None
    for each in presses:
        if before_s is not None and each.asked_s - before_s >= SPACING_S:
            count += 1
        answered_s = each.asked_s if each.answered_s is None else each.answered_s
        before_s = answered_s if before_s is None else max(before_s, answered_s)
    return count
