"""Notes when what was pressed and stopped shows up: in the fleet's list, and as a receipt on the camera.

Rule: it looks, and changes nothing. While the fleet is away there is nothing to see, and it goes on looking.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from protocol.footage.receipt import RECEIPT_NAME
from protocol.messages.status import LOW_BATTERY_PERCENT
from simulator.errors import FleetServiceError
from simulator.oracle.bad_day.seen import AS_AN_ALERT
from simulator.oracle.facts.timings import Timings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from simulator.fleet.api import FleetApi

LOOK_S = 0.1
ALERTS_S = 0.5


@dataclass(slots=True)
class MadeRecording:
    """One recording that a step made, and when; times are of a clock that only goes forward, in seconds.

    Attributes:
        camera: What the fleet calls the camera.
        name: What the scenario calls it.
        number: The camera's own number for it.
        folder: Where the camera keeps it.
        pressed: When the button was pressed.
        acknowledged_ms: How long the camera took to signal that it is durable.
        recording: The recording's id; empty where the camera did not say it.
        listed: When the fleet listed it.
        stopped: When it was ended; None while it runs, and for one that a power cut ended.
        ended: Whether it has ended, by whatever.
        held: When the camera had the fleet's receipt.
        gone: When the fleet was seen to have deleted it, or to be deleting it.
        damaged: Whether its camera's card damaged it.
        lost_s: When its camera lost its power or was destroyed while it recorded, in seconds since the run
            began; None where that did not happen.
    """

    camera: str
    name: str
    number: int
    folder: Path
    pressed: float
    acknowledged_ms: float
    recording: str = ""
    listed: float | None = None
    stopped: float | None = None
    ended: bool = False
    held: float | None = None
    gone: float | None = None
    lost_s: float | None = None
    damaged: bool = False


@dataclass(slots=True)
class RecordingWatch:
    """Looks at every recording that was made until it is held.

    Attributes:
        api: The fleet.
        now: A clock that only goes forward, in seconds.
        made: Every recording so far.
        alerts: What the fleet was seen to say of each camera, by what it calls the camera: each sentence of
            what is wrong with it, once.
        raised: Whether to look for alerts that were raised too; they cost a fleet more to tell.
        far: Cameras, by the scenario's names, whose own folders nobody here sees: what the fleet says that
            it has signed for is held.
    """

    api: FleetApi
    now: Callable[[], float] = time.monotonic
    made: list[MadeRecording] = field(default_factory=list)
    alerts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    far: frozenset[str] = frozenset()
    raised: bool = False
    _alerts_at: float = 0.0
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def add(self, made: MadeRecording) -> None:
        """Look out for one more recording; a further press during one that is known is none."""
        with self._guard:
            if not any(
                (each.name, each.number, each.recording) == (made.name, made.number, made.recording)
                for each in self.made
            ):
                self.made.append(made)

    def newest(self, name: str) -> MadeRecording | None:
        """Return a camera's newest recording."""
        with self._guard:
            return next((each for each in reversed(self.made) if each.name == name), None)

    def ended(self, name: str, *, by_stop: bool = True, lost_s: float | None = None) -> None:
        """Note that a camera's newest recording has ended, if it was under way.

        Args:
            name: The camera.
            by_stop: Whether it was ended, and not cut off.
            lost_s: When it was cut off, in seconds since the run began.
        """
        newest = self.newest(name)
        with self._guard:
            if newest is not None and not newest.ended:
                newest.ended, newest.lost_s = True, lost_s
                newest.stopped = self.now() if by_stop else None

    def lacking(self, name: str) -> tuple[MadeRecording, ...]:
        """Return a camera's recordings that have ended and have no receipt yet; what is damaged gets none."""
        with self._guard:
            return tuple(
                each
                for each in self.made
                if each.name == name and each.ended and each.held is None and not each.damaged
            )

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            self.look()

    def look(self, *, at_fleet: bool = True) -> None:
        """Look once.

        Args:
            at_fleet: Whether something may have changed there; asking it takes the longest.
        """
        with self._guard:
            pending = [each for each in self.made if each.held is None]
        if at_fleet:
            self._look_in_the_fleet(
                {each.camera for each in pending if each.listed is None or each.name in self.far}
            )
            self._look_for_alerts()
        self._look_on_the_cameras(pending)

    def look_for_alerts_raised(self) -> None:
        """Look what alerts the fleet has raised."""
        with contextlib.suppress(FleetServiceError):  # it is away, and is asked again
            said = reversed(self.api.alerts())
            known = self.alerts.get(AS_AN_ALERT, ())
            self.alerts[AS_AN_ALERT] = tuple(dict.fromkeys((*known, *said)))

    def look_for_gone(self) -> None:
        """Look what the fleet has deleted."""
        left = {each.camera for each in self.made if each.gone is None}
        for camera in sorted(left):
            try:
                gone = {each.id for each in self.api.recordings(camera) if each.gone}
            except FleetServiceError:
                return
            for each in self.made:
                if each.recording in gone and each.gone is None:
                    each.gone = self.now()

    def _look_in_the_fleet(self, cameras: set[str]) -> None:
        for camera in sorted(cameras):
            try:
                listed = {each.number: each for each in self.api.recordings(camera)}
            except FleetServiceError:
                # It is away, which a scenario may want; what is never seen fails its check.
                return
            seen = self.now()
            for each in self.made:
                if each.camera != camera or each.number not in listed:
                    continue
                each.listed = seen if each.listed is None else each.listed
                found = listed[each.number]
                if each.name in self.far and each.held is None and found.state == "held" and found.receipt:
                    each.held = seen

    def _look_for_alerts(self) -> None:
        if self.now() < self._alerts_at:
            return
        self._alerts_at = self.now() + ALERTS_S
        if self.raised:
            self.look_for_alerts_raised()
        try:
            cameras = self.api.cameras()
        except FleetServiceError:
            return
        for camera, facts in cameras.items():
            said = _wrong(facts.get("status") or {})
            known = self.alerts.get(camera, ())
            self.alerts[camera] = tuple(dict.fromkeys((*known, *said)))

    def _look_on_the_cameras(self, pending: list[MadeRecording]) -> None:
        for each in pending:
            if (each.folder / RECEIPT_NAME).exists():
                each.held = self.now()


def _wrong(status: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is wrong with a camera, as the fleet has it."""
    charge = status.get("battery_percent")
    low = isinstance(charge, int) and charge <= LOW_BATTERY_PERCENT
    return (*map(str, status.get("faults", ())), *([f"The battery is at {charge} %."] if low else ()))


def _waited(stopped: float | None, held: float | None) -> float | None:
    """Return how long the receipt took after the stop; None where one of them is not known.

    A stop counts from its answer, which a camera at the end of a slow line gives after the fleet has signed.
    """
    return None if held is None or stopped is None else max(held - stopped, 0.0)


def timings_of(made: Iterable[MadeRecording]) -> dict[str, Timings]:
    """Return how long each recording's officer and the safety team had to wait, by its id."""
    return {
        each.recording: Timings(
            press_acknowledged_ms=each.acknowledged_ms,
            press_dashboard_s=None if each.listed is None else each.listed - each.pressed,
            stop_held_s=_waited(each.stopped, each.held),
        )
        for each in made
        if each.recording
    }
