"""What arrives from the broker for this camera: read, and handed on without waiting.

Access rules confine a camera to its own topics (promise L1). What is on another, or cannot be read, is
ignored.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from protocol.messages.desired import Desired
from protocol.messages.topics import Down, topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.commands.fleet_time import FleetTime
    from protocol.messages.commands import Response

log = logging.getLogger(__name__)


class ObeysCommands(Protocol):
    """What obeys commands and has their answers; see ``device.commands.runner.CommandRunner``."""

    @property
    def fleet_time(self) -> FleetTime: ...  # noqa: D102 - see there
    def offer(self, payload: bytes) -> None: ...  # noqa: D102 - see there
    def waiting(self) -> tuple[Response, ...]: ...  # noqa: D102 - see there
    def told(self, response: Response) -> None: ...  # noqa: D102 - see there
    def on_answer(self, callback: Callable[[], None]) -> None: ...  # noqa: D102 - see there


class BrokerArrivals:
    """Takes in what the broker delivers.

    Args:
        camera: The camera's id.
        on_desired: Takes what the fleet wants; must return at once.
        commands: Takes commands; None for a camera that obeys none, and does not ask for them.
    """

    def __init__(
        self, camera: str, on_desired: Callable[[Desired], None], commands: ObeysCommands | None
    ) -> None:
        self._desired = topic(camera, "down", Down.DESIRED)
        self._command = topic(camera, "down", Down.COMMAND)
        self._on_desired = on_desired
        self._commands = commands

    @property
    def topics(self) -> tuple[str, ...]:
        """What to ask the broker for."""
        return (self._desired,) if self._commands is None else (self._desired, self._command)

    def take(self, name: str, payload: bytes) -> None:
        """Take in one message. Never waits, and never raises."""
        if name == self._desired and payload:
            self._take_desired(payload)
        elif name == self._command and self._commands is not None:
            self._commands.offer(payload)

    def _take_desired(self, payload: bytes) -> None:
        try:
            desired = Desired.model_validate_json(payload)
        except ValidationError as error:
            log.warning("what the fleet wants cannot be read, update camera and fleet: %s", error)
            return
        self._on_desired(desired)
