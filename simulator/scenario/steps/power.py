"""Power, and what is done to the camera as a thing. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.oracle.asked import Seconds
from simulator.scenario.steps.base import CameraStep


class KillCamera(CameraStep):
    """Pull the power: kill -9, with no warning."""

    do: Literal["kill_camera"]


class RestartCamera(CameraStep):
    """Switch a camera on again, with what its storage holds."""

    do: Literal["restart_camera"]
    timeout_s: Seconds = 30


class Smash(CameraStep):
    """Destroy the camera: its power goes, and nothing that it stored can be read any more."""

    do: Literal["smash"]


class ChangeCharge(CameraStep):
    """Set what the battery's gauge says; a camera has no gauge before the first of these.

    Attributes:
        percent: The charge; of an empty battery the camera says nothing any more (``kill_camera``).
        state: ``worn``, or ``charging`` on a charger.
    """

    do: Literal["battery"]
    percent: int = Field(ge=1, le=100)
    state: Literal["worn", "charging"] = "worn"
