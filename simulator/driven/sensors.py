"""The sensors of a camera in virtual time, and its time: what ``device.sensor_control`` does with threads.

Rules:

* Footage comes from the device's own chunker, as soon as a chunk is complete.
* Time passes for the recorder as often as on a board; once a minute where nothing has been filmed for ten
  minutes, so that a camera in its dock costs next to nothing.
* Nothing looks at the pictures: of covered lenses and dead microphones nothing is known here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from device.battery.watch import LOOK_S
from device.capture.chunker import Chunker
from device.clock import label_at
from device.sensor_control import STOP_WAIT_S, TICK_S
from protocol.units import NS_PER_S
from simulator.driven.footage import SOUND_NS, PreparedFootage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from device.capture.prefill import EncodedLoop
    from device.capture.sensors import Sensors
    from device.clock import Driver
    from device.encode.packets import EncodedPacket
    from device.recording.recorder import Recorder
    from device.settings import CaptureSettings
    from protocol.footage.ledger.conditions import ConditionSpan

IDLE_AFTER_S = 600.0
IDLE_TICK_S = 60.0


class DrivenSensors:
    """Keeps the sensors and the time of a recorder.

    Args:
        time: The one clock.
        loop: What the camera sees and hears.
        second: Which second of it comes first.
        recorder: The camera's recorder.
        sensors: The camera's clock.
        settings: Of the capture; the loop was encoded with them.

    Attributes:
        on_condition: Is never called.
        look_at_battery: Is called every ``device.battery.watch.LOOK_S`` seconds.
        troubles: What is wrong with the sensors.
        conditions: None: nothing looks at the pictures.
    """

    def __init__(
        self,
        time: Driver,
        loop: EncodedLoop,
        second: int,
        recorder: Recorder,
        sensors: Sensors,
        settings: CaptureSettings,
    ) -> None:
        del settings
        self.on_condition: Callable[[], None] = _nothing
        self.look_at_battery: Callable[[], None] = _nothing
        self.troubles: tuple[str, ...] = ()
        self.conditions: tuple[ConditionSpan, ...] | None = None
        self._time = time
        self._loop = loop
        self._second = second
        self._recorder = recorder
        self._clock = sensors.clock
        self._footage: PreparedFootage | None = None
        self._chunker: Chunker | None = None
        self._opening = 0  # counts, so that what was planned for an earlier opening is left
        self._ticks = 0  # likewise
        self._filmed_s = 0.0
        self._over = False

    def start(self) -> None:
        """Begin: the sensors open if they should be."""
        self._recorder.cut = self._cut
        self._recorder.on_sensors = lambda: self._time.after(0, self._follow)
        self._follow()
        self._tick_each_second()
        self._keep_looking_at_battery()

    def stop(self) -> None:
        """Stop, with the sensors closed and their footage handed over."""
        self._over = True
        self._close()

    def forget(self) -> None:
        """The power is gone: hand nothing over."""
        self._over, self._footage, self._chunker = True, None, None

    def wait_until_closed(self, timeout_s: float = STOP_WAIT_S) -> bool:
        """Wait until no sensor is open; tell whether that came to pass."""
        return self._time.wait_for(lambda: self._footage is None, timeout_s)

    def _keep_looking_at_battery(self) -> None:
        if not self._over:
            self.look_at_battery()
            self._time.after(LOOK_S, self._keep_looking_at_battery)

    def _tick(self, number: int) -> None:
        """Have the recorder look after itself, each second; rarely once nothing has been filmed for long."""
        if self._over or number != self._ticks:
            return
        self._recorder.tick()
        idle_s = self._clock.boot_ns() / NS_PER_S - self._filmed_s
        idle = self._footage is None and idle_s >= IDLE_AFTER_S
        self._time.after(IDLE_TICK_S if idle else TICK_S, partial(self._tick, number))

    def _tick_each_second(self) -> None:
        self._ticks += 1
        self._filmed_s = self._clock.boot_ns() / NS_PER_S
        self._time.after(TICK_S, partial(self._tick, self._ticks))

    def _follow(self) -> None:
        """Open or close the sensors as the state wants."""
        if self._over:
            return
        if self._recorder.sensors and self._footage is None:
            self._open()
        elif not self._recorder.sensors:
            self._close()

    def _open(self) -> None:
        begin_ns = self._clock.boot_ns()
        second = self._second + begin_ns // NS_PER_S
        self._footage = PreparedFootage(self._loop, begin_ns, second)
        self._chunker = Chunker(
            label=partial(label_at, self._clock), frame_ns=self._loop.frame_ns, sound=self._loop.has_sound
        )
        self._opening += 1
        if self._clock.boot_ns() / NS_PER_S - self._filmed_s >= IDLE_AFTER_S:
            self._tick_each_second()
        self._go_on(self._opening)

    def _close(self) -> None:
        footage, chunker = self._footage, self._chunker
        if footage is None or chunker is None:
            return
        self._take(footage.until(self._clock.boot_ns()))
        self._footage = self._chunker = None
        self._filmed_s = self._clock.boot_ns() / NS_PER_S
        for chunk in chunker.finish():
            self._recorder.push(chunk)

    def _cut(self) -> None:
        """Have the chunk being filled end with the next picture; returns at once."""
        if self._footage is not None:
            self._time.after(0, partial(self._cut_now, self._opening))

    def _cut_now(self, opening: int) -> None:
        footage = self._footage
        if footage is None or opening != self._opening:
            return
        self._take(footage.cut(self._clock.boot_ns()))
        self._opening += 1
        self._plan(footage)

    def _go_on(self, opening: int) -> None:
        footage = self._footage
        if footage is not None and opening == self._opening:
            self._take(footage.until(self._clock.boot_ns()))
            self._plan(footage)

    def _plan(self, footage: PreparedFootage) -> None:
        """Come back when the next chunk is complete: with the key picture after it, and the sound."""
        left_ns = footage.next_key_ns + SOUND_NS - self._clock.boot_ns()
        self._time.after(left_ns / NS_PER_S, partial(self._go_on, self._opening))

    def _take(self, packets: Iterable[EncodedPacket]) -> None:
        chunker = self._chunker
        if chunker is None:
            return
        for packet in packets:
            for chunk in chunker.push(packet):
                self._recorder.push(chunk)


def _nothing() -> None:
    """Nobody listens."""
