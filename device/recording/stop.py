"""A stop, from when it is asked for until it is carried out or taken back. It does nothing by itself.

One that a change of state asks for is not taken back: it carries the change with it, so that nothing comes
between the two.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.recording.outcome import Outcome
    from device.recording.state import Event
    from protocol.footage.format.model import ClockLabel


@dataclass(slots=True)
class Stop:
    """A stop that waits for its last chunk.

    Attributes:
        reason: Why, as the last record of the ledger says.
        at_ns: When it was asked for, on the boot-time clock.
        label: When, as wall time.
        event: The change that asked for it and follows it at once; None when somebody stopped.
        changed: What came of that change; None until it is made.
        done: Set once there is an outcome.
        outcome: What came of it.
    """

    reason: str
    at_ns: int
    label: ClockLabel
    event: Event | None = None
    changed: Outcome | None = None
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None

    def end(self, outcome: Outcome) -> None:
        """Say what came of it to whoever waits."""
        self.outcome = outcome
        self.done.set()
