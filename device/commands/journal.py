"""Which commands the camera has begun and what came of them, on its card.

Rules:

- The id is durable before anything is done, under a number of its own; then what came of it; then that the
  broker has the answer. Each is one step: a power cut leaves the one before or the one after.
- An id is forgotten once its answer is told and the command cannot count any more: an hour after it has
  expired by the least that the fleet's clock can show.
- At most ``REMEMBERED`` are held; where none can be forgotten, there is no room for another.
- What cannot be read is said (``unreadable``), and stays.

It decides about no command. For one thread.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from device.errors import StorageError
from device.storage import durable
from protocol.footage.consent import SaidOfConsent  # noqa: TC001 - pydantic evaluates it
from protocol.messages.base import Identifier, Message, UtcMicroseconds
from protocol.messages.commands import CommandKind, Response  # noqa: TC001 - see above
from protocol.units import US_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from protocol.messages.commands import Command

log = logging.getLogger(__name__)

REMEMBERED: Final = 500
"""As many as the fleet takes consent events of a camera in a day."""
MARGIN_US: Final = 3600 * US_PER_S
"""By how much the fleet's clock may be set back and no command count anew."""
_NAME: Final = re.compile(r"([0-9]{8})\.json")


class CommandRecord(Message):
    """One command as the card has it.

    Attributes:
        id: Its id.
        kind: What was to be done.
        said: For ``consent``, what was said.
        expires_utc_us: By the fleet's clock.
        began_utc_us: When it was begun, by the camera's clock.
        response: What came of it; None while it is being done.
        told: Whether the broker has the answer.
    """

    id: Identifier
    kind: CommandKind
    said: SaidOfConsent | None = None
    expires_utc_us: UtcMicroseconds
    began_utc_us: UtcMicroseconds
    response: Response | None = None
    told: bool = False


class CommandJournal:
    """The commands that were begun.

    Args:
        filesystem: The disk.
        folder: Where they lie; it is there.

    Attributes:
        unreadable: Whether there is what cannot be read: a command of before the start that nobody can tell.
    """

    def __init__(self, filesystem: Filesystem, folder: Path) -> None:
        self.unreadable = False
        self._filesystem = filesystem
        self._folder = folder
        self._records: dict[int, CommandRecord] = {}
        self._number = 0
        for name in filesystem.listdir(folder):
            match = _NAME.fullmatch(name)
            if match is not None:
                self._number = int(match[1])
                self._load(self._number)
        self._numbers = {record.id: number for number, record in self._records.items()}

    def __iter__(self) -> Iterator[CommandRecord]:
        """All of them, the oldest first."""
        return iter(tuple(self._records.values()))

    def find(self, id_: str) -> CommandRecord | None:
        """The command of that id, if it was begun."""
        number = self._numbers.get(id_)
        return None if number is None else self._records[number]

    @property
    def room(self) -> bool:
        """Whether another can be remembered."""
        return len(self._records) < REMEMBERED

    def begin(self, command: Command, at_utc_us: int) -> None:
        """Make it durable that a command is about to be done.

        Raises:
            StorageError: It is not for certain: do nothing.
        """
        record = CommandRecord(
            id=command.id,
            kind=command.kind,
            said=None if command.consent is None else command.consent.said,
            expires_utc_us=command.expires_utc_us,
            began_utc_us=at_utc_us,
        )
        self._number += 1
        path = self._path(self._number)
        try:
            durable.write_new(self._filesystem, path, _data(record))
        except StorageError:
            self._take_back(path)
            raise
        self._records[self._number] = record
        self._numbers[record.id] = self._number

    def finish(self, response: Response) -> None:
        """Note what came of a command that was begun.

        Raises:
            StorageError: It is not durable for certain; it is known here all the same.
        """
        number = self._numbers[response.id]
        self._records[number] = record = self._records[number].model_copy(update={"response": response})
        durable.replace(self._filesystem, self._path(number), _data(record))

    def told(self, id_: str) -> None:
        """The broker has the answer. Where that cannot be noted, it is told again after the next start."""
        number = self._numbers.get(id_)
        if number is None or self._records[number].told:
            return
        self._records[number] = record = self._records[number].model_copy(update={"told": True})
        try:
            durable.replace(self._filesystem, self._path(number), _data(record))
        except StorageError as error:
            log.warning("The answer to a command will be told again after the next start: %s", error)

    def forget(self, earliest_us: int) -> None:
        """Let go of commands that cannot count any more.

        Args:
            earliest_us: What the fleet's clock shows at least.
        """
        for number, record in tuple(self._records.items()):
            if not record.told or earliest_us < record.expires_utc_us + MARGIN_US:
                continue
            try:
                durable.remove(self._filesystem, self._path(number))
            except StorageError as error:
                log.warning("A command that has long expired cannot be removed from the card: %s", error)
                return
            del self._records[number], self._numbers[record.id]

    def _load(self, number: int) -> None:
        path = self._path(number)
        try:
            self._records[number] = CommandRecord.model_validate_json(self._filesystem.read(path))
        except (OSError, ValidationError) as error:
            log.warning("%s cannot be read: which command it was nobody can tell: %s", path, error)
            self.unreadable = True

    def _take_back(self, path: Path) -> None:
        """Remove what may be there of a command that is not done; what stays is answered after a start."""
        if self._filesystem.exists(path):
            try:
                durable.remove(self._filesystem, path)
            except StorageError as error:
                log.warning("%s", error)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.json"


def _data(record: CommandRecord) -> bytes:
    return record.model_dump_json().encode()
