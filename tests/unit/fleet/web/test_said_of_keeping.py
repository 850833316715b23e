"""What is said of periods, deletion and reviews, each in the state in which it would be false (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fleet.footage.recordings.gone import Gone
from fleet.imagery.rules.import_keeping import ImportFacts, import_keeping
from fleet.imagery.rules.kinds import ImportKind
from fleet.incidents.finding import RecordingTold
from fleet.incidents.models import BulkMark, Incident
from fleet.jobs.models import Job
from fleet.jobs.rules import JobState
from fleet.retention.deletion.going import Going
from fleet.retention.lookup import KindPreview, PeriodsPreview
from fleet.retention.models import Deletion, Hold
from fleet.retention.rules.clock import ClockLook
from fleet.retention.rules.keeping import HoldKind, Keeping, KeepingFacts, keeping
from fleet.retention.rules.periods import Periods, PeriodsChange
from fleet.retention.rules.switching import DeletionSwitch
from fleet.review.models import Review
from fleet.review.queue import MOST_GOING
from fleet.review.rules.closing import ReviewSigner, ReviewState, SigningFacts, SigningRole
from fleet.review.rules.reasons import listed
from fleet.web.views.incidents.marking import marked_words
from fleet.web.views.incidents.search import IncidentSearch
from fleet.web.views.kept import hold_views, kept_view
from fleet.web.views.retention.deletion import (
    deleted_view,
    doubt_words,
    going_words,
    stuck_lines,
    switch_words,
    switching_words,
)
from fleet.web.views.retention.periods import held_words, periods_words, still_words
from fleet.web.views.reviews.figures import Month, month_of, register_cells
from fleet.web.views.reviews.looks import LookSearch, looks_title, who_words
from fleet.web.views.reviews.one import found_view, lot_words, name_views
from fleet.web.views.reviews.queue import (
    ReviewSearch,
    due_words,
    goes_words,
    is_overdue,
    overdue_words,
    review_badge,
)
from fleet.web.views.search import PAGE, Search
from fleet.web.views.state import RECORDING
from fleet.web.views.told import told_words

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
ZONE = ZoneInfo("Europe/London")
ON = (DeletionSwitch(1, NOW - 30 * DAY, is_on=True, by="Jane"),)


# Deletion


@pytest.mark.parametrize(
    ("look", "is_doubted"),
    [
        (None, False),
        (ClockLook(NOW, None, None), False),
        (ClockLook(NOW, NOW, None), False),
        (ClockLook(NOW, None, NOW), False),
        (ClockLook(NOW, NOW - DAY, NOW + DAY), True),
    ],
)
def test_deletion_waits_only_where_the_clock_was_moved(look: ClockLook | None, is_doubted: bool) -> None:
    # proves F8
    assert bool(doubt_words(look, NOW)) is is_doubted
    said = switch_words(ON, NOW, ZONE, look)
    assert said.startswith("Deletion is on, and waits." if is_doubted else "Deletion is on: what is past")


def test_what_a_person_decided_is_not_said_to_wait_for_deletion() -> None:
    # proves F8: what goes upon a request is begun while deletion is off, and while the clock is in doubt
    decided, since = "but of what a person decided", NOW - DAY
    erased = KeepingFacts(NOW - 9 * DAY, erased=since, erased_by="REQ-2026-0001")
    ended = ImportFacts(ImportKind.CCTV, NOW - 9 * DAY, ended=since, ended_by="Jane")
    for kept in (keeping(erased, (), ZONE), import_keeping(ended, 1, ZONE)):
        assert kept_view(kept, NOW, ()).still == "It goes whether deletion is on or off."
    for switches in ((), (replace(ON[0], is_on=False),), (replace(ON[0], at=NOW),)):
        assert decided in switch_words(switches, NOW, ZONE, None)
    assert decided in switch_words(ON, NOW, ZONE, ClockLook(NOW, NOW - DAY, NOW + DAY))
    assert decided not in switch_words(ON, NOW, ZONE, None)
    found = Going(date(2026, 12, 6), date(2026, 12, 30), 1, 2, 0, (), is_counted=True)
    assert decided in switching_words((), found)
    assert "stops at once, but for what a person decided." in switching_words(ON, found)
    assert not [each for each in ("deleting", "deleted") if "ime " in RECORDING[each].hint]


def test_what_went_upon_a_request_is_not_said_to_have_gone_by_its_period() -> None:
    # proves F8
    facts = {"request": "REQ-2026-0001", "started_by": "DPO 1", "request_decided": "2026-11-23T09:00:00Z"}
    done = Deletion(begun=NOW, keys_destroyed=NOW, facts=facts, certificate=None)
    shown = deleted_view(Gone(at=NOW, why="", is_over=True), done)
    decided = "Decided upon REQ-2026-0001 by DPO 1"
    assert [word for word, _ in shown.steps] == [decided, "Begun", "Keys destroyed"]
    assert shown.steps[0][1].text.startswith("Monday 23 November 2026")
    assert "Deletion was switched on by" not in dict(shown.facts)
    bare = Deletion(begun=NOW, facts={"request": "REQ-2026-0001"}, certificate=None)
    shown = deleted_view(Gone(at=NOW, why="", is_over=True), bare)
    assert shown.steps[0][0] == "Decided upon REQ-2026-0001 by somebody"


def test_how_much_goes_is_said_to_be_at_least_so_much_only_where_it_was_not_counted() -> None:
    # proves F8
    found = Going(date(2026, 12, 6), date(2026, 12, 30), 1, 2, 0, (), is_counted=True)
    assert [each.split(" by ")[0] for each in going_words(found)[:2]] == [
        "Without an incident: 1 recording",
        "With an incident: 2 recordings",
    ]
    assert going_words(replace(found, is_counted=False))[0].startswith("Without an incident: at least 1 rec")


@pytest.mark.parametrize(
    ("kept", "switches", "still"),
    [
        (Keeping(None, "Held."), ON, ""),
        (Keeping(TODAY, ""), ON, ""),
        (Keeping(TODAY - DAY, ""), (), "Deletion is off, so it is here still."),
        (Keeping(TODAY - DAY, "", is_decided=True), (), "It goes whether deletion is on or off."),
        (Keeping(TODAY - DAY, "", is_decided=True), ON, "It goes whether deletion is on or off."),
        (Keeping(TODAY, "", is_decided=True), (), ""),
        (Keeping(None, "Held.", is_decided=True), (), ""),
        (
            Keeping(TODAY - DAY, ""),
            (replace(ON[0], at=NOW),),
            "Deletion begins on 7 December 2026, so it is here still.",
        ),
        (Keeping(TODAY - DAY, "", is_told=False), ON, "It goes once Today has said so for 14 days."),
        (Keeping(TODAY - DAY, ""), ON, "It is to be deleted."),
    ],
)
def test_why_a_recording_is_here_still(
    kept: Keeping, switches: tuple[DeletionSwitch, ...], still: str
) -> None:
    # proves F8
    shown = kept_view(kept, NOW, switches)
    assert shown.still == still
    assert shown.is_past is bool(still)
    assert shown.is_held is (kept.until is None)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (JobState.STUCK, "It is not tried again by itself."),
        (JobState.RUNNING, "It is being tried now."),
        (JobState.WAITING, "Next: 12:00."),
    ],
)
def test_a_deletion_that_does_not_get_done_says_when_it_is_tried(state: JobState, said: str) -> None:
    # proves F8
    job = Job(id=1, state=state, attempts=2, error="It is full.", due=NOW)
    [line] = stuck_lines([(job, "Recording 7", "x")], NOW)
    assert line.text == f"It was tried 2 times. It is full. {said}"


def replace_facts(facts: dict[str, object], **more: object) -> dict[str, str]:
    """What is said of a recording that was deleted with these facts and more."""
    done = Deletion(begun=NOW, facts={**facts, **more}, certificate=None)
    return dict(deleted_view(Gone(at=NOW, why="", is_over=True), done).facts)


def test_what_is_left_of_a_deleted_recording_is_said_as_far_as_it_was_kept() -> None:
    # proves F8
    gone = Gone(at=NOW, why="6 months.", is_over=True)
    facts = {
        "segments": 2,
        "bytes": 9,
        "ledger_sha256": "ab",
        "deletion_switched_on_by": "Jane",
        "let_out_before": {"viewings": 1, "exports": 0},
    }
    done = Deletion(begun=NOW, keys_destroyed=NOW, bytes_deleted=None, facts=facts, certificate=b"c")
    shown = deleted_view(gone, done)
    assert [word for word, _ in shown.steps] == ["Decided, by its period", "Keys destroyed"]
    assert dict(shown.facts)["Deletion was switched on by"] == "Jane"
    assert dict(shown.facts)["Fingerprint of what its camera signed (SHA-256)"] == "ab"
    assert dict(shown.facts)["Let out before"] == "opened to watch once, download begun never"
    given = replace_facts(facts, keys_released_before=[{"release": "REL-2026-0001"}])
    assert given["Let out before"] == "opened to watch once, download begun never, with 1 release"
    assert shown.has_certificate
    nothing = deleted_view(gone, Deletion(begun=NOW, facts={}, certificate=None))
    assert dict(nothing.facts)["Deletion was switched on by"] == "not known"
    assert dict(nothing.facts)["Fingerprint of what its camera signed (SHA-256)"].startswith("none:")
    assert not nothing.has_certificate
    assert deleted_view(replace(gone, is_over=False), None).title.startswith("It is being deleted")
    assert deleted_view(gone, None).title == "Deleted on 29 November 2026"


# Periods and holds


def test_months_are_counted() -> None:
    assert periods_words(Periods(1, 12)) == "1 month without an incident, 12 months with one"


def test_earlier_periods_are_told_only_where_they_keep_longer() -> None:
    # proves F8
    def said(plain: int, incident: int) -> bool:
        return bool(still_words([PeriodsChange(1, NOW, Periods(plain, incident))], NOW, ZONE))

    assert said(1, 12)
    assert said(6, 1)
    assert not said(7, 13)


def test_a_hold_says_on_what_it_is_and_whether_it_should_have_been_looked_at() -> None:
    # proves F8
    plain = {"id": "1", "kind": HoldKind.CLAIM, "owner": "Head 1", "reason": "Letter", "placed_by": "Head 1"}
    incident = Incident(id="i", reference="INC-2026-0001")
    hold = Hold(**plain, placed=NOW, review=TODAY, incident_id="i", incident=incident)
    [shown] = hold_views([hold], NOW)
    assert (shown.of, shown.link, shown.is_overdue) == (incident.reference, "/incidents/i", False)
    hold.review = TODAY - DAY
    [shown] = hold_views([hold], NOW)
    assert shown.review == "should have been looked at by 28 November 2026"


# Incidents


def test_what_was_marked_together_is_said_as_it_was_marked() -> None:
    # proves F8
    def said(**more: object) -> str:
        plain = {"id": "m", "marked_by": "Jane", "marked_at": NOW, "earlier": [{}], "category": None}
        found = marked_words(BulkMark(**{**plain, "incident": None, "undone": None, **more}), NOW)
        assert found is not None
        return found.text

    assert said(earlier=[]) == "They were marked like that already: nothing has changed."
    assert said(incident=True) == "1 recording was marked as with an incident by Jane."
    assert said(incident=False) == "1 recording was marked as without an incident by Jane."
    assert said(category="theft", earlier=[{}, {}]).startswith("2 recordings were marked as “")
    assert "incident" not in said(category="theft")
    assert said(incident=True, undone=NOW).endswith("That was undone.")


@pytest.mark.parametrize(
    ("search", "path"),
    [(IncidentSearch(text="door"), "/incidents"), (ReviewSearch(kind="incident"), "/reviews")],
)
def test_a_list_offers_only_pages_that_there_are(search: IncidentSearch | ReviewSearch, path: str) -> None:
    # proves F8
    assert search.pager(PAGE) == ("", "")
    newer, older = search.pager(PAGE + 1)
    assert newer == ""
    assert older.startswith(f"{path}?")
    assert f"skip={PAGE}" in older
    newer, older = replace(search, skip=PAGE).pager(PAGE + 1)
    assert newer.startswith(f"{path}?")
    assert "skip" not in newer
    assert older == ""
    assert type(search)().address(0) == path


def test_viewings_that_are_looked_for_keep_their_search_on_every_page() -> None:
    assert LookSearch().pager(PAGE) == ("", "")
    assert LookSearch(skip=PAGE).pager(PAGE * 2 + 1) == (
        "/viewings",
        f"/viewings?skip={PAGE * 2}",
    )


# Reviews


def review(**more: object) -> Review:
    plain = {
        "name": "r",
        "camera_id": "cam-01",
        "number": 7,
        "state": ReviewState.OPEN,
        "reasons": [],
        "kinds": "",
        "due": TODAY,
        "queued": NOW,
        "version": 1,
    }
    return Review(**{**plain, **more})


def test_a_review_says_by_when_it_is_due_or_was_closed() -> None:
    # proves F8
    assert due_words(review(due=None), NOW) == ""
    assert due_words(review(), NOW) == "Due by 29 November 2026"
    late = review(due=TODAY - DAY)
    assert due_words(late, NOW) == "Was due by 28 November 2026"
    closed = {"state": ReviewState.CLOSED, "closed_on": TODAY}
    assert due_words(review(**closed), NOW) == "Closed on 29 November 2026"
    assert due_words(review(**closed, due=TODAY - DAY), NOW) == "Closed on 29 November 2026, late"
    assert due_words(review(state=ReviewState.CLOSED), NOW) == "Due by 29 November 2026"
    assert [is_overdue(each, TODAY) for each in (review(), late, review(due=None))] == [False, True, False]
    assert not is_overdue(review(**closed, due=TODAY - DAY), TODAY)


def test_a_review_s_badge_says_whether_one_has_signed() -> None:
    # proves F8
    assert review_badge(review(), NOW).word == "To review"
    assert review_badge(review(due=TODAY - DAY), NOW).word == "Overdue"
    found = {"state": ReviewState.FOUND}
    assert review_badge(review(**found), NOW).word == "To sign"
    assert review_badge(review(**found, head_id="1"), NOW).word == "One name"
    assert review_badge(review(**found, manager_id="1"), NOW).word == "One name"
    assert review_badge(review(state=ReviewState.CLOSED, head_id="1"), NOW).word == "Closed"


def test_a_register_says_of_each_review_what_is_kept_of_it() -> None:
    # proves F8
    cells = register_cells(review(due=None), TODAY)
    assert (cells[3], cells[7], cells[-3:]) == ("to review", "", ("", "", ""))
    late = register_cells(review(due=TODAY - DAY, lot=b"\x01", share=0.1, key_name="k"), TODAY)
    assert (late[3], late[7], late[-3:]) == ("overdue", "2026-11-28", ("01", "0.1", "k"))


def test_what_was_found_and_drawn_is_told_only_where_it_was() -> None:
    # proves F8
    assert found_view(review()) is None
    kept = {"found": [], "action": "none", "text": "Nothing."}
    assert found_view(review(findings=kept)) is None
    shown = found_view(review(findings=kept, found_at=NOW, found_by="Head 1"))
    assert shown is not None
    assert shown.by.startswith("Head 1, Sunday 29 November 2026")
    assert lot_words(review(lot=b"\x80" + bytes(7))) == ""
    assert lot_words(review(share=0.1)) == ""
    assert lot_words(review(lot=b"\x80" + bytes(7), share=0.1)).startswith("Its lot is 0.500000 of 1")


def test_a_name_can_be_taken_back_only_by_who_gave_it_and_by_a_person() -> None:
    # proves F8
    signed = review(state=ReviewState.FOUND, head_id="1", head_name="Head 1", head_at=NOW)
    facts = SigningFacts(
        ReviewState.FOUND, 1, is_arriving=False, officer=None, signed={SigningRole.HEAD_OF_SAFETY: "1"}
    )
    head = ReviewSigner("1", is_person=True, roles=frozenset({SigningRole.HEAD_OF_SAFETY}))

    def own(signer: ReviewSigner, of: Review = signed) -> list[bool]:
        return [each.is_own for each in name_views(of, signer, facts)]

    assert own(head) == [True, False]
    assert own(replace(head, is_person=False)) == [False, False]
    assert own(replace(head, id="2")) == [False, False]
    signed.state = ReviewState.CLOSED
    assert own(head) == [False, False]
    assert [each.is_signed for each in name_views(signed, head, facts)] == [True, False]


def test_a_month_is_one_that_can_be_read() -> None:
    this = Month(2026, 11)
    assert month_of("2026-10", NOW) == Month(2026, 10)
    for odd in (
        "",
        "2026",
        "2026-13",
        "2026-00",
        "x-10",
        "²026-10",
        "2026-1²",
        "\u0662\u0660\u0662\u0666-10",
        "2026-\u0661\u0660",
    ):
        assert month_of(odd, NOW) == this


def test_what_is_counted_is_said_as_many() -> None:
    # proves F8
    assert [overdue_words(each) for each in (1, 2)] == ["1 review is overdue.", "2 reviews are overdue."]
    assert goes_words(1).startswith("1 recording of those still to review is kept")
    assert goes_words(2).startswith("2 recordings of those still to review are kept")
    assert "or more of those" in goes_words(MOST_GOING)
    assert "or more of those" not in goes_words(MOST_GOING - 1)
    plain = LookSearch()
    assert looks_title(1, plain) == "1 viewing that is odd and not explained"
    assert looks_title(2, plain) == "2 viewings that are odd and not explained"
    assert looks_title(2, LookSearch(state="all")) == "2 viewings found"
    assert [who_words(each) for each in ("user:Jane", "token:tests", "host")] == [
        "Jane",
        "tests (a program)",
        "host (a program)",
    ]


# Counts and choices


def test_held_recordings_are_counted() -> None:
    # proves F8
    none = KindPreview(0, 0, 0, ())

    def said(held: int) -> str:
        return held_words(PeriodsPreview(none, none, held, TODAY))

    assert said(0) == "No recording is held."
    assert said(1).startswith("1 recording is held:")
    assert said(2).startswith("2 recordings are held:")


def test_what_there_is_none_of_is_left_out_of_a_search() -> None:
    # proves F8
    search, odd = Search(incident="odd", state="odd", category="odd", officer="o", camera="c").known(
        officers=(), cameras=()
    )
    assert search == Search()
    assert len(odd) == 5
    kept, odd = Search(incident="yes", officer="o", camera="c").known(officers=("o",), cameras=("c",))
    assert (kept.officer, kept.camera, odd) == ("o", "c", ())


def test_what_people_say_of_a_recording_is_told_in_a_list_as_they_said_it() -> None:
    # proves F8
    assert told_words(RecordingTold()) == ""
    assert told_words(RecordingTold(incident=True)) == "an incident"
    assert told_words(RecordingTold(incident=False)) == "no incident"
    assert told_words(RecordingTold("odd", incident=False)) == "no incident"
    assert told_words(RecordingTold("threat", True, (("1", "INC-1"),))) == "Threat or abuse · INC-1"


def test_a_list_of_a_few_things_names_them_all() -> None:
    assert [listed(each) for each in ("", "a", "ab", "abcde")] == ["", "a", "a and b", "a, b, c, d and e"]
    assert listed("abcdefg") == "a, b, c, d, e and 2 more"
