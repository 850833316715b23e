"""Reads the battery's gauge as Linux shows it: the power supply class of sysfs.

The files and their words are those of the kernel's ``Documentation/ABI/testing/sysfs-class-power``: a supply
whose ``type`` is ``Battery`` and whose ``scope`` is not ``Device`` (a mouse has a battery, too) feeds the
system; ``capacity`` is its charge in percent, ``status`` what it does.

It asks nothing of the hardware itself and keeps nothing. A gauge on a slow bus can take its time: ask it
where nobody waits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from device.battery.charge import FULL_PERCENT, Charge

POWER_SUPPLIES: Final = Path("/sys/class/power_supply")
_CHARGING: Final = {"charging": True, "full": True, "not charging": False, "discharging": False}
_LONGEST: Final = 64  # characters; what the kernel writes here is a word or a number


class Gauge(Protocol):
    """What tells the charge."""

    def read(self) -> Charge | None:
        """The charge now; None where nothing tells it."""
        ...


class PowerSupplyGauge:
    """The batteries that feed this machine, taken together.

    Several count as one: its charge is the mean of theirs by what each can hold where all say that, else the
    plain mean. It is being charged as soon as one of them is and none is discharged.

    Args:
        folder: Where the kernel shows power supplies.
    """

    def __init__(self, folder: Path = POWER_SUPPLIES) -> None:
        self._folder = folder

    def read(self) -> Charge | None:
        """The charge now; None without a battery, or where none that is there tells its charge."""
        batteries = [each for each in self._supplies() if _feeds_the_system(each)]
        told = [(percent, each) for each in batteries if (percent := _percent(each)) is not None]
        if not told:
            return None
        return Charge(_mean(told), _charging([each for _, each in told]))

    def _supplies(self) -> list[Path]:
        try:
            return sorted(self._folder.iterdir())
        except OSError:
            return []


def _feeds_the_system(supply: Path) -> bool:
    return _word(supply / "type") == "battery" and _word(supply / "scope") != "device"


def _percent(supply: Path) -> int | None:
    percent = _number(supply / "capacity")
    return None if percent is None else max(0, min(percent, FULL_PERCENT))


def _mean(told: list[tuple[int, Path]]) -> int:
    holds = [_number(each / "energy_full") or _number(each / "charge_full") for _, each in told]
    weights = [each if each is not None and each > 0 else 0 for each in holds]
    if not all(weights):
        weights = [1] * len(told)
    # Rounded down: a battery is not said to hold more than it does.
    return sum(percent * weight for (percent, _), weight in zip(told, weights, strict=True)) // sum(weights)


def _charging(supplies: list[Path]) -> bool | None:
    said = {_CHARGING.get(_word(each / "status")) for each in supplies}
    if False in said:
        return False
    return True if True in said else None


def _number(file: Path) -> int | None:
    try:
        return int(_word(file))
    except ValueError:
        return None


def _word(file: Path) -> str:
    """What a file says, in small letters; nothing where it cannot be read."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(_LONGEST).strip().lower()
    except OSError:  # a supply that was taken away, or a gauge that does not answer (ENODEV, ETIMEDOUT)
        return ""
