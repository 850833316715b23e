"""The process of one virtual camera: the device's own ``Camera``, with virtual sensors or the device's own.

Rules:

* It runs until the simulator says stop, or is gone. Signals that are meant for the simulator are ignored
  here; ``kill -9`` is what pulling the power is.
* What the device logs goes to ``camera.log`` in the camera's folder.
* A camera that begins with a full ring is up once the ring is full, so that no press comes too early.
* A camera that cannot run says why in one sentence, and ends.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from device.process.logs import log_safely
from device.process.memory import keep_one_heap
from protocol.addresses import without_secrets
from simulator.cameras.messages import Failed, IsUp, Picture, ShutDown

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from device.capture.prefill import EncodedLoop
    from simulator.cameras.messages import FromCamera, ToCamera
    from simulator.cameras.spec import CameraSpec, SpoiltParts
    from simulator.cameras.spoilt_clock import SpoiltClock

LOG = "camera.log"
# What every camera needs, loaded once in the process that all of them are forked from.
PRELOAD = (
    "av", "cv2", "numpy", "device.camera", "simulator.cameras.preview", "simulator.cameras.sensors",
    "simulator.cameras.card", "simulator.cameras.switches",
)  # fmt: skip


def run_camera(spec: CameraSpec, loop: EncodedLoop | None, lifeline: Connection, spoilt: SpoiltParts) -> None:
    """Run a camera until its lifeline ends. This is all that its process does.

    Args:
        spec: The camera.
        loop: Its scene encoded ahead, to begin with a full ring.
        lifeline: To the simulator.
        spoilt: What its card, its clock and its network are like from the beginning.
    """
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    keep_one_heap()
    give_way(spec.niceness)
    _log_to(spec.folder / LOG)
    sender = _Sender(lifeline)
    try:
        _live(spec, loop, lifeline, sender, spoilt)
    except Exception as error:
        logging.getLogger(__name__).exception("The camera ended.")
        sender.send(Failed(without_secrets(f"{spec.name} cannot run: {error}")))


def give_way(niceness: int) -> None:
    """Let everything else on this machine go first, by that niceness; 0 for not at all.

    A batch process does not interrupt another when it wakes up (sched(7)). Idle priority would be too little:
    on a busy machine such a camera would not come to film at all.
    """
    if niceness > 0:
        os.nice(niceness)
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


class _Sender:
    """Sends to the simulator, from any thread."""

    def __init__(self, lifeline: Connection) -> None:
        self._lifeline = lifeline
        self._lock = threading.Lock()

    def send(self, message: FromCamera) -> None:
        """Send one message.

        Raises:
            OSError: The simulator is gone.
        """
        with self._lock:
            self._lifeline.send(message)


class _Last:
    """Does something when it was called for the last of so many parts, from any thread."""

    def __init__(self, parts: int, then: Callable[[], None]) -> None:
        self._left = parts
        self._then = then
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._left -= 1
            last = self._left == 0
        if last:
            self._then()


def _live(
    spec: CameraSpec, loop: EncodedLoop | None, lifeline: Connection, sender: _Sender, spoilt: SpoiltParts
) -> None:
    # Imported here: in the process that all cameras are forked from, these are loaded already.
    import cv2  # noqa: PLC0415 - see above

    from device.camera import Camera  # noqa: PLC0415 - see above
    from device.capture.sensors import real_sensors  # noqa: PLC0415 - see above
    from device.config.file import check_config  # noqa: PLC0415 - see above
    from simulator.cameras.card import VirtualCard  # noqa: PLC0415 - see above
    from simulator.cameras.preview import Preview  # noqa: PLC0415 - see above
    from simulator.cameras.sensors import VirtualSensors  # noqa: PLC0415 - see above
    from simulator.cameras.switches import Switches  # noqa: PLC0415 - see above
    from simulator.sources.gauge import VirtualGauge  # noqa: PLC0415 - see above
    from simulator.sources.live import SensorFaults  # noqa: PLC0415 - see above

    cv2.setNumThreads(1)
    faults = SensorFaults()
    preview = Preview(lambda jpeg: sender.send(Picture(jpeg)))
    part_is_up = _Last(2 if loop is not None else 1, partial(sender.send, IsUp()))
    clock: SpoiltClock | None = None
    if spec.sources is None:
        virtual = VirtualSensors(
            spec, loop=loop, viewfinder=preview, faults=faults, filled=part_is_up, spoilt=spoilt.clock
        )
        sensors, clock = virtual.sensors(), virtual.wall
    else:
        sensors = real_sensors()
    card = VirtualCard(spec.state, spoilt.card, f"{spec.name} {spec.begin_s}")
    gauge = VirtualGauge(spoilt.charge)
    switches = Switches(preview, faults, card, clock, gauge, sender.send)
    switches.names.away = not spoilt.names
    switches.names.install()
    camera = Camera(check_config(spec.config()), replace(sensors, gauge=gauge), filesystem=card)
    preview.start()
    camera.start()
    try:
        part_is_up()
        while not isinstance(message := _next(lifeline), ShutDown):
            switches.do(message)
    finally:
        preview.stop()
        camera.shutdown()


def _next(lifeline: Connection) -> ToCamera:
    try:
        message: ToCamera = lifeline.recv()
    except (EOFError, OSError):
        # The simulator is gone, and its cameras go with it.
        return ShutDown()
    return message


def _log_to(path: Path) -> None:
    """Send this process's output to a file, in lines with a time."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    log_safely(logging.INFO, "%(asctime)s %(levelname)s %(name)s %(message)s")
