"""What follows from a command: it is obeyed, held, or answered with nothing done. Pure.

Rules:

- The same id again is answered as before, with ``repeated``.
- What the camera does not do it refuses, whatever the time.
- A command counts until it expires, by the latest that the fleet's clock can show now. Before the fleet has
  told its time a command is held; one that expires too far ahead is refused, since its id would have to be
  remembered as long.
- A command whose id there is no room to remember is refused: it could be obeyed twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from protocol.messages.base import MAX_SHORT_TEXT, Identifier
from protocol.messages.commands import Command, CommandKind, CommandOutcome
from protocol.units import US_PER_S

if TYPE_CHECKING:
    from protocol.messages.commands import Response

FURTHEST_MIN: Final = 10
"""A command expires within so many minutes, by the fleet's clock."""
FURTHEST_US: Final = FURTHEST_MIN * 60 * US_PER_S
MAX_COMMAND_BYTES: Final = 4096
"""More than any command has; what is longer is not read."""

NOT_DONE_HERE: Final = "This camera does not do that."
LATER_VERSION: Final = "This camera does not know such a command: update the camera."
TOO_LATE: Final = "It had expired when it was to be done, so nothing was done."
TOO_FAR: Final = (
    f"It expires more than {FURTHEST_MIN} minutes from now, which no command may: nothing was done."
)
NO_ROOM: Final = "The camera has had as many commands as it can remember until they expire: nothing was done."
BLIND: Final = (
    "What the camera did before it was switched on cannot be read on its card, and this was asked before "
    "that: nothing was done."
)
TOO_MANY_HELD: Final = (
    "The camera does not know the fleet's time yet, and too many commands wait for that: nothing was done."
)

_IDENTIFIER: Final[TypeAdapter[str]] = TypeAdapter(Identifier)


class Todo(Enum):
    """What is to be done with a command that is not answered yet."""

    OBEY = auto()
    HOLD = auto()


@dataclass(frozen=True, slots=True)
class Answered:
    """A command is answered, with nothing done.

    Attributes:
        outcome: How it ended.
        sentence: Why, for people.
        consent: The number of the event that came of it when it was done before.
    """

    outcome: CommandOutcome
    sentence: str
    consent: int | None = None


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """A command of which the camera knows the id alone: a later version may have sent it."""

    id: str


class NoCommandError(ValueError):
    """What came is no command to this camera: it is ignored, and said in the log."""


def read_command(payload: bytes, camera: str) -> Command | UnknownCommand:
    """Read what came for commands.

    Args:
        payload: As it came.
        camera: Whose camera this is, by its id.

    Raises:
        NoCommandError: It is none, is too long, or is for another camera; one sentence.
    """
    if len(payload) > MAX_COMMAND_BYTES:
        raise NoCommandError(f"what came as a command has {len(payload)} bytes, more than any has")
    try:
        command = Command.model_validate_json(payload)
    except ValidationError:
        return _read_id(payload, camera)
    if command.camera != camera:
        raise NoCommandError(f"a command for {command.camera} came to {camera}")
    return command


def _read_id(payload: bytes, camera: str) -> UnknownCommand:
    try:
        found = json.loads(payload)
        if not isinstance(found, dict):
            raise NoCommandError("what came as a command is no object")
        command = UnknownCommand(_IDENTIFIER.validate_python(found.get("id")))
    except (ValueError, RecursionError) as error:
        if isinstance(error, NoCommandError):
            raise
        raise NoCommandError("what came as a command has no id") from error
    if found.get("camera") != camera:
        raise NoCommandError(f"a command that names another camera came to {camera}")
    return command


def decide(  # noqa: PLR0911 - a table of what follows from what
    command: Command,
    *,
    before: Response | None,
    room: bool,
    latest_us: int | None,
    blind_until_us: int | None,
) -> Todo | Answered:
    """Decide about a command.

    Args:
        command: It.
        before: What the same id was answered before.
        room: Whether another id can be remembered.
        latest_us: What the fleet's clock shows at most; None where it has not said.
        blind_until_us: What was issued before this instant of the fleet's clock may have been done, and
            nobody could tell; None where the camera knows all that it did.
    """
    if before is not None:
        return repeated(before)
    if command.kind is not CommandKind.CONSENT or command.consent is None:
        return Answered(CommandOutcome.REFUSED, NOT_DONE_HERE)
    if latest_us is None:
        return Todo.HOLD
    if latest_us >= command.expires_utc_us:
        return Answered(CommandOutcome.EXPIRED, TOO_LATE)
    if command.expires_utc_us - latest_us > FURTHEST_US:
        return Answered(CommandOutcome.REFUSED, TOO_FAR)
    if blind_until_us is not None and command.issued_utc_us <= blind_until_us:
        return Answered(CommandOutcome.REFUSED, BLIND)
    if not room:
        return Answered(CommandOutcome.REFUSED, NO_ROOM)
    return Todo.OBEY


def repeated(before: Response) -> Answered:
    """What the same id again is answered."""
    sentence = f"The same was asked before, and the answer was: {before.outcome}. {before.detail}".rstrip()
    return Answered(CommandOutcome.REPEATED, sentence[:MAX_SHORT_TEXT], before.consent)
