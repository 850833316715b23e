"""A long day with a clock that steps: nothing is lost, nothing changes places, and lengths are true."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.harness.life.day import Day
from tests.harness.life.machine import memory_folder

HOURS = 1


def test_hours_with_a_clock_that_steps_by_anything_up_to_a_year() -> None:
    # proves C10, C6
    with tempfile.TemporaryDirectory(prefix="lapel-day-", dir=memory_folder()) as folder:
        day = Day(Path(folder), seed=1)
        day.live(HOURS)
        day.judge()
    assert day.counted["recordings"] >= 3
    assert day.counted["steps told"] >= 20
    assert day.counted["sleeps"] >= 3
