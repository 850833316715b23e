"""A drawn shift: cameras, what happens to them, and how it ends; and the scenario that it is. Pure.

Rules:

* Whatever steps are left of a shift, it is one that can come about: what needs power comes with power, and a
  camera is switched on only with a card that lets it start. So steps may be taken away at will.
* Every shift ends in the same way: faults are over, cameras are on, and each has to record once more. From
  then on all that was recorded has to arrive at the fleet within ``ARRIVES_WITHIN_S``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ARRIVES_WITHIN_S: Final = 300
"""So long may it take, once the faults are over, until the fleet has signed for all; in virtual seconds."""

PERHAPS: Final = "perhaps"
WITHOUT_POWER: Final = frozenset({"network", "card", "clock", "restart_camera", "assign", "unassign"})
"""What can be done to a camera that is switched off."""

DrawnStep: TypeAlias = "Mapping[str, Any]"
"""A step as a scenario has it: ``do``, and its keys."""


@dataclass(frozen=True, slots=True)
class DrawnShift:
    """A shift.

    Attributes:
        seed: What it was drawn from, which decides all else that is drawn in a run.
        cameras: How many cameras there are.
        window_s: How much pre-record they keep, in seconds.
        segment_chunks: How many chunks they put into one file.
        steps: What happens, in order, each step to one camera or to time.
    """

    seed: int
    cameras: int
    window_s: int
    segment_chunks: int
    steps: tuple[DrawnStep, ...]


@dataclass(slots=True)
class _Known:
    """What of one camera decides whether a step can come about."""

    powered: bool = True
    card: str = "good"
    failed: bool = False


@dataclass(slots=True)
class _Fold:
    """Goes through a shift's steps and keeps those that can come about."""

    cameras: dict[str, _Known] = field(default_factory=dict)

    def takes(self, step: DrawnStep) -> bool:
        """Tell whether a step can come about, and remember what it changes."""
        if step["do"] == "wait":
            return True
        camera = self.cameras.get(step["cameras"][0])
        if camera is None:
            return False
        do = step["do"]
        if do == "restart_camera":
            if camera.powered or camera.card != "good":
                return False
            camera.powered = True
        elif not camera.powered and do not in WITHOUT_POWER:
            return False
        elif do == "kill_camera":
            camera.powered = False
        elif do == "card":
            camera.card = step["state"]
            camera.failed |= step["state"] != "good"
        return True


def possible(steps: Iterable[DrawnStep], cameras: int) -> tuple[DrawnStep, ...]:
    """Return the steps without those that cannot come about.

    Args:
        steps: In order.
        cameras: How many cameras there are; steps with others go.
    """
    fold = _fold(cameras)
    return tuple(each for each in steps if fold.takes(each))


def closing(shift: DrawnShift) -> tuple[DrawnStep, ...]:
    """Return how a shift ends: everything is mended and ended, and then all has to arrive.

    A camera whose card failed starts again: what a failed sync left in doubt is recovery's to settle.
    """
    fold = _fold(shift.cameras)
    for each in shift.steps:
        fold.takes(each)
    off = [name for name, each in fold.cameras.items() if not each.powered]
    doubtful = [name for name, each in fold.cameras.items() if each.failed and each.powered]
    again = [{"do": do, "cameras": doubtful} for do in ("kill_camera", "restart_camera")]
    return (
        {"do": "network", "state": "good"},
        {"do": "card", "state": "good"},
        {"do": "clock", "state": "right"},
        *([{"do": "restart_camera", "cameras": off}] if off else []),
        {"do": "wait", "seconds": 2},
        {"do": "stop", "refused": PERHAPS},
        *(again if doubtful else []),
        {"do": "private", "state": "off", "refused": PERHAPS},
        {"do": "undock", "refused": PERHAPS},
        {"do": "wait", "seconds": 2},
        {"do": "press"},
        {"do": "wait", "seconds": 2},
        {"do": "stop"},
        {"do": "wait_held", "timeout_s": ARRIVES_WITHIN_S},
    )


def as_scenario(shift: DrawnShift, *, remarks: Iterable[str] = ()) -> str:
    """Return a shift as the text of a scenario, which ``lapel-simulator run`` takes.

    Args:
        shift: The shift.
        remarks: Lines that go before it, as comments.
    """
    lines = [*(f"# {line}" for each in remarks for line in each.splitlines()), *_head(shift)]
    for number, step in enumerate((*shift.steps, *closing(shift))):
        if number == len(shift.steps):
            lines += ["", "# The faults are over, and everything has to arrive."]
        lines += ["", "[[steps]]", *(f"{key} = {json.dumps(value)}" for key, value in step.items())]
    return "\n".join(lines) + "\n"


def _head(shift: DrawnShift) -> Iterable[str]:
    yield f'name = "storm_{shift.seed}"'
    yield f'title = "A shift that was drawn from {shift.seed}"'
    yield 'tags = ["storm"]'
    yield f"seed = {shift.seed}"
    yield from ("", "[run]", 'time = "virtual"', "", "[cameras]", f"count = {shift.cameras}")
    yield from ('source = "synthetic"', "width = 160", "height = 120", "fps = 5")
    yield f"window_s = {shift.window_s}"
    yield f"settings.storage.segment_chunks = {shift.segment_chunks}"
    # What depends on how a day was drawn is not promised: how soon the fleet knows, and how full a ring was.
    yield from ("", "[promises]", 'verdicts = ["intact", "intact with gaps", "without an end"]')
    yield from ("listed_within_s = 86400", "full_prerecord = false")


def camera_name(number: int) -> str:
    """Return what a scenario calls a camera, counted from 1."""
    return f"cam-{number:02d}"


def _fold(cameras: int) -> _Fold:
    return _Fold({camera_name(number): _Known() for number in range(1, cameras + 1)})
