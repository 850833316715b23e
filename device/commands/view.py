"""What people are told of commands. It keeps nothing: that is ``device.commands.runner``'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from protocol.messages.commands import Response


@dataclass(frozen=True, slots=True)
class CommandsView:
    """What people are told of commands.

    Attributes:
        kind: What was commanded last; None where nothing was, as far as the camera remembers.
        response: What it was answered.
        unread: How many came too fast to be read since the start, and were not done.
        unanswered: How many answers were let go of before the broker had them.
    """

    kind: str | None = None
    response: Response | None = None
    unread: int = 0
    unanswered: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it goes over the control socket."""
        response = self.response
        last = None if response is None else {"kind": self.kind, **response.model_dump(mode="json")}
        return {"last": last, "unread": self.unread, "unanswered": self.unanswered}
