"""What is said of an import, by each condition on its row and on what was chosen (F8)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from fleet.audit.models import AuditEntry
from fleet.imagery.models import ImportRow
from fleet.imagery.reading.limits import ReadFacts
from fleet.imagery.rules.kinds import EXPORTED, VIEWED, ImportState
from fleet.web.views.imports.import_search import ImportSearch
from fleet.web.views.imports.one import copy_words, file_of, gone_of, import_line, import_looks, said_of
from tests.support.fleet.read_rows import NOW

DAY = timedelta(days=1)
CLIP = ReadFacts("mp4", "h264", 64, 48, 65.0, has_sound=True, is_made_anew=False)
PHOTOGRAPH = ReadFacts("jpeg", "mjpeg", 40, 20, None, has_sound=False, is_made_anew=True)


def row(**more: Any) -> ImportRow:  # noqa: ANN401 - whatever a row holds
    """A clip that is here, as said and as received."""
    plain = {
        "id": "1",
        "reference": "IMP-1",
        "state": ImportState.HELD,
        "kind": "cctv",
        "source": "The shop",
        "basis": "legitimate-interests",
        "purpose": "A claim",
        "taken": NOW - 3 * DAY,
        "taken_says": "the shop",
        "place": "Church Road",
        "at_home": False,
        "noticed": None,
        "notice": "",
        "described": NOW - DAY,
        "described_by": "Jane",
        "received": NOW,
        "received_by": "John",
        "size": 2_000_000,
        "sha256": b"\1" * 32,
        "copy_sha256": b"\2" * 32,
        "facts": asdict(CLIP),
        "begun_why": "Its time is over.",
        "bytes_deleted": None,
        "certified": None,
    }
    return ImportRow(**{**plain, **more})


# A line of the list


def test_when_it_was_taken_is_told_and_else_when_it_came_and_else_when_it_was_described() -> None:
    assert import_line(row(), NOW).when.startswith("Taken ")
    assert import_line(row(), NOW).when.endswith(", says the shop")
    assert import_line(row(taken=None), NOW).when.startswith("Received ")
    assert import_line(row(taken=None, received=None), NOW).when.startswith("Described ")


@pytest.mark.parametrize(("state", "is_here"), zip(ImportState, (True, True, False, False), strict=True))
def test_something_of_it_is_here_until_it_is_deleted(state: ImportState, is_here: bool) -> None:
    assert import_line(row(state=state), NOW).is_here is is_here


# Its page


def test_what_nobody_said_is_told_as_that() -> None:
    said = dict(said_of(row()))
    assert said["Place"] == "Church Road, as was said"
    assert said["Inside a home"] == "No"
    assert "Notice before" not in said
    unsaid = dict(said_of(row(taken=None, place="", at_home=True, noticed=NOW.date(), notice="A letter")))
    assert (unsaid["Taken"], unsaid["Place"]) == ("Nobody says", "Nobody says")
    assert unsaid["Inside a home"] == "Yes"
    assert unsaid["Notice before"].endswith(": A letter")


def test_of_a_file_that_is_not_here_nothing_is_told() -> None:
    assert file_of(row()) != []
    for more in ({"state": ImportState.DESCRIBED}, {"received": None}, {"sha256": None}):
        assert file_of(row(**more)) == []


def test_a_clip_is_told_with_its_codec_and_length_and_a_photograph_without() -> None:
    clip = dict(file_of(row()))
    assert clip["The file"] == "MP4 or QuickTime with h264, 2.0 MB"
    assert (clip["Length"], clip["Sound"]) == ("1:05", "Yes")
    assert clip["SHA-256 of the copy"] == "02" * 32
    photograph = dict(file_of(row(facts=asdict(PHOTOGRAPH), copy_sha256=None)))
    assert photograph["The file"] == "JPEG, 2.0 MB"
    assert "Length" not in photograph
    assert photograph["Sound"] == "No"
    assert photograph["SHA-256 of the copy"] == ""


def test_how_the_copy_differs_is_told_as_far_as_there_is_one() -> None:
    assert "Its pictures are the file's own" in copy_words(row())
    anew = asdict(replace(CLIP, is_made_anew=True))
    assert "Its pictures and sound were encoded anew" in copy_words(row(facts=anew))
    assert "Its pixels were encoded anew" in copy_words(row(facts=asdict(PHOTOGRAPH)))
    assert copy_words(row(state=ImportState.DESCRIBED)) == ""


def test_it_is_gone_once_that_is_certified_and_on_the_day_on_which_its_bytes_went() -> None:
    assert gone_of(row()) == ""
    assert gone_of(row(state=ImportState.DELETING)) == "It is being deleted. Its time is over."
    assert gone_of(row(state=ImportState.DELETED)) == ""
    certified = row(state=ImportState.DELETED, certified=NOW)
    assert gone_of(certified) == f"Deleted on {NOW:%-d %B %Y}. Its time is over."
    earlier = row(state=ImportState.DELETED, certified=NOW, bytes_deleted=NOW - 2 * DAY)
    assert gone_of(earlier) == f"Deleted on {NOW - 2 * DAY:%-d %B %Y}. Its time is over."


def test_who_looked_is_told_by_name_or_by_what_stands_for_it_and_no_more_than_was_let_out() -> None:
    # proves F8
    seen = AuditEntry(utc=NOW, actor="user:Jane", action=VIEWED, purpose="A claim")
    taken = AuditEntry(utc=NOW, actor="service", action=EXPORTED, purpose="A claim")
    assert [(each.who, each.what) for each in import_looks([seen, taken])] == [
        ("Jane", "Opened to look at"),
        ("service", "Download begun"),
    ]


# What is looked for

WHOLE = ImportSearch()
NARROW = ImportSearch("all", "cctv", "shop", "2026-11-01", "2026-11-02", skip=50)


def test_an_address_has_what_was_chosen_and_nothing_else() -> None:
    assert WHOLE.address(0) == "/imports"
    assert WHOLE.address(50) == "/imports?skip=50"
    assert ImportSearch("deleted").address(0) == "/imports?state=deleted"
    assert NARROW.address(0) == "/imports?state=all&kind=cctv&q=shop&from=2026-11-01&to=2026-11-02"


@pytest.mark.parametrize(
    ("chosen", "is_any"),
    [(WHOLE, False), (ImportSearch("all"), True), (ImportSearch(text="shop"), True), (NARROW, True)],
)
def test_anything_that_was_chosen_can_be_cleared(chosen: ImportSearch, is_any: bool) -> None:
    assert chosen.any is is_any


def test_paper_tells_what_the_list_was_narrowed_to() -> None:
    assert "State" not in ImportSearch("all").on_paper(1, 1, days=True)
    assert "Kind" not in ImportSearch("all").on_paper(1, 1, days=True)
    here = ImportSearch("deleted", "cctv").on_paper(1, 1, days=True)
    assert "State" in here
    assert "Deleted" in here
    assert "Kind" in here
    assert "CCTV clip" in here
    assert "2026-11-01" in NARROW.on_paper(1, 1, days=True)
    assert "2026-11-02" in NARROW.on_paper(1, 1, days=True)
    assert "2026-11-0" not in NARROW.on_paper(1, 1, days=False)


def test_there_is_a_page_before_and_after_where_there_is_more() -> None:
    assert WHOLE.pager(50) == ("", "")
    assert WHOLE.pager(51) == ("", "/imports?skip=50")
    assert replace(WHOLE, skip=50).pager(100) == ("/imports", "")
    assert replace(WHOLE, skip=50).pager(101) == ("/imports", "/imports?skip=100")
