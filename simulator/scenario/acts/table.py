"""Who carries out which step: the other modules of this package enter themselves here."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.steps.base import CameraStep, ScenarioStep


@singledispatch
def act_alone(step: ScenarioStep, context: ScenarioContext) -> None:
    """Carry out a step that concerns no camera in particular."""
    raise NotImplementedError(f"internal error: no way to carry out {step!r} on {context!r}")


@singledispatch
def act_with(step: CameraStep, camera: VirtualCamera, context: ScenarioContext) -> None:
    """Carry out a step with one camera."""
    raise NotImplementedError(
        f"internal error: no way to carry out {step!r} with {camera.name} on {context!r}"
    )
