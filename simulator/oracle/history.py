"""The history of a run: every operation that the run asked for, with its times and the answer. Pure.

Rules:

* An operation is *acknowledged* once whoever was asked has said that it is done. Only that is acknowledged.
* One that was refused, or never answered, binds to nothing; but what it may have made all the same is allowed
  to be there.
* Times are seconds since the run began, by a clock that only goes forward.

It judges nothing: ``oracle.acknowledged`` says what it comes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.consent import ConsentSaid


class OperationKind(StrEnum):
    """What can be asked for."""

    PRESS = "press"
    STOP = "stop"
    BOOKMARK = "bookmark"
    PRIVATE_ON = "private on"
    PRIVATE_OFF = "private off"
    DOCK = "dock"
    UNDOCK = "undock"
    HAND_OVER = "hand-over"
    TAKE_BACK = "taking back"
    REVOKE = "revocation"
    HOLD = "hold"
    RELEASE = "release"
    JUDGE = "judgement"
    SWITCH_ON = "switching on"
    FORGERY = "forged message"
    REPLAY = "replay"
    CONSENT = "consent"


BUTTONS = (OperationKind.PRESS, OperationKind.STOP, OperationKind.BOOKMARK)
"""What concerns a recording."""

PRIVATE = (OperationKind.PRIVATE_ON, OperationKind.PRIVATE_OFF)
"""The commands that turn a camera's sensors off and on."""

ENDS_PRIVATE = (
    OperationKind.PRIVATE_OFF,
    OperationKind.DOCK,
    OperationKind.TAKE_BACK,
    OperationKind.HAND_OVER,
)
"""What may end a private time, which outlasts a camera's power; ``ended_private`` says what did."""

ENDS_A_RECORDING = (
    OperationKind.STOP,
    OperationKind.PRIVATE_ON,
    OperationKind.DOCK,
    OperationKind.REVOKE,
    OperationKind.SWITCH_ON,
)
"""What may end the recording that is under way when it is asked for."""

ENDS_A_HAND_OVER = (OperationKind.HAND_OVER, OperationKind.TAKE_BACK, OperationKind.REVOKE)
"""What ends the hand-over before it."""


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """What a camera, or the fleet, said.

    Attributes:
        ok: Whether it is done.
        sentence: The same in words.
        state: The camera's state by then; None from the fleet.
        number: The camera's own number of the recording that it concerns.
        recording: That recording's id in hexadecimal.
        prerecord_s: Seconds of durable pre-record that the answer promises.
        duration_s: Seconds that the recording has in all, once it has ended.
        assignment: The assignment that a hand-over made.
        hold: The hold that was placed, or ended, by what the fleet calls it.
        incident: Whether the recording was said to show an incident; None where nothing was said.
        consent: The number of the signed event as which a word of consent is kept; None where none is.
        entry: The visit and the entry as which the fleet keeps a word that was said on a phone, with a slash
            between them; None for any other.
    """

    ok: bool
    sentence: str = ""
    state: str | None = None
    number: int | None = None
    recording: str | None = None
    prerecord_s: float | None = None
    duration_s: float | None = None
    assignment: str | None = None
    hold: str | None = None
    incident: bool | None = None
    consent: int | None = None
    entry: str | None = None

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> OperationAnswer:
        """Read a camera's answer, as it comes through the control socket."""

        def number(key: str) -> float | None:
            value = said.get(key)
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

        counted = said.get("number")
        return cls(
            ok=said.get("ok") is True,
            sentence=str(said.get("sentence") or said.get("error") or ""),
            state=None if said.get("state") is None else str(said["state"]),
            number=counted if isinstance(counted, int) else None,
            recording=None if said.get("recording") is None else str(said["recording"]),
            prerecord_s=number("prerecord_s"),
            duration_s=number("duration_s"),
            consent=kept if isinstance(kept := said.get("consent"), int) else None,
            entry=said.get("entry"),
        )


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was asked for.

    Attributes:
        kind: What.
        name: What the scenario calls the camera that it concerns.
        camera: What the fleet calls it.
        asked_s: When it was asked for.
        answered_s: When the answer was there; None without one.
        answer: What was said; None when nothing was.
        error: Why there is no answer, in words.
        step: Which step asked for it, counted from 1; None for what is done before the first.
        said: What was said at the door; None where it is about nothing of that.
    """

    kind: OperationKind
    name: str
    camera: str
    asked_s: float
    answered_s: float | None = None
    answer: OperationAnswer | None = None
    error: str | None = None
    step: int | None = None
    said: ConsentSaid | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether it was said to be done."""
        return self.answer is not None and self.answer.ok

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        at = f"{self.kind} of {self.name} at {self.asked_s:.1f} s"
        return at if self.step is None else f"{at} (step {self.step})"


