"""All virtual cameras of a run or a bench: enrolled, handed out, started and stopped together.

Order: make the cameras, have all enrolled, hand each to an officer, then switch them on; at the end, stop
them all at once and wait. A camera that was enrolled before with the same fleet stays enrolled.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Self

from simulator.cameras.camera import VirtualCamera
from simulator.cameras.enrolled import enrol_camera, load_place, save_place, set_aside
from simulator.cameras.process import PRELOAD
from simulator.errors import CameraError, CancelledError
from simulator.network.proxy import Network

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.context import ForkServerContext

    from device.capture.prefill import EncodedLoop
    from simulator.cameras.enrolled import FleetPlace
    from simulator.cameras.spec import CameraSpec
    from simulator.fleet.api import FleetApi
    from simulator.fleet.guest import FleetGuest
    from simulator.fleet.service import Addresses

AT_ONCE = 4
DESTROYED_PURPOSE = "Simulator: the camera was destroyed"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A camera that was handed to an officer.

    Attributes:
        name: What the camera is called here.
        camera: What the fleet calls it.
        assignment: What the fleet calls the hand-over.
        asked: When it was asked for, by a clock that only goes forward, in seconds.
        answered: When the fleet had said that it is so.
    """

    name: str
    camera: str
    assignment: str
    asked: float
    answered: float


