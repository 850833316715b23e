"""The page that says which test proves which claim names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "claims.md"
NAMED = re.compile(r"`(test_\w+)`")


def test_every_test_that_the_page_of_claims_names_exists() -> None:
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    named = set(NAMED.findall(PAGE.read_text()))
    assert named
    assert named - defined == set()


def test_every_claim_on_the_page_names_its_tests() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    claims = [row for row in rows if not row.startswith("| claim ")]
    assert [row for row in claims if not NAMED.search(row)] == []
