"""Whether a scenario can be run where somebody wants it to, found before anything starts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.errors import ScenarioError
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake
from simulator.scenario.steps.base import CameraStep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.scenario.language.locate import Path
    from simulator.scenario.model import Scenario

OVER_THE_FLEET: Final = frozenset({"stop_fleet", "start_fleet", "stop_broker", "start_broker"})
"""Steps that need power over the fleet's processes: those of a fleet that the simulator started itself."""

OF_REAL_CAMERAS: Final = frozenset(
    {
        "press", "stop", "bookmark", "private", "consent", "wait_ring_full", "wait_held", "expect",
        "hold", "release", "judge",
    }
)  # fmt: skip
"""What a real camera may be asked for: it is somebody's, and nothing of it is broken."""


def refuse_without_fleet(scenario: Scenario) -> None:
    """Refuse real cameras at a fleet that the simulator starts: theirs is one that is there already.

    Raises:
        ScenarioError: It has some.
    """
    if scenario.cameras.driver:
        names = ", ".join(scenario.cameras.driver)
        raise ScenarioError(f"{names} has a driver: a real camera takes part at its own fleet; give --fleet.")


def driver_problems(scenario: Scenario) -> Iterator[Mistake]:
    """Say what of a scenario real cameras cannot take part in."""
    drivers, names = scenario.cameras.driver, scenario.cameras.names
    for name in drivers:
        if name not in names:
            said = f"there is no camera {name}{did_you_mean(name, names)}"
            yield Mistake(said, ("cameras", "driver", name))
    if drivers and scenario.run.time == "virtual":
        yield Mistake("a real camera takes part in real time alone", ("cameras", "driver"))
    if drivers:
        yield from _not_of_real(scenario.steps, ("steps",), frozenset(drivers))


def _not_of_real(steps: Sequence[Any], path: Path, drivers: frozenset[str]) -> Iterator[Mistake]:
    for position, step in enumerate(steps):
        here = (*path, position)
        meant = isinstance(step, CameraStep) and step.do != "enrol"
        real = sorted(drivers & set(step.cameras or drivers)) if meant else []
        if real and step.do not in OF_REAL_CAMERAS:
            said = (
                f"{step.do} cannot be done to {real[0]}, which is a real camera: name the others in cameras"
            )
            yield Mistake(said, (*here, "do"))
        yield from _not_of_real(getattr(step, "steps", ()), (*here, "steps"), drivers)
        for key in ("branches", "choices"):
            for number, inner in enumerate(getattr(step, key, ())):
                yield from _not_of_real(inner, (*here, key, number), drivers)


def refuse_unfit(scenario: Scenario) -> None:
    """Refuse a scenario that is to be run at somebody else's fleet, and needs power over it.

    Raises:
        ScenarioError: It has such steps; the sentence names them all.
    """
    unfit = list(_unfit(scenario.steps))
    if unfit:
        need = "needs" if len(unfit) == 1 else "need"
        raise ScenarioError(
            f"{', '.join(unfit)} {need} power over the fleet, which --fleet does not give; "
            "run it without --fleet."
        )


def _unfit(steps: Sequence[Any]) -> Iterator[str]:
    """The steps that need it by their number, counted as the report counts them, and their word."""
    for number, step in enumerate(steps, 1):
        words = {step.do, *(inner.do for inner in _inside(step))} & OVER_THE_FLEET
        if words:
            yield f"step {number} ({', '.join(sorted(words))})"


def _inside(step: Any) -> Iterator[Any]:  # noqa: ANN401 - any kind of step
    """The steps that a step holds, and those that these hold."""
    for inner in getattr(step, "steps", ()):
        yield inner
        yield from _inside(inner)
