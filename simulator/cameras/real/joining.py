"""Has real cameras take part in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from simulator.cameras.real.camera import RealCamera, known_at
from simulator.oracle.world import GivenReceipt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.cameras.real.address import DriverAddress
    from simulator.sources.choose import SceneSpec


def join_real(
    group: CameraGroup,
    drivers: Mapping[str, DriverAddress],
    folder: Path,
    scene: SceneSpec,
    known: Mapping[str, Any],
) -> frozenset[str]:
    """Have real cameras take part; return their names.

    Args:
        group: The cameras of the run.
        drivers: Where each real one is, by the scenario's name for it.
        folder: Where virtual cameras keep their state.
        scene: What these see.
        known: The fleet's cameras.

    Raises:
        CameraError: One does not answer.
        ScenarioError: The fleet does not know one.
    """
    for name, address in drivers.items():
        camera = known_at(RealCamera(name, address, folder / name, scene), known)
        group.join(cast("VirtualCamera", camera))
    return frozenset(drivers)


def not_asked_as(number: int, recording: str) -> GivenReceipt:
    """What comes of asking for a receipt as a real camera: nobody else has its key."""
    del number, recording
    return GivenReceipt(None, "it is a real camera, and nobody else has its key", asked=False)
