"""What the heart of the camera has done for it, in order. Pure: the executor carries it out.

``asker`` is the number of whoever waits for an answer; None where nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.battery.charge import Charge
    from device.recording.heart.marked import LedgerMark
    from device.recording.heart.messages import Instant, Message
    from device.recording.heart.outcome import Outcome
    from device.recording.heart.wanted import Wanted
    from device.recording.state import State
    from device.ring.chunk import RingChunk
    from device.ring.prerecord import Tail
    from protocol.footage.format.model import GapCause, PlainChunk
    from protocol.footage.ledger.conditions import ConditionSpan
    from protocol.footage.sealing.keys import Recipient


@dataclass(frozen=True, slots=True)
class Commit:
    """Commit a recording: ``Opened`` or ``NotOpened``."""

    wanted: Wanted
    tail: Tail
    asker: int | None


@dataclass(frozen=True, slots=True)
class Keep:
    """Take a durable chunk into the window, and into the recording under way if ``record``.

    Without ``hold`` the window is let go of after that.
    """

    chunk: RingChunk
    record: bool
    hold: bool


@dataclass(frozen=True, slots=True)
class StateGap:
    """Have a chunk say what is missing before it of the recording under way, where no footage does."""

    chunk: PlainChunk
    cause: GapCause


@dataclass(frozen=True, slots=True)
class WriteBookmark:
    """Mark a moment in the ledger: ``Marked``."""

    asker: int | None
    at: Instant
    mark: LedgerMark


@dataclass(frozen=True, slots=True)
class NotePress:
    """Note a press in the recording that it found under way: ``Marked``."""

    trigger: str
    at: Instant
    asker: int | None


@dataclass(frozen=True, slots=True)
class RollOver:
    """Go on in another recording: ``RolledOver``."""

    at: Instant


@dataclass(frozen=True, slots=True)
class End:
    """Complete the recording under way: ``HasEnded`` or ``NotEnded``. ``why`` is of what never came."""

    reason: str
    at: Instant
    askers: tuple[int, ...]
    why: GapCause


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the recording under way as it is."""


@dataclass(frozen=True, slots=True)
class FinishSegment:
    """Close the segment being written. Never while a chunk is being stored."""


@dataclass(frozen=True, slots=True)
class NoteClosed:
    """Let the recording under way hear of segments that were closed."""


@dataclass(frozen=True, slots=True)
class BreakOff:
    """After an error of our own: go on without a chunk, and without what holds a trace of it."""

    chunk: PlainChunk
    from_seq: int


@dataclass(frozen=True, slots=True)
class BeginWindow:
    """The window fills from an instant on; there is nothing older, for a cause."""

    since_ns: int
    cause: GapCause


@dataclass(frozen=True, slots=True)
class ClearWindow:
    """Let go of everything in the window, and zero its keys."""


@dataclass(frozen=True, slots=True)
class KeepPrivate:
    """Keep on the card that the camera is private, under that assignment: ``PrivateNoted``."""

    assignment: str | None


@dataclass(frozen=True, slots=True)
class ForgetPrivate:
    """Have the card say no more that it is: ``PrivateNoted``."""


@dataclass(frozen=True, slots=True)
class ForgetLost:
    """What comes next is no sequel to what was lost."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Give recordings that are safe their folders, if any wait."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Have done what can be done for the next recording before anybody asks for it."""


@dataclass(frozen=True, slots=True)
class Unlink:
    """Remove segments that neither window nor recording needs."""


@dataclass(frozen=True, slots=True)
class LookAtClock:
    """Notice a step of wall time."""

    now: Instant


@dataclass(frozen=True, slots=True)
class LookAtSpace:
    """Notice a card that fills up."""

    now: Instant


@dataclass(frozen=True, slots=True)
class SayFault:
    """Say what is wrong, in the news and in the recording under way."""

    why: str
    now: Instant


@dataclass(frozen=True, slots=True)
class NoteCondition:
    """Tell of a condition of picture or sound, in the news and in the ledger, and remember it."""

    span: ConditionSpan
    now: Instant


@dataclass(frozen=True, slots=True)
class NoteCharge:
    """Tell of a battery that runs low, in the news and in the recording under way."""

    charge: Charge
    now: Instant


@dataclass(frozen=True, slots=True)
class UseRecipients:
    """Seal what is opened from now on to these."""

    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class TellSensors:
    """Sensors or recording may have changed."""


@dataclass(frozen=True, slots=True)
class CutChunk:
    """End the chunk being filled."""

    asker: int | None


@dataclass(frozen=True, slots=True)
class Await:
    """Send ``Overdue`` after ``CHUNK_WAIT_S``, unless this is asked for anew before."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Tell whoever waits; what they asked for had ``found`` the camera in that state, where that is known."""

    asker: int
    outcome: Outcome
    found: State | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """Let a thread go on that brought the time, or a chunk: to ``store`` it or not, when it has come."""

    asker: int
    store: bool = False


@dataclass(frozen=True, slots=True)
class Soon:
    """Send a message once all that was begun is done and answered, after those that wait already."""

    message: Message


@dataclass(frozen=True, slots=True)
class Then:
    """Send a message once what is before it is done, with all that came of it."""

    message: Message


Effect = (
    Commit
    | Keep
    | StateGap
    | WriteBookmark
    | NotePress
    | RollOver
    | End
    | Leave
    | FinishSegment
    | NoteClosed
    | BreakOff
    | BeginWindow
    | ClearWindow
    | KeepPrivate
    | ForgetPrivate
    | ForgetLost
    | Publish
    | Prepare
    | Unlink
    | LookAtClock
    | LookAtSpace
    | SayFault
    | NoteCondition
    | NoteCharge
    | UseRecipients
    | TellSensors
    | CutChunk
    | Await
    | Answer
    | Go
    | Soon
    | Then
)
