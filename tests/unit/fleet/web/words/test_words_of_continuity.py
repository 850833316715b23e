"""What the page of a release says of its exhibits and of what happened to it (F8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fleet.releases.exhibits.continuity import stated
from fleet.releases.models import ContinuityEntry, FootageRelease, ReleaseExhibit
from fleet.web.views.releases.continuity import continuity_lines, no_exhibit_words
from tests.support.fleet.read_rows import NOW

PLAIN = dict.fromkeys(("holder", "taker", "how", "seal", "which_copy", "words"), "")


def entry(number: int, kind: str = "stored", **more: Any) -> ContinuityEntry:  # noqa: ANN401 - any column
    fields = {"at": NOW, "entered": NOW, "entered_by": "Manager 1", "is_seen": False, **PLAIN, **more}
    return ContinuityEntry(release_id="r1", number=number, kind=kind, **fields)


@pytest.mark.parametrize(
    ("row", "source"),
    [
        (entry(1, "approved", is_seen=True, entered_by="DPO 1"), "By DPO 1."),
        (entry(1, "made", is_seen=True, entered_by="fleet"), "By the service."),
        (
            entry(1, "link-opened", is_seen=True, entered_by="anonymous"),
            "By somebody who was not signed in.",
        ),
        (
            entry(1, "link-fetched", is_seen=True, entered_by="anonymous"),
            "By somebody who was not signed in.",
        ),
        (entry(1, "medium", is_seen=True), "By Manager 1."),
        (entry(1, at=NOW - timedelta(hours=1)), "Entered by Manager 1, 12:00:00."),
    ],
)
def test_an_entry_says_whose_doing_it_was_or_who_entered_it(row: ContinuityEntry, source: str) -> None:
    # proves F8
    (line,) = continuity_lines([row], [stated(row)], NOW)
    assert (line.source, line.corrected) == (source, "")


def test_a_corrected_entry_stays_and_says_which_correct_it() -> None:
    # proves F10
    rows = [
        entry(1, how="The safe"),
        entry(2, "corrected", corrects=1, words="The drawer"),
        entry(3, "corrected", corrects=1, words="The safe after all"),
        entry(4, "corrected", corrects=2, words="A drawer"),
    ]
    lines = continuity_lines(rows, [stated(each) for each in rows], NOW)
    assert [each.words for each in lines] == [
        "Put in a place; The safe.",
        "Correction of entry 1; The drawer.",
        "Correction of entry 1; The safe after all.",
        "Correction of entry 2; A drawer.",
    ]
    said = ["Corrected by entries 2 and 3.", "Corrected by entry 4.", "", ""]
    assert [each.corrected for each in lines] == said


@pytest.mark.parametrize(
    ("state", "initials", "said"),
    [
        ("draft", "ABC", "Each recording gets its exhibit number, ABC/…, once it is approved."),
        ("draft", "", "nobody said whose initials. Change the draft to say so."),
        ("made", "", "No exhibit number was given to it."),
        ("declined", "ABC", "No exhibit number was given to it."),
    ],
)
def test_why_there_is_no_exhibit_number_is_said(state: str, initials: str, said: str) -> None:
    # proves F8
    row = FootageRelease(state=state, initials=initials)
    assert no_exhibit_words(row).endswith(said)
    row.exhibits.append(ReleaseExhibit(recording_id=1, initials="ABC", number=1, given=NOW))
    assert no_exhibit_words(row) == ""
