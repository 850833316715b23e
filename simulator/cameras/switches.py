"""What a tester does to a camera, done inside its process."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.cameras.messages import (
    ChangedCard,
    ChangedCharge,
    ChangedClock,
    Cover,
    Mute,
    Names,
    Settled,
    SettledYet,
    ShowPicture,
    Stall,
)

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from simulator.cameras.card import VirtualCard
    from simulator.cameras.messages import FromCamera, ToCamera
    from simulator.cameras.preview import Preview
    from simulator.cameras.spoilt_clock import SpoiltClock
    from simulator.sources.gauge import VirtualGauge
    from simulator.sources.live import SensorFaults


class NameService:
    """What this process asks for the addresses of names; it may be away (``EAI_AGAIN``, getaddrinfo(3))."""

    def __init__(self) -> None:
        self._real = socket.getaddrinfo
        self.away = False

    def install(self) -> None:
        """Be what every program in this process asks."""
        socket.getaddrinfo = self

    def __call__(self, *asked: Any, **more: Any) -> Any:  # noqa: ANN401 - as socket.getaddrinfo takes them
        """Answer as ``socket.getaddrinfo`` does."""
        if self.away:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return self._real(*asked, **more)


@dataclass(frozen=True, slots=True)
class Switches:
    """Everything that can be done to a camera from outside.

    Attributes:
        preview: What makes small pictures.
        faults: What is done to lens and microphone.
        card: Its card.
        clock: Its wall clock.
        gauge: Its battery's gauge.
        say: Sends to the simulator.
        names: Its name service.
    """

    preview: Preview
    faults: SensorFaults
    card: VirtualCard
    clock: SpoiltClock | None
    gauge: VirtualGauge
    say: Callable[[FromCamera], None]
    names: NameService = field(default_factory=NameService)

    def do(self, message: ToCamera) -> None:
        """Do what is asked for; what is not of these is not for them."""
        match message:
            case ShowPicture(on):
                self.preview.watch(on=on)
            case Cover() | Stall() | Mute():
                _switch(self._fault(message), on=message.on)
            case ChangedCard(conditions):
                self.card.change(conditions)
            case ChangedClock(conditions):
                if self.clock is not None:
                    self.clock.conditions = conditions
            case ChangedCharge(charge):
                self.gauge.charge = charge
            case Names(on):
                self.names.away = not on
            case SettledYet(number):
                self.say(Settled(number))

    def _fault(self, message: Cover | Stall | Mute) -> threading.Event:
        match message:
            case Cover():
                return self.faults.covered
            case Mute():
                return self.faults.muted
            case Stall("lens"):
                return self.faults.lens_stalled
            case Stall():
                return self.faults.microphone_stalled


def _switch(event: threading.Event, *, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()
