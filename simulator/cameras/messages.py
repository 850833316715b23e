"""What the simulator and a camera's process say to each other, beside the camera's own control socket.

Rules:

* It is the simulator's alone: a real camera has none of it.
* The connection is the camera's lifeline. When it ends, whether by ``stop`` or because the simulator died,
  the camera shuts down; so no camera outlives its simulator.
* Pictures go through it in memory and never through a file (C1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from device.battery.charge import Charge
    from simulator.cameras.card import CardConditions
    from simulator.cameras.spoilt_clock import ClockConditions
    from simulator.sources.live import SensorName


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """To the camera: make small pictures, or stop making them."""

    on: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """To the camera: something covers the lens, or no longer does."""

    on: bool


@dataclass(frozen=True, slots=True)
class Stall:
    """To the camera: the lens or the microphone gives nothing, or goes on."""

    sensor: SensorName
    on: bool


@dataclass(frozen=True, slots=True)
class Mute:
    """To the camera: the microphone hears nothing, or hears again."""

    on: bool


@dataclass(frozen=True, slots=True)
class ChangedCard:
    """To the camera: its card is like this from now on."""

    conditions: CardConditions


@dataclass(frozen=True, slots=True)
class ChangedClock:
    """To the camera: its wall clock is like this from now on."""

    conditions: ClockConditions


@dataclass(frozen=True, slots=True)
class ChangedCharge:
    """To the camera: its battery's gauge says this from now on; None for none."""

    charge: Charge | None


@dataclass(frozen=True, slots=True)
class Names:
    """To the camera: its network resolves names, or no longer does."""

    on: bool


@dataclass(frozen=True, slots=True)
class SettledYet:
    """To the camera: say when everything that was sent before this is so."""

    number: int


@dataclass(frozen=True, slots=True)
class Settled:
    """From the camera: all that was sent before an ``SettledYet`` is so."""

    number: int


@dataclass(frozen=True, slots=True)
class ShutDown:
    """To the camera: shut down in good order."""


@dataclass(frozen=True, slots=True)
class IsUp:
    """From the camera: it runs, its control socket is there, and a ring that begins full is full."""


@dataclass(frozen=True, slots=True)
class Failed:
    """From the camera: it cannot run, and why, in one sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Picture:
    """From the camera: what its lens sees, small, as JPEG."""

    jpeg: bytes


ToCamera: TypeAlias = (
    ShowPicture
    | Cover
    | Stall
    | Mute
    | ChangedCard
    | ChangedClock
    | ChangedCharge
    | Names
    | SettledYet
    | ShutDown
)
FromCamera: TypeAlias = IsUp | Failed | Picture | Settled
