"""A camera without threads, card or clock: the heart as it is, and a card that answers as it is told to.

    camera = ModelCamera()
    camera.move("press")
    camera.judge()

Messages reach the heart in any order that threads could bring about: a chunk is filmed, comes, and is stored
by three moves of their own, so that anything can happen in between. While the card hangs they wait, and the
sensors follow what was asked for (``device.recording.heart.closing``), as the executor has them do.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from device.recording.heart import effects as e
from device.recording.heart import messages as m
from device.recording.heart.closing import CLOSES_AFTER_NS, AwaitedChanges
from device.recording.heart.heart import Heart, Seen
from device.recording.heart.marked import BOOKMARK, LedgerMark, Marked
from device.recording.heart.noticed import SensorsOpenAgain
from device.recording.heart.outcome import Outcome
from device.recording.heart.step import step
from device.recording.state import Event
from device.ring.chunk import RingChunk
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import ClockLabel, Gap, GapCause, PlainChunk, Track
from protocol.footage.ledger.ledger import EventKind
from protocol.mode import Mode

SECOND_NS: Final = 1_000_000_000
BOOT_NS: Final = 500 * SECOND_NS
MOMENT_NS: Final = 1_000_000
"""Between two things that people ask for: all of them fall into the chunk that is being filled."""

OPENS_NS: Final = 100 * MOMENT_NS
"""So long it takes until sensors that open give something."""

WHILE_IT_HANGS: Final = frozenset(
    {
        "late",
        "filmed",
        "bring",
        "press",
        "stop",
        "bookmark",
        "private on",
        "private off",
        "dock",
        "undock",
        "answers",
    }
)
"""What can happen then; what else is asked for keeps its place likewise."""

ROLL_OVER_NS: Final = 6 * SECOND_NS
WINDOW_NS: Final = 30 * SECOND_NS
WEARERS: Final = ("visit-1", "visit-2")
SAID: Final = LedgerMark(EventKind.CONSENT_REFUSED, (("consent", "refused"),), "What was said")
"""What is said at the door while something is recorded."""

MARKS: Final = {"bookmark": BOOKMARK, "said": SAID}


class BugError(Exception):
    """An error of our own, as if."""


@dataclass
class ModelRecording:
    """A recording as the card has it."""

    number: int
    press_ns: int
    assignment: str | None
    chunks: list[int] = field(default_factory=list)
    unwritten: list[int] = field(default_factory=list)
    failed: bool = False
    ended: str | None = None
    stopped_ns: int | None = None
    marks: tuple[tuple[int | None, LedgerMark], ...] = ()


@dataclass
class Filmed:
    """A chunk, by its start: who wore the camera, in which stay in private, and whether it was recorded."""

    start_ns: int
    duration_ns: int
    wearer: str | None
    stay: int
    recorded: bool


@dataclass
class ModelCamera:
    """One camera. ``fork`` it to try what else could happen.

    Attributes:
        card: How the card answers: ``well``, ``full``, ``failing``, or not at all (``hang``); ``bug`` breaks
            the next chunk once.
        filmed: Every chunk that there ever was.
        waiting: Those that have not come yet.
        arriving: The one that has come, until it is known what becomes of it, and who waits.
        storing: The one that is being stored, and who waits.
        inbox: What waits for the card to answer.
        awaited: What was asked for and is not answered, as the executor notes it.
        closed: Since when sensors are closed by what is late, and where the camera is to be then.
        asked_while: What was asked for since the card hangs.
        stated: Chunks before which something is said to be missing.
        soon: What is to be dealt with once all that was begun is done.
        filling: The chunk that is being filled: when it began, and who wore the camera then.
        is_to_record: Whether that one is to be recorded, by all that had been asked for when it began.
        spans: Whether it spans the beginning of a window: what is before is private or of another, so
            that none of it is kept.
        window: Those in the window, oldest first.
        lost: Those that could not be stored: the next one says so.
        recordings: What the card has, by number.
        asked: Who asked for what, and the answers.
        told: Whether anybody was told that something is wrong.
        told_before_ns: Until when a ledger says that something is missing at a recording's end.
        wrong: Promises that were broken.
    """

    heart: Heart = field(default_factory=Heart)
    now_ns: int = BOOT_NS
    card: str = "well"
    filmed: dict[int, Filmed] = field(default_factory=dict)
    waiting: tuple[int, ...] = ()
    arriving: tuple[int, int] | None = None
    storing: tuple[int, int] | None = None
    inbox: tuple[m.Message, ...] = ()
    awaited: AwaitedChanges = field(default_factory=AwaitedChanges)
    closed: tuple[int, Mode] | None = None
    asked_while: tuple[str, ...] = ()
    stated: tuple[int, ...] = ()
    is_to_record: bool = False
    window: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    recordings: dict[int, ModelRecording] = field(default_factory=dict)
    asked: dict[int, str] = field(default_factory=dict)
    answers: dict[int, Outcome | bool] = field(default_factory=dict)
    told: bool = False
    told_before_ns: int = 0
    alarm: bool = False
    broken: bool = False
    filling: tuple[int, str | None] | None = None
    soon: tuple[m.Message, ...] = ()
    spans: bool = False
    stay: int = 0
    seq: int = 0
    asker: int = 0
    wrong: tuple[str, ...] = ()

    def fork(self) -> ModelCamera:
        """The same camera, to which something else can happen."""
        other = copy.copy(self)
        other.filmed, other.asked, other.answers = dict(self.filmed), dict(self.asked), dict(self.answers)
        other.recordings = {
            number: replace(each, chunks=[*each.chunks], unwritten=[*each.unwritten])
            for number, each in self.recordings.items()
        }
        return other

    # What can happen.

    def moves(self) -> tuple[str, ...]:
        """What can happen now."""
        camera = self.heart.camera
        possible = {
            "a second": self.storing is None and self.arriving is None,
            "filmed": self.filling is not None,
            "bring": bool(self.waiting) and self.storing is None and self.arriving is None,
            "store": self.storing is not None,
            "late": True,
            "answers": True,
            "press": True,
            "stop": True,
            "bookmark": True,
            "said": True,
            "private on": True,
            "private off": camera.private or self.hangs,
            "dock": not camera.docked or self.hangs,
            "undock": camera.docked or self.hangs,
            "next wearer": True,
            "same wearer": True,
            "nobody's": self.heart.assignment is not None,
            "overdue": self.alarm,
            "tick": True,
            "full": self.card == "well",
            "failing": self.card == "well",
            "bug": self.card == "well" and not self.broken,
            "well": self.card != "well",
        }
        only = WHILE_IT_HANGS if self.hangs else possible.keys() - {"late", "answers"}
        return tuple(name for name, can in possible.items() if can and name in only)

    @property
    def hangs(self) -> bool:
        """Whether the card does not answer."""
        return self.card == "hang"

    @property
    def sensors(self) -> bool:
        """Whether the sensors are to be open, as the executor says."""
        return self._awaits().sensors(self.heart.camera)

    def move(self, name: str) -> None:
        """Let something happen, and everything that follows at once."""
        if name in {"full", "failing", "bug", "well", "hang"}:
            self.card = name
            self.broken = self.broken or name == "bug"
        elif name == "a second":
            self._second()
        elif name == "late":
            self._time_passes(CLOSES_AFTER_NS)
        elif name == "answers":
            self._answers_again()
        elif name == "filmed":
            self._chunk_filmed()
        elif name == "bring":
            self._bring()
        elif name == "store":
            self._store()
        elif name == "overdue":
            self.alarm = False
            self.deal_with(m.Overdue())
        else:
            self._ask(name)
        self._look(name)

    def _second(self) -> None:
        for each in ("filmed", "bring", "store"):
            if each in self.moves():
                self.move(each)

    def start(self) -> None:
        """Be switched on, worn by the first."""
        self.deal_with(m.AskAssign(self._asker("assign"), WEARERS[0], worn=True, at=self._now()))
        self._ask("start")
        self._look("start")

    def drain(self) -> None:
        """The card is well, all that waits comes, and every wait ends."""
        self._answers_again()
        for _ in range(40):
            if self.storing is not None:
                self.move("store")
            elif self.waiting:
                self.move("bring")
            elif self.alarm:
                self.move("overdue")
            elif self.heart.wanted is not None and self.sensors:
                self.move("filmed")
            else:
                return
        self.wrong = (*self.wrong, "something goes on for ever")

    def _ask(self, name: str) -> None:
        self.now_ns += MOMENT_NS
        asker, now = self._asker(name), self._now()
        self.asked_while = (*self.asked_while, name) if self.hangs else ()
        event = next((each for each in Event if each == name), None)
        events = {event.value: event for event in Event}
        messages: dict[str, Callable[[], m.Command | m.Tick]] = {
            "press": lambda: m.AskPress(asker, "button", now),
            "stop": lambda: m.AskStop(asker, "stopped", now),
            "bookmark": lambda: m.AskBookmark(asker, now),
            "said": lambda: m.AskBookmark(asker, now, SAID),
            "tick": lambda: m.Tick(asker),
            "next wearer": lambda: self._assign(asker, self._next_wearer()),
            "same wearer": lambda: self._assign(asker, self.heart.assignment),
            "nobody's": lambda: self._assign(asker, None),
        }
        message = messages[name]() if name in messages else m.AskChange(asker, events[name], now)
        if isinstance(message, m.AskAssign):
            event = Event.ASSIGNED if message.worn else Event.UNASSIGNED
        if event is not None and not isinstance(message, m.AskBookmark | m.SealTo | m.Tick):
            self.awaited = self._awaits().ask(message, event, self.heart)
            self._look_whether_closed()
        self.deal_with(message)
        if asker in self.answers:  # whoever asked goes on
            self.awaited = self.awaited.is_made(asker, self.heart.pending)

    def _look_whether_closed(self) -> None:
        """As the executor does."""
        closed_as = self._awaits().closed_as(self.heart.as_is)
        if closed_as is not None:
            self.closed = (self.now_ns if self.closed is None else self.closed[0], closed_as)
        elif self.closed is not None:
            (closed_ns, home), self.closed = self.closed, None
            self.deal_with(SensorsOpenAgain(closed_ns, self.now_ns, home))

    def _awaits(self) -> AwaitedChanges:
        return self.awaited.still(lambda asker: asker not in self.answers)

    def _answers_again(self) -> None:
        """The card answers, and all that waited for it is dealt with."""
        self.card, self.asked_while = "well", ()
        waited, self.inbox = self.inbox, ()
        for message in waited:
            self.deal_with(message)
            self._look("answers")
        self._arrived()

    def _assign(self, asker: int, assignment: str | None) -> m.AskAssign:
        return m.AskAssign(asker, assignment, worn=assignment is not None, at=self._now())

    def _next_wearer(self) -> str:
        return WEARERS[1 - WEARERS.index(self.heart.assignment or WEARERS[1])]

    def _chunk_filmed(self) -> None:
        """The chunk that is being filled is full, and the next one begins."""
        if self.filling is not None:
            self.now_ns = self.filling[0] + SECOND_NS
            self._end_chunk()

    def _time_passes(self, ns: int) -> None:
        until_ns = self.now_ns + ns
        while self.filling is not None and self.filling[0] + SECOND_NS <= until_ns:
            self._chunk_filmed()
        self.now_ns = until_ns

    def _end_chunk(self) -> None:
        if self.filling is None or self.now_ns <= self.filling[0]:
            return
        heart, (start_ns, wearer) = self.heart, self.filling
        recorded = heart.camera.recording and (heart.ending is None or heart.awaits(start_ns))
        recorded = self.is_to_record or (recorded and not self.hangs)
        recorded, self.spans = recorded and not self.spans, False
        if recorded and (not heart.ends_for_good or heart.awaits(start_ns)):
            wearer = heart.whose
        self.filmed[start_ns] = Filmed(start_ns, self.now_ns - start_ns, wearer, self.stay, recorded)
        self.waiting = (*self.waiting, start_ns)
        self._begin_chunk(self.now_ns)

    def _begin_chunk(self, at_ns: int) -> None:
        self.filling = (at_ns, self.heart.assignment)
        self.is_to_record = self._awaits().then(self.heart.as_is).state.recording

    def _bring(self) -> None:
        start_ns, *rest = self.waiting
        self.waiting = tuple(rest)
        asker = self._asker("arrived")
        self.arriving = (start_ns, asker)
        self.deal_with(m.ChunkArrived(asker, self._chunk(start_ns)))
        self._arrived()

    def _arrived(self) -> None:
        if self.arriving is None or self.arriving[1] not in self.answers:
            return
        (start_ns, asker), self.arriving = self.arriving, None
        if self.answers[asker]:
            self.storing = (start_ns, self._asker("stored"))

    def _store(self) -> None:
        if self.storing is None:
            raise ValueError("nothing is being stored")
        (start_ns, asker), self.storing = self.storing, None
        plain = self._chunk(start_ns)
        if self.card in {"full", "failing"}:
            self.lost = (*self.lost, start_ns)
            self.deal_with(m.ChunkLost(asker, plain, f"The card is {self.card}."))
        else:
            self.lost = ()
            chunk = RingChunk(self.seq, "a", start_ns, plain.duration_ns, 1, tuple(Track))
            self.seq += 1
            self.deal_with(m.ChunkStored(asker, plain, chunk))

    # What the heart has done for it.

    def deal_with(self, message: m.Message) -> None:
        """As the executor does."""
        if self.hangs:
            self.inbox = (*self.inbox, message)
            return
        self._deal_with(message)
        while self.soon:
            following, *rest = self.soon
            self.soon = tuple(rest)
            self._deal_with(following)

    def _deal_with(self, message: m.Message) -> None:
        try:
            self._take(message)
        except BugError as error:
            if not isinstance(message, m.ChunkStored):
                raise
            self.lost = (*self.lost, message.plain.start_ns)
            self._take(m.ChunkBroken(message.asker, message.plain, message.chunk.seq, str(error)))

    def _take(self, message: m.Message) -> None:
        self.heart, todo = step(self.heart, message, self._seen(), ROLL_OVER_NS)
        for effect in todo:
            for result in self._carry_out(effect):
                self._take(result)

    def _carry_out(self, effect: e.Effect) -> list[m.Message]:  # noqa: C901, PLR0911, PLR0912 - a table
        match effect:
            case e.Answer():
                self._answer(effect.asker, effect.outcome)
            case e.Go():
                self._answer(effect.asker, effect.store)
            case e.Soon():
                self.soon = (*self.soon, effect.message)
            case e.Then():
                return [effect.message]
            case e.Commit():
                return self._commit(effect)
            case e.Keep():
                return self._keep(effect)
            case e.WriteBookmark():
                return [Marked(effect.asker, self._mark(effect), words=effect.mark.words)]
            case e.NotePress():
                return [Marked(effect.asker, self._write(), is_press=True)]
            case e.RollOver():
                return self._roll_over(effect)
            case e.End():
                return self._end(effect)
            case e.Leave():
                self._leave()
            case e.FinishSegment():
                self._check(self.storing is None, "a segment was closed while a chunk was being stored")
            case e.ClearWindow():
                self.window = ()
            case e.ForgetLost():
                self.lost = ()
            case e.SayFault():
                self.told = True
            case e.BeginWindow():
                self.spans = self.filling is not None and self.filling[0] < effect.since_ns
            case e.StateGap():
                self.stated = (*self.stated, effect.chunk.start_ns)
            case e.TellSensors():
                self.filling = self.filling if self.sensors else None
            case e.CutChunk():
                self.now_ns += MOMENT_NS
                self._end_chunk()
            case e.Await():
                self.alarm = True
            case _:
                pass
        return []

    def _commit(self, effect: e.Commit) -> list[m.Message]:
        self._check(self._current() is None, "a recording was opened while another was under way")
        if self.card in {"full", "failing"}:
            return [m.NotOpened(effect.asker, f"The card is {self.card}.", None)]
        wanted = effect.wanted
        recording = self._new(
            wanted.press_ns, wanted.assignment, [*self.window] if wanted.whole_window else []
        )
        current = m.Current(recording.number, wanted.press_ns, wanted.marks, wanted.assignment, 0.0)
        return [m.Opened(effect.asker, current)]

    def _new(self, press_ns: int, assignment: str | None, chunks: list[int]) -> ModelRecording:
        number = len(self.recordings) + 1
        self.recordings[number] = ModelRecording(number, press_ns, assignment, chunks)
        return self.recordings[number]

    def _keep(self, effect: e.Keep) -> list[m.Message]:
        if self.card == "bug":
            self.card = "well"
            raise BugError("as if")
        start_ns, current = effect.chunk.start_ns, self._current()
        self.window = tuple(each for each in (*self.window, start_ns) if each >= self.now_ns - WINDOW_NS)
        results: list[m.Message] = []
        if effect.record and current is not None:
            current.unwritten.append(start_ns)
            why = self._write()
            results = [] if why is None else [m.StorageFailed(why)]
        if not effect.hold:
            self.window = ()
        return results

    def _write(self) -> str | None:
        """Write what waits in the ledger; why that is not possible."""
        current = self._current()
        if current is None or current.failed or self.card == "failing":
            if current is not None:
                current.failed = True
            return "The card is failing."
        if self.card == "full":
            return "The card is full."
        current.chunks += current.unwritten
        current.unwritten = []
        return None

    def _mark(self, effect: e.WriteBookmark) -> str | None:
        current, why = self._current(), self._write()
        if why is None and current is not None:
            current.marks = (*current.marks, (effect.asker, effect.mark))
        return why

    def _roll_over(self, effect: e.RollOver) -> list[m.Message]:
        before = self._current()
        if before is None or self.card in {"full", "failing"}:
            return [m.StorageFailed("The card does not take another.")]
        before.ended = "closed"
        after = self._new(effect.at.ns, before.assignment, [])
        return [m.RolledOver(m.Current(after.number, effect.at.ns, (), after.assignment, 0.0))]

    def _end(self, effect: e.End) -> list[m.Message]:
        current = self._current()
        self._check(current is not None, "a recording was ended that was not under way")
        if current is None:
            return []
        why = self._write()
        current.ended, current.stopped_ns = "closed" if why is None else "cut off", effect.at.ns
        last_ns = max((start + self.filmed[start].duration_ns for start in current.chunks), default=0)
        if effect.at.ns > last_ns:  # the ledger states what is missing at the end
            self.told_before_ns = max(self.told_before_ns, effect.at.ns)
        lost = tuple(Gap(Track.VIDEO, each, SECOND_NS, GapCause.STORAGE) for each in self.lost)
        ended: m.HasEnded = m.HasEnded(
            effect.askers, current.number, "closed" if why is None else "cut off", lost, 0.0, 0.0
        )
        return [ended] if why is None else [m.StorageFailed(why), ended]

    def _leave(self) -> None:
        current = self._current()
        if current is not None:
            current.ended, current.unwritten = "cut off", []

    # What must hold.

    def _look(self, name: str) -> None:
        """What must hold after every move."""
        camera, current = self.heart.camera, self._current()
        self.awaited = self._awaits().look(self.now_ns)
        self._look_whether_closed()
        self._follow_sensors()
        if self.hangs:
            self._look_while_it_hangs(name)
            return
        if camera.home is Mode.PRIVATE and not camera.recording:
            self._check(not camera.sensors, "a sensor is open in private")  # C11
            self.stay += name == "private on"
        if not camera.sensors and self.heart.ending is None:
            self._check(not self.window, "the window holds something with the sensors closed")  # C2, C11
        known = None if self.heart.current is None else self.heart.current.number
        self._check(known == (None if current is None else current.number), "which recording is under way")
        self._check(camera.recording or known is None or self.heart.ending is not None, "it records unseen")

    def _follow_sensors(self) -> None:
        """Film, or not: a capture that closes while the card hangs still hands over what it has."""
        if self.sensors and self.filling is None:
            self._begin_chunk(self.now_ns + OPENS_NS)
        elif self.sensors and self.filling is not None and self.now_ns < self.filling[0]:
            self._begin_chunk(self.filling[0])  # it has not begun: what is asked until then counts
        elif not self.sensors:
            if self.hangs:
                self._end_chunk()
            self.filling = None

    def _look_while_it_hangs(self, name: str) -> None:
        """What somebody sees who knows only what they asked for."""
        asked = self.asked_while
        last = max((at for at, each in enumerate(asked) if each in {"private on", "dock"}), default=-1)
        if name == "late" and last >= 0 and "press" not in asked[last:]:
            self._check(not self.sensors, "sensors are open that somebody wants closed")  # C11
        if name == "press" and "dock" not in asked and not self.heart.camera.docked:
            self._check(self.sensors, "whoever presses is not filmed")  # C3

    def judge(self) -> None:
        """What must hold in the end, when everything that waited has come."""
        foreseen = self._awaits().then(self.heart.as_is)
        self.drain()
        reached = self.heart.as_is
        states = [replace(each.state, faulty=False) for each in (foreseen, reached)]
        self._check(states[0] == states[1], "where the camera will be was foreseen otherwise")  # F8
        whose = foreseen.holder.assignment == reached.holder.assignment
        self._check(whose, "whose the camera will be was foreseen otherwise")  # F8
        for asker, what in self.asked.items():
            self._check(asker in self.answers, f"{what} was never answered")
        for asker, outcome in self.answers.items():
            if self.asked[asker] == "press" and isinstance(outcome, Outcome) and outcome.ok:  # C3
                self._check(outcome.number in self.recordings, "a press was answered that is not recorded")
            if self.asked[asker] in MARKS and isinstance(outcome, Outcome) and outcome.ok:  # C3
                mark = (asker, MARKS[self.asked[asker]])
                numbers = [each.number for each in self.recordings.values() if mark in each.marks]
                self._check(numbers == [outcome.number], "what was said is not in the ledger that was named")
        kept = {start for each in self.recordings.values() for start in each.chunks}
        for chunk in self.filmed.values():
            if chunk.recorded and chunk.start_ns not in kept:  # C3, C6
                told = self.told or chunk.start_ns < self.told_before_ns
                self._check(told, f"{self._seconds(chunk.start_ns)} was recorded and is gone unsaid")
        for recording in self.recordings.values():
            self._judge_recording(recording)

    def _judge_recording(self, recording: ModelRecording) -> None:
        starts = recording.chunks
        self._check(starts == sorted(set(starts)), "out of order or twice")
        if recording.stopped_ns is not None:
            late = [start for start in starts if start >= recording.stopped_ns]
            self._check(not late, "what was filmed after the stop is in the recording")  # C11
        before = [self.filmed[start] for start in starts if start < recording.press_ns]
        others = [start for start in starts if self.filmed[start].wearer != recording.assignment]
        self._check(not others, "a recording holds what another wearer was part of")
        self._check(
            len({chunk.stay for chunk in before}) <= 1, "a pre-record reaches back over a private time"
        )
        if not self.told:  # C6
            ends = [start + self.filmed[start].duration_ns for start in starts]
            holes = [
                at for end, at in zip(ends, starts[1:], strict=False) if at - end > CONTINUITY_TOLERANCE_NS
            ]
            self._check(set(holes) <= set(self.stated), "a hole without a cause")
            between = [start for start in self.filmed if starts and starts[0] <= start <= starts[-1]]
            self._check(starts == between, "a seam")

    # Small things.

    def _current(self) -> ModelRecording | None:
        return next((each for each in self.recordings.values() if each.ended is None), None)

    def _check(self, holds: bool, promise: str) -> None:
        if not holds:
            self.wrong = (*self.wrong, promise)

    def _answer(self, asker: int, answer: Outcome | bool) -> None:
        self._check(asker not in self.answers, f"{self.asked[asker]} was answered twice")
        self.answers[asker] = answer
        if isinstance(answer, Outcome) and not answer.ok and self.asked[asker] == "stop":
            self.told = self.told or "goes on" not in answer.sentence

    def _asker(self, what: str) -> int:
        self.asker += 1
        self.asked[self.asker] = what
        return self.asker

    def _now(self) -> m.Instant:
        return m.Instant(self.now_ns, _label(self.now_ns))

    def _seen(self) -> Seen:
        current = self._current()
        return Seen(
            now=self._now(),
            window_empty=not self.window,
            stuck=current is not None and bool(current.unwritten or current.failed),
            failed=current is not None and current.failed,
            lost=tuple(Gap(Track.VIDEO, each, SECOND_NS, GapCause.STORAGE) for each in self.lost),
        )

    def _chunk(self, start_ns: int) -> PlainChunk:
        return PlainChunk(start_ns, self.filmed[start_ns].duration_ns, _label(start_ns), ())

    def _seconds(self, start_ns: int) -> str:
        return f"second {(start_ns - BOOT_NS) // SECOND_NS}"


def _label(ns: int) -> ClockLabel:
    return ClockLabel(ns // 1000, synchronised=True, error_us=0)
