"""The recorder: takes chunks in and answers the buttons.

Rules:

- All that happens is a message, and one thread deals with them, one after the other: it decides by a pure
  function (``device.recording.heart.step``, where the rules are) and carries out what that says
  (``device.recording.effect_handler``).
- A chunk is durable before it counts, and its keys' record is durable before the next chunk (C5). It is
  stored in the thread that brings it, so that a press need not wait for it.
- Whoever asks for something gets an answer in bounded time. From a card that hangs it is that of a fault, and
  what was asked for is done once the card answers (``device.recording.inbox``).
- The window has a lock of its own, never held during I/O: keys expire on time whatever the card does (C2).

It opens no sensor and talks to no network: whoever made it listens to ``on_sensors``, ``news`` and the shelf.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, cast

from device.errors import StorageError
from device.recording.executor import Executor
from device.recording.heart import answers
from device.recording.heart import messages as m
from device.recording.heart.holder import Foreseen
from device.recording.heart.marked import BOOKMARK
from device.recording.heart.outcome import Outcome
from device.recording.state import Event
from device.recording.status import RecorderStatus
from protocol.footage.format.errors import FootageError
from protocol.messages.base import MAX_SHORT_TEXT
from protocol.messages.events import NewsKind
from protocol.mode import Mode
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Driver
    from device.recording.heart.heart import Heart
    from device.recording.heart.marked import LedgerMark, PrivateOf
    from device.recording.heart.noticed import Noticed
    from device.recording.parts import Parts
    from protocol.footage.format.model import PlainChunk
    from protocol.footage.sealing.keys import Recipient

log = logging.getLogger(__name__)

CLOSE_WAIT_S = 10.0
"""How long a camera that ends waits for its card."""


class Recorder:
    """Chunks in, recordings out. Thread-safe.

    Attributes:
        news: What happens, for whoever listens.
        run: The 16 random bytes that name this run.
        on_sensors: Called with no argument whenever ``sensors`` may have changed; must return at once.
        cut: Ends the chunk being filled, so that nothing need wait for it; must return at once.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        window_s: float,
        roll_over_ns: int,
        alert_percent: tuple[int, ...],
        require_assignment: bool = True,
        driver: Driver | None = None,
    ) -> None:
        """Set a recorder up, switched off.

        Args:
            parts: What it works with.
            window_s: The pre-record that it keeps, in seconds.
            roll_over_ns: A recording this long goes on in a new one.
            alert_percent: How full the card is when it is worth saying.
            require_assignment: Whether the camera is in standby while it is nobody's.
            driver: Lets time pass in place of a thread; then one thread alone calls everything here.
        """
        self.run = parts.writer.run
        self.news = parts.news
        self.on_sensors: Callable[[], None] = _nothing
        self.cut: Callable[[], None] = _nothing
        self._window_s = window_s
        self._require_assignment = require_assignment
        self._parts = parts
        self._executor = Executor(
            parts,
            roll_over_ns=roll_over_ns,
            alert_percent=alert_percent,
            cut=lambda: self.cut(),  # noqa: PLW0108 - it is set later
            tell_sensors=lambda: self.on_sensors(),  # noqa: PLW0108 - so is this
            on_late=self._say_late,
            driver=driver,
        )
        self._inbox = self._executor.inbox
        self._pushing = threading.Lock()
        self._ticking = threading.Lock()

    @property
    def sensors(self) -> bool:
        """Whether the sensors should be open now."""
        return self._executor.sensors

    @property
    def recording(self) -> bool:
        """Whether a recording is under way."""
        return self._heart.camera.recording

    @property
    def then(self) -> Foreseen:
        """What the camera will be as what is asked for next finds it."""
        return self._executor.then

    @property
    def unkept(self) -> str | None:
        """Why the card may say other than it is whether the camera is private, in a sentence."""
        return self._heart.unkept

    def push(self, chunk: PlainChunk) -> None:
        """Take the next chunk in; returns once it is durable, or counted as lost.

        A chunk is dropped when no sensor should be open (C11), unless a recording's end waits for it.
        """
        with self._pushing:
            ticket = self._inbox.ticket()
            self._inbox.send(m.ChunkArrived(ticket.number, chunk))
            if not ticket.wait():
                return
            ticket, seq = self._inbox.ticket(), self._parts.writer.next_seq
            try:
                stored = self._parts.writer.append(chunk)
            except (FootageError, StorageError) as error:
                self._inbox.send(m.ChunkLost(ticket.number, chunk, str(error)))
            except Exception as error:  # a camera that films on is worth more than a clean end
                log.exception("A chunk could not be stored.")
                self._inbox.send(m.ChunkBroken(ticket.number, chunk, seq, str(error)))
            else:
                self._inbox.send(m.ChunkStored(ticket.number, chunk, stored))
            ticket.wait()

    def press(self, trigger: str = "button") -> Outcome:
        """Begin a recording with the window before it; during a recording, answer with that one.

        Args:
            trigger: What asked for it, as the ledger names it, in at most ``MAX_SHORT_TEXT`` characters.

        Raises:
            ValueError: It is longer. No ledger takes it, and a press that none takes would be tried for ever.
        """
        if len(trigger) > MAX_SHORT_TEXT:
            message = f"what asks for a recording is named in at most {MAX_SHORT_TEXT} characters"
            raise ValueError(message)
        answer = self._executor.ask(lambda asker, now: m.AskPress(asker, trigger, now), Event.PRESS)
        return self._outcome(answer, answers.press_noted, Event.PRESS)

    def stop(self, reason: str = "stopped") -> Outcome:
        """End the recording under way with the chunk that is being filled; answers when it is complete.

        Args:
            reason: Why, as the last record of the ledger says.
        """
        answer = self._executor.ask(lambda asker, now: m.AskStop(asker, reason, now), Event.STOP)
        return self._outcome(answer, answers.stop_noted)

    def bookmark(self, mark: LedgerMark = BOOKMARK) -> Outcome:
        """Mark this moment in the recording under way, with a bookmark or what else is to stand there."""
        return self.marking(mark)()

    def marking(self, mark: LedgerMark) -> Callable[[], Outcome]:
        """Ask for a mark, and return what waits for it: what is asked for meanwhile comes after it."""
        ticket, now = self._inbox.ticket(), self._executor.now
        wait = self._inbox.asking(m.AskBookmark(ticket.number, now, mark), ticket)

        def outcome() -> Outcome:
            answer = wait()
            then = answer if isinstance(answer, Outcome) else self._executor.before(ticket.number)
            return self._outcome(then, lambda heart, found: answers.mark_noted(mark.words, heart, found))

        return outcome

    def change(self, event: Event, of: PrivateOf | None = None) -> Outcome:
        """Let something happen that changes where the camera is: started, private on, docked, locked, ….

        What ends a recording ends it first; sensors wait for no card. A private time of before a start is
        ``of`` whoever had it then.
        """
        answer = self._executor.ask(lambda asker, now: m.AskChange(asker, event, now, of), event)
        return self._outcome(answer, lambda _, then: answers.change_noted(then.state, event), event)

    def assign(self, assignment: str | None) -> Outcome:
        """Say whose the recordings are from now on; None for nobody's.

        From one officer to another the window begins anew: nobody's press commits what another was part of.
        """
        worn = assignment is not None or not self._require_assignment
        event = Event.ASSIGNED if worn else Event.UNASSIGNED
        answer = self._executor.ask(lambda asker, now: m.AskAssign(asker, assignment, worn, now), event)
        return self._outcome(answer, lambda *_: "the assignment is noted, and changes as soon as it does")

    def seal_to(self, recipients: tuple[Recipient, ...]) -> None:
        """Seal recordings that begin from now on to these recipients. Waits for nothing."""
        self._inbox.send(m.SealTo(recipients))

    def notice(self, change: Noticed) -> None:
        """Something is wrong that the camera found by itself, or is over. Waits for nothing.

        The recording under way tells of it. Of picture and sound so does one that begins while it is in the
        window (C12).
        """
        self._inbox.send(change)

    def expire(self) -> None:
        """Let old keys go, and have sensors close, whatever the card does. Call it four times a second."""
        self._parts.window.expire(self._parts.clock.boot_ns())
        self._executor.look_at_closings()

    def tick(self) -> None:
        """Time passed. Call it about once a second; a card that hangs may keep it."""
        self.expire()
        if not self._ticking.acquire(blocking=False):
            return  # one is under way
        try:
            ticket = self._inbox.ticket()
            self._inbox.send(m.Tick(ticket.number))
            ticket.wait()
        finally:
            self._ticking.release()

    def settle(self) -> bool:
        """Wait until all that was asked for until now is done; False when the card keeps it waiting."""
        ticket = self._inbox.ticket()
        return bool(self._inbox.ask(m.Settle(ticket.number), ticket))

    def status(self) -> RecorderStatus:
        """How things are. Waits for nothing."""
        heart, space, now_ns = self._heart, self._executor.handler.space, self._parts.clock.boot_ns()
        current, late = heart.current, self._inbox.late or self._executor.is_opened_late
        faults = (self._held_up if late else None, heart.fault, heart.unkept, space.sentence)
        return RecorderStatus(
            state=Mode.FAULT if late else heart.camera.mode,
            run=self.run,
            assignment=heart.assignment,
            recording=None if current is None else current.number,
            recording_s=0.0 if current is None else max(0, now_ns - current.press_ns) / NS_PER_S,
            prerecord_s=self._parts.window.filled_ns(now_ns) / NS_PER_S,
            window_s=self._window_s,
            window_bytes=self._parts.window.size,
            made=self._parts.opener.number,
            space=space.seen,
            faults=tuple(fault for fault in faults if fault),
            by_hand_ns=self._executor.by_hand_ns,
            sealed_to=tuple(each.key_id.hex() for each in self._parts.opener.recipients),
        )

    def close(self) -> None:
        """Zero every key and let go of the segment being written. Call it after the sensors are closed.

        It does not wait for ever for a card that hangs: recovery closes the segment then.
        """
        ticket = self._inbox.ticket()
        self._inbox.send(m.Shut(ticket.number))
        try:
            ticket.wait(CLOSE_WAIT_S)
        finally:
            self._parts.window.close()

    @property
    def _heart(self) -> Heart:  # what the camera knows now
        return self._executor.heart

    def _outcome(
        self, answer: object, noted: Callable[[Heart, Foreseen], str], event: Event | None = None
    ) -> Outcome:
        """What came of it; where that is late, what ``noted`` says of what the event will find."""
        if not isinstance(answer, Foreseen):
            return cast("Outcome", answer)
        sentence = f"{self._reason}: {noted(self._heart, answer)}."
        refused = event is not None and answers.is_refused(answer.state, event)
        return answers.late(self._heart, sentence, is_current=answer.is_current, refused=refused)

    def _say_late(self) -> None:
        self.news.tell(NewsKind.FAULT, self._parts.clock.label(), text=self._held_up)

    @property
    def _held_up(self) -> str:  # what was asked for, in a sentence
        return f"{self._reason}: what is asked of the camera is noted, and done as soon as it does."

    @property
    def _reason(self) -> str:  # why it is not done in time
        return answers.held_up_by(self._heart, busy=self._inbox.busy)


def _nothing() -> None:
    """Nobody listens."""
