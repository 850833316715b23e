"""What must hold at any moment of a run, judged after each step. Pure.

Rules:

* What a camera acknowledged is on that camera, or held by the fleet. What the fleet held once, it holds
  or says that it deletes.
* A camera whose recording nothing has ended says that it records, or that something is wrong with it. Where
  its card failed it goes on in another recording, and says the same. From a request on that would end it, it
  need not, also where that was refused.
* What holds at the end alone, such as that all has arrived, is for ``oracle.judge``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROMISE = "what is acknowledged is there after each step"
SAYS_SO = frozenset({"recording", "fault"})
"""What a camera may say of itself while something that it acknowledged has not ended."""


@dataclass(frozen=True, slots=True)
class GlancedRecording:
    """What can be seen of an acknowledged recording without opening it.

    Attributes:
        camera: Which camera acknowledged it, by what the fleet calls it.
        number: The camera's number for it.
        recording: Its id.
        on_camera: Whether the camera has it; None where the camera is destroyed and need not.
        held: Whether the fleet holds it; None where that was not asked.
        under_way: Whether nothing has ended it.
        state: What the camera says of itself; None from one without power.
        deleted: Whether the fleet says that it deletes it: ``oracle.retention`` judges whether it may.
    """

    camera: str
    number: int
    recording: str
    on_camera: bool | None
    held: bool | None
    under_way: bool
    state: str | None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """Everything that was seen after one step.

    Attributes:
        step: After which, counted from 1.
        recordings: Every recording that was acknowledged by then.
    """

    step: int
    recordings: tuple[GlancedRecording, ...]


def safety(glances: Sequence[Glance]) -> tuple[Check, ...]:
    """Judge what was seen: each thing that is wrong once, where it was seen first."""
    found: dict[tuple[str, str, int], Check] = {}
    held: set[str] = set()
    for glance in glances:
        for each in glance.recordings:
            for name, sentence in _wrong(each, held):
                said = f"after step {glance.step}, {sentence}"
                check = Check(
                    name, Result.BROKEN, said, each.camera, each.number, each.recording, promise=PROMISE
                )
                found.setdefault((name, each.camera, each.number), check)
        held |= {each.recording for each in glance.recordings if each.held}
    if found:
        return tuple(found.values())
    seen = len(glances)
    figure = Figure(float(seen), float(seen), "steps", "exactly")
    said = f"after each of {seen} steps all that was acknowledged was there"
    return (Check("safe", Result.HELD, said, promise=PROMISE, figure=figure),) if seen else ()


def _wrong(each: GlancedRecording, held: set[str]) -> Iterator[tuple[str, str]]:
    what = f"recording {each.number} of {each.camera}"
    if each.on_camera is False and each.held is False and not each.deleted:
        yield "safe", f"{what}, which was acknowledged, is neither on its camera nor held by the fleet"
    if each.recording in held and each.held is False and not each.deleted:
        yield "safe at the fleet", f"the fleet does not hold {what}, which it held before"
    if each.under_way and each.state is not None and each.state not in SAYS_SO:
        yield "says that it records", f"{each.camera} says {each.state}, and nothing has ended {what}"
