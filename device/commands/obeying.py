"""Has a command done, once or not at all: its id is durable before, and what came of it after.

Rules:

- Where the card does not take the id nothing is done, and that is the answer.
- Once the id is durable it is looked again whether the command counts: a card may take its time, and nothing
  is obeyed late.
- A start answers what a power cut left open; what an error of our own broke off is answered when it is asked
  again, and not done again. What was said at the door is exact: an event names its command, so it was kept or
  it was not.

For one thread.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

from device.commands.decision import TOO_LATE, Answered
from device.errors import ControlError, StorageError
from protocol.messages.base import MAX_SHORT_TEXT, MAX_UTC_US
from protocol.messages.commands import CommandOutcome, Response

if TYPE_CHECKING:
    from device.clock import Clock
    from device.commands.fleet_time import FleetTime
    from device.commands.journal import CommandJournal, CommandRecord
    from protocol.footage.consent import ConsentSaid
    from protocol.messages.commands import Command

log = logging.getLogger(__name__)

CUT_OFF: Final = (
    "The camera was switched off before it had finished: no consent event of this is on the camera, and what "
    "follows from it may have been done."
)
BROKEN_OFF: Final = (
    "An error of the camera's own broke it off before it had finished: no consent event of this is on the "
    "camera, and what follows from it may have been done."
)


class DoneAtDoor(Protocol):
    """What came of what was said at the door; see ``device.door.door.ConsentOutcome``."""

    @property
    def ok(self) -> bool: ...  # noqa: D102 - see there
    @property
    def refused(self) -> bool: ...  # noqa: D102 - see there
    @property
    def sentence(self) -> str: ...  # noqa: D102 - see there
    @property
    def consent(self) -> int | None: ...  # noqa: D102 - see there


class DoorOfCommands(Protocol):
    """Where what is said at the door is done and kept.

    ``say`` raises a ``ControlError`` for what nobody can have said; ``find`` returns the number of the event
    that was given by a way, None where there is none on the camera.
    """

    def say(self, said: ConsentSaid, way: str) -> DoneAtDoor: ...  # noqa: D102 - see above
    def find(self, way: str) -> int | None: ...  # noqa: D102 - see above


def way_of(command: str) -> str:
    """How an event names the command that it was given by."""
    return f"command {command}"


class ObeyedOnce:
    """Does what commands say.

    Args:
        camera: The camera's id.
        journal: What was begun.
        fleet_time: What the fleet's clock shows.
        door: Does what is said at the door.
        clock: The camera's own, for labels.
    """

    def __init__(
        self,
        camera: str,
        journal: CommandJournal,
        fleet_time: FleetTime,
        door: DoorOfCommands,
        clock: Clock,
    ) -> None:
        self._camera = camera
        self._journal = journal
        self._fleet_time = fleet_time
        self._door = door
        self._clock = clock

    def obey(self, command: Command) -> Response:
        """Do what a command says, and return what came of it."""
        try:
            self._journal.begin(command, self._now_us)
        except StorageError as error:
            return self.response(command.id, Answered(CommandOutcome.REFUSED, f"Nothing was done: {error}"))
        latest_us = self._fleet_time.latest_us
        if latest_us is None or latest_us >= command.expires_utc_us:
            came = Answered(CommandOutcome.EXPIRED, TOO_LATE)
        else:
            came = self._do(command)
        return self._finish(command.id, came)

    def cut_off(self, record: CommandRecord) -> Response:
        """Find out what came of a command that a power cut or an end found under way."""
        return self._finish(record.id, self._find_out(record, "before the camera was switched off", CUT_OFF))

    def broken_off(self, record: CommandRecord) -> Response:
        """Find out what came of a command that an error of our own broke off; it is not done again."""
        return self._finish(
            record.id, self._find_out(record, "before an error of the camera's own", BROKEN_OFF)
        )

    def response(self, id_: str, came: Answered) -> Response:
        """The answer to a command, given now."""
        return Response(
            id=id_,
            camera=self._camera,
            outcome=came.outcome,
            at_utc_us=self._now_us,
            detail=came.sentence[:MAX_SHORT_TEXT],
            consent=came.consent,
        )

    def _do(self, command: Command) -> Answered:
        """Do what a command of consent says; what goes wrong is its outcome."""
        if command.consent is None:
            raise TypeError("internal error: nothing was said")
        try:
            said = self._door.say(command.consent.to_said(), way_of(command.id))
        except ControlError as error:
            return Answered(CommandOutcome.REFUSED, str(error))
        except Exception as error:
            log.exception("A command has failed.")
            return Answered(CommandOutcome.FAILED, f"It may have been done: internal error: {error}")
        if said.ok:
            return Answered(CommandOutcome.DONE, said.sentence, said.consent)
        outcome = CommandOutcome.REFUSED if said.refused else CommandOutcome.FAILED
        return Answered(outcome, said.sentence, said.consent)

    def _finish(self, id_: str, came: Answered) -> Response:
        response = self.response(id_, came)
        try:
            self._journal.finish(response)
        except StorageError as error:  # what was done is done, and is told
            log.warning("What came of a command is not kept: %s", error)
        return response

    def _find_out(self, record: CommandRecord, when: str, not_found: str) -> Answered:
        """What became of a command that was begun and not finished."""
        number = self._door.find(way_of(record.id))
        if number is None:
            return Answered(CommandOutcome.FAILED, not_found)
        sentence = f"Kept as consent event {number}, {when}."
        return Answered(CommandOutcome.DONE, sentence, number)

    @property
    def _now_us(self) -> int:
        return min(max(0, self._clock.label().utc_us), MAX_UTC_US)
