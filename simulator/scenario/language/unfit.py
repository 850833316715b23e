"""Whether a scenario can be run where somebody wants it to, found before anything starts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.scenario.model import Scenario

OVER_THE_FLEET: Final = frozenset({"stop_fleet", "start_fleet", "stop_broker", "start_broker"})
"""Steps that need power over the fleet's processes: those of a fleet that the simulator started itself."""


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
