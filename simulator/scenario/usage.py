"""What cameras and fleet use while the steps are carried out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.report.report import ProcessUse, Use
from simulator.usage import most_memory, processor_s

if TYPE_CHECKING:
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.service import FleetService


@dataclass(frozen=True, slots=True)
class Measured:
    """How much was used until a moment.

    Attributes:
        at: The moment, by a clock that only goes forward, in seconds.
        cameras: The process of each camera with power, and what it used.
        fleet: The processes of the fleet, and what they used; None without one of our own that runs.
    """

    at: float
    cameras: dict[str, tuple[int, float]]
    fleet: tuple[tuple[int, ...], float] | None


def measure(group: CameraGroup, service: FleetService | None) -> Measured:
    """Look at what is used until now."""
    cameras = {camera.name: (pid, processor_s([pid])) for camera in group if (pid := camera.pid) is not None}
    pids = service.pids if service is not None else ()
    return Measured(time.monotonic(), cameras, (pids, processor_s(pids)) if pids else None)


def used_between(before: Measured, after: Measured) -> tuple[Use, float | None]:
    """What was used between two moments, and how many cores all cameras used on average.

    A process that ended between them took its account along; its camera is left out, and no average is given.
    """
    cameras = {
        name: ProcessUse(round(used_s - before.cameras[name][1], 3), most_memory([pid]))
        for name, (pid, used_s) in after.cameras.items()
        if name in before.cameras and before.cameras[name][0] == pid
    }
    fleet = None
    if before.fleet is not None and after.fleet is not None and before.fleet[0] == after.fleet[0]:
        pids, used_s = after.fleet
        fleet = ProcessUse(round(used_s - before.fleet[1], 3), most_memory(pids))
    whole = len(cameras) == len(before.cameras) == len(after.cameras)
    took_s = after.at - before.at
    cores = sum(each.processor_s or 0.0 for each in cameras.values()) / took_s if whole and took_s else None
    return Use(cameras, fleet), cores
