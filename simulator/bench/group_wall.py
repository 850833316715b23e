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

from protocol.footage.receipt import RECEIPT_NAME
from simulator.bench.looks import Looks
from simulator.bench.wall import BenchButton, CameraTile
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.api import FleetApi

FRESH_S = 0.4
OFFICERS_S = 3.0


class GroupWall:
    """A wall of the cameras of a group.

    Args:
        group: The cameras, enrolled.
        api: Their fleet.
        now: A clock that only goes forward, in seconds.
    """

    def __init__(self, group: CameraGroup, api: FleetApi, now: Callable[[], float] = time.monotonic) -> None:
        self._group = group
        self._api = api
        self._now = now
        self._guard = threading.Lock()
        self._locks = {camera.name: threading.Lock() for camera in group}
        self._looks = Looks(self._tile)
        self._watching = threading.Lock()
        self._watchers = 0
        self._tiles: tuple[CameraTile, ...] = ()
        self._fresh_until = 0.0
        self._officers: dict[str, str] = {}
        self._officers_until = 0.0

    @property
    def fleet_url(self) -> str:
        """The dashboard's address."""
        return self._api.url

    def tiles(self) -> tuple[CameraTile, ...]:
        """Return every camera as it is now, or was a moment ago."""
        with self._guard:
            if self._now() >= self._fresh_until:
                self._ask_who_wears_what()
                self._tiles = self._looks.all(self._group)
                self._fresh_until = self._now() + FRESH_S
            return self._tiles

    def act(self, camera: str, action: BenchButton) -> str:
        """Press a button and return what came of it, in one sentence.

        Raises:
            SimulatorError: It could not be done.
            KeyError: There is no such camera.
        """
        with self._locks[camera]:
            sentence = ACTIONS[action](self._group[camera])
        with self._guard:
            self._fresh_until = 0.0
        return sentence

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
            cameras = self._api.cameras()
        except SimulatorError:
            # The fleet is away, as a tester may want it; its last word stands.
            cameras = {}
        self._officers |= {name: str(facts.get("officer_name") or "") for name, facts in cameras.items()}
        self._officers_until = self._now() + OFFICERS_S

    def _tile(self, camera: VirtualCamera) -> CameraTile:
        known = CameraTile(
            camera.name,
            called=camera.place.camera,
            officer=self._officers.get(camera.place.camera, ""),
            window_s=camera.spec.window_s,
            waiting=_waiting(camera),
            unplugged=camera.line.state == "cut",
            covered=camera.covered,
            muted=camera.muted,
        )
        if not camera.powered:
            return replace(known, trouble=camera.failure or "")
        try:
            return _with_status(known, camera.ask("status"))
        except SimulatorError as error:
            if camera.starting:
                return replace(known, state="starting")
            return replace(known, state="fault", trouble=str(error))


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


def _waiting(camera: VirtualCamera) -> int:
    """Count the recordings that the fleet has given no receipt for."""
    return sum(not (folder / RECEIPT_NAME).exists() for folder in camera.spec.recordings())


def _press(camera: VirtualCamera) -> str:
    begun = time.perf_counter()
    answer = camera.ask("press")
    took_ms = (time.perf_counter() - begun) * 1000
    held_s = float(answer.get("prerecord_s") or 0.0)
    return (
        f"Recording {answer['number']} is safe, with {held_s:.1f} s before the press; "
        f"acknowledged in {took_ms:.0f} ms."
    )


def _said(command: str) -> Callable[[VirtualCamera], str]:
    def act(camera: VirtualCamera) -> str:
        return str(camera.ask(command).get("sentence") or "Done.")

    return act


def _power_on(camera: VirtualCamera) -> str:
    camera.power_on()
    camera.wait_up()
    return "It has power again; its ring begins to fill."


def _does(words: str, act: Callable[[VirtualCamera], Any]) -> Callable[[VirtualCamera], str]:
    def acting(camera: VirtualCamera) -> str:
        act(camera)
        return words

    return acting


ACTIONS: dict[BenchButton, Callable[[VirtualCamera], str]] = {
    BenchButton.PRESS: _press,
    BenchButton.STOP: _said("stop"),
    BenchButton.BOOKMARK: _said("bookmark"),
    BenchButton.UNPLUG: _does(
        "Its network is unplugged; what it records waits.", lambda camera: camera.line.cut()
    ),
    BenchButton.PLUG_IN: _does("Its network is back.", lambda camera: camera.line.good()),
    BenchButton.POWER_OFF: _does("Its power was pulled, without warning.", lambda camera: camera.power_off()),
    BenchButton.POWER_ON: _power_on,
    BenchButton.COVER: _does("Something covers its lens.", lambda camera: camera.cover(on=True)),
    BenchButton.UNCOVER: _does("Its lens sees again.", lambda camera: camera.cover(on=False)),
    BenchButton.MUTE: _does("Its microphone hears nothing.", lambda camera: camera.mute(on=True)),
    BenchButton.UNMUTE: _does("Its microphone hears again.", lambda camera: camera.mute(on=False)),
}
