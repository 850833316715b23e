"""What was asked that changes where the camera is and is not made yet, as the card keeps it waiting. Pure.

Rules:

- Who wants the sensors closed does not wait for the card: what is not made within ``CLOSES_AFTER_NS`` closes
  them all the same (C11), and they stay closed until it is made.
- A press takes that back where it will record: it is what somebody who is in danger does. It takes nothing
  back where the camera will be docked, locked or off by the time that it is dealt with: it is refused then.

It changes nothing that the camera knows of itself: that follows in its order, once the card answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from device.recording.state import ENDS, Action, Event, step
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.state import State

CLOSES_AFTER_NS: Final = NS_PER_S
"""For so long a change that closes the sensors may take: longer than it takes on a card that answers."""


@dataclass(frozen=True, slots=True)
class AwaitedChange:
    """What was asked for.

    Attributes:
        asker: The number of its ticket.
        event: What is to happen.
        at_ns: When it was asked for, by the boot-time clock.
        closes: Whether the sensors close by it, and no press has taken that back.
        is_late: Whether it has taken too long.
    """

    asker: int
    event: Event
    at_ns: int
    closes: bool
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class AwaitedChanges:
    """All that was asked for, the oldest first."""

    asked: tuple[AwaitedChange, ...] = ()

    def ask(self, asker: int, event: Event, at_ns: int, state: State) -> AwaitedChanges:
        """Somebody has asked, with the camera in that state by what is made."""
        then = self.before(asker, state)
        asked = self.asked
        if event is Event.PRESS and is_to_record(then):
            asked = tuple(replace(each, closes=False) for each in asked)
        return AwaitedChanges((*asked, AwaitedChange(asker, event, at_ns, is_to_close(then, event))))

    def before(self, asker: int, state: State) -> State:
        """The state in which what that ticket asks for will find the camera, which is in ``state`` now.

        What is made by half is made once more by this; that comes to the same.
        """
        for each in self.asked:
            if each.asker < asker:
                state, _ = step(state, each.event)
        return state

    def is_made(self, asker: int) -> AwaitedChanges:
        """It was made, and with it what was asked for before it: changes are made in their order."""
        return AwaitedChanges(tuple(each for each in self.asked if each.asker > asker))

    def is_late(self, asker: int) -> AwaitedChanges:
        """Whoever asked was told that it is still to come."""
        late = (replace(each, is_late=True) if each.asker == asker else each for each in self.asked)
        return AwaitedChanges(tuple(late))

    def still(self, waits: Callable[[int], bool]) -> AwaitedChanges:
        """Those that are not answered yet: the others are done."""
        return AwaitedChanges(tuple(each for each in self.asked if waits(each.asker)))

    def look(self, now_ns: int) -> AwaitedChanges:
        """Time has passed: what took too long is late."""
        return AwaitedChanges(
            tuple(
                replace(each, is_late=each.is_late or now_ns - each.at_ns >= CLOSES_AFTER_NS)
                for each in self.asked
            )
        )

    @property
    def close(self) -> bool:
        """Whether the sensors are closed by something that is late."""
        return any(each.closes and each.is_late for each in self.asked)


def is_to_close(state: State, event: Event) -> bool:
    """Whether an event means that the sensors close, in whatever order it comes with others.

    A stop closes those that a press in private, or nobody's press, has opened.
    """
    return event in ENDS or (event is Event.STOP and state.recording and not step(state, event)[0].sensors)


def is_to_record(state: State) -> bool:
    """Whether a press that finds the camera in that state records."""
    return Action.REFUSE not in step(state, Event.PRESS)[1]
