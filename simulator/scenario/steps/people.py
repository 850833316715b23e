"""What is done with cameras at the fleet: enrolled, handed out, taken back, revoked. Pure."""

from __future__ import annotations

from typing import Literal

from simulator.scenario.steps.base import RefusableStep


class Enrol(RefusableStep):
    """Enrol a camera that is there ``later``, with a one-time code, and switch it on."""

    do: Literal["enrol"]


class Assign(RefusableStep):
    """Hand the camera to an officer who wears none."""

    do: Literal["assign"]


class Unassign(RefusableStep):
    """Take the camera back from its officer."""

    do: Literal["unassign"]


class Revoke(RefusableStep):
    """Revoke the camera, as one that was stolen: the fleet refuses it from then on."""

    do: Literal["revoke"]
