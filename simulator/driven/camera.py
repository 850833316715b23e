"""A camera in virtual time: the device's own camera in this process, driven by the run's clock.

Rules:

* Its identity, recovery, recorder, shelf and link are the device's. What it has of its own is its footage,
  which was encoded ahead, its line and its card.
* Pulling the power forgets everything that the process knew. Switching it on again opens what is on the card,
  through the device's own recovery.
* All that it draws, but for keys, comes from the run's seed, its name, and how often it was switched on.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from device.errors import DeviceError
from device.link.identity.identity import load_identity
from device.storage.filesystem import PosixFilesystem
from simulator.cameras.control import accepted
from simulator.cameras.spec import SpoiltParts
from simulator.driven.boot import Boot
from simulator.driven.wire.line import DrivenLine
from simulator.driven.wire.transport import InProcess
from simulator.errors import CameraError

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from device.battery.charge import Charge
    from device.capture.prefill import EncodedLoop
    from simulator.cameras.card import CardConditions
    from simulator.cameras.enrolled import FleetPlace
    from simulator.cameras.spec import CameraSpec
    from simulator.cameras.spoilt_clock import ClockConditions
    from simulator.driven.fleet import DrivenFleet
    from simulator.driven.time import DrivenTime


class DrivenCamera:
    """One camera; for the scenario it is what ``simulator.cameras.camera.VirtualCamera`` is.

    Args:
        spec: What it is made from.
        place: Its place in the fleet.
        fleet: The fleet.
        time: The one clock.
        seed: The run's.
        loop: What it sees and hears.
        on_change: Called when something on its card changed that others may want to see.
    """

    pid: int | None = None  # it has no process of its own
    destroyed = False

    def __init__(
        self,
        spec: CameraSpec,
        place: FleetPlace,
        fleet: DrivenFleet,
        time: DrivenTime,
        *,
        seed: int,
        loop: EncodedLoop,
        on_change: Callable[[], None],
    ) -> None:
        self.spec = spec
        self.place = place
        self._fleet = fleet
        self._time = time
        self._seed = seed
        self._loop = loop
        self._on_change = on_change
        self.spoilt = SpoiltParts()
        self._boots = 0
        self._boot: Boot | None = None
        self.line = DrivenLine(random.Random(f"{seed} {spec.name} line").random)  # noqa: S311 - must repeat
        self.line.on_change = self._line_changed
        self.transport: httpx.BaseTransport = InProcess(self._ask_fleet)
        """What carries what is asked of its fleet in its name, beside its own line."""

    def _ask_fleet(self, request: httpx.Request) -> httpx.Response:
        identity = load_identity(self.spec.state, PosixFilesystem())
        return self._fleet.ask_as_camera(request, identity.certificates[0])

    @property
    def name(self) -> str:
        """What the scenario calls it."""
        return self.spec.name

    @property
    def powered(self) -> bool:
        """Whether it has power."""
        return self._boot is not None

    def power_on(self) -> None:
        """Switch it on; it runs when this returns.

        Raises:
            CameraError: It has power already, or does not start.
        """
        if self._boot is not None:
            raise CameraError(f"{self.name} has power already.")
        self._boots += 1
        draw = random.Random(f"{self._seed} {self.name} {self._boots}")  # noqa: S311 - must repeat
        boot = Boot(
            self.spec, self._fleet, self._time, self.line, draw, self._loop, self._on_change, self.spoilt
        )
        try:
            boot.camera.start()
        except DeviceError as error:
            raise CameraError(f"{self.name} cannot run: {error}") from error
        self._boot = boot

    def wait_up(self, timeout_s: float = 0) -> None:
        """Return once it runs, which it does as soon as it has power."""

    def power_off(self) -> None:
        """Pull the power: nothing is closed, nothing is said."""
        self._ended().cut()

    def shut_down(self) -> None:
        """Stop it in good order; without power nothing happens."""
        if self._boot is not None:
            self._ended().camera.shutdown()

    def change_card(self, conditions: CardConditions) -> None:
        """Have its card be like this from now on; a restart does not mend it."""
        self.spoilt = replace(self.spoilt, card=conditions)
        if self._boot is not None:
            self._boot.card.change(conditions)

    def change_clock(self, conditions: ClockConditions) -> None:
        """Have its wall clock be like this from now on; a restart does not mend it."""
        self.spoilt = replace(self.spoilt, clock=conditions)
        if self._boot is not None:
            self._boot.clock.conditions = conditions

    def change_charge(self, charge: Charge | None) -> None:
        """Have its battery's gauge say this from now on; None for no gauge."""
        self.spoilt = replace(self.spoilt, charge=charge)
        if self._boot is not None:
            self._boot.gauge.charge = charge

    def ask(self, do: str) -> dict[str, Any]:
        """Press one of its buttons, or ask how it is.

        Raises:
            CameraError: It has no power, or refuses.
        """
        return accepted(self.name, self.hear(do))

    def hear(self, do: str, **more: str) -> dict[str, Any]:
        """Do what ``ask`` does, and return a refusal too, as its control socket tells it.

        Raises:
            CameraError: It has no power.
        """
        if self._boot is None:
            raise CameraError(f"{self.name} has no power; power it on first.")
        try:
            return self._boot.commands[do]({"do": do, **more})
        except DeviceError as error:
            return {"ok": False, "error": str(error)}

    def _ended(self) -> Boot:
        boot, self._boot = self._boot, None
        if boot is None:
            raise CameraError(f"{self.name} has no power already.")
        return boot

    def _line_changed(self) -> None:
        if self._boot is not None:
            self._boot.line_changed()
