"""Brings a fleet and its virtual cameras up, for a scenario as for a bench.

Order: the fleet starts while the loop is being encoded, one processor each; then the cameras are enrolled,
handed to officers and switched on. What was begun is ended by the caller's stack, in reverse.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from device.config.file import check_config
from simulator.cameras.group import CameraGroup
from simulator.cameras.loop import LONGEST_S, loop_of
from simulator.cameras.spec import plan_cameras
from simulator.fleet.site import open_site
from simulator.sources.decoded import decode

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from device.capture.prefill import EncodedLoop
    from device.settings import CaptureSettings
    from simulator.cameras.spec import CameraSpec, RealSources
    from simulator.fleet.guest import FleetGuest
    from simulator.fleet.site import OtherFleet, Site
    from simulator.sources.choose import SceneSpec


MANY = 5
"""So many cameras share the pictures of a clip that is decoded once; 250 MB at the bench's size."""

PICTURES = "pictures.yuv"


class Progress(Protocol):
    """Shows how far something is."""

    def doing(self, words: str, *, of: int = 0) -> None:
        """Say what begins now, and of how many parts it has, if that is known."""
        ...

    def done(self) -> None:
        """Say that one part of it is done."""
        ...

    def failed(self) -> None:
        """Say that what was begun last has failed."""
        ...


@dataclass(frozen=True, slots=True)
class StackSpec:
    """Cameras to bring up, and their fleet.

    Attributes:
        names: What the cameras are called here.
        folder: Where everything is kept.
        scene: What the cameras see.
        window_s: How much pre-record they keep, in seconds.
        seed: Decides where in the scene each begins.
        prefill: Whether their rings are full from the start.
        fleet: A fleet that is there already; None to start one.
        niceness: How far the cameras yield to other programs on this machine (nice(2)).
        ports: The ports that the fleet asks for first; None for the usual ones.
        sources: What the cameras film in place of the scene, which then gives their pictures' size and rate.
        later: Names of cameras that take no part until they are enrolled.
        settings: What a camera's configuration has beside all that, by its name.
        fleet_settings: What the configuration of a fleet has that is started here, table by table.
        deletes: Whether deletion is switched on at a fleet in virtual time.
        guest: Notes what is made at ``fleet``, and takes it away at the end; None where it may stay.
        cameras: Where the cameras' own folders are; None for in ``folder``.
    """

    names: Sequence[str]
    folder: Path
    scene: SceneSpec
    window_s: int
    seed: int
    prefill: bool
    fleet: OtherFleet | None
    niceness: int = 0
    ports: tuple[int, int, int] | None = None
    sources: RealSources | None = None
    later: Sequence[str] = ()
    settings: Callable[[str], Mapping[str, Mapping[str, Any]]] = lambda _: {}
    fleet_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    deletes: bool = False
    guest: FleetGuest | None = None
    cameras: Path | None = None


def bring_up(
    stack: ExitStack, spec: StackSpec, progress: Progress, stopping: threading.Event
) -> tuple[Site, CameraGroup]:
    """Bring everything up, and return once all cameras run.

    Args:
        stack: What ends it all again.
        spec: What to bring up.
        progress: Shows how far it is.
        stopping: Set to give up before everything is up.

    Raises:
        SimulatorError: Something did not start, or somebody asked to stop.
    """
    count = len(spec.names)
    scene = _seen_by(spec)
    specs = plan_cameras(
        [*spec.names, *spec.later],
        spec.cameras or spec.folder / "cameras",
        scene,
        window_s=spec.window_s,
        seed=spec.seed,
        niceness=spec.niceness,
        sources=spec.sources,
        settings=spec.settings,
    )
    if scene.decoded is not None:
        stack.callback(scene.decoded.unlink, missing_ok=True)
    aside = stack.enter_context(ThreadPoolExecutor(1, "encode"))
    here = [each for each in specs if each.name in spec.names]
    ahead = aside.submit(_encode_ahead, spec.scene, scene, here) if spec.prefill else None
    progress.doing("Starting the fleet")
    site = open_site(
        stack,
        spec.fleet,
        spec.folder,
        cameras=count + len(spec.later),
        ports=spec.ports,
        settings=spec.fleet_settings,
        cancelled=stopping.is_set,
    )
    if spec.guest is not None:
        stack.callback(spec.guest.leave, site.api)  # after the cameras have stopped
    group = stack.enter_context(
        CameraGroup(specs, site.api, site.addresses, stopping, spec.later, guest=spec.guest)
    )
    progress.doing("Enrolling the cameras", of=count)
    group.enrol(lambda _: progress.done())
    progress.doing("Encoding footage ahead")
    loops = {} if ahead is None else ahead.result()
    progress.doing("Switching the cameras on", of=count)
    group.power_on(loops, lambda _: progress.done())
    return site, group


def _seen_by(spec: StackSpec) -> SceneSpec:
    """What the cameras see: for many of them a clip is decoded once, since each would decode the same."""
    scene = spec.scene
    if not spec.prefill or scene.media is None or len(spec.names) < MANY:
        return scene
    return replace(scene, decoded=spec.folder / PICTURES)


def _encode_ahead(scene: SceneSpec, seen: SceneSpec, specs: Sequence[CameraSpec]) -> dict[str, EncodedLoop]:
    """Encode the scene ahead, once for all cameras that encode alike, and return each camera's."""
    if seen.decoded is not None:
        seen.decoded.unlink(missing_ok=True)  # of a demo stack that was killed
        decode(scene.open(), seen.decoded, LONGEST_S * scene.fps)
    loops: dict[CaptureSettings, EncodedLoop] = {}
    for each in specs:
        settings = check_config(each.config()).capture("")
        if settings not in loops:
            loops[settings] = loop_of(seen.open(), settings)
    return {each.name: loops[check_config(each.config()).capture("")] for each in specs}
