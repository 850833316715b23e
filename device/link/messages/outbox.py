"""News waiting to be sent to the broker: a bounded queue that loses nothing on a cut connection. Pure.

Rules:

- An event leaves the queue when the broker has acknowledged it. After a cut, what was on its way goes
  again, in the old order: an event may arrive twice, under the same id (``protocol.messages.events``).
- When the queue is full the oldest event goes and is counted. Nothing is lost that matters: recordings
  are accounted for by their uploads (L3), and running ones are announced again after each connect.
- An event that is already waiting is not queued a second time.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.messages.events import CameraEvent

CAPACITY = 1000


class Outbox:
    """Events in the order they happened. For one thread."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._waiting: OrderedDict[str, CameraEvent] = OrderedDict()
        self._sent: dict[int, str] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: CameraEvent) -> None:
        """Queue an event."""
        self._waiting.setdefault(event.id, event)
        while len(self._waiting) > self._capacity:
            self._waiting.popitem(last=False)
            self.dropped += 1

    def to_send(self) -> list[CameraEvent]:
        """The events that are not on their way, oldest first."""
        under_way = frozenset(self._sent.values())
        return [event for id_, event in self._waiting.items() if id_ not in under_way]

    def sent(self, event: CameraEvent, message: int) -> None:
        """The event is on its way as the broker connection's message number ``message``."""
        self._sent[message] = event.id

    def acknowledged(self, message: int) -> None:
        """The broker has the message. Other messages than events are none of ours."""
        id_ = self._sent.pop(message, None)
        if id_ is not None:
            self._waiting.pop(id_, None)

    def cut(self) -> None:
        """The connection is gone: nothing is on its way any more."""
        self._sent.clear()
