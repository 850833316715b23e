"""Takes commands of the fleet, has done what it does, and keeps the answers until the broker has them.

Rules:

- Whoever brings a command puts it into a queue and goes on. One thread does all else; with a driver it is
  done where that lets time pass.
- What is to be done is decided by a pure function (``device.commands.decision``), and done by
  ``device.commands.obeying``.
- What comes too fast to be read is counted, and not done.

It opens no connection: the link hands commands over, and asks for the answers.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from device.commands.answers import CommandAnswers
from device.commands.decision import (
    LATER_VERSION,
    TOO_MANY_HELD,
    Answered,
    NoCommandError,
    Todo,
    decide,
    read_command,
    repeated,
)
from device.commands.obeying import ObeyedOnce
from device.commands.quiet import QuietLog
from device.commands.view import CommandsView
from protocol.messages.commands import Command, CommandOutcome, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock, Driver
    from device.commands.fleet_time import FleetTime
    from device.commands.journal import CommandJournal, CommandRecord
    from device.commands.obeying import DoorOfCommands

log = logging.getLogger(__name__)

MOST_WAITING: Final = 64
"""Commands that have come and were not read yet."""
MOST_HELD: Final = 32
"""Commands that wait for the fleet's time."""
UNKNOWN_KIND: Final = "of a later version"


class _Sign(Enum):
    START = auto()
    TIME = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class _Told:
    id: str


