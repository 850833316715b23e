"""What reaches the heart of the camera: what people ask, what became of footage, and what came of effects.

Pure. ``asker`` is the number of whoever waits for an answer; None where nobody does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recording.heart.marked import BOOKMARK, LedgerMark, Marked, PrivateNoted, PrivateOf
from device.recording.heart.noticed import Noticed

if TYPE_CHECKING:
    from device.recording.state import Event, State
    from device.ring.chunk import RingChunk
    from protocol.footage.format.model import ClockLabel, Gap, PlainChunk
    from protocol.footage.sealing.keys import Recipient
    from protocol.messages.uploads import Ended


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time: on the boot-time clock in ns, and as wall time."""

    ns: int
    label: ClockLabel


@dataclass(frozen=True, slots=True)
class Current:
    """The recording under way, as far as it matters to what happens next.

    Attributes:
        number, recording: The camera's counter, and its id in hexadecimal.
        press_ns: When it was asked for.
        marks, assignment: As its ledger's open has them.
        prerecord_s: Seconds of durable pre-record.
    """

    number: int
    press_ns: int
    marks: tuple[str, ...]
    assignment: str | None
    prerecord_s: float
    recording: str | None = None


# What people ask for. Done in this order, one after the other.


@dataclass(frozen=True, slots=True)
class AskPress:
    """A recording is to begin, or to be answered with."""

    asker: int
    trigger: str
    at: Instant


@dataclass(frozen=True, slots=True)
class AskStop:
    """The recording under way is to end."""

    asker: int
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True)
class AskBookmark:
    """A moment is to be bookmarked, or marked in the ledger as something else."""

    asker: int
    at: Instant
    mark: LedgerMark = BOOKMARK


@dataclass(frozen=True, slots=True)
class AskChange:
    """The camera changes where it is; a private time of before a start is ``of`` whoever had it then."""

    asker: int
    event: Event
    at: Instant
    of: PrivateOf | None = None


@dataclass(frozen=True, slots=True)
class AskAssign:
    """The camera is somebody's from now on, None for nobody's; ``worn`` says whether it is in use."""

    asker: int
    assignment: str | None
    worn: bool
    at: Instant


@dataclass(frozen=True, slots=True)
class SealTo:
    """Recordings that begin from now on are sealed to these."""

    recipients: tuple[Recipient, ...]


Asked = AskPress | AskStop | AskChange | AskAssign
"""What changes where the camera is, or whether it records."""

Command = Asked | AskBookmark | SealTo


# Time.


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""

    asker: int


@dataclass(frozen=True, slots=True)
class Settle:
    """What follows a press is to be done; or whoever waits until all before it is done is to be told."""

    asker: int | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    """The recording that ends has waited for its last chunk for ``CHUNK_WAIT_S``."""


@dataclass(frozen=True, slots=True)
class Shut:
    """The recorder is to let go of everything."""

    asker: int


# Footage. ``ChunkArrived`` is answered with whether to store it; then comes one of the three after it.


@dataclass(frozen=True, slots=True)
class ChunkArrived:
    """A chunk has come."""

    asker: int
    plain: PlainChunk


@dataclass(frozen=True, slots=True)
class ChunkStored:
    """It is durable."""

    asker: int
    plain: PlainChunk
    chunk: RingChunk


@dataclass(frozen=True, slots=True)
class ChunkLost:
    """It could not be stored, and why, in a sentence."""

    asker: int
    plain: PlainChunk
    why: str


@dataclass(frozen=True, slots=True)
class ChunkBroken:
    """An error of our own came between, and which; ``from_seq`` is the number that the chunk had."""

    asker: int
    plain: PlainChunk
    from_seq: int
    why: str


# What came of effects.


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording is durable, and under way from now on."""

    asker: int | None
    current: Current


@dataclass(frozen=True, slots=True)
class NotOpened:
    """A commit failed: why, and the number of an attempt that may be on the card all the same."""

    asker: int | None
    why: str
    doubtful: int | None


@dataclass(frozen=True, slots=True)
class RolledOver:
    """The recording goes on in another one, or in the same, if that could not be opened."""

    current: Current


@dataclass(frozen=True, slots=True)
class HasEnded:
    """A recording has ended.

    Attributes:
        askers: Who waits for that.
        number: Which.
        ended: How.
        lost: What is missing at its end.
        duration_s, prerecord_s: How long it is, and how much of that was before the press.
        recording: Its id in hexadecimal.
    """

    askers: tuple[int, ...]
    number: int
    ended: Ended
    lost: tuple[Gap, ...]
    duration_s: float
    prerecord_s: float
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class NotEnded:
    """An error of our own came between, and which."""

    askers: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Published:
    """Recordings have their folders, after a try that failed."""


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """Something could not be stored, and why."""

    why: str


# What follows once the effects before it are done.


@dataclass(frozen=True, slots=True)
class Taken:
    """A chunk has been dealt with, up to ``end_ns``; ``stored`` or not."""

    asker: int
    end_ns: int
    stored: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody is to be told a sentence; what they asked for had ``found`` the camera in that state."""

    asker: int
    sentence: str
    found: State
    ok: bool = True
    of_private: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """What had to wait may go on."""


Message = (
    Command
    | Tick
    | Settle
    | Overdue
    | Shut
    | Noticed
    | ChunkArrived
    | ChunkStored
    | ChunkLost
    | ChunkBroken
    | Opened
    | NotOpened
    | RolledOver
    | HasEnded
    | NotEnded
    | Marked
    | Published
    | StorageFailed
    | Taken
    | Said
    | PrivateNoted
    | Released
)
