"""The gauge, on folders as the kernel shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.battery.charge import Charge
from device.battery.gauge import PowerSupplyGauge
from device.battery.watch import BatteryWatch


def supply(folder: Path, name: str, **files: str) -> None:
    """Make a supply as sysfs shows it: one word or number a file, and a line's end."""
    (folder / name).mkdir()
    for file, text in files.items():
        (folder / name / file).write_text(f"{text}\n")


def test_a_machine_without_a_battery_tells_nothing(tmp_path: Path) -> None:
    supply(tmp_path, "AC", type="Mains", online="1")
    supply(tmp_path, "hidpp_battery_0", type="Battery", scope="Device", capacity="5")
    assert PowerSupplyGauge(tmp_path).read() is None
    assert PowerSupplyGauge(tmp_path / "none").read() is None


@pytest.mark.parametrize(
    ("status", "charging"),
    [("Charging", True), ("Full", True), ("Discharging", False), ("Not charging", False), ("Unknown", None)],
)
def test_a_battery_tells_its_charge_and_what_it_does(
    tmp_path: Path, status: str, charging: bool | None
) -> None:
    supply(tmp_path, "BAT0", type="Battery", scope="System", capacity="42", status=status)
    assert PowerSupplyGauge(tmp_path).read() == Charge(42, charging)


def test_several_batteries_count_as_one_by_what_they_hold(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", capacity="100", energy_full="10000000", status="Full")
    supply(tmp_path, "BAT1", type="Battery", capacity="10", energy_full="30000000", status="Discharging")
    assert PowerSupplyGauge(tmp_path).read() == Charge(32, charging=False)
    (tmp_path / "BAT1" / "energy_full").unlink()
    assert PowerSupplyGauge(tmp_path).read() == Charge(55, charging=False)


def test_a_battery_that_does_not_answer_is_not_known(tmp_path: Path) -> None:
    supply(tmp_path, "BAT0", type="Battery", status="Discharging")
    assert PowerSupplyGauge(tmp_path).read() is None
    supply(tmp_path, "BAT1", type="Battery", capacity="seventy")
    assert PowerSupplyGauge(tmp_path).read() is None


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_whatever_stands_there_is_a_charge_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, capacity: str, full: str, status: str
) -> None:
    folder = tmp_path_factory.mktemp("supplies")
    supply(folder, "BAT0", type="Battery")
    for name, text in (("capacity", capacity), ("energy_full", full), ("status", status)):
        (folder / "BAT0" / name).write_bytes(text.encode(errors="replace"))
    charge = PowerSupplyGauge(folder).read()
    assert charge is None or 0 <= charge.percent <= 100


class Readings:
    """A gauge that says one thing after another, and then nothing."""

    def __init__(self, *charges: Charge | None) -> None:
        self._charges = list(charges)

    def read(self) -> Charge | None:
        return self._charges.pop(0) if self._charges else None


def test_what_is_not_known_any_more_is_not_said_any_more() -> None:
    low: list[Charge] = []
    watch = BatteryWatch(Readings(Charge(50), Charge(12), None, Charge(12)), low.append)
    seen = []
    for _ in range(4):
        watch.look()
        seen.append(watch.charge)
    assert seen == [Charge(50), Charge(12), None, Charge(12)]
    assert low == [Charge(12)]


def test_a_camera_without_a_gauge_says_nothing() -> None:
    watch = BatteryWatch(None, lambda _: pytest.fail("nothing is known"))
    watch.look()
    assert watch.charge is None
