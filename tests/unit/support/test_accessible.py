"""When a page is the one that axe has seen already."""

from __future__ import annotations

import pytest

from tests.support.network.accessible import document_key

SEEN = ["<p>Updated 12:03:04, 2 cameras</p>", 1366, 768, False, False, None, "https://localhost:1/"]


def test_another_time_of_day_is_the_same_page() -> None:
    assert document_key(["<p>Updated 23:59:59, 2 cameras</p>", *SEEN[1:]]) == document_key(SEEN)


@pytest.mark.parametrize(
    ("at", "now"),
    [(0, "<p>Updated 12:03:04, 3 cameras</p>"), (1, 390), (3, True), (4, True), (5, "<a>"), (6, "/x")],
)
def test_anything_else_makes_another_page(at: int, now: object) -> None:
    assert document_key([*SEEN[:at], now, *SEEN[at + 1 :]]) != document_key(SEEN)
