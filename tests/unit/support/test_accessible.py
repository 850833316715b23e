"""When a page is the one that axe has seen already."""

from __future__ import annotations

import pytest

from tests.support.network.accessible import document_key

SEEN = ["<p>Updated 12:03:04, 2 cameras</p>", 1366, 768, False, False, None, "https://localhost:1/"]


def test_another_time_of_day_is_the_same_page() -> None:
    assert document_key(["<p>Updated 23:59:59, 2 cameras</p>", *SEEN[1:]]) == document_key(SEEN)
    as_of = '<body data-at="2026-11-29T{}Z">'
    one, other = (document_key([as_of.format(at), *SEEN[1:]]) for at in ("06:59:03.125", "07:12:00.004"))
    assert one == other


def test_another_session_and_another_service_show_the_same_page() -> None:
    form = (
        '<form><input type="hidden" name="csrf_token" value="{}"><input name="officer" value="{}">\'</form>'
    )
    here = [form.format("one", "a"), *SEEN[1:]]
    assert document_key([form.format("two", "a"), *SEEN[1:-1], "https://localhost:27/"]) == document_key(here)
    assert document_key([form.format("one", "b"), *SEEN[1:]]) != document_key(here)


@pytest.mark.parametrize(
    ("at", "now"),
    [(0, "<p>Updated 12:03:04, 3 cameras</p>"), (1, 390), (3, True), (4, True), (5, "<a>"), (6, "/x")],
)
def test_anything_else_makes_another_page(at: int, now: object) -> None:
    assert document_key([*SEEN[:at], now, *SEEN[at + 1 :]]) != document_key(SEEN)
