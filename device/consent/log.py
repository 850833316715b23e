"""What was said at the door of being recorded, signed by the camera and kept until the fleet has it.

Rules:

- They are made durable one after the other, in the order in which they came. While a card hangs no more than
  ``MOST_WAITING`` wait for it: what comes beyond that is refused, and nobody is told that it is kept.
- An event is durable, under a name of its own, before anybody is told that it is kept. One that could not be
  made durable for certain keeps its number: the next one has another, and names it as the one before.
- They are numbered without holes and each names the digest of the one before, whether or not anything was
  recorded: their order, and that one is missing, can be seen.
- They are handed to the fleet in that order, by whoever asks for what waits. One leaves the camera only after
  the fleet said that it holds it, and the newest stays: the count and the chain go on from it.

It decides nothing of the camera's state, and talks to no network.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device.errors import StorageError
from device.storage import durable
from protocol.footage.consent import NONE_BEFORE, ConsentEvent, parse_consent, sign_consent
from protocol.footage.format.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from device.credentials import Credentials
    from device.storage.filesystem import Filesystem
    from protocol.footage.consent import ConsentSaid
    from protocol.footage.format.model import ClockLabel

log = logging.getLogger(__name__)

MOST_WAITING: Final = 32
"""What was said may wait for the card so often, with what it is being asked to take."""

_NAME: Final = re.compile(r"([0-9]{8})\.cbor")


@dataclass(frozen=True, slots=True)
class ToldInTime:
    """When and to what something was said.

    Attributes:
        at_ns: When, on the boot-time clock.
        label: When, as wall time.
        way: What it was given by, such as ``control``.
        recording: The id of the recording that is under way, in hexadecimal; None where none is.
        assignment: The assignment that the camera is under.
    """

    at_ns: int
    label: ClockLabel
    way: str
    recording: str | None
    assignment: str | None


class ConsentLog:
    """The camera's consent events. Thread-safe.

    Args:
        filesystem: The disk.
        folder: Where they lie; it is there.
        credentials: As whom they are signed.
        run: The run's 16 bytes.
    """

    def __init__(self, filesystem: Filesystem, folder: Path, credentials: Credentials, run: bytes) -> None:
        self._filesystem = filesystem
        self._folder = folder
        self._credentials = credentials
        self._run = run
        self._guard = threading.Lock()  # never held while the card is asked for anything: the link reads, too
        self._removing = threading.Lock()
        self._comes_next = threading.Condition()
        self._line: deque[object] = deque()
        self._callbacks: tuple[Callable[[], None], ...] = ()
        self._held = sorted(
            int(match[1]) for name in filesystem.listdir(folder) if (match := _NAME.fullmatch(name))
        )
        self._refused: set[int] = set()
        self._taken = 0
        self._number = self._held[-1] if self._held else 0
        self._previous = self._digest_of(self._number) if self._held else NONE_BEFORE

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after every event that was kept, with no lock held; it must return at once."""
        self._callbacks = (*self._callbacks, callback)

    def keep(self, said: ConsentSaid, told: ToldInTime) -> int:
        """Sign what was said and make it durable; return its number.

        Raises:
            StorageError: It is not kept for certain, and nothing may be said to be; or too many wait already.
        """
        with self._in_order():
            event = ConsentEvent(
                camera=self._credentials.camera,
                number=self._number + 1,
                previous=self._previous,
                run=self._run,
                at_ns=told.at_ns,
                label=told.label,
                said=said,
                way=told.way,
                recording=None if told.recording is None else bytes.fromhex(told.recording),
                assignment=told.assignment,
            )
            data = sign_consent(event, self._credentials.sign, self._credentials.certificates)
            path = self._path(event.number)
            try:
                durable.write_new(self._filesystem, path, data)
            except StorageError:
                if self._filesystem.exists(path):  # it may be there after a power cut, too, or may not
                    self._count(event.number, data)
                raise
            self._count(event.number, data)
        for callback in self._callbacks:
            callback()
        return event.number

    @contextlib.contextmanager
    def _in_order(self) -> Iterator[None]:
        """Let one after the other be kept, in the order in which they came.

        Raises:
            StorageError: Too many wait for the card.
        """
        own = object()
        with self._comes_next:
            if len(self._line) >= MOST_WAITING:
                sentence = f"{MOST_WAITING} words wait for the card already: say it again once it answers."
                raise StorageError(sentence, operation="write", path=self._folder)
            self._line.append(own)
            self._comes_next.wait_for(lambda: self._line[0] is own)
        try:
            yield
        finally:
            with self._comes_next:
                self._line.popleft()
                self._comes_next.notify_all()

    def find(self, way: str) -> int | None:
        """The number of the event that was given by a way, None where none on the card was; the newest first.

        One that the fleet holds may have left the card, though never the newest.
        """
        with self._guard:
            held = tuple(reversed(self._held))
        for number in held:
            try:
                event = parse_consent(self._filesystem.read(self._path(number))).event
            except (OSError, FormatError) as error:
                log.warning("Consent event %d cannot be read: %s", number, error)
                continue
            if event.way == way:
                return number
        return None

    def waiting(self) -> tuple[int, ...]:
        """The numbers of those that the fleet has not said it holds, in order; after a start that is all."""
        with self._guard:
            return tuple(each for each in self._held if each > self._taken and each not in self._refused)

    def read(self, number: int) -> bytes:
        """The file of one that waits.

        Raises:
            OSError: It cannot be read.
        """
        return self._filesystem.read(self._path(number))

    def taken(self, number: int) -> None:
        """The fleet holds this one: it leaves the camera, unless it is the newest."""
        with self._removing:
            with self._guard:
                self._taken = max(self._taken, number)
                gone = [each for each in self._held[:-1] if each <= number and each not in self._refused]
            for each in gone:
                try:
                    durable.remove(self._filesystem, self._path(each))
                except StorageError as error:
                    log.warning("A consent event that the fleet holds cannot be removed: %s", error)
                    continue
                with self._guard:
                    self._held.remove(each)

    def refused(self, number: int) -> None:
        """The fleet will not take this one: it stays here, and keeps none after it from going."""
        with self._guard:
            self._refused.add(number)

    def _count(self, number: int, data: bytes) -> None:
        self._number, self._previous = number, parse_consent(data).digest
        with self._guard:
            self._held.append(number)

    def _digest_of(self, number: int) -> bytes:
        """The digest that the next one names; of one that cannot be read none, which shows as a break."""
        try:
            return parse_consent(self._filesystem.read(self._path(number))).digest
        except (OSError, FormatError) as error:
            log.warning("Consent event %d cannot be read, so the next one names none: %s", number, error)
            return NONE_BEFORE

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.cbor"
