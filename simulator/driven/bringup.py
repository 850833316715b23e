"""Brings a fleet and its cameras up in virtual time; what ``simulator.bringup`` does with processes.

A run's first instant is always the same; its seed decides where in the scene each camera begins, where in a
second it is up, every id, and how long requests take.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from device.config.file import check_config
from simulator.cameras.enrolled import enrol_camera
from simulator.cameras.group import HandedOut
from simulator.cameras.loop import loop_of
from simulator.cameras.spec import plan_cameras
from simulator.driven.camera import DrivenCamera
from simulator.driven.fleet import DrivenFleet
from simulator.driven.wire.transport import InProcess
from simulator.fleet.api import FleetApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack

    from device.capture.prefill import EncodedLoop
    from device.settings import CaptureSettings
    from simulator.bringup import Progress, StackSpec
    from simulator.cameras.spec import CameraSpec
    from simulator.driven.time import DrivenTime
    from simulator.sources.choose import SceneSpec


@dataclass(slots=True)
class DrivenGroup:
    """The cameras of a run in virtual time.

    Attributes:
        cameras: Each of them by its name.
        hand_overs: What the fleet acknowledged of handing them out.
    """

    cameras: dict[str, DrivenCamera] = field(default_factory=dict)
    hand_overs: tuple[HandedOut, ...] = ()

    def __iter__(self) -> Iterator[DrivenCamera]:
        return iter(self.cameras.values())

    def stop(self) -> None:
        """Stop every camera in good order."""
        for camera in self:
            camera.shut_down()


@dataclass(frozen=True, slots=True)
class DrivenStack:
    """What is up.

    Attributes:
        api: The fleet's API.
        group: The cameras.
        fleet: The fleet.
    """

    api: FleetApi
    group: DrivenGroup
    fleet: DrivenFleet


def bring_up(
    stack: ExitStack,
    spec: StackSpec,
    progress: Progress,
    time: DrivenTime,
    *,
    on_change: Callable[[], None],
    on_fleet: Callable[[], None],
    on_deleted: Callable[[], None],
) -> DrivenStack:
    """Bring everything up, and return once all cameras run, with full rings where that is wanted.

    Args:
        stack: What ends it all again.
        spec: What to bring up; no fleet that is there already.
        progress: Shows how far it is.
        time: The one clock.
        on_change: Called whenever something may have shown up on a camera.
        on_fleet: Called whenever something may have shown up at the fleet.
        on_deleted: Called whenever the fleet may have deleted something.

    Raises:
        SimulatorError: Something did not start, or somebody asked to stop.
    """
    draw = random.Random(f"{spec.seed} fleet")  # noqa: S311 - must repeat
    progress.doing("Encoding footage ahead")
    specs = _planned(spec)
    loop = _encoded(spec.scene, check_config(specs[0].config()).capture(""))
    progress.doing("Starting the fleet")
    fleet = stack.enter_context(
        DrivenFleet(
            spec.folder / "fleet",
            time,
            draw.randbytes,
            cameras=len(spec.names),
            on_change=on_fleet,
            on_deleted=on_deleted if spec.deletes else None,
            settings=spec.fleet_settings,
        )
    )
    ours = InProcess(fleet.ask_dashboard)
    api = stack.enter_context(FleetApi(fleet.url, fleet.token(), fleet.authority, via=ours))
    up = DrivenStack(api, DrivenGroup(), fleet)
    stack.callback(up.group.stop)
    progress.doing("Switching the cameras on", of=len(specs))
    for number, each in enumerate(specs, 1):
        # The key is the one thing that the seed does not decide: nobody is to sign as a camera by knowing it.
        place = enrol_camera(each, fleet.url, api.enrolment_code(), transport=ours)
        _hand_out(up, each.name, place.camera, number, time)
        camera = DrivenCamera(each, place, fleet, time, seed=spec.seed, loop=loop, on_change=on_change)
        up.group.cameras[each.name] = camera
        camera.power_on()
        progress.done()
    if spec.prefill:
        # A chunk more than the window, so that the window is full whenever a press comes.
        time.pass_by(spec.window_s + 2)
    return up


def _planned(spec: StackSpec) -> tuple[CameraSpec, ...]:
    return plan_cameras(
        spec.names,
        spec.folder / "cameras",
        spec.scene,
        window_s=spec.window_s,
        seed=spec.seed,
        settings=spec.settings,
    )


def _hand_out(up: DrivenStack, name: str, camera: str, number: int, time: DrivenTime) -> None:
    """Hand a camera out to whoever is free from that number on, and keep that the fleet did."""
    asked = time.seconds()
    assignment = up.api.hand_out(camera, (f"Officer {other}" for other in count(number)))
    if assignment is not None:
        made = HandedOut(name, camera, assignment, asked, time.seconds())
        up.group.hand_overs = (*up.group.hand_overs, made)


@lru_cache(maxsize=4)
def _encoded(scene: SceneSpec, settings: CaptureSettings) -> EncodedLoop:
    """Encode a scene's loop, once for all runs of this process: the same scene gives the same packets."""
    return loop_of(scene.open(), settings)
