"""What is so with cameras and fleet after steps that came about, and steps that bring it about or mend it.

Pure. It is told of steps that were seen to come about, one after the other. What nobody asked for, such as a
camera that ended by itself, it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from simulator.network.conditions import LineState
from simulator.scenario.language.facts import CertainCamera, CertainFleet
from simulator.scenario.language.requirements import after, fleet_after
from simulator.scenario.steps.base import CameraStep
from simulator.scenario.steps.lines import ChangeNetwork
from simulator.scenario.steps.power import ChangeCharge
from simulator.scenario.steps.sensors import ChangeCard, ChangeClock, StallSensor, UnstallSensor
from simulator.scenario.writing.text import WrittenStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from simulator.scenario.steps.base import ScenarioStep

ARRIVES_WITHIN_S = 600
SETTLES_S = 2
UNTIL_RESTART = {"cover": "uncover", "mute": "unmute", "stall": "unstall"}
"""What is done to sensors, and what ends it; a camera that is switched on again sees and hears."""

BEFORE: Final[tuple[tuple[Mapping[str, Any], Callable[[CertainCamera], bool]], ...]] = (
    ({"do": "unassign"}, lambda facts: facts.assigned is False),
    ({"do": "dock"}, lambda facts: facts.docked is True),
    ({"do": "private", "state": "on"}, lambda facts: facts.private is True),
    ({"do": "press"}, lambda facts: facts.recording is True),
    ({"do": "hold"}, lambda facts: facts.recording is True and facts.on_hold is True),
    ({"do": "revoke"}, lambda facts: facts.revoked is True),
)
"""What brings about what is so with a camera, in the order in which it can come about."""


@dataclass(frozen=True, slots=True)
class StandingCamera:
    """What is so with one camera.

    Attributes:
        facts: What scenarios know of it.
        broken: The steps that are in force: what was done to its network, card, clock, lens and microphone.
        doubtful: Whether its card ever failed: it may have ended what it recorded, or refuse an end.
    """

    facts: CertainCamera = field(default_factory=CertainCamera)
    broken: tuple[CameraStep, ...] = ()
    doubtful: bool = False


@dataclass(slots=True)
class StandingWorld:
    """What is so with all of them.

    Attributes:
        cameras: Each camera, by its name.
        fleet: The fleet.
    """

    cameras: dict[str, StandingCamera]
    fleet: CertainFleet = field(default_factory=CertainFleet)

    def take(self, step: ScenarioStep) -> None:
        """Take in a step that came about."""
        if not isinstance(step, CameraStep):
            self.fleet = fleet_after(step, self.fleet)
            return
        for name in step.cameras or tuple(self.cameras):
            before = self.cameras[name]
            failing = isinstance(step, ChangeCard) and step.state != "good"
            self.cameras[name] = replace(
                before,
                facts=after(step, before.facts, ()),
                broken=_in_force(before.broken, step),
                doubtful=before.doubtful or failing,
            )

    @property
    def _taking_part(self) -> Mapping[str, StandingCamera]:
        return {name: each for name, each in self.cameras.items() if each.facts.enrolled is not False}

    def as_steps(self) -> Iterator[WrittenStep]:
        """Return the steps that bring all of it about with cameras that were just switched on."""
        for name, camera in self._taking_part.items():
            steps = [*(keys for keys, fact in BEFORE if fact(camera.facts)), *map(keys_of, camera.broken)]
            if camera.facts.gone is True:
                steps.append({"do": "smash"})
            elif camera.facts.powered is False:
                steps.append({"do": "kill_camera"})
            yield from (WrittenStep({**keys, "cameras": [name]}) for keys in steps)
        if self.fleet.broker is False:
            yield WrittenStep({"do": "stop_broker"})
        if self.fleet.runs is False:
            yield WrittenStep({"do": "stop_fleet"})

    def mended(self) -> Iterator[WrittenStep]:
        """Return the steps after which nothing is broken, nothing records, and all that can arrive has."""
        if self.fleet.runs is False:
            yield WrittenStep({"do": "start_fleet"})
        if self.fleet.broker is False:
            yield WrittenStep({"do": "start_broker"})
        here = {name: each for name, each in self._taking_part.items() if each.facts.gone is not True}
        yield from _mending(here)
        off = [name for name, each in here.items() if each.facts.powered is False]
        if off:
            yield WrittenStep({"do": "restart_camera", "timeout_s": 60, "cameras": off})
        yield from _ending(here)
        waited = [name for name, each in here.items() if _can_arrive(each)]
        if waited:
            yield WrittenStep({"do": "wait_held", "timeout_s": ARRIVES_WITHIN_S, "cameras": waited})


def keys_of(step: ScenarioStep, camera: str | None = None) -> Mapping[str, Any]:
    """Return a step's keys as a scenario writes them, without what it was not given.

    Args:
        step: The step.
        camera: The camera that it is for; None for what concerns none.
    """
    keys = step.model_dump(mode="json", exclude_unset=True, exclude={"cameras", "at_s", "any_of"})
    return keys if camera is None else {**keys, "cameras": [camera]}


def _in_force(broken: tuple[CameraStep, ...], step: CameraStep) -> tuple[CameraStep, ...]:
    """Return what is in force after a step."""
    if isinstance(step, ChangeNetwork):
        whole = step.line == step.way == "both" or step.state is LineState.NO_DNS
        kept = tuple(each for each in broken if not (whole and isinstance(each, ChangeNetwork)))
        return kept if whole and step.state is LineState.GOOD else (*kept, step)
    if isinstance(step, ChangeCard):
        kept = tuple(each for each in broken if not (step.state == "good" and isinstance(each, ChangeCard)))
        return kept if step.state == "good" and step.size_mib is None else (*kept, step)
    if isinstance(step, ChangeClock):
        whole = step.step_s is None
        kept = tuple(each for each in broken if not (whole and isinstance(each, ChangeClock)))
        return kept if step.state == "right" else (*kept, step)
    # A charge is how things stand, low or not: the next takes its place.
    if isinstance(step, ChangeCharge) or step.do in UNTIL_RESTART:
        return (*(each for each in broken if (each.do, _sensor(each)) != (step.do, _sensor(step))), step)
    if step.do == "restart_camera":
        return tuple(each for each in broken if each.do not in UNTIL_RESTART)
    over = (step.do, _sensor(step))
    return tuple(each for each in broken if (UNTIL_RESTART.get(each.do), _sensor(each)) != over)


def _sensor(step: CameraStep) -> str:
    """Which of its sensors a step stalls or has go on; nothing for every other step."""
    return step.sensor if isinstance(step, StallSensor | UnstallSensor) else ""


def _mending(cameras: Mapping[str, StandingCamera]) -> Iterator[WrittenStep]:
    mends: Iterable[tuple[type[CameraStep], Mapping[str, Any]]] = (
        (ChangeNetwork, {"do": "network", "state": "good"}),
        (ChangeCard, {"do": "card", "state": "good"}),
        (ChangeClock, {"do": "clock", "state": "right"}),
    )
    for kind, keys in mends:
        names = [
            name for name, each in cameras.items() if any(isinstance(broken, kind) for broken in each.broken)
        ]
        if names:
            yield WrittenStep({**keys, "cameras": names})


def _ending(cameras: Mapping[str, StandingCamera]) -> Iterator[WrittenStep]:
    recording = [name for name, each in cameras.items() if each.facts.recording is not False]
    if not recording:
        return
    yield WrittenStep({"do": "wait", "seconds": SETTLES_S})
    for name in recording:
        uncertain = cameras[name].doubtful or cameras[name].facts.recording is None
        perhaps = {"refused": "perhaps"} if uncertain else {}
        yield WrittenStep({"do": "stop", **perhaps, "cameras": [name]})


def _can_arrive(camera: StandingCamera) -> bool:
    return camera.facts.unsent is not False and camera.facts.revoked is not True