@dataclass(frozen=True, slots=True)
class History:
    """All operations of a run, in the order in which they were asked for."""

    operations: tuple[Operation, ...] = ()

    @property
    def acknowledged(self) -> tuple[Operation, ...]:
        """Those that were said to be done."""
        return tuple(each for each in self.operations if each.acknowledged)

    @property
    def unanswered(self) -> tuple[Operation, ...]:
        """Those of which nobody knows whether they are done."""
        return tuple(each for each in self.operations if each.answer is None)

    @property
    def held_once(self) -> frozenset[str]:
        """The ids of the recordings on which a hold was placed."""
        found = (each.answer for each in self.acknowledged if each.kind is OperationKind.HOLD)
        return frozenset(each.recording for each in found if each is not None and each.recording)

    @property
    def said_at_door(self) -> bool:
        """Whether anything was said of consent."""
        return any(each.kind is OperationKind.CONSENT for each in self.operations)

    @property
    def visits(self) -> tuple[str, ...]:
        """The visits on which something was said on a phone."""
        entries = (each.answer.entry for each in self.operations if each.answer is not None)
        return tuple(dict.fromkeys(each.split("/")[0] for each in entries if each is not None))

    def revoked_s(self, camera: str) -> float | None:
        """When a camera was asked to be revoked, by what the fleet calls it; None for one that was not."""
        return next((each.asked_s for each in self.of(camera) if each.kind is OperationKind.REVOKE), None)

    def before(self, operation: Operation) -> tuple[Operation, ...]:
        """Those of the same camera that were asked for before one of them, in order, also at one instant."""
        position = self.operations.index(operation)
        return tuple(each for each in self.operations[:position] if each.camera == operation.camera)

    def ended_private(self, operation: Operation) -> bool:
        """Whether an acknowledged operation ends a private time.

        A hand-over, or taking the camera back, does not while it records in spite of private: it is private
        once that is over.
        """
        if operation.kind not in (OperationKind.TAKE_BACK, OperationKind.HAND_OVER):
            return operation.kind in ENDS_PRIVATE
        kinds = [each.kind for each in self.before(operation) if each.acknowledged]
        began = max((at for at, kind in enumerate(kinds) if kind is OperationKind.PRESS), default=-1)
        ended = max((at for at, kind in enumerate(kinds) if kind in ENDS_A_RECORDING), default=-1)
        return began <= ended

    def end_asked(self, camera: str, since_s: float) -> bool:
        """Whether somebody asked a camera for what ends a recording.

        What was refused counts as well: a camera whose card takes no end has left the recording as it is.

        Args:
            camera: What the fleet calls it.
            since_s: From when on, in seconds since the run began.
        """
        return any(each.kind in ENDS_A_RECORDING and each.asked_s >= since_s for each in self.of(camera))

    def of(self, camera: str) -> tuple[Operation, ...]:
        """Those that concern a camera, by what the fleet calls it."""
        return tuple(each for each in self.operations if each.camera == camera)
