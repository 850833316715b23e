"""A virtual camera as the simulator holds it: power, buttons, network, and the tester's switches.

Rules:

* Power off is ``kill -9``; switching it on again starts a new process on what the storage holds.
* A process that ends by itself shows as a camera without power, with its last words.
* The ring is filled ahead only at the first start: a real camera that lost its power has lost its ring.
* Power does not mend a card, a clock or a network: they are after it as they were before.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.cameras.control import accepted, said_by_camera
from simulator.cameras.enrolled import send_over
from simulator.cameras.messages import (
    ChangedCard,
    ChangedCharge,
    ChangedClock,
    Cover,
    Mute,
    Names,
    ShowPicture,
    ShutDown,
    Stall,
)
from simulator.cameras.power import CameraPower
from simulator.cameras.process import LOG, run_camera
from simulator.cameras.spec import SpoiltParts
from simulator.errors import CameraError
from simulator.network.conditions import LineConditions, LineState
from simulator.network.line import Traffic

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext

    import httpx

    from device.battery.charge import Charge
    from device.capture.prefill import EncodedLoop
    from simulator.cameras.card import CardConditions
    from simulator.cameras.enrolled import FleetPlace
    from simulator.cameras.messages import ToCamera
    from simulator.cameras.spec import CameraSpec
    from simulator.cameras.spoilt_clock import ClockConditions
    from simulator.network.line import ProxiedLine
    from simulator.network.proxy import Network
    from simulator.sources.live import SensorName

START_S = 60
STOP_S = 20
SOCKET = "control.sock"
DESTROYED = "destroyed"
"""Where what a destroyed camera had stored is put, out of everybody's sight."""


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
        self.stalled: frozenset[SensorName] = frozenset()
        self.muted = False
        self.destroyed = False
        self.spoilt = SpoiltParts()
        self.transport: httpx.BaseTransport | None = None
        """What carries what is asked of its fleet in its name; None for the network."""
        self._uploads = network.forward(line, place.uploads, Traffic.UPLOADS)
        self._broker = network.forward(line, place.broker, Traffic.MESSAGES)
        self._context = context
        self._power: CameraPower | None = None
        self._watched = False
        self._picture: tuple[int, bytes] | None = None

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
            CameraError: It has power already, was destroyed, or its identity cannot be used.
        """
        if self.destroyed:
            raise CameraError(f"{self.name} was destroyed.")
        if self.powered:
            raise CameraError(f"{self.name} has power already.")
        send_over(self.spec, self.place, uploads=self._uploads, broker=self._broker)
        ours, theirs = multiprocessing.Pipe()
        process = self._context.Process(
            target=run_camera, args=(self.spec, loop, theirs, self.spoilt), name=self.name
        )
        process.start()
        theirs.close()
        died = f"{self.name} ended by itself; see {self.spec.folder / LOG}."
        self._power = CameraPower(process, ours, self.name, died=died, seen=self._seen)
        self.covered = self.muted = False
        self.stalled = frozenset()
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
        power.end()

    def smash(self) -> None:
        """Destroy it: what is on its way is lost, it has no power, and nobody reads its card any more.

        Raises:
            CameraError: It was destroyed already.
        """
        if self.destroyed:
            raise CameraError(f"{self.name} was destroyed already.")
        self.line.change(LineConditions(LineState.RESET))
        if self.powered:
            self.power_off()
        self.spec.state.rename(self.spec.state.with_name(DESTROYED))
        self.destroyed = True

    def shut_down(self) -> None:
        """Stop it in good order, or kill it when that takes too long; without power nothing happens."""
        power = self._power
        if power is None:
            return
        self.begin_stop()
        power.process.join(STOP_S)
        if power.process.is_alive():
            power.process.kill()
        power.end()

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

    def hear(self, do: str, **more: str) -> dict[str, Any]:
        """Do what ``ask`` does, and return a refusal too.

        Raises:
            CameraError: It has no power, or does not answer.
        """
        if not self.powered:
            raise CameraError(self.failure or f"{self.name} has no power; power it on first.")
        return said_by_camera(self.name, self.spec.state / SOCKET, do, **more)

    def watch(self, *, on: bool) -> None:
        """Have it make pictures, or stop making them."""
        self._watched = on
        self._send(ShowPicture(on=on))

    def cover(self, *, on: bool) -> None:
        """Cover its lens, or uncover it."""
        self.covered = on
        self._send(Cover(on=on))

    def stall(self, sensor: SensorName, *, on: bool) -> None:
        """Have its lens give no pictures or its microphone no sound, or have it go on."""
        self.stalled = self.stalled | {sensor} if on else self.stalled - {sensor}
        self._send(Stall(sensor, on=on))

    def mute(self, *, on: bool) -> None:
        """Mute its microphone, or unmute it."""
        self.muted = on
        self._send(Mute(on=on))

    def change_card(self, conditions: CardConditions) -> None:
        """Have a card that is like this from now on."""
        self.spoilt = replace(self.spoilt, card=conditions)
        self._send(ChangedCard(conditions))
        self.settle()

    def change_clock(self, conditions: ClockConditions) -> None:
        """Have a wall clock that is like this from now on."""
        self.spoilt = replace(self.spoilt, clock=conditions)
        self._send(ChangedClock(conditions))
        self.settle()

    def change_charge(self, charge: Charge | None) -> None:
        """Have a battery whose gauge says this from now on; None for no gauge."""
        self.spoilt = replace(self.spoilt, charge=charge)
        self._send(ChangedCharge(charge))
        self.settle()

    def resolve_names(self, *, on: bool) -> None:
        """Have a network that resolves names, or does not."""
        self.spoilt = replace(self.spoilt, names=on)
        self._send(Names(on=on))
        self.settle()

    def settle(self) -> None:
        """Return once everything that a tester did to it is so; at once without power.

        Raises:
            CameraError: It takes too long, or ended.
        """
        if self._power is not None and self.powered:
            self._power.settle()

    def _send(self, message: ToCamera) -> None:
        if self._power is not None:
            self._power.send(message)

    def _seen(self, jpeg: bytes) -> None:
        self._picture = (1 if self._picture is None else self._picture[0] + 1, jpeg)
