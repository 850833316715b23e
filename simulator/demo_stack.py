"""A fleet, a wall of virtual cameras and their page, up until somebody stops them: ``bench`` and ``demo``.

Rules:

* The state folder is used again: cameras stay enrolled, recordings stay, and the second start takes seconds.
* One demo stack at a time uses a folder.
* A port that is taken is named, and another is used.
* Everything stops in order: the page, the cameras, the fleet.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.storage.layout import StateFolder
from simulator.bench.group_wall import GroupWall
from simulator.bench.saving import BenchCameras
from simulator.bench.server import BenchServer
from simulator.bringup import StackSpec, bring_up
from simulator.fleet.consents import AT_FLEET, keep_consents
from simulator.keeping import alone_in
from simulator.sources.choose import SourceKind, choose_scene
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.service import Addresses
    from simulator.fleet.site import OtherFleet, Site

WINDOW_S = 180
USUAL_PORTS = {"dashboard": 8443, "cameras' listener": 8444, "broker": 8883}
BENCH_PORT = 8500
LATER = 3
"""So many cameras can be enrolled on the bench, beside those that it begins with."""
# Cameras have processors of their own; here they share one with the service and the browser that a person
# waits for. A camera can wait a little: what it does not capture in time it captures late, and nothing is
# lost.
NICENESS = 5


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What to put up.

    Attributes:
        folder: The state folder.
        cameras: How many cameras.
        fleet: A fleet that is there already; None to start one.
        port: The bench's port, if it is free.
        seed: Decides where in the scene each camera begins.
        source: What the cameras see.
        environment: The process's environment, for ``LAPEL_MEDIA``.
    """

    folder: Path
    cameras: int
    fleet: OtherFleet | None
    port: int
    seed: int
    source: SourceKind
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoStack:
    """What is up.

    Attributes:
        dashboard_url: The fleet's dashboard.
        setup_url: The one-time link that makes its first user; None when there is one, or for another's
            fleet.
        bench_url: The bench.
        remarks: What a person should know, in sentences: ports that were taken.
        real_footage: Whether the cameras see the real clip.
    """

    dashboard_url: str
    setup_url: str | None
    bench_url: str
    remarks: tuple[str, ...]
    real_footage: bool


@contextmanager
def open_demo_stack(plan: DemoPlan, progress: Progress, stopping: threading.Event) -> Iterator[DemoStack]:
    """Put everything up, and take it down when the context ends.

    Args:
        plan: What to put up.
        progress: Shows how far it is.
        stopping: Set to give up before everything is up.

    Raises:
        SimulatorError: Something did not start.
    """
    scene = choose_scene(plan.source, plan.environment, width=WIDTH, height=HEIGHT, fps=FPS)
    names = [f"cam-{number:02d}" for number in range(1, plan.cameras + 1)]
    later = [f"cam-{number:02d}" for number in range(plan.cameras + 1, plan.cameras + 1 + LATER)]
    spec = StackSpec(
        names,
        plan.folder,
        scene,
        WINDOW_S,
        plan.seed,
        prefill=True,
        fleet=plan.fleet,
        niceness=NICENESS,
        later=later,
    )
    with ExitStack() as stack:
        stack.enter_context(alone_in(plan.folder))
        site, group = bring_up(stack, spec, progress, stopping)
        seen = {"source": str(plan.source), "width": WIDTH, "height": HEIGHT, "fps": FPS}
        cameras = BenchCameras(tuple(names), WINDOW_S, plan.seed, seen, tuple(later))
        stack.callback(_keep_words, group, site)  # once the page is gone, and before the fleet is
        bench = stack.enter_context(BenchServer(GroupWall(group, site, cameras), plan.port))
        addresses = site.addresses
        yield DemoStack(
            dashboard_url=site.api.url,
            setup_url=None if addresses is None else addresses.setup_url,
            bench_url=bench.url,
            remarks=(*_moved(addresses), *_bench_moved(bench)),
            real_footage=scene.media is not None,
        )


def _keep_words(group: CameraGroup, site: Site) -> None:
    """Keep what the fleet has of what cameras signed of consent, for those that have signed any."""
    said = [each for each in group if any(StateFolder(each.spec.state).consent.glob("*"))]
    keep_consents({each.place.camera: each.spec.state.parent / AT_FLEET for each in said}, site.api)


def _moved(addresses: Addresses | None) -> Iterator[str]:
    if addresses is None:
        return
    for (what, usual), port in zip(USUAL_PORTS.items(), addresses.ports, strict=True):
        if port != usual:
            yield f"The {what} is on port {port}, since {usual} was taken."


def _bench_moved(bench: BenchServer) -> Iterator[str]:
    if bench.moved_from is not None:
        yield f"The bench is on port {bench.port}, since {bench.moved_from} was taken."
