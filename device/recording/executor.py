"""Deals with messages: has the heart decide, carries out what that says, and answers whoever asked.

It runs in the one thread that the inbox has. What comes of an effect is decided about before the next effect
is carried out, and answers are given once all is done. Nothing that goes wrong ends that thread. Sensors that
somebody wants closed do not wait for it (``device.recording.heart.closing``).
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from device.recording.effect_handler import EffectHandler
from device.recording.heart import effects as e
from device.recording.heart import messages as m
from device.recording.heart.closing import AwaitedChanges
from device.recording.heart.heart import Heart, Seen
from device.recording.heart.noticed import SensorsOpenAgain
from device.recording.heart.outcome import Outcome
from device.recording.heart.step import step
from device.recording.inbox import HeartInbox
from protocol.mode import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Driver
    from device.recording.heart.closing import AwaitedChange
    from device.recording.heart.effects import Effect
    from device.recording.heart.holder import Foreseen
    from device.recording.heart.messages import Asked, Instant, Message
    from device.recording.parts import Parts
    from device.recording.state import Event

log = logging.getLogger(__name__)

_COMMANDS = m.AskPress | m.AskStop | m.AskChange | m.AskAssign | m.AskBookmark

CHUNK_WAIT_S = 2.5
"""How long a stop waits for the chunk that it ended, or for one before it: longer than any chunk."""


class Executor:
    """The owner of what the camera knows.

    Attributes:
        heart: What the camera knows; any thread may read it.
        inbox: Where messages go in.
        handler: Carries out what the card has to do with.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        roll_over_ns: int,
        alert_percent: tuple[int, ...],
        cut: Callable[[], None],
        tell_sensors: Callable[[], None],
        on_late: Callable[[], None],
        driver: Driver | None = None,
    ) -> None:
        """Nothing has happened yet: the camera is off.

        Args:
            parts: What it works with.
            roll_over_ns: A recording this long goes on in a new one.
            alert_percent: How full the card is when it is worth saying.
            cut: Ends the chunk being filled; must return at once.
            tell_sensors: Called whenever sensors or recording may have changed; must return at once.
            on_late: Called once each time somebody is told to wait.
            driver: Lets time pass in place of a thread of its own.
        """
        self.heart = Heart()
        self.inbox: HeartInbox[Message] = HeartInbox(self._deal_with, on_late, driver)
        self.handler = EffectHandler(parts, alert_percent)
        self._parts = parts
        self._roll_over_ns = roll_over_ns
        self._cut = cut
        self._tell_sensors = tell_sensors
        self._answers: list[tuple[int, object]] = []
        self._begun: set[int] = set()  # who asked for what was taken up, until they are answered
        self._failed: Exception | None = None
        self._awaited = AwaitedChanges()
        self._closed: tuple[int, Mode] | None = None
        self._asking = threading.RLock()  # a driver deals with what is asked for while it is held

    @property
    def now(self) -> Instant:
        """The time."""
        return m.Instant(self._parts.clock.boot_ns(), self._parts.clock.label())

    @property
    def sensors(self) -> bool:
        """Whether the sensors should be open: as the state wants, unless what closes them is late (C11)."""
        awaited = self._awaited.still(self.inbox.waits)  # first: once that is made, the state is as it says
        return awaited.sensors(self.heart.camera)

    @property
    def by_hand_ns(self) -> int | None:
        """When the sensors were last closed since somebody had made it private or docked it; now, if so."""
        opened = self._opened  # first: once that press is made, the state is as it says
        heart, closed = self.heart, self._closed
        if opened is not None and heart.camera.closed_by_hand:
            return min(opened.at_ns, self.now.ns)
        late = closed is not None and closed[1] in {Mode.PRIVATE, Mode.DOCKED}
        return self.now.ns if late or heart.camera.closed_by_hand else heart.by_hand_ns

    @property
    def is_opened_late(self) -> bool:
        """Whether a press that the card keeps waiting has opened sensors that the state has closed."""
        opened = self._opened
        return opened is not None and opened.is_late

    @property
    def _opened(self) -> AwaitedChange | None:
        return self._awaited.still(self.inbox.waits).opened(self.heart.camera)

    def ask(self, make: Callable[[int, Instant], Asked], event: Event) -> object:
        """Have something done, and return the answer; when it is late, what it will find: ``Foreseen``.

        Sensors that close by what happens then close whatever the card does, and open again by a press that
        will record.

        Args:
            make: Makes the message of whoever asks and of the time.
            event: What happens then.
        """
        with self._asking:  # what is noted is in the order in which it is dealt with
            ticket, now = self.inbox.ticket(), self.now
            message = make(ticket.number, now)
            opens = self._note(message, event)
            wait = self.inbox.asking(message, ticket)
        if opens:
            self._tell_sensors()
        answer = wait()
        if answer is not None:
            with self._asking:
                self._awaited = self._awaited.is_made(ticket.number, self.heart.pending)
            return answer
        with self._asking:
            then = self.before(ticket.number)
            self._awaited = self._awaited.still(self.inbox.waits).is_late(ticket.number)
            self._look_whether_closed()
        self._tell_sensors()
        return then

    @property
    def then(self) -> Foreseen:
        """What the camera will be as what is asked for next finds it."""
        with self._asking:
            return self._awaited.still(self.inbox.waits).then(self.heart.as_is)

    def before(self, asker: int) -> Foreseen:
        """What the camera will be as what that ticket asks for finds it, or was, if that is made."""
        with self._asking:  # it may be made, and answered at this moment
            awaited = self._awaited.still(lambda each: each == asker or self.inbox.waits(each))
            return awaited.before(asker, self.heart.as_is)

    def look_at_closings(self) -> None:
        """Time has passed. Waits for nothing; call it about four times a second."""
        with self._asking:
            had = self._awaited
            self._awaited = had.still(self.inbox.waits).look(self._parts.clock.boot_ns())
            self._look_whether_closed()
        if had != self._awaited:
            self._tell_sensors()

    def _note(self, message: Asked, event: Event) -> bool:
        """Note what is asked for; tell whether it opens sensors that are closed, before the card answers."""
        had, heart = self._awaited.still(self.inbox.waits), self.heart
        self._awaited = had.ask(message, event, heart)
        self._look_whether_closed()
        return self._awaited.sensors(heart.camera) and not had.sensors(heart.camera)

    def _look_whether_closed(self) -> None:
        """Remember that what is late has closed the sensors, and tell the heart as soon as it does no more.

        That is in the line before all footage of sensors that are open again.
        """
        closed_as = self._awaited.still(self.inbox.waits).closed_as(self.heart.as_is)
        if closed_as is not None:
            self._closed = (self.now.ns if self._closed is None else self._closed[0], closed_as)
        elif self._closed is not None:
            (closed_ns, home), self._closed = self._closed, None
            self.inbox.send(SensorsOpenAgain(closed_ns, self.now.ns, home))

    def _deal_with(self, message: Message) -> None:
        """Deal with a message and all that comes of it, then answer. Never raises: whoever asked is told."""
        self._deal_with_all(message)
        answers, self._answers = self._answers, []
        for asker, answer in answers:
            self._begun.discard(asker)
            self.inbox.answer(asker, answer, first=isinstance(answer, Outcome))
        self._give_up()
        with self._asking:
            self._look_whether_closed()
        try:
            self.handler.under_way.tell_opened()
        except Exception:
            log.exception("Whoever listens has failed at the news of a recording.")

    def _give_up(self) -> None:
        """After an error of our own, tell whoever waits for what is not carried out any more."""
        failed, self._failed = self._failed, None
        if failed is not None:
            lost = self._begun - self.heart.pending
            self._begun -= lost
            for asker in lost:
                self.inbox.answer(asker, None, failed)

    def _deal_with_all(self, message: Message) -> None:
        try:
            self._take(message)
        except Exception as error:  # a camera that films on is worth more than a clean end
            self._failed = error
            if isinstance(message, m.ChunkArrived | m.ChunkStored | m.ChunkLost):
                log.exception("A chunk could not be taken in.")
                seq = message.chunk.seq if isinstance(message, m.ChunkStored) else self._parts.writer.next_seq
                self._deal_with_all(m.ChunkBroken(message.asker, message.plain, seq, str(error)))
                return
            asker = getattr(message, "asker", None)
            if asker is None:
                log.exception("What had to be done has failed.")
            self.inbox.answer(asker, None, error)
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            self.inbox.answer(getattr(message, "asker", None), None, error)

    def _take(self, message: Message) -> None:
        """Decide, then carry out, with what comes of each effect before the next."""
        were_open = self.heart.camera.sensors
        heart, todo = step(self.heart, message, self._seen(), self._roll_over_ns)
        with self._asking:  # whoever looks sees both
            self.heart = heart
            self._note_made(todo)
        if were_open and not self.heart.camera.sensors:
            self._tell_sensors()  # before the card is asked for anything: it may take its time, or hang
        if isinstance(message, _COMMANDS):
            self._begun.add(message.asker)
        for effect in todo:
            if isinstance(effect, e.Then) and isinstance(effect.message, m.Command):
                self._deal_with_all(effect.message)  # an error in one is none in what comes after it
                continue
            for result in self._carry_out(effect):
                self._take(result)

    def _note_made(self, todo: tuple[Effect, ...]) -> None:
        """Note what is made and will be answered once the card has taken it, which may hang."""
        told = [each.message if isinstance(each, e.Then) else each for each in todo]
        made = [(each.asker, each.found) for each in told if isinstance(each, e.Answer | m.Said)]
        for asker, found in made:
            if found is not None:
                self._awaited = self._awaited.has_found(asker, found)

    def _carry_out(self, effect: Effect) -> list[Message]:
        match effect:
            case e.Answer():
                self._answers.append((effect.asker, effect.outcome))
            case e.Go():
                self._answers.append((effect.asker, effect.store))
            case e.Soon():
                self.inbox.send(effect.message)
            case e.CutChunk():
                self.inbox.call(effect.asker, self._cut)
            case e.TellSensors():
                self._tell_sensors()
            case e.Await():
                self.inbox.set_alarm(CHUNK_WAIT_S, m.Overdue())
            case e.Then():
                return [effect.message]
            case _:
                return self.handler.carry_out(effect)
        return []

    def _seen(self) -> Seen:
        under_way, writer = self.handler.under_way, self._parts.writer
        return Seen(
            now=self.now,
            window_empty=self._parts.window.empty,
            segment_full=writer.full,
            stuck=under_way.stuck,
            failed=under_way.failed,
            unpublished=under_way.publisher.failing,
            lost=writer.lost,
        )
