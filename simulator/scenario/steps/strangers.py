"""What somebody sends who should not. Pure."""

from __future__ import annotations

from typing import Literal

from simulator.oracle.asked import CameraName
from simulator.scenario.steps.base import CameraStep


class Forge(CameraStep):
    """Send messages as the camera, and as the fleet to it, with another camera's certificate.

    Attributes:
        by: Whose certificate.
    """

    do: Literal["forge"]
    by: CameraName


class Replay(CameraStep):
    """Send once more what the camera told of its recordings and of itself, with its own certificate."""

    do: Literal["replay"]
