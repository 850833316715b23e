"""Each line of the table of security says in which state it is, and names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([0-9., to]+) \| .+ \| (met: .+|not yet.*|not applicable: .+) \|$")


def test_what_is_met_is_shown_by_tests_that_there_are() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    table = text.partition("## ASVS\n")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    tests = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text(encoding="utf-8"))
    }
    for row in rows:
        found = ROW.fullmatch(row)
        assert found is not None, row
        named = re.findall(r"`(test_\w+)`", row)
        assert bool(named) == found[2].startswith("met: "), row
        assert set(named) <= tests, row
