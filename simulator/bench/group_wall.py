"""The bench's wall over real virtual cameras.

Rules:

* A camera is asked how it is through its control socket, as ``lapel-device status`` asks; at most a few times
  a second, and only while somebody looks.
* Who wears which camera is the fleet's word, asked for every few seconds; while the fleet is away the last
  word stands.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.bench.arrivals import Arrivals
from simulator.bench.hands import BenchHands, last_number
from simulator.bench.journal import BenchJournal, DoneOrder
from simulator.bench.looks import Looks
from simulator.bench.orders import AT_DASHBOARD, BenchButton, camera_order, fleet_order, step_of
from simulator.bench.said import broken_in_words
from simulator.bench.saving import saved_scenario, standing_after
from simulator.bench.wall import CameraTile
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from simulator.bench.journal import LogLine
    from simulator.bench.orders import FleetButton
    from simulator.bench.saving import BenchCameras
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.site import Site
    from simulator.scenario.steps.order import Step

FRESH_S = 0.4
OFFICERS_S = 3.0


class GroupWall:
    """A wall of the cameras of a group.

    Args:
        group: The cameras, enrolled.
        site: Their fleet.
        cameras: What a scenario says of them.
        now: A clock that only goes forward, in seconds.
    """

    def __init__(
        self,
        group: CameraGroup,
        site: Site,
        cameras: BenchCameras,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._group = group
        self._site = site
        self._cameras = cameras
        self._now = now
        self._journal = BenchJournal(now, used={each.name: last_number(each) for each in group})
        self._hands = BenchHands(group, site, self._journal)
        self._arrivals = Arrivals(self._journal)
        self._at_fleet = threading.Lock()
        self._began = time.strftime("%Y-%m-%d %H:%M:%S")
        self._guard = threading.Lock()
        self._locks = {name: threading.Lock() for name in (*(each.name for each in group), *group.later)}
        self._at_dashboard = threading.Lock()
        self._looks = Looks(self._tile, now)
        self._watching = threading.Lock()
        self._watchers = 0
        self._tiles: tuple[CameraTile, ...] = ()
        self._fresh_until = 0.0
        self._officers: dict[str, str] = {}
        self._officers_until = 0.0

    @property
    def fleet_url(self) -> str:
        """The dashboard's address."""
        return self._site.api.url

    @property
    def later(self) -> tuple[str, ...]:
        """The cameras that can still be enrolled, in order."""
        return self._group.later

    @property
    def own_fleet(self) -> bool:
        """Whether the fleet was started with the bench, and may be stopped."""
        return self._site.service is not None

    def tiles(self) -> tuple[CameraTile, ...]:
        """Return every camera as it is now, or was a moment ago."""
        with self._guard:
            if self._now() >= self._fresh_until:
                self._ask_who_wears_what()
                before, self._tiles = self._tiles, self._looks.all(self._group)
                self._say_what_is_new(before)
                self._fresh_until = self._now() + FRESH_S
            return self._tiles

    def act(self, camera: str, button: BenchButton, given: Mapping[str, str]) -> str:
        """Press a button and return what came of it, in one sentence.

        Raises:
            SimulatorError: It could not be done.
            KeyError: There is no such camera.
        """
        step = camera_order(button, camera, given)
        if button in AT_DASHBOARD:
            # It may wait for the fleet, and nobody's finger on a camera waits for that.
            self._group[camera]
            with self._at_dashboard:
                return self._do(step)
        with self._locks[camera]:
            said = self._do(step)
        if button is BenchButton.ENROL:
            self._has_joined(self._group[camera])
        return said

    def act_at_fleet(self, button: FleetButton) -> str:
        """Press one of the fleet's buttons and return what came of it, in one sentence.

        Raises:
            SimulatorError: It could not be done.
        """
        with self._at_fleet:
            return self._do(fleet_order(button))

    def log(self, after: int = 0) -> Sequence[LogLine]:
        """Return what was done and seen after one line of the log, in order."""
        return self._journal.lines(after)

    def scenario(self) -> str:
        """Return what was done as a scenario."""
        return saved_scenario(self._cameras, self._journal.pages(), self._began)

    def begin_anew(self) -> str:
        """Begin a new scenario, with everything as it is; say so in one sentence."""
        pages = self._journal.pages()
        known = self._cameras
        standing = standing_after(known.names, (*pages.before, *pages.orders), known.later)
        self._began = time.strftime("%Y-%m-%d %H:%M:%S")
        used = {
            camera.name: last_number(camera) - (standing.cameras[camera.name].facts.recording is True)
            for camera in self._group
        }
        here = tuple(camera.name for camera in self._group)
        self._cameras = replace(known, names=here, later=self.later)
        before = tuple(DoneOrder(0.0, step_of(each.keys)) for each in standing.as_steps())
        self._journal.begin_anew(before, used)
        return "A new scenario begins here, with everything as it is."

    def _do(self, step: Step) -> str:
        try:
            return self._hands.do(step)
        finally:
            with self._guard:
                self._fresh_until = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Have the cameras make pictures for as long as the context lasts."""
        self._watch(1)
        try:
            yield
        finally:
            self._watch(-1)

    def picture(self, camera: str) -> tuple[int, bytes] | None:
        """Return a camera's newest picture with its running number."""
        return self._group[camera].picture

    def _has_joined(self, camera: VirtualCamera) -> None:
        """Have a camera that joined make pictures too, while somebody looks, and count from what it has."""
        self._journal.used = {**self._journal.used, camera.name: last_number(camera)}
        with self._watching:
            camera.watch(on=self._watchers > 0)

    def _watch(self, change: int) -> None:
        with self._watching:
            before, self._watchers = self._watchers, self._watchers + change
            if (before > 0) != (self._watchers > 0):
                for camera in self._group:
                    camera.watch(on=self._watchers > 0)

    def _ask_who_wears_what(self) -> None:
        if self._now() < self._officers_until:
            return
        try:
            cameras = self._site.api.cameras()
        except SimulatorError:
            # The fleet is away, as a tester may want it; its last word stands.
            cameras = {}
        self._officers |= {name: str(facts.get("officer_name") or "") for name, facts in cameras.items()}
        self._officers_until = self._now() + OFFICERS_S

    def _say_what_is_new(self, before: Sequence[CameraTile]) -> None:
        """Write down what cameras say is wrong since the last look, and did not say before."""
        said = {tile.camera: tile.trouble for tile in before}
        for tile in self._tiles:
            if tile.trouble and tile.trouble != said.get(tile.camera, ""):
                self._journal.say(tile.camera, tile.trouble, "seen")

    def _tile(self, camera: VirtualCamera) -> CameraTile:
        known = CameraTile(
            camera.name,
            called=camera.place.camera,
            officer=self._officers.get(camera.place.camera, ""),
            window_s=camera.spec.window_s,
            waiting=self._arrivals.waiting(camera),
            unplugged=camera.line.state == "cut",
            covered=camera.covered,
            muted=camera.muted,
            stalled="lens" in camera.stalled,
            soundless="microphone" in camera.stalled,
            destroyed=camera.destroyed,
            broken=broken_in_words(camera.line.state, camera.spoilt),
        )
        if not camera.powered:
            return replace(known, trouble=camera.failure or "")
        try:
            return _with_status(known, camera.ask("status"))
        except SimulatorError as error:
            if camera.starting:
                return replace(known, state="starting")
            return replace(known, state="fault", answers=False, trouble=str(error))


def _with_status(known: CameraTile, status: dict[str, Any]) -> CameraTile:
    recording = status["recording"]
    return replace(
        known,
        state=str(status["state"]),
        prerecord_s=float(status["prerecord_s"]),
        number=recording,
        recording_s=None if recording is None else float(status["recording_s"]),
        trouble=next(iter(status["faults"]), ""),
    )
