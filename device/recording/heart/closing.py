"""What was asked that closes the sensors and is not made yet, because the card keeps it waiting. Pure.

Rules:

- Who wants the sensors closed does not wait for the card: what is not made within ``CLOSES_AFTER_NS`` closes
  them all the same (C11), and they stay closed until it is made.
- A press takes that back: it is what somebody who is in danger does.

It changes nothing that the camera knows of itself: that follows in its order, once the card answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from device.recording.state import ENDS, Event, step
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.state import State

CLOSES_AFTER_NS: Final = NS_PER_S
"""For so long a change that closes the sensors may take: longer than it takes on a card that answers."""


@dataclass(frozen=True, slots=True)
class AwaitedClosing:
    """What was asked for: with the ticket of that number, when by the boot-time clock, and if it is late."""

    asker: int
    at_ns: int
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class AwaitedClosings:
    """All that was asked for and closes the sensors, the oldest first."""

    asked: tuple[AwaitedClosing, ...] = ()

    def ask(self, asker: int, at_ns: int) -> AwaitedClosings:
        """Somebody has asked."""
        return AwaitedClosings((*self.asked, AwaitedClosing(asker, at_ns)))

    def is_made(self, asker: int) -> AwaitedClosings:
        """It was made, and with it what was asked for before it: changes are made in their order."""
        return AwaitedClosings(tuple(each for each in self.asked if each.asker > asker))

    def is_late(self, asker: int) -> AwaitedClosings:
        """Whoever asked was told that it is still to come."""
        late = (replace(each, is_late=True) if each.asker == asker else each for each in self.asked)
        return AwaitedClosings(tuple(late))

    def look(self, now_ns: int, waits: Callable[[int], bool]) -> AwaitedClosings:
        """Time has passed: what took too long is late, and what waits no more is done."""
        return AwaitedClosings(
            tuple(
                replace(each, is_late=each.is_late or now_ns - each.at_ns >= CLOSES_AFTER_NS)
                for each in self.asked
                if waits(each.asker)
            )
        )

    def close(self, waits: Callable[[int], bool]) -> bool:
        """Whether the sensors are closed by something that is late and still waits."""
        return any(each.is_late and waits(each.asker) for each in self.asked)


def is_to_close(state: State, event: Event) -> bool:
    """Whether an event means that the sensors close, in whatever order it comes with others.

    A stop closes those that a press in private, or nobody's press, has opened.
    """
    return event in ENDS or (event is Event.STOP and state.recording and not step(state, event)[0].sensors)