class CommandRunner:
    """Obeys commands, from ``start`` to ``stop``. Thread-safe.

    Args:
        camera: The camera's id.
        journal: What was begun.
        fleet_time: What the fleet's clock shows.
        door: Does what is said at the door.
        clock: The camera's own, for labels and pauses.
        driver: Lets time pass in place of a thread; None for a thread.

    Attributes:
        fleet_time: What the fleet's clock shows.
    """

    def __init__(
        self,
        camera: str,
        journal: CommandJournal,
        fleet_time: FleetTime,
        door: DoorOfCommands,
        clock: Clock,
        driver: Driver | None = None,
    ) -> None:
        self.fleet_time = fleet_time
        self._camera = camera
        self._journal = journal
        self._obeyed = ObeyedOnce(camera, journal, fleet_time, door, clock)
        self._driver = driver
        self._guard = threading.Lock()
        self._answers = CommandAnswers()
        self._quiet = QuietLog(log, clock.boot_ns)
        self._held: dict[str, Command] = {}
        self._last: tuple[str, Response] | None = None
        self._came: queue.SimpleQueue[bytes | _Told | _Sign] = queue.SimpleQueue()
        self._waiting = self._unread = self._said_unread = 0
        self._busy = False
        self._callbacks: tuple[Callable[[], None], ...] = ()
        self._thread = threading.Thread(target=self._run, name="commands", daemon=True)
        fleet_time.on_known(lambda: self._send(_Sign.TIME))

    def on_answer(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` whenever there is another answer, with no lock held; it must return at once."""
        self._callbacks = (*self._callbacks, callback)

    def start(self) -> None:
        """Begin, with what was left open before the start; returns at once."""
        self._send(_Sign.START)
        if self._driver is None:
            self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Do nothing more; what is under way is waited for so long, and no longer: the card may hang."""
        self._send(_Sign.STOP)
        if self._driver is None:
            self._thread.join(timeout_s)

    def offer(self, payload: bytes) -> None:
        """Something came for commands. Returns at once, from any thread."""
        with self._guard:
            if self._waiting >= MOST_WAITING:
                self._unread += 1
                return
            self._waiting += 1
        self._send(payload)

    def waiting(self) -> tuple[Response, ...]:
        """The answers that the broker has not acknowledged, the oldest first. From any thread."""
        with self._guard:
            return self._answers.waiting()

    def told(self, response: Response) -> None:
        """The broker has an answer. Returns at once, from any thread."""
        with self._guard:
            self._answers.told(response.id)
        if response.outcome is not CommandOutcome.REPEATED:
            self._send(_Told(response.id))

    @property
    def view(self) -> CommandsView:
        """What people are told. From any thread."""
        with self._guard:
            kind, response = (None, None) if self._last is None else self._last
            return CommandsView(kind, response, self._unread, self._answers.dropped)

    def _send(self, message: bytes | _Told | _Sign) -> None:
        self._came.put(message)
        if self._driver is not None:
            self._driver.after(0, self._step)

    def _step(self) -> None:
        """Deal with all that came, without the thread; what comes meanwhile waits for that."""
        if self._busy:
            return
        self._busy = True
        try:
            while not self._came.empty():
                self._take(self._came.get())
        finally:
            self._busy = False

    def _run(self) -> None:
        while (message := self._came.get()) is not _Sign.STOP:
            try:
                self._take(message)
            except Exception:
                log.exception("internal error: a command could not be dealt with")

    def _take(self, message: bytes | _Told | _Sign) -> None:
        if isinstance(message, bytes):
            with self._guard:
                self._waiting -= 1
            self._say_unread()
            self._read(message)
        elif isinstance(message, _Told):
            self._journal.told(message.id)
        elif message is _Sign.START:
            self._go_on()
        elif message is _Sign.TIME:
            self._deal_with_held()

    def _go_on(self) -> None:
        """Have told what was left open before the start, and what the broker may not have."""
        for record in self._journal:
            try:
                self._tell_again(record)
            except Exception:  # the others are answered all the same
                log.exception("internal error: what came of command %s could not be told", record.id)

    def _tell_again(self, record: CommandRecord) -> None:
        if (response := record.response) is None:
            response = self._obeyed.cut_off(record)
            self._say(record.kind, response, quietly=False)
        if not record.told:
            self._put(record.kind, response)
        else:
            with self._guard:
                self._last = (record.kind, response)

    def _say_unread(self) -> None:
        if (unread := self._unread) > self._said_unread:
            self._said_unread = unread
            sentence = f"Since the start {unread} commands came too fast to be read, and were not done."
            self._quiet.warn("unread", sentence)

    def _read(self, payload: bytes) -> None:
        try:
            command = read_command(payload, self._camera)
        except NoCommandError as error:
            self._quiet.warn("none", f"What came is ignored: {error}.")
            return
        if isinstance(command, Command):
            self._deal_with(command)
        elif not self._is_unfinished(command.id) and command.id not in self._held:
            before = self._before(command.id)
            later = Answered(CommandOutcome.REFUSED, LATER_VERSION)
            self._answer(UNKNOWN_KIND, command.id, later if before is None else repeated(before))

    def _before(self, id_: str) -> Response | None:
        """What an id was answered, as far as that is remembered."""
        record = self._journal.find(id_)
        return self._answers.find(id_) if record is None else record.response

    def _is_unfinished(self, id_: str) -> bool:
        """Answer a command that was begun and not finished, by an error of our own: it may have been done."""
        record = self._journal.find(id_)
        if record is None or record.response is not None:
            return False
        response = self._obeyed.broken_off(record)
        self._say(record.kind, response, quietly=False)
        self._put(record.kind, response)
        return True

    def _deal_with(self, command: Command) -> None:
        """Deal with a command, after those that came before it and wait for the fleet's time."""
        known = self.fleet_time.latest_us is not None  # looked at once: it may be told meanwhile
        if known:
            self._deal_with_held()
        self._decide(command, self.fleet_time.latest_us if known else None)

    def _deal_with_held(self) -> None:
        """Deal with what waited for the fleet's time, in the order in which it came."""
        held, self._held = self._held, {}
        for command in held.values():
            try:
                self._decide(command, self.fleet_time.latest_us)
            except Exception:  # the others are dealt with all the same
                log.exception("internal error: command %s could not be dealt with", command.id)

    def _decide(self, command: Command, latest_us: int | None) -> None:
        if self._is_unfinished(command.id):
            return
        if (earliest_us := self.fleet_time.earliest_us) is not None:
            self._journal.forget(earliest_us)
        todo = decide(
            command,
            before=self._before(command.id),
            room=self._journal.room,
            latest_us=latest_us,
            blind_until_us=self.fleet_time.since_us if self._journal.unreadable else None,
        )
        if todo is Todo.OBEY:
            response = self._obeyed.obey(command)
            self._say(command.kind, response, quietly=response.outcome is CommandOutcome.REFUSED)
            self._put(command.kind, response)
        elif isinstance(todo, Answered):
            self._answer(command.kind, command.id, todo)
        elif command.id not in self._held and len(self._held) >= MOST_HELD:
            self._answer(command.kind, command.id, Answered(CommandOutcome.REFUSED, TOO_MANY_HELD))
        else:
            self._held.setdefault(command.id, command)

    def _answer(self, kind: str, id_: str, came: Answered) -> None:
        """Answer a command with which nothing is done."""
        response = self._obeyed.response(id_, came)
        self._say(kind, response, quietly=True)
        self._put(kind, response)

    def _say(self, kind: str, response: Response, *, quietly: bool) -> None:
        """Say in the log what came of a command."""
        sentence = f"Command {response.id} ({kind}): {response.outcome}. {response.detail}"
        if quietly:
            self._quiet.warn(str(response.outcome), sentence)
        else:
            log.warning("%s", sentence)

    def _put(self, kind: str, response: Response) -> None:
        with self._guard:
            if response.outcome is not CommandOutcome.REPEATED:
                self._last = (str(kind), response)
            waits = self._answers.put(response)
        if waits:
            for callback in self._callbacks:
                callback()
