"""What must happen although nobody presses anything: sensors follow the state, and time passes.

Rules:

- Sensors are open exactly when the recorder says so. They open and close in a thread of their own, because a
  sensor may take its time and a press must not. That thread waits for no card: what a capture has still to
  hand over when it is closed goes there by itself, before what the next one captures, and is given up only
  when the camera stops.
- Footage from before the start (``Sensors.prefill``) is asked for once: after a private time the ring begins
  empty.
- A capture that breaks is followed by another after a second, and the footage between is a stated gap.
- Keys expire four times a second, even when no footage comes (C2). They have a thread of their own: what else
  is due, once a second, may have to wait for the card.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from typing import TYPE_CHECKING, Protocol

from device.battery.watch import LOOK_S
from device.capture.capture import Capture
from device.errors import DeviceError
from device.recording.heart.noticed import ConditionChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.capture.chunk_queue import LineOfFootage
    from device.capture.sensors import Sensors
    from device.recording.recorder import Recorder
    from device.settings import CaptureSettings
    from protocol.footage.ledger.conditions import ConditionSpan

log = logging.getLogger(__name__)

KEYS_S = 0.25
TICK_S = 1.0
ANEW_S = 1.0
STOP_WAIT_S = 10.0

OPEN_STILL = "A sensor did not close and may still see or hear: unplug it."


class KeptSensors(Protocol):
    """Opens and closes the sensors as the state wants; see ``device.sensor_control.SensorControl``.

    Attributes:
        on_condition: Called when something begins to be wrong with picture or sound, or is over.
        look_at_battery: Called about every ``device.battery.watch.LOOK_S`` seconds; may take its time.
    """

    on_condition: Callable[[], None]
    look_at_battery: Callable[[], None]

    @property
    def troubles(self) -> tuple[str, ...]: ...  # noqa: D102 - as ``SensorControl`` describes
    @property
    def conditions(self) -> tuple[ConditionSpan, ...] | None: ...  # noqa: D102 - see above
    def start(self) -> None: ...  # noqa: D102 - see above
    def stop(self) -> None: ...  # noqa: D102 - see above
    def wait_until_closed(self, timeout_s: float = STOP_WAIT_S) -> bool: ...  # noqa: D102 - see above


class SensorControl:
    """Keeps the sensors and the time of a recorder, from ``start`` to ``stop``.

    Attributes:
        on_condition: Called when something begins to be wrong with picture or sound that come, or is over;
            must return at once.
        look_at_battery: Called when the battery is to be looked at, in a thread of its own: a gauge may take
            its time. The first time at once.
    """

    def __init__(self, recorder: Recorder, sensors: Sensors, settings: CaptureSettings) -> None:
        self.on_condition: Callable[[], None] = _nothing
        self.look_at_battery: Callable[[], None] = _nothing
        self._recorder = recorder
        self._sensors = sensors
        self._settings = settings
        self._capture: Capture | None = None
        self._last: LineOfFootage | None = None  # of the capture that was opened last, closed or not
        self._unclosed: tuple[Capture, ...] = ()
        self._opening = False
        self._trouble: str | None = None
        self._stopping = threading.Event()
        self._look = threading.Event()
        self._closed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._keep_sensors, name="sensors", daemon=True),
            threading.Thread(target=self._every, args=(KEYS_S, recorder.expire), name="keys", daemon=True),
            threading.Thread(target=self._every, args=(TICK_S, recorder.tick), name="time", daemon=True),
            threading.Thread(target=self._keep_looking_at_battery, name="battery", daemon=True),
        ]

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the sensors, one sentence each."""
        capture = self._capture
        own = () if self._trouble is None else (self._trouble,)
        if not all(each.closed for each in self._unclosed):
            own = (*own, OPEN_STILL)
        return own if capture is None else (*own, *capture.troubles)

    @property
    def conditions(self) -> tuple[ConditionSpan, ...] | None:
        """What is wrong with picture or sound that come; None where nothing is looked at."""
        capture = self._capture
        return None if capture is None else capture.conditions

    def start(self) -> None:
        """Begin: the sensors open if they should be.

        Raises:
            DeviceError: No encoder opens for the settings.
        """
        self._recorder.cut = self._cut
        self._recorder.on_sensors = self._look.set
        self._follow()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop, with the sensors closed, and with what they had captured handed over or given up."""
        self._stopping.set()
        self._look.set()
        for thread in self._threads:
            thread.join(STOP_WAIT_S)
        self._close()
        if self._last is not None:
            self._last.finish(self._report)

    def wait_until_closed(self, timeout_s: float = STOP_WAIT_S) -> bool:
        """Wait until no sensor is open; tell whether that came to pass.

        One that was told to close and did not is not waited for once more.
        """
        with self._closed:
            closed = self._closed.wait_for(self._are_closed, timeout_s)
        return closed and all(each.closed for each in self._unclosed)

    def _are_closed(self) -> bool:
        capture = self._capture
        return not self._opening and (capture is None or capture.closed)

    def _cut(self) -> None:
        capture = self._capture
        if capture is not None:
            capture.cut()

    def _keep_sensors(self) -> None:
        while not self._stopping.is_set():
            self._look.wait()
            self._look.clear()
            try:
                self._follow()
            except DeviceError as error:
                self._trouble = str(error)
                self._report(self._trouble)  # which has us look again
                self._stopping.wait(ANEW_S)

    def _every(self, seconds: float, pass_on: Callable[[], None]) -> None:
        while not self._stopping.wait(seconds):
            pass_on()

    def _keep_looking_at_battery(self) -> None:
        self.look_at_battery()
        self._every(LOOK_S, self.look_at_battery)

    def _follow(self) -> None:
        """Open or close the sensors as the state wants, and show in the picture whether it is recorded."""
        goes_on = self._end_broken()
        self._opening = True  # before the state is looked at: who closes the sensors meanwhile waits for this
        try:
            if self._recorder.sensors and self._capture is None:
                self._open(goes_on=goes_on)
        finally:
            with self._closed:
                self._opening = False
                self._closed.notify_all()
        if not self._recorder.sensors:
            self._close()
        if self._capture is not None:
            self._capture.mark_recording(recording=self._recorder.recording)

    def _open(self, *, goes_on: bool) -> None:
        self._trouble = None
        capture = Capture(
            self._sensors,
            self._settings,
            self._recorder.push,
            self._report,
            behind=self._last,
            goes_on=goes_on,
            on_condition=self._tell_condition,
        )
        self._sensors = dataclasses.replace(self._sensors, prefill=None)
        self._capture, self._last = capture, capture.line
        capture.start()

    def _end_broken(self) -> bool:
        """Close a capture that broke; tell whether one did, from whose footage the next goes on."""
        capture = self._capture
        if capture is None or not capture.broken:
            return False
        self._close()
        self._stopping.wait(ANEW_S)
        return True

    def _close(self) -> None:
        capture = self._capture
        if capture is None:
            return
        capture.close()
        with self._closed:
            self._unclosed = tuple(each for each in (*self._unclosed, capture) if not each.closed)
            self._capture = None
            self._closed.notify_all()

    def _tell_condition(self, span: ConditionSpan) -> None:
        self._recorder.notice(ConditionChanged(span))
        self.on_condition()

    def _report(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self._look.set()


def _nothing() -> None:
    """Nobody listens."""
