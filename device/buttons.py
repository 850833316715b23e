"""What a finger on the buttons means: pure decoding of edges into gestures.

Rules:

- The record button: going down is a press, at once, because an incident does not wait for a finger to lift.
- Held for 3 s it stops. Pressed twice within 0.6 s it bookmarks. A first press while nothing is recorded
  starts a recording; a press during a recording is answered with the recording that is running.
- The side button: held for 2 s it enters or leaves private.
- A hold is decided while the button is still down, by ``tick``, so that the camera can confirm it under
  the finger.

It knows no pins and no clock: edges come with their time in ns on the boot-time clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

HOLD_STOP_NS = 3_000_000_000
HOLD_PRIVATE_NS = 2_000_000_000
DOUBLE_NS = 600_000_000


class Button(StrEnum):
    """The two buttons."""

    RECORD = "record"
    SIDE = "side"


class Gesture(StrEnum):
    """What the officer meant."""

    PRESS = "press"
    STOP = "stop"
    BOOKMARK = "bookmark"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Held:
    """A button: since when it is down, whether its hold has been said, and when it last went down before."""

    down_ns: int | None = None
    said: bool = False
    before_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Fingers:
    """Both buttons as they are now. Immutable: each step returns the next."""

    record: Held = Held()
    side: Held = Held()

    def down(self, button: Button, at_ns: int) -> tuple[Fingers, tuple[Gesture, ...]]:
        """A button went down. A second report of the same edge changes nothing."""
        held = self.of(button)
        if held.down_ns is not None:
            return self, ()
        double = held.before_ns is not None and at_ns - held.before_ns <= DOUBLE_NS
        # After a bookmark the pair is used up: three quick presses are one bookmark and one press.
        after = self.having(button, Held(down_ns=at_ns, before_ns=None if double else at_ns))
        if button is Button.SIDE:
            return after, ()
        return after, (Gesture.BOOKMARK if double else Gesture.PRESS,)

    def up(self, button: Button, at_ns: int) -> tuple[Fingers, tuple[Gesture, ...]]:
        """A button went up. A hold that no tick has seen yet is decided now."""
        after, gestures = self.tick(at_ns)
        return after.having(button, replace(after.of(button), down_ns=None, said=False)), gestures

    def tick(self, now_ns: int) -> tuple[Fingers, tuple[Gesture, ...]]:
        """Time passed: say each hold once, as soon as it is long enough."""
        after, gestures = self, []
        for button, long_ns, gesture in _HOLDS:
            held = after.of(button)
            if held.down_ns is None or held.said or now_ns - held.down_ns < long_ns:
                continue
            after = after.having(button, replace(held, said=True, before_ns=None))
            gestures.append(gesture)
        return after, tuple(gestures)

    def of(self, button: Button) -> Held:
        """One button."""
        return self.record if button is Button.RECORD else self.side

    def having(self, button: Button, held: Held) -> Fingers:
        """The same fingers with one button changed."""
        return replace(self, record=held) if button is Button.RECORD else replace(self, side=held)


_HOLDS = (
    (Button.RECORD, HOLD_STOP_NS, Gesture.STOP),
    (Button.SIDE, HOLD_PRIVATE_NS, Gesture.PRIVATE),
)
