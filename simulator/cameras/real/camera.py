"""A real camera as a run holds it: its buttons, and how it is. Nothing of it is the simulator's to break.

It has what the simulator asks of a virtual camera, and no power, line or card that could be pulled. What it
keeps is on its own card, which nobody here reads: what becomes of its recordings is seen at the fleet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cameras.control import accepted
from simulator.cameras.enrolled import FleetPlace
from simulator.cameras.real.ssh import said_over_ssh
from simulator.cameras.spec import CameraSpec, SpoiltParts
from simulator.errors import CameraError, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.cameras.real.address import DriverAddress
    from simulator.sources.choose import SceneSpec
    from simulator.sources.live import SensorName

KEEPS_NOTHING = {"storage": {"after_receipt": "delete"}}
"""What is to be assumed of its card: that it gives up what the fleet holds."""


class RealCamera:
    """A real camera. Its methods may be called from any thread.

    Args:
        name: What the scenario calls it.
        address: Where it is reached.
        folder: Where a virtual camera would keep its state; nothing is there.
        scene: What virtual cameras see.

    Raises:
        CameraError: It does not answer, or as no camera does.
    """

    def __init__(self, name: str, address: DriverAddress, folder: Path, scene: SceneSpec) -> None:
        self._address = address
        self._name = name
        self.covered = self.muted = self.destroyed = self.starting = False
        self.stalled: frozenset[SensorName] = frozenset()
        self.powered = True
        self.pid: int | None = None
        self.failure: str | None = None
        self.picture: tuple[int, bytes] | None = None
        self.spoilt = SpoiltParts()
        self.transport = None
        status = self.hear("status")
        try:
            called, window_s = str(status["camera"]), round(float(status["window_s"]))
        except (KeyError, TypeError, ValueError) as error:
            raise CameraError(f"{name} does not say what it is called and how much it remembers.") from error
        self.place = FleetPlace(called, "", "", 0)
        self.spec = CameraSpec(name, folder, scene, 0, window_s, settings=KEEPS_NOTHING)

    @property
    def name(self) -> str:
        """What the scenario calls it."""
        return self._name

    def hear(self, do: str, **more: str) -> dict[str, Any]:
        """Press one of its buttons, or ask how it is; return what it says, a refusal too.

        Raises:
            CameraError: It did not answer.
        """
        return said_over_ssh(self._name, self._address, do, **more)

    def ask(self, do: str) -> dict[str, Any]:
        """Do what ``hear`` does, and take no refusal.

        Raises:
            CameraError: It did not answer, or refused.
        """
        return accepted(self._name, self.hear(do))

    def begin_stop(self) -> None:
        """Leave it as it is: it is somebody's."""

    def shut_down(self) -> None:
        """Leave it as it is: it is somebody's."""

    def settle(self) -> None:
        """Nothing was done to it that would have to settle."""

    def watch(self, *, on: bool) -> None:
        """It sends no pictures to a bench."""
        del on


def known_at(camera: RealCamera, known: Mapping[str, Any]) -> RealCamera:
    """Return a camera that a fleet knows.

    Args:
        camera: It.
        known: The fleet's cameras.

    Raises:
        ScenarioError: The fleet does not know it.
    """
    if camera.place.camera not in known:
        raise ScenarioError(
            f"{camera.name} says that it is {camera.place.camera}, which that fleet does not know: "
            "enrol it there first, with lapel-device enrol."
        )
    return camera
