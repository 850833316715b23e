"""Answers to commands on their way: each goes again after a cut, until the broker has acknowledged it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.link.messages.arrivals import ObeysCommands
    from protocol.messages.commands import Response


class ResponsesUnderWay:
    """Which answers are on their way. For one thread.

    Args:
        commands: Has the answers, and hears which the broker has; None where there are none.
    """

    def __init__(self, commands: ObeysCommands | None) -> None:
        self._commands = commands
        self._sent: dict[int, Response] = {}

    def to_send(self) -> list[Response]:
        """Those that are not on their way, the oldest first."""
        if self._commands is None:
            return []
        under_way = {each.id for each in self._sent.values()}
        return [each for each in self._commands.waiting() if each.id not in under_way]

    def sent(self, response: Response, message: int) -> None:
        """An answer is on its way as the broker connection's message number ``message``."""
        self._sent[message] = response

    def acknowledged(self, message: int) -> None:
        """The broker has the message. Other messages are none of ours."""
        response = self._sent.pop(message, None)
        if response is not None and self._commands is not None:
            self._commands.told(response)

    def cut(self) -> None:
        """The connection is gone: nothing is on its way any more."""
        self._sent.clear()
