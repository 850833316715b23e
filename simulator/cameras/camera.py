"""A virtual camera as the simulator holds it: power, buttons, network, and the tester's switches.

Rules:

* Power off is ``kill -9``; switching it on again starts a new process on what the storage holds.
* A process that ends by itself shows as a camera without power, with its last words.
* The ring is filled ahead only at the first start: a real camera that lost its power has lost its ring.
"""

from __future__ import annotations

import multiprocessing
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.cameras.control import accepted, said_by_camera
from simulator.cameras.enrolled import send_over
from simulator.cameras.messages import Cover, Failed, IsUp, Mute, Picture, ShowPicture, ShutDown
from simulator.cameras.process import LOG, run_camera
from simulator.errors import CameraError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    from device.capture.prefill import EncodedLoop
    from simulator.cameras.enrolled import FleetPlace
    from simulator.cameras.messages import ToCamera
    from simulator.cameras.spec import CameraSpec
    from simulator.network import Network, ProxiedLine

START_S = 60
STOP_S = 20
SOCKET = "control.sock"


@dataclass(slots=True)
class _Power:
    """One process of a camera, from power on to power off."""

    process: BaseProcess
    lifeline: Connection
    reader: threading.Thread
    up: threading.Event
    ending: bool = False
    failure: str | None = None


class VirtualCamera:
    """One virtual camera. Its methods may be called from any thread, one at a time.

    Args:
        spec: What it is made from.
        place: Its place in a fleet.
        line: Its network.
        network: What the line is part of.
        context: How processes are made.
    """

    def __init__(
        self,
        spec: CameraSpec,
        place: FleetPlace,
        line: ProxiedLine,
        network: Network,
        context: ForkServerContext,
    ) -> None:
        self.spec = spec
        self.place = place
        self.line = line
        self.covered = False
        self.muted = False
        self._uploads = network.forward(line, place.uploads)
        self._broker = network.forward(line, place.broker)
        self._context = context
        self._power: _Power | None = None
        self._watched = False
        self._picture: tuple[int, bytes] | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What the scenario and the bench call it."""
        return self.spec.name

    @property
    def pid(self) -> int | None:
        """Its process, while it has power."""
        return self._power.process.pid if self._power is not None and self.powered else None

    @property
    def powered(self) -> bool:
        """Whether its process is there."""
        return self._power is not None and self._power.process.is_alive()

    @property
    def starting(self) -> bool:
        """Whether it has power and does not run yet."""
        return self.powered and self._power is not None and not self._power.up.is_set()

    @property
    def failure(self) -> str | None:
        """Why it ended by itself, if it did."""
        return self._power.failure if self._power is not None else None

    @property
    def picture(self) -> tuple[int, bytes] | None:
        """Its newest picture with a running number."""
        return self._picture

    def power_on(self, loop: EncodedLoop | None = None) -> None:
        """Start its process; ``wait_up`` says when it runs.

        Args:
            loop: Its scene encoded ahead, to begin with a full ring.

        Raises:
            CameraError: It has power already, or its identity cannot be used.
        """
        if self.powered:
            raise CameraError(f"{self.name} has power already.")
        send_over(self.spec, self.place, uploads=self._uploads, broker=self._broker)
        ours, theirs = multiprocessing.Pipe()
        process = self._context.Process(target=run_camera, args=(self.spec, loop, theirs), name=self.name)
        process.start()
        theirs.close()
        reader = threading.Thread(target=self._read, args=(ours,), name=f"{self.name} pictures", daemon=True)
        self._power = _Power(process, ours, reader, threading.Event())
        self.covered = self.muted = False
        reader.start()
        if self._watched:
            self._send(ShowPicture(on=True))

    def wait_up(self, timeout_s: float = START_S) -> None:
        """Return once it runs.

        Raises:
            CameraError: It ended instead, or takes too long.
        """
        power = self._power
        if power is None:
            raise CameraError(f"{self.name} has no power; power it on first.")
        if not power.up.wait(timeout_s):
            raise CameraError(
                f"{self.name} did not start within {timeout_s:.0f} s; see {self.spec.folder / LOG}."
            )
        if power.failure is not None:
            raise CameraError(power.failure)

    def power_off(self) -> None:
        """Pull the power: kill -9."""
        power = self._power
        if power is None or not power.process.is_alive():
            raise CameraError(f"{self.name} has no power already.")
        power.ending = True
        power.process.kill()
        self._end(power)

    def shut_down(self) -> None:
        """Stop it in good order, or kill it when that takes too long; without power nothing happens."""
        power = self._power
        if power is None:
            return
        self.begin_stop()
        power.process.join(STOP_S)
        if power.process.is_alive():
            power.process.kill()
        self._end(power)

    def begin_stop(self) -> None:
        """Ask it to stop, without waiting: ``shut_down`` waits."""
        if self._power is not None:
            self._power.ending = True
        self._send(ShutDown())

    def ask(self, do: str) -> dict[str, Any]:
        """Press one of its buttons, or ask how it is, through its control socket.

        Raises:
            CameraError: It has no power, does not answer, or refuses.
        """
        return accepted(self.name, self.hear(do))

    def hear(self, do: str) -> dict[str, Any]:
        """Do what ``ask`` does, and return a refusal too.

        Raises:
            CameraError: It has no power, or does not answer.
        """
        if not self.powered:
            raise CameraError(self.failure or f"{self.name} has no power; power it on first.")
        return said_by_camera(self.name, self.spec.state / SOCKET, do)

    def watch(self, *, on: bool) -> None:
        """Have it make pictures, or stop making them."""
        self._watched = on
        self._send(ShowPicture(on=on))

    def cover(self, *, on: bool) -> None:
        """Cover its lens, or uncover it."""
        self.covered = on
        self._send(Cover(on=on))

    def mute(self, *, on: bool) -> None:
        """Mute its microphone, or unmute it."""
        self.muted = on
        self._send(Mute(on=on))

    def _send(self, message: ToCamera) -> None:
        power = self._power
        if power is None:
            return
        try:
            with self._lock:
                power.lifeline.send(message)
        except OSError:
            # It has no power any more, and so there is nobody to send to.
            return

    def _read(self, lifeline: Connection) -> None:
        """Take in what the camera sends, until its end."""
        count = 0
        power = self._power
        if power is None or power.lifeline is not lifeline:
            return
        try:
            while True:
                message = lifeline.recv()
                if isinstance(message, Picture):
                    count += 1
                    self._picture = (count, message.jpeg)
                elif isinstance(message, IsUp):
                    power.up.set()
                elif isinstance(message, Failed):
                    power.failure = message.sentence
        except (EOFError, OSError):
            if not power.ending and power.failure is None:
                power.failure = f"{self.name} ended by itself; see {self.spec.folder / LOG}."
            power.up.set()

    def _end(self, power: _Power) -> None:
        power.process.join()
        power.reader.join()
        power.lifeline.close()
