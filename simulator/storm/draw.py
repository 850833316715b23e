"""Draws a shift from a seed. Pure: the same seed gives the same shift, on every machine.

Rules:

* What kinds of faults a shift has is drawn first, so that some have one kind alone and few have all.
* A press, a stop, a mark come at any moment, also where the camera has to refuse them.
* Time between two steps is drawn by its order of magnitude: faults that meet within a chunk are as likely as
  those that are minutes apart.
* What is said at doors is drawn by itself and put between the steps of a shift: without it (``--without
  consent``) a seed gives the shift that it gave before there was any of it.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING, Any, Final

from simulator.storm.shift import PERHAPS, DrawnShift, camera_name, possible

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST_CAMERAS: Final = 3
SHARE: Final = 0.4
"""How probable each kind of trouble is."""
STEPS: Final = (4, 16)
SHORTEST_S, LONGEST_S = 0.02, 60.0
WINDOWS: Final = (5, 8, 12)
SEGMENT_CHUNKS: Final = (2, 4, 10)

BUTTONS: Final[tuple[tuple[str, float], ...]] = (("press", 5), ("stop", 3), ("bookmark", 1.5))
"""What an officer does in every shift, and how often of all that is done."""

KINDS: Final[Mapping[str, tuple[tuple[dict[str, Any], float], ...]]] = {
    "power": (({"do": "kill_camera"}, 1.5), ({"do": "restart_camera"}, 2.5)),
    "network": (
        ({"do": "network", "state": "cut"}, 1.5),
        ({"do": "network", "state": "slow", "kbit_s": 64}, 0.7),
        ({"do": "network", "state": "good"}, 1),
    ),
    "card": (
        ({"do": "card", "state": "full"}, 0.5),
        ({"do": "card", "state": "full", "free_mib": 1}, 0.5),
        ({"do": "card", "state": "failing", "failing_percent": 20}, 0.5),
        ({"do": "card", "state": "failing"}, 0.3),
        ({"do": "card", "state": "read_only"}, 0.3),
        ({"do": "card", "state": "good"}, 1.5),
    ),
    "clock": (
        ({"do": "clock", "state": "wrong", "step_s": -3600}, 0.7),
        ({"do": "clock", "state": "wrong", "offset_s": 864000}, 0.7),
        ({"do": "clock", "state": "unset"}, 0.7),
        ({"do": "clock", "state": "right"}, 0.7),
    ),
    "private": (
        ({"do": "private", "state": "on", "refused": PERHAPS}, 1),
        ({"do": "private", "state": "off", "refused": PERHAPS}, 1),
    ),
    "dock": (({"do": "dock", "refused": PERHAPS}, 1), ({"do": "undock", "refused": PERHAPS}, 1)),
    "hand-over": (({"do": "unassign", "refused": PERHAPS}, 1), ({"do": "assign", "refused": PERHAPS}, 1.5)),
}
"""The kinds of trouble that a shift may have, the steps of each, and how often each is drawn."""


CONSENT: Final = "consent"
WORDS: Final[tuple[tuple[dict[str, Any], float], ...]] = (
    ({"do": CONSENT, "kind": "given", "wording": "en 2"}, 1),
    ({"do": CONSENT, "kind": "refused", "wording": "en 2"}, 1),
    ({"do": CONSENT, "kind": "withdrawn"}, 0.7),
    ({"do": CONSENT, "kind": "not asked", "why": "danger"}, 0.7),
    ({"do": CONSENT, "kind": "overridden"}, 1),
    ({"do": CONSENT, "kind": "asked for"}, 0.7),
)
"""What may be said at the doors of a shift, and how often each is drawn."""
MOST_WORDS: Final = 6
EVERY_KIND: Final = (*KINDS, CONSENT)


def draw_shift(seed: int, without: Collection[str] = ()) -> DrawnShift:
    """Draw a shift.

    Args:
        seed: From what.
        without: Kinds of trouble that it does not have; another choice draws another shift.
    """
    draw = random.Random(f"storm {seed}")  # noqa: S311 - must repeat
    cameras = min(draw.randint(1, MOST_CAMERAS), draw.randint(1, MOST_CAMERAS))
    known = [kind for kind in KINDS if kind not in without]
    kinds = [kind for kind in known if draw.random() < SHARE] or draw.sample(known, min(1, len(known)))
    choices = [({"do": do, "refused": PERHAPS}, weight) for do, weight in BUTTONS]
    choices += [each for kind in kinds for each in KINDS[kind]]
    steps: list[dict[str, Any]] = []
    for _ in range(draw.randint(*STEPS)):
        [(step, _weight)] = draw.choices(choices, [weight for _, weight in choices])
        steps.append({**step, "cameras": [camera_name(draw.randint(1, cameras))]})
        steps.append({"do": "wait", "seconds": _pause(draw)})
    window_s, chunks = draw.choice(WINDOWS), draw.choice(SEGMENT_CHUNKS)
    if CONSENT not in without:
        steps = _with_words(steps, cameras, random.Random(f"storm consent {seed}"))  # noqa: S311 - must repeat
    return DrawnShift(seed, cameras, window_s, chunks, possible(steps, cameras))


def _with_words(steps: list[dict[str, Any]], cameras: int, draw: random.Random) -> list[dict[str, Any]]:
    """Put words at doors between steps, where this shift has any."""
    if draw.random() >= SHARE:
        return steps
    told = list(steps)
    for _ in range(draw.randint(1, MOST_WORDS)):
        [(word, _weight)] = draw.choices(WORDS, [weight for _, weight in WORDS])
        said = {**word, "refused": PERHAPS, "cameras": [camera_name(draw.randint(1, cameras))]}
        told.insert(draw.randint(0, len(told)), said)
    return told


def _pause(draw: random.Random) -> float:
    """Draw a time by its order of magnitude, to the hundredth of a second."""
    return round(SHORTEST_S * math.exp(draw.uniform(0, math.log(LONGEST_S / SHORTEST_S))), 2)
