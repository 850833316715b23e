"""Days that cannot be used narrow no list, and each list says so in the same sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import fleet.web.routes
from fleet.web.views.audit.search import LogSearch
from fleet.web.views.imports.import_search import ImportSearch
from fleet.web.views.incidents.search import IncidentSearch
from fleet.web.views.releases.search import ReleaseSearch
from fleet.web.views.requests.search import RegisterSearch
from fleet.web.views.search import Search
from fleet.web.views.searching.days import SearchError, days_between

NEITHER = "This day comes before the first, so neither is used; change one of them."
NO_DAY = "A day looks like 2026-11-22; that one cannot be read."
LISTS: dict[str, Callable[[str, str], object]] = {
    "audit/reading.py": lambda start, end: LogSearch(start=start, end=end).days(),
    "imports/listed.py": lambda start, end: ImportSearch(start=start, end=end).wanted(),
    "incidents.py": lambda start, end: IncidentSearch(start=start, end=end).days(),
    "recordings.py": lambda start, end: Search(start=start, end=end).days(),
    "releases/register.py": lambda start, end: ReleaseSearch(start=start, end=end).wanted(),
    "requests/find.py": days_between,
    "requests/register.py": lambda start, end: RegisterSearch(start=start, end=end).wanted(),
}
"""Each list that can be narrowed to days, by the file of its addresses."""


def test_these_are_all_lists_that_are_narrowed_to_days() -> None:
    routes = Path(fleet.web.routes.__file__).parent
    texts = {str(file.relative_to(routes)): file.read_text() for file in routes.rglob("*.py")}
    assert 'FirstDay = Annotated[str, Query(alias="from"' in texts.pop("searching.py")
    with_days = {name for name, text in texts.items() if "FirstDay" in text or 'alias="from"' in text}
    assert with_days == set(LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_days_that_cannot_be_used_are_refused_in_the_same_words_by_every_list(name: str) -> None:
    # proves F8: neither day is used, and the sentence says that of both
    days = LISTS[name]
    for start, end in (("2026-11-21", "2026-11-22"), ("2026-11-22", "2026-11-22"), ("2026-11-22", "")):
        assert days(start, end)
    for start, end, said, field in (
        ("2026-11-22", "2026-11-21", NEITHER, "to"),
        ("never", "2026-11-21", NO_DAY, "from"),
        ("", "9999-12-31", NO_DAY, "to"),
    ):
        with pytest.raises(SearchError) as refused:
            days(start, end)
        assert (str(refused.value), refused.value.field) == (said, field)


@pytest.mark.parametrize(
    ("search", "label"),
    [
        (ImportSearch, "Taken or received from"),
        (IncidentSearch, "From"),
        (RegisterSearch, "Received from"),
        (ReleaseSearch, "Drafted from"),
    ],
)
def test_a_list_names_no_day_on_paper_that_it_did_not_use(
    search: type[ImportSearch | IncidentSearch | RegisterSearch | ReleaseSearch], label: str
) -> None:
    # proves F8
    chosen = search(text="stick", start="2026-11-22", end="2026-11-21")
    used, unused = (chosen.on_paper(1, 1, days=each) for each in (True, False))
    assert f"{label} “2026-11-22”" in used
    assert "2026-11-21" in used
    assert "2026" not in unused
    assert "stick" in unused
