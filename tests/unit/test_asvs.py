"""The table of security has every line of ASVS, each in a state, and names tests and pages that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
STATE = r"met: .+|not yet: .+|not applicable: .+|documented: .+"
ROW = re.compile(rf"^\| ([0-9., to]+) \| .+ \| ({STATE}) \|$")
LINES: dict[str, int | tuple[int, ...]] = {
    "1.1": 7, "1.2": 4, "1.4": (1, 4, 5), "1.5": 4, "1.6": 4, "1.7": 2, "1.8": 2, "1.9": 2, "1.10": 1,
    "1.11": 2, "1.12": (2,), "1.14": 6, "2.1": 12, "2.2": 3, "2.3": 3, "2.4": 6, "2.5": 7, "2.6": 3,
    "2.7": 6, "2.8": 7, "2.9": 3, "2.10": 4, "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.7": 1,
    "4.1": (1, 2, 3, 5), "4.2": 2, "4.3": 3, "5.1": 5, "5.2": 8, "5.3": 10, "5.4": 3, "5.5": 4,
    "6.1": 3, "6.2": 6, "6.3": 2, "6.4": 2, "7.1": 4, "7.2": 2, "7.3": (1, 3, 4), "7.4": 3, "8.1": 4,
    "8.2": 3, "8.3": 8, "9.1": 3, "9.2": 4, "10.2": 2, "10.3": 3, "11.1": 8, "12.1": 3, "12.2": 1,
    "12.3": 6, "12.4": 2, "12.5": 2, "12.6": 1, "13.1": (1, 3, 4, 5), "13.2": (1, 2, 3, 5, 6),
    "13.3": 2, "13.4": 2, "14.1": 4, "14.2": 6, "14.3": (2, 3), "14.4": 7, "14.5": 4,
}  # fmt: skip
"""Of ASVS 4.0.3, levels 1 and 2: how many lines each section has, or which."""


def rows() -> list[str]:
    table = PAGE.read_text(encoding="utf-8").partition("## ASVS\n")[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if line.startswith("| ")][1:]


def lines_of(row: str) -> set[str]:
    """Return which lines of the standard a row is of: ``2.1.1, 2.1.2`` or ``2.9.1 to 2.9.3``."""
    found = ROW.fullmatch(row)
    assert found is not None, row
    named = set[str]()
    for part in found[1].split(", "):
        first, _, last = part.partition(" to ")
        section, _, number = first.rpartition(".")
        assert not last or last.rpartition(".")[0] == section, row
        end = int(last.rpartition(".")[2]) if last else int(number)
        named |= {f"{section}.{each}" for each in range(int(number), end + 1)}
    return named


def test_what_is_met_is_shown_by_tests_that_there_are() -> None:
    tests = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    for row in rows():
        found = ROW.fullmatch(row)
        assert found is not None, row
        named = re.findall(r"`(test_\w+)`", row)
        assert bool(named) == found[2].startswith("met: "), row
        assert set(named) <= tests, (row, set(named) - tests)


def test_what_is_documented_is_on_pages_that_there_are() -> None:
    for row in rows():
        if "| documented: " in row:
            pages = [each for each in re.findall(r"\]\(([^)#]*)", row) if each]
            assert pages or "](#" in row, row
            assert all((PAGE.parent / each).is_file() for each in pages), row


def test_no_line_is_left_out_and_none_is_of_another_standard() -> None:
    expected = {
        f"{section}.{each}"
        for section, which in LINES.items()
        for each in (range(1, which + 1) if isinstance(which, int) else which)
    }
    named = set[str]().union(*(lines_of(row) for row in rows()))
    assert named == expected, (expected - named, named - expected)


@pytest.mark.parametrize("state", ["met", "documented", "not applicable", "not yet"])
def test_the_page_counts_them_as_they_are(state: str) -> None:
    states: dict[str, set[str]] = {}
    for row in rows():
        found = ROW.fullmatch(row)
        assert found is not None
        for line in lines_of(row):
            states.setdefault(line, set()).add(found[2].partition(":")[0])
    counted = sum(
        state == ("not yet" if "not yet" in each else "met" if "met" in each else min(each))
        for each in states.values()
    )
    (said,) = re.findall(rf"(\d+)(?: are)? {state}[ ,.]", PAGE.read_text(encoding="utf-8"))
    assert int(said) == counted
