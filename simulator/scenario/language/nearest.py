"""What was probably meant by a word that is not known. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIKE = 0.6
"""How alike two words must be, from 0 to 1, for one to be meant by the other (``difflib``)."""

MEANT = {
    "acknowledged_within_s": "acknowledged_within_ms",
    "arrives_within_s": "held_within_s",
    "assert": "expect",
    "camera": "cameras",
    "check": "expect",
    "cut_network": "network",
    "charge": "battery",
    "crash": "kill_camera",
    "dns": "no_dns",
    "hand_out": "assign",
    "idle": "ready",
    "loop": "repeat",
    "minutes": "seconds",
    "no": "refused",
    "offline": "cut",
    "override": "overridden",
    "plug_in": "network",
    "portal": "captive_portal",
    "power_cut": "kill_camera",
    "pull_power": "kill_camera",
    "received_within_s": "held_within_s",
    "say": "consent",
    "take_back": "unassign",
    "unplug": "network",
    "unplugged": "cut",
    "upload": "wait_held",
    "uploaded_within": "held_within_s",
    "uploaded_within_s": "held_within_s",
    "yes": "given",
    "destroy": "smash",
    "kill": "kill_camera",
    "power_off": "kill_camera",
    "power_on": "restart_camera",
    "record": "press",
    "sleep": "wait",
    "start": "press",
}
"""What people write first, and what it is called here."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` with the known word that is nearest, or nothing where none is near.

    Example:
        >>> did_you_mean("pres", ["press", "stop"])
        '; did you mean "press"?'
    """
    words = list(known)
    meant = MEANT.get(word.lower())
    if meant in words:
        return f'; did you mean "{meant}"?'
    near = get_close_matches(word.lower(), words, n=1, cutoff=ALIKE)
    return f'; did you mean "{near[0]}"?' if near else ""
