"""What is said of reviews, viewings, incidents, periods and holds, each by what decides it (F8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fleet.audit.models import AuditEntry
from fleet.footage.recordings.models import Recording
from fleet.incidents.models import Incident
from fleet.retention.models import Hold, RetentionChange
from fleet.retention.rules.keeping import HoldKind, Keeping
from fleet.retention.rules.periods import Periods, PeriodsChange
from fleet.review.models import ReviewEntry, ViewingReview
from fleet.review.rules.asking import LookState
from fleet.review.rules.closing import ReviewSigner, ReviewState, SigningFacts, SigningRole, signable
from fleet.web.views.incidents.incident import incident_view, person_boxes
from fleet.web.views.incidents.search import IncidentSearch
from fleet.web.views.kept import hold_views, kept_view
from fleet.web.views.retention.periods import change_lines, still_words
from fleet.web.views.reviews.figures import register_cells
from fleet.web.views.reviews.looks import LOOK_HEADINGS, LookSearch, look_cells, look_row
from fleet.web.views.reviews.one import done_lines, found_view
from fleet.web.views.reviews.queue import due_words
from fleet.web.views.search import Search, chosen_words
from tests.unit.fleet.web.test_said_of_keeping import DAY, NOW, TODAY, ZONE, review

# Viewings and reviews


def look(**changed: Any) -> ViewingReview:  # noqa: ANN401 - any column
    plain = {
        "number": 7,
        "at": NOW,
        "who": "user:Jane",
        "recording": "r1",
        "is_copy": False,
        "odd": [["night", "It was at night."]],
        "state": LookState.ODD,
        "entry": AuditEntry(purpose="A complaint"),
    }
    return ViewingReview(**{**plain, **changed})


def cells(**changed: Any) -> dict[str, str]:  # noqa: ANN401 - any column
    return dict(zip(LOOK_HEADINGS, look_cells(look(**changed)), strict=True))


def test_a_viewing_in_a_table_says_what_is_kept_of_it() -> None:
    # proves F8
    plain, copy = list(cells().values()), list(cells(is_copy=True).values())
    assert [(one, other) for one, other in zip(plain, copy, strict=True) if one != other] == [
        ("opened to watch", "download begun")
    ]
    assert [look_row(look(is_copy=each), "r", NOW).what for each in (False, True)] == [
        "Opened to watch",
        "Download begun",
    ]
    assert plain[-4:] == ["", "", "", ""]
    asked = list(cells(asked_by="Head 1", asked_at=NOW, explained_by="Jane", explained_at=NOW).values())
    at = "2026-11-29T12:00:00"
    assert [each.split("+")[0].rstrip("Z").split(".")[0] for each in asked[-4:]] == ["Head 1", at, "Jane", at]


@pytest.mark.parametrize(
    ("search", "labels", "query"),
    [
        (LookSearch(), ["", "", ""], ""),
        (LookSearch(state="all"), ["All", "", ""], "state=all"),
        (LookSearch(who="user:Jane"), ["", "", "Jane"], "who=user%3AJane"),
        (LookSearch(skip=50), ["", "", ""], "skip=50"),
    ],
)
def test_a_search_among_viewings_is_said_as_it_was_chosen(
    search: LookSearch, labels: list[str], query: str
) -> None:
    # proves F8
    assert [value for _, value in search.labelled] == labels
    assert search.query(search.skip) == query


def test_what_was_done_about_a_review_is_said_of_whoever_did() -> None:
    # proves F8
    plain: dict[str, Any] = {"at": NOW, "words": "w", "detail": {}}
    rule, person = done_lines(
        [ReviewEntry(by="", act="queued", **plain), ReviewEntry(by="Jane", act="found", **plain)], NOW
    )
    assert (rule.by, person.by) == ("by rule", "Jane")


def test_a_review_is_said_to_be_closed_once_both_have_signed() -> None:
    # proves F8
    assert due_words(review(closed_on=TODAY), NOW) == "Due by 29 November 2026"
    closed = review(closed_on=TODAY, state=ReviewState.CLOSED)
    assert due_words(closed, NOW) == "Closed on 29 November 2026"


def test_findings_are_told_where_they_are_whole() -> None:
    # proves F8
    assert found_view(review(found_at=NOW, found_by="Jane")) is None


def test_a_register_has_a_time_only_of_what_happened() -> None:
    # proves F8
    before = register_cells(review(queued=NOW), TODAY)
    after = register_cells(review(queued=NOW, closed=NOW), TODAY)
    assert next((one, other) for one, other in zip(before, after, strict=True) if one != other)[0] == ""


def test_somebody_may_sign_with_the_name_of_their_role_alone() -> None:
    # proves F8
    facts = SigningFacts(ReviewState.FOUND, 1, is_arriving=False, officer=None, signed={})
    head = ReviewSigner("1", is_person=True, roles=frozenset({SigningRole.HEAD_OF_SAFETY}))
    assert signable(head, facts) == (SigningRole.HEAD_OF_SAFETY,)
    assert SigningRole.HEAD_OF_SAFETY.other is SigningRole.CCTV_MANAGER
    assert SigningRole.CCTV_MANAGER.other is SigningRole.HEAD_OF_SAFETY


# Incidents


@pytest.mark.parametrize(
    ("search", "has_any", "with_days", "without"),
    [
        (IncidentSearch(), False, "", ""),
        (IncidentSearch(text="lift"), True, "lift", "lift"),
        (IncidentSearch(start="2026-11-01"), True, "2026-11-01", ""),
        (IncidentSearch(end="2026-11-02"), True, "2026-11-02", ""),
        (IncidentSearch(category="threat"), True, "Threat or abuse", "Threat or abuse"),
    ],
)
def test_a_search_among_incidents_is_said_on_paper_as_it_counted(
    search: IncidentSearch, has_any: bool, with_days: str, without: str
) -> None:
    # proves F8
    assert search.any is has_any
    assert with_days in search.on_paper(1, 1, days=True)
    used = search.on_paper(1, 1, days=False)
    assert without in used
    assert ("2026-11" in used) is False


def test_an_incident_says_of_how_many_cameras_it_has_recordings() -> None:
    # proves F8
    row = Incident(
        id="i",
        reference="INC-2026-0001",
        category="threat",
        place="Lobby",
        happened=NOW,
        what="A threat.",
        people=[],
        opened=NOW,
        opened_by="Jane",
    )
    assert incident_view(row, NOW, recordings=2, cameras=1).size == "2 recordings of 1 camera"
    assert incident_view(row, NOW, recordings=0, cameras=0).size == "no recordings"
    boxes = person_boxes([person_boxes([])[0].value])
    assert [each.ticked for each in boxes] == [True, *(False for _ in boxes[1:])]


# Periods and holds

HISTORY = (
    PeriodsChange(1, NOW - 400 * DAY, Periods(6, 24)),
    PeriodsChange(2, NOW - DAY, Periods(1, 24)),
)


def change(number: int, **changed: Any) -> RetentionChange:  # noqa: ANN401 - any column
    plain = {"confirmed": NOW - DAY, "confirmed_by": "Jane", "plain_months": 1, "incident_months": 24}
    return RetentionChange(number=number, **{**plain, **changed})


def test_a_change_of_periods_says_what_it_was_and_whether_it_can_be_undone() -> None:
    # proves F8
    undone, changed = change_lines([change(1), change(2, undoes=1)], HISTORY, NOW)
    assert " Jane went back to " in undone.text
    assert " Jane changed it to " in changed.text
    assert (undone.undo, changed.undo) == (2, 0)


def test_earlier_periods_are_told_while_they_keep_longer() -> None:
    # proves F8
    assert [each.startswith("Until ") for each in still_words(HISTORY, NOW, ZONE)] == [True]
    assert still_words(HISTORY, NOW + 4000 * DAY, ZONE) == ()


def test_a_recording_is_past_its_last_day_from_the_next_day_on() -> None:
    # proves F8
    assert kept_view(Keeping(TODAY, "r"), NOW).until == "until 29 November 2026"
    past = kept_view(Keeping(TODAY - DAY, "r"), NOW)
    assert (past.until, past.still) == (
        "past 28 November 2026",
        "Deletion is off, so it is here still.",
    )
    assert kept_view(Keeping(TODAY, "r"), NOW).still == ""
    assert kept_view(Keeping(date(2026, 12, 1), "r"), NOW + timedelta(days=1)).is_past is False


def test_a_hold_names_the_recording_that_it_is_on() -> None:
    # proves F8
    plain = {"id": "1", "kind": HoldKind.CLAIM, "owner": "Head 1", "reason": "Letter", "placed_by": "Head 1"}
    row = Recording(camera_id="cam-01", number=7, recording="ab" * 16, apart="")
    [shown] = hold_views([Hold(**plain, placed=NOW, review=TODAY, recording=row)], NOW)
    assert (shown.of, shown.link) == ("Recording 7 of cam-01", f"/recordings/{row.public_id}")


# Recordings that are looked for


def test_a_search_among_recordings_names_a_site_or_the_camera_itself() -> None:
    # proves F8
    searched = Search(camera="cam-01")
    assert chosen_words(searched, "", 1, 1) == "Only those of cam-01."
    assert chosen_words(searched, "", 1, 1, camera="Elm Court") == "Only those of Elm Court."
    assert (searched.any, Search().any) == (True, False)
    assert (searched.address(0), Search().address(0)) == ("/recordings?camera=cam-01", "/recordings")
