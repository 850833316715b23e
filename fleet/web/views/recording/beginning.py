"""Where the player begins, when somebody picked a place before there was a player. Pure.

The place goes along in the address, and through the form that asks why; it decides nothing but where playing
begins.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.web.views.moments import counter

_LATEST_S = 10_000_000.0
"""Nothing recorded is so long; a number beyond has been made up, and counts as none."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the player begins.

    Attributes:
        at_s: seconds after the first picture.
        words: the same as the player counts it.
    """

    at_s: float
    words: str


def beginning(text: str) -> Beginning | None:
    """Read a place that somebody picked; None for what is none: then it begins with the first picture.

    Args:
        text: seconds after the first picture, as the address has them.
    """
    try:
        at_s = float(text)
    except ValueError:
        return None
    if not 0 <= at_s <= _LATEST_S:  # what is no number is not within it either
        return None
    return Beginning(round(at_s, 3), counter(at_s))
