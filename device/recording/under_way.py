"""The recording under way, on the card: opened, fed, ended or left as it is.

Rules:

- On a full card the reserve is released, and the rest is written once more.
- Whatever changes is shown on the shelf once it is published, and what begins and ends is told.
- That a recording was opened is told at once; where a press waits for the answer, after that, so that no
  listener holds it up.

Not thread-safe: it belongs to the one thread that deals with messages. It does not decide when to begin, end
or roll over.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from device.conditions.recent import RecentConditions
from device.errors import StorageError, StorageFullError
from device.recording.clock_steps import RecentSteps
from device.recording.heart.wanted import Wanted
from device.recording.publisher import Publisher
from device.ring.prerecord import Tail
from device.ring.window import Recorded
from protocol.footage.format.model import GapCause
from protocol.footage.ledger.ledger import ROLL_OVER, EventKind
from protocol.messages.events import NewsKind
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.parts import Parts
    from device.recording.recording import OpenRecording
    from device.ring.chunk import RingChunk
    from device.storage.segment import ClosedSegment
    from protocol.footage.format.model import ClockLabel, Gap, PlainChunk
    from protocol.footage.ledger.ledger import Keys
    from protocol.messages.uploads import Ended


class UnderWay:
    """What is being recorded.

    Attributes:
        current: The recording under way; None when there is none, or when it could not be opened yet.
        next_seq: The number of the next chunk that the window and the recording under way will get.
        steps: How wall time stepped of late.
        conditions: What is or was of late wrong with picture or sound that come.
        publisher: Gives recordings their folders.
    """

    def __init__(self, parts: Parts, fail: Callable[[Exception], None]) -> None:
        """Nothing is being recorded.

        Args:
            parts: What it works with.
            fail: Told what could not be stored where the work goes on all the same.
        """
        self.current: OpenRecording | None = None
        self.next_seq = 0
        self.steps = RecentSteps(parts.window.window_ns)
        self.conditions = RecentConditions(parts.window.window_ns)
        self._untold: OpenRecording | None = None
        self.publisher = Publisher(parts.shelf, parts.reserve, parts.writer.closed, fail)
        self._parts = parts
        self._fail = fail

    @property
    def sealed_for(self) -> Recorded | None:
        """Whom the keys of a live chunk are for; None when no recording is under way."""
        current = self.current
        return None if current is None else Recorded(current.opening.recording, current.recipients)

    @property
    def stuck(self) -> bool:
        """Whether something of the recording under way could not be written yet."""
        return self.current is not None and (self.current.waiting or self.current.failed)

    @property
    def failed(self) -> bool:
        """Whether the recording under way has failed for good."""
        return self.current is not None and self.current.failed

    @property
    def claimed(self) -> frozenset[str]:
        """Segments that have to stay in the ring."""
        current = () if self.current is None else self.current.claimed
        return self.publisher.claimed.union(current, self._parts.opener.attempted)

    def open(self, wanted: Wanted, tail: Tail, *, awaited: bool = False) -> OpenRecording:
        """Commit a recording durably: from now on it is the one under way.

        Args:
            wanted: What was asked for.
            tail: What is known of the time since the newest chunk of the window.
            awaited: Whether somebody waits for the answer: then it is told after that (``tell_opened``).

        Raises:
            StorageError: It is not recorded; nothing may be acknowledged.
        """
        parts = self._parts
        recording = parts.opener.open(
            wanted, next_seq=self.next_seq, tail=tail, steps=self.steps, conditions=self.conditions
        )
        self.tell_opened()
        self.current = self._untold = recording
        self.publisher.take(recording)
        if not awaited:
            self.tell_opened()
        return recording

    def live(self, chunk: RingChunk, keys: Keys | None) -> None:
        """A chunk is durable: make it part of the recording under way, if there is one.

        Args:
            chunk: The chunk.
            keys: Its keys, sealed as ``sealed_for`` says.

        Raises:
            StorageError: It waits until the card takes it, or the recording has failed.
        """
        current = self.current
        if current is not None and keys is not None:
            self._with_room(lambda: current.take(chunk, keys), current.flush)
            self.publisher.show(current)

    def state_gap(self, chunk: PlainChunk, cause: GapCause) -> None:
        """Have a chunk say what is missing between the footage that there is and itself, where nothing does.

        Args:
            chunk: What is about to be stored.
            cause: Why.
        """
        current, window = self.current, self._parts.window
        ends = [window.end_ns, None if current is None else current.last_ns]
        known = [end for end in ends if end is not None]
        if known:
            tracks = {part.track for part in chunk.parts}.union(() if current is None else current.tracks)
            self._parts.writer.state_gap(chunk, tracks, max(known), cause)

    def note(self, kind: EventKind, at_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> bool:
        """Say something in the ledger of the recording under way; False where there is none that takes it.

        Raises:
            StorageError: It waits until the card takes it, or the recording has failed.
        """
        current = self.current
        if current is None or current.failed:
            return False
        self._with_room(lambda: current.note(kind, at_ns, label, detail), current.flush)
        self.publisher.show(current)
        return True

    def roll_over(self, at_ns: int, label: ClockLabel, finish_segment: Callable[[], None]) -> None:
        """Go on in a new recording. When that cannot be opened, the one under way simply goes on.

        Args:
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            finish_segment: Closes the segment being written, so that the new recording begins with another.
        """
        before = self.current
        if before is None:
            return
        marks, assignment = before.opening.marks, before.opening.assignment
        try:
            after = self.open(
                Wanted(ROLL_OVER, at_ns, label, marks, assignment, whole_window=False),
                Tail(GapCause.STALLED),
            )
        except StorageError as error:
            self._fail(error)
            return
        self.current = before
        finish_segment()
        with contextlib.suppress(StorageError):  # ``end`` says it: the close record follows in the same file
            self.note(EventKind.ROLLED_OVER, at_ns, label, {"next": after.number})
        self.current = after  # what goes wrong from here on is said there
        self.end(before, "rolled over", at_ns, label)

    def end(
        self,
        recording: OpenRecording,
        reason: str,
        at_ns: int,
        label: ClockLabel,
        lost: tuple[Gap, ...] = (),
    ) -> Ended:
        """Complete a recording; its last segment is closed already.

        Args:
            recording: Which; it is not the one under way any more.
            reason: Why, as the last record of the ledger says.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            lost: What is missing at its end, which no chunk of it can state (C6).

        Returns:
            How it ended: cut off when it could not be completed.
        """
        self.publisher.publish()
        recording.end(reason, at_ns, label, lost)
        final = self._parts.writer.in_order(recording.segments)
        try:
            self._with_room(lambda: recording.finish(final=final), lambda: recording.finish(final=final))
        except StorageError as error:
            self._fail(error)
            if error.operation != "close":  # before that step, all of it was durable
                return self._give_up(recording, label)
        self.publisher.show(recording, "closed")
        return self._tell_closed(recording, label, "closed")

    def leave(self, label: ClockLabel) -> None:
        """Leave the recording under way as it is."""
        current, self.current = self.current, None
        if current is not None:
            self._give_up(current, label)

    def segment_closed(self, segment: ClosedSegment) -> None:
        """A segment will not change any more."""
        current = self.current
        if current is not None and current.segment_closed(segment):
            self.publisher.show(current)

    def tell(
        self,
        kind: NewsKind,
        label: ClockLabel,
        about: OpenRecording | None,
        *,
        text: str | None = None,
        duration_s: float | None = None,
        ended: Ended | None = None,
    ) -> None:
        """Tell whoever listens that something happened.

        Args:
            kind: What.
            label: When, as wall time.
            about: The recording that it concerns, if there is one.
            text: A sentence for people, where there is more to say.
            duration_s: How long that recording is, once it has ended.
            ended: How it ended, likewise.
        """
        self.tell_opened()
        self._tell(kind, label, about, text=text, duration_s=duration_s, ended=ended)

    def tell_opened(self) -> None:
        """Tell of a recording that was opened, once: after the answer to a press, before any other news."""
        opened, self._untold = self._untold, None
        if opened is not None:
            self._tell(NewsKind.RECORDING_OPENED, opened.opening.label, opened)

    def _tell(self, kind: NewsKind, label: ClockLabel, about: OpenRecording | None, **more: object) -> None:
        facts = {} if about is None else _facts(about)
        self._parts.news.tell(kind, label, **more, **facts)

    def _give_up(self, recording: OpenRecording, label: ClockLabel) -> Ended:
        """Leave a recording as it is."""
        self.publisher.give_up(recording)
        return self._tell_closed(recording, label, "cut off")

    def _tell_closed(self, recording: OpenRecording, label: ClockLabel, ended: Ended) -> Ended:
        duration_s = recording.duration_ns / NS_PER_S
        self.tell(NewsKind.RECORDING_CLOSED, label, recording, duration_s=duration_s, ended=ended)
        return ended

    def _with_room(self, action: Callable[[], None], again: Callable[[], None]) -> None:
        """Do something that writes a little; on a full card, release the reserve and do the rest again."""
        try:
            action()
        except StorageFullError as error:
            if error.operation == "close" or not self._parts.reserve.release():
                raise
            again()


def _facts(about: OpenRecording) -> dict[str, object]:
    """What news says of the recording that it concerns."""
    opening = about.opening
    return {
        "number": opening.number,
        "recording": opening.recording.hex(),
        "assignment": opening.assignment,
        "trigger": opening.trigger,
        "marks": opening.marks,
        "prerecord_s": about.prerecord_ns / NS_PER_S,
        "asked_s": opening.asked_ns / NS_PER_S,
    }
