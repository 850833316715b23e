"""What the camera knows of itself between two messages. Pure.

``Heart`` is immutable, so that any thread may read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from device.recording.heart.holder import Foreseen, Holder
from device.recording.state import State
from protocol.footage.format.model import GapCause

if TYPE_CHECKING:
    from device.recording.heart.messages import Command, Current, Instant
    from device.recording.heart.wanted import Unmarked, Wanted
    from device.recording.state import Event
    from protocol.footage.format.model import Gap


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to see as a message is dealt with.

    Attributes:
        now: The time.
        window_empty: Whether no chunk is in the window.
        segment_full: Whether the segment being written has had enough.
        stuck: Whether something of the recording under way could not be written yet.
        failed: Whether it has failed for good.
        unpublished: Whether a recording that is safe could not be given its folder.
        lost: What was lost of each track since the last chunk that was stored.
    """

    now: Instant
    window_empty: bool = True
    segment_full: bool = False
    stuck: bool = False
    failed: bool = False
    unpublished: bool = False
    lost: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Storing:
    """The chunk that is being stored: when it begins, and why there is nothing before it, if it says so."""

    start_ns: int
    cause: GapCause | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A stop that waits for its last chunk.

    Attributes:
        reason: Why, as the last record of the ledger says.
        at: When it was asked for.
        askers: Who waits for the recording's end.
        changes: What asked for it and follows it at once, and who waits for that.
        since_ns: What was filmed before this is not for its recording: another's, or private.
        came: How many chunks had come when its time began to run.
    """

    reason: str
    at: Instant
    askers: tuple[int, ...] = ()
    changes: tuple[tuple[Event, int], ...] = ()
    since_ns: int = 0
    came: int = 0


@dataclass(frozen=True, slots=True)
class Reopened:
    """Sensors that something had closed which the card kept waiting, and that are open again.

    Attributes:
        from_ns: When they had closed.
        until_ns: When they were to be open again. Footage that begins after it does, or soon.
        cause: Why there is nothing between, where there is nothing.
    """

    from_ns: int
    until_ns: int
    cause: GapCause


@dataclass(frozen=True, slots=True)
class Heart:
    """Everything that the camera knows of itself. The default is one that is switched off.

    Attributes:
        camera: The facts of the table of states.
        assignment: Whose recordings are, None for nobody's.
        handed_ns: When the camera last changed hands during the recording under way; None when it did not.
        fault: What is wrong with storage, in a sentence.
        private_of: The assignment under which the camera was made private; it may be private no more.
        unkept: Why the card may say other than it is whether the camera is private; None where it does not.
        since_ns: What was filmed before this is not for the window: another's, or private.
        window_ns: Since when the window fills.
        current: The recording under way; None when there is none, or when it could not be opened yet.
        unmarked: What is to stand in the ledger of a recording that is wanted, once it is opened.
        noted_ns: When a press in a recording under way was last noted in it; 0 for never.
        wanted: What somebody asked for and could not be opened yet.
        left: The number of the recording in whose place another is wanted, because it failed.
        doubtful: The number of an attempt that failed and may be on the card all the same.
        ending: A stop that waits.
        reopened: Of when window and recording may lack footage although the state had the sensors open.
        by_hand_ns: When the sensors were last closed because somebody had made it private or docked it, until
            then; None where they never were.
        storing: The chunk that is being stored.
        arrived_ns: When the last chunk had been dealt with.
        came: How many have been.
        parked: What people asked for and has to wait, for a recording's end or the chunk being stored.
        shutting: Who waits for everything to be let go of.
    """

    camera: State = field(default_factory=State)
    assignment: str | None = None
    handed_ns: int | None = None
    fault: str | None = None
    private_of: str | None = None
    unkept: str | None = None
    since_ns: int = 0
    window_ns: int = 0
    current: Current | None = None
    unmarked: tuple[Unmarked, ...] = ()
    noted_ns: int = 0
    wanted: Wanted | None = None
    left: int | None = None
    doubtful: int | None = None
    ending: Ending | None = None
    reopened: Reopened | None = None
    by_hand_ns: int | None = None
    storing: Storing | None = None
    arrived_ns: int | None = None
    came: int = 0
    parked: tuple[Command, ...] = ()
    shutting: int | None = None

    @property
    def holder(self) -> Holder:
        """Who has the camera."""
        return Holder(self.assignment, self.private_of)

    @property
    def as_is(self) -> Foreseen:
        """What the camera is by all that is made."""
        return Foreseen(self.camera, self.holder, goes_on=not self.ends_for_good)

    @property
    def pending(self) -> frozenset[int]:
        """Who asked for what is begun, or put off, and not done."""
        ending, parked = self.ending, (getattr(each, "asker", None) for each in self.parked)
        stops = () if ending is None else (*ending.askers, *(asker for _, asker in ending.changes))
        return frozenset((*stops, *(asker for asker in parked if asker is not None)))

    @property
    def ends_for_good(self) -> bool:
        """Whether a stop waits that no press takes back: the camera changes its state, or did its wearer."""
        ending = self.ending
        if ending is None:
            return False
        return bool(ending.changes) or not self.camera.recording or self.whose != self.assignment

    def why_none_came(self, until_ns: int) -> GapCause:
        """Why no footage has come since the newest, until an instant."""
        closed = self.reopened
        return GapCause.STALLED if closed is None or closed.from_ns > until_ns else closed.cause

    @property
    def whose(self) -> str | None:
        """The assignment of the recording under way, or of the one that is wanted; else that of now."""
        of = self.current or self.wanted
        return self.assignment if of is None else of.assignment

    def awaits(self, start_ns: int) -> bool:
        """Whether a stop waits for a chunk that begins then, at the latest as it was asked for."""
        ending = self.ending
        return ending is not None and ending.since_ns <= start_ns <= ending.at.ns

    def owns(self, start_ns: int) -> bool:
        """Whether a chunk that begins then is the wearer's of now, or a stop waits for it."""
        return start_ns >= self.since_ns or self.awaits(start_ns)
