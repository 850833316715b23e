from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fleet.requests.bank_holidays import is_bank_holiday
from fleet.requests.rules.clock import (
    ClockFacts,
    ClockKind,
    ClockPause,
    ClockPhase,
    ClockWait,
    WaitKind,
    read_clock,
)

FILE = Path(__file__).parents[3] / "vectors" / "requests" / "clock.json"
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def surely(text: str) -> date:
    return date.fromisoformat(text)


def facts_of(vector: dict[str, Any]) -> ClockFacts:
    return ClockFacts(
        ClockKind(vector["kind"]),
        surely(vector["received"]),
        tuple(
            ClockWait(WaitKind(each["kind"]), surely(each["asked"]), day(each["met"]))
            for each in vector.get("waits", ())
        ),
        tuple(ClockPause(surely(each["asked"]), day(each["answered"])) for each in vector.get("pauses", ())),
        day(vector.get("extended")),
        day(vector.get("named")),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each["name"])
def test_the_clock_shows_what_was_worked_out_by_hand(vector: dict[str, Any]) -> None:
    # proves F10
    clock = read_clock(facts_of(vector), is_bank_holiday)
    shown = (clock.state, clock.starts, clock.due, clock.extend_by)
    expected = (
        ClockPhase(vector["state"]), day(vector["starts"]), day(vector["due"]), day(vector["extend_by"])
    )  # fmt: skip
    assert shown == expected, vector["why"]


def test_every_bank_holiday_of_england_is_known_and_no_other_day() -> None:
    of_2027 = ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-25", "12-26", "12-27", "12-28"]
    days = {
        date.fromordinal(each) for each in range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    }
    assert {each for each in days if is_bank_holiday(each)} == {surely(f"2027-{each}") for each in of_2027}
