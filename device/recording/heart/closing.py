"""What was asked that changes where the camera is and is not made yet, as the card keeps it waiting. Pure.

Rules:

- Who wants the sensors closed does not wait for the card: what is not made within ``CLOSES_AFTER_NS`` closes
  them all the same (C11), and they stay closed until it is made.
- A press takes that back where it will record, and opens them: it is what somebody who is in danger does. It
  does neither where the camera will be docked, locked or off by the time that it is dealt with: it is refused
  then.
- Nobody's camera closes them where no recording will be under way by then; one that is goes on.
- A camera that goes from somebody to another begins afresh, as it does once that is made: the private time
  of whoever had it is over for what is asked after it.

It changes nothing that the camera knows of itself: that follows in its order, once the card answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from device.recording.heart.holder import Foreseen
from device.recording.state import ENDS, Action, Event, step
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from device.recording.heart.heart import Heart
    from device.recording.heart.messages import Asked
    from device.recording.state import State
    from protocol.mode import Mode

CLOSES_AFTER_NS: Final = NS_PER_S
"""For so long a change that closes the sensors may take: longer than it takes on a card that answers."""


@dataclass(frozen=True, slots=True)
class AwaitedChange:
    """What was asked for.

    Attributes:
        message: What, by whom and when.
        event: What is to happen.
        closes: Whether the sensors close by it, and no press has taken that back.
        opens: Whether it is a press that will record.
        is_late: Whether it has taken too long.
        found: The state in which it found the camera, once it is made and not answered yet.
    """

    message: Asked
    event: Event
    closes: bool = False
    opens: bool = False
    is_late: bool = False
    found: State | None = None

    @property
    def asker(self) -> int:
        """The number of its ticket."""
        return self.message.asker

    @property
    def at_ns(self) -> int:
        """When it was asked for, by the boot-time clock."""
        return self.message.at.ns

    def made(self, found: Foreseen) -> Foreseen:
        """What it makes of a camera that it finds so; nothing more, once it is made."""
        return found.after(self.message, self.event) if self.found is None else found


@dataclass(frozen=True, slots=True)
class AwaitedChanges:
    """All that was asked for, the oldest first."""

    asked: tuple[AwaitedChange, ...] = ()

    def ask(self, message: Asked, event: Event, heart: Heart) -> AwaitedChanges:
        """Somebody has asked for an event, with the camera as the heart knows it by what is made."""
        found, change = self.before(message.asker, heart.as_is), AwaitedChange(message, event)
        opens = event is Event.PRESS and is_to_record(found.state)
        asked = tuple(replace(each, closes=False) for each in self.asked) if opens else self.asked
        return AwaitedChanges((*asked, replace(change, closes=is_to_close(found, change), opens=opens)))

    def before(self, asker: int, is_: Foreseen) -> Foreseen:
        """What the camera will be as what that ticket asks for finds it; it is ``is_`` now.

        What it was as that found it, where that is made.
        """
        own = next((each.found for each in self.asked if each.asker == asker), None)
        if own is not None:
            return Foreseen(own, is_.holder)
        return AwaitedChanges(tuple(each for each in self.asked if each.asker < asker)).then(is_)

    def then(self, is_: Foreseen) -> Foreseen:
        """What the camera will be by all of them."""
        for each in self.asked:
            is_ = each.made(is_)
        return is_

    def is_made(self, asker: int, pending: Collection[int]) -> AwaitedChanges:
        """It was answered, and so is all that was asked for before it, but for what is ``pending``.

        A stop that waits for its last chunks, and what follows it, is made later than what is asked after it.
        What failed without an answer keeps nothing closed.
        """
        return AwaitedChanges(
            tuple(each for each in self.asked if each.asker > asker or each.asker in pending)
        )

    def has_found(self, asker: int, state: State) -> AwaitedChanges:
        """It is made, and found the camera in that state; whoever asked is told once the card answers."""
        found = (
            replace(each, found=each.found or state) if each.asker == asker else each for each in self.asked
        )
        return AwaitedChanges(tuple(found))

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

    def sensors(self, state: State) -> bool:
        """Whether the sensors are to be open, with the camera in that state by what is made."""
        return not self.close and (state.sensors or any(each.opens for each in self.asked))

    def opened(self, state: State) -> AwaitedChange | None:
        """The press that has opened the sensors although the state has them closed; None where none has."""
        if state.sensors or not self.sensors(state):
            return None
        return next(each for each in self.asked if each.opens)

    def closed_as(self, is_: Foreseen) -> Mode | None:
        """Where the camera will be by what is late and closes the sensors; None where nothing does."""
        late = [each for each in self.asked if each.closes and each.is_late]
        return late[-1].made(self.before(late[-1].asker, is_)).state.home if late else None

    @property
    def close(self) -> bool:
        """Whether the sensors are closed by something that is late."""
        return any(each.closes and each.is_late for each in self.asked)


def is_to_close(found: Foreseen, change: AwaitedChange) -> bool:
    """Whether a change means that the sensors close, where it finds the camera so.

    What ends a recording on its way does in whatever order it comes with others. A stop closes those that a
    press in private, or nobody's press, has opened; that the camera is nobody's, those that no press has.
    """
    return change.event in ENDS or (found.state.sensors and not change.made(found).state.sensors)


def is_to_record(state: State) -> bool:
    """Whether a press that finds the camera in that state records."""
    return Action.REFUSE not in step(state, Event.PRESS)[1]
