"""Steps that are expected to be refused, or may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import FleetRefusalError, RefusalError, StepError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.steps.base import RefusableStep


def refused_as_expected(
    step: RefusableStep, name: str, context: ScenarioContext, act: Callable[[], None]
) -> None:
    """Carry a step out that must be refused, or may be.

    A camera that has no power, or a fleet that is not there, refuses nothing: that is an error as ever.

    Raises:
        StepError: It was not refused and had to be, or what was said is not what must be.
        SimulatorError: It could not be asked for.
    """
    try:
        act()
    except (RefusalError, FleetRefusalError) as error:
        said = str(error)
        if step.says is not None and step.says.lower() not in said.lower():
            raise StepError(f'it was refused, but not with "{step.says}": {said}') from error
        context.recorder.happened("refusal", f"{step.do} of {name} was refused: {said}", name)
        return
    if step.refused is True:
        raise StepError(f"{step.do} of {name} was not refused")