class CameraGroup:
    """Virtual cameras of one fleet. Stops them all when the context ends.

    Attributes:
        hand_overs: Each camera that was handed to an officer here.

    Args:
        specs: The cameras, each with its own folder.
        api: The fleet that they belong to.
        addresses: Where that fleet is now, when the simulator started it; None for another, whose addresses
            are those of the enrolment.
        stopping: Set when somebody asks to stop before all are up.
        later: Names of cameras that take no part until ``enrol_later``.
        guest: Notes what is made at a fleet that is somebody else's; None where cameras may stay enrolled.
    """

    def __init__(
        self,
        specs: Sequence[CameraSpec],
        api: FleetApi,
        addresses: Addresses | None,
        stopping: threading.Event,
        later: Sequence[str] = (),
        *,
        guest: FleetGuest | None = None,
    ) -> None:
        self._specs = tuple(each for each in specs if each.name not in later)
        self._later = {each.name: each for each in specs if each.name in later}
        self._api = api
        self._addresses = addresses
        self._stopping = stopping
        self._guest = guest
        self._network = Network()
        self._cameras: dict[str, VirtualCamera] = {}
        self._context = _context()
        self.hand_overs: tuple[HandedOut, ...] = ()

    def __enter__(self) -> Self:
        self._network.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop()
        finally:
            self._network.__exit__()

    def __iter__(self) -> Iterator[VirtualCamera]:
        return iter(self._cameras.values())

    def __getitem__(self, name: str) -> VirtualCamera:
        return self._cameras[name]

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes of the cameras that have power."""
        return tuple(pid for camera in self if (pid := camera.pid) is not None)

    def enrol(self, done: Callable[[str], None] = lambda _: None) -> None:
        """Enrol every camera that is not yet, and hand each to an officer of its own.

        Args:
            done: Gets each camera's name when it is ready to be switched on.

        Raises:
            CameraError: A camera could not be enrolled.
            FleetServiceError: The fleet refused.
            CancelledError: Somebody asked to stop.
        """
        known = self._known()
        # All have their place in the fleet, or none is handed out: a fleet may have no room for the last.
        places = [self._reserved(spec, known) for spec in self._specs]
        for number, (spec, place) in enumerate(zip(self._specs, places, strict=True), 1):
            self._go_on()
            asked = time.monotonic()
            assignment = self._hand_out(place.camera, number)
            if assignment is not None:
                made = HandedOut(spec.name, place.camera, assignment, asked, time.monotonic())
                self.hand_overs = (*self.hand_overs, made)
            self._add(spec, place)
            done(spec.name)

    def join(self, camera: VirtualCamera) -> None:
        """Have one more camera take part, which is up already."""
        self._cameras = {**self._cameras, camera.name: camera}

    @property
    def later(self) -> tuple[str, ...]:
        """The cameras that take no part until now."""
        return tuple(self._later)

    def enrol_later(self, name: str) -> VirtualCamera:
        """Enrol a camera that took no part until now; nobody wears it, and it has no power.

        One whose folder was kept, and that the fleet still knows, is the same camera.

        Raises:
            CameraError: It takes part already, or could not be enrolled.
            FleetServiceError: The fleet refused.
        """
        if name not in self._later:
            raise CameraError(f"{name} takes part already.")
        spec = self._later[name]
        place = self._place(spec, self._known())
        if place.camera in self._api.assignments().values():
            self._api.take_back(place.camera)
        camera = self._add(spec, place)
        del self._later[name]
        return camera

    def _known(self) -> set[str]:
        return {camera for camera, facts in self._api.cameras().items() if not facts.get("revoked")}

    def _add(self, spec: CameraSpec, place: FleetPlace) -> VirtualCamera:
        line = self._network.line(f"{spec.name} {spec.begin_s}")
        camera = VirtualCamera(spec, place, line, self._network, self._context)
        # Another dict, so that whoever goes through the cameras just now is not disturbed.
        self._cameras = {**self._cameras, spec.name: camera}
        return camera

    def power_on(
        self, loops: Mapping[str, EncodedLoop], done: Callable[[str], None] = lambda _: None
    ) -> None:
        """Switch every camera on and return once all run.

        Args:
            loops: Their scene encoded ahead, by camera, to begin with full rings.
            done: Gets each camera's name when it runs.

        Raises:
            CameraError: A camera did not start.
            CancelledError: Somebody asked to stop.
        """

        def start(camera: VirtualCamera) -> None:
            self._go_on()
            camera.power_on(loops.get(camera.name))
            camera.wait_up()
            done(camera.name)

        with ThreadPoolExecutor(AT_ONCE, "power on") as pool:
            list(pool.map(start, self._cameras.values()))

    def _hand_out(self, camera: str, number: int) -> str | None:
        """Hand a camera to an officer; one that is worn is left as it is."""
        if self._guest is not None:
            return self._guest.hand_out(self._api, camera)
        # In a fleet that is somebody else's an "Officer 1" may be a person.
        name = "Officer" if self._addresses is not None else "Simulator officer"
        return self._api.hand_out(camera, (f"{name} {each}" for each in count(number)))

    def _reserved(self, spec: CameraSpec, known: set[str]) -> FleetPlace:
        self._go_on()
        return self._place(spec, known)

    def _place(self, spec: CameraSpec, known: set[str]) -> FleetPlace:
        place = load_place(spec.folder)
        if place is not None and place.camera in known and not spec.state.exists():
            # It was destroyed the last time: nobody will ever hear of it again, and its place is free.
            self._api.revoke(place.camera, DESTROYED_PURPOSE)
            known = known - {place.camera}
        if place is not None and place.camera not in known:
            # Its recordings are signed as a camera that this fleet does not know: another camera starts
            # afresh.
            set_aside(spec.folder, place.camera)
            place = None
        if place is None:
            place = enrol_camera(spec, self._api.url, self._api.enrolment_code())
            if self._guest is not None:
                self._guest.cameras.append(place.camera)
            return place
        if self._addresses is None:
            return place
        # The fleet may have had to take other ports since.
        place = replace(place, cameras_url=self._addresses.cameras_url, mqtt_port=self._addresses.mqtt_port)
        save_place(spec.folder, place)
        return place

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise CancelledError("Stopped before everything was up.")

    def _stop(self) -> None:
        """Have all cameras stop at once, then wait for each."""
        for camera in self:
            camera.begin_stop()
        for camera in self:
            camera.shut_down()


def _context() -> ForkServerContext:
    """Start the process that all cameras are forked from: what they need is loaded there, once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOAD))
    # Arithmetic on small pictures gains nothing from threads, and a process with threads forks badly.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Else the file of this program would be run anew in each camera, with all that it loads.
    vars(sys.modules["__main__"])["__file__"] = None
    forkserver.ensure_running()
    return context
