from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.recordings.extent import MissingPrerecord
from fleet.footage.recordings.models import A_PART, CANNOT_BE_OPENED, NOTHING
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.released.keys import HANDED_OVER
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.vault.vault import LONGEST_PURPOSE
from fleet.web.facts import LookFacts, RecordingFacts, Silence
from fleet.web.views.desk.attention import needs
from fleet.web.views.moments import iso
from fleet.web.views.purpose import CHOICES, LONGEST_NOTE, PurposeError, purpose_text
from fleet.web.views.recording.events import event_lines
from fleet.web.views.recording.timeline import WIDTH, draw_timeline
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recordings import head, look, row
from fleet.web.views.search import Search, odd_words, title
from fleet.web.views.searching.days import SearchError
from fleet.web.views.state import VERDICT
from fleet.web.zone import in_zone
from protocol.footage.verifying.report import Verdict
from protocol.units import US_PER_S, utc_us
from tests.support.fleet.page_facts import changed

PRESS = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
NOW = PRESS + timedelta(minutes=30)

FACTS = RecordingFacts(
    RecordingSummary(
        id="ab" * 16,
        camera="cam-01",
        number=7,
        officer_name="Officer 1",
        state="held",
        opening="opened",
        announced=PRESS + timedelta(seconds=1),
        pressed=PRESS,
        clock_synchronised=True,
        duration_s=199.6,
        prerecord_s=179.6,
        asked_s=180.0,
        missing=(MissingPrerecord(0.4, "private"),),
        verdict="intact",
        sentence="Intact: 200 chunks.",
        ended="closed",
        verified=PRESS + timedelta(seconds=25),
        receipt=True,
        trigger="button",
    )
)

FIRST_UTC_US = utc_us(PRESS - timedelta(seconds=179.6))


def event(kind: str, offset_s: float, **detail: str | int) -> TimelineEvent:
    return TimelineEvent(kind, offset_s, FIRST_UTC_US + round(offset_s * US_PER_S), detail)


EVENTS = RecordingEvents(
    first_utc_us=FIRST_UTC_US,
    press_s=179.6,
    duration_s=199.6,
    events=(event("press", 179.6), event("bookmark", 190.0), event("stop", 199.6)),
    gaps=(TimelineGap("audio", 20.0, 1.5, "no microphone"),),
    close=event("close", 199.6, reason="stopped"),
)


# proves C7
def test_the_lines_tell_the_press_what_was_held_and_what_is_missing() -> None:
    lines = [(line.clock, line.text) for line in event_lines(FACTS.summary, EVENTS)]
    assert lines == [
        ("13:59:31", "No sound for 1.5 s: no sound came from the microphone."),
        (
            "14:02:11",
            (
                "Press of the button; 2 min 59.6 s of pre-record held of 3 min asked for "
                "(0.4 s missing: camera and microphone were closed)."
            ),
        ),
        ("14:02:21", "Bookmark."),
        ("14:02:31", "The end: stopped."),
        ("14:02:36", "All of it arrived, was verified, and the fleet signed a receipt."),
    ]


def test_of_a_recording_without_an_end_nothing_is_said_of_why() -> None:
    # proves F8
    lines = event_lines(replace(FACTS.summary, receipt=False), replace(EVENTS, close=None))
    assert lines[-1].text == (
        "The footage stops here, and nothing shows where it ended: "
        "a power cut, a failed card, or somebody removing the end look like this."
    )
    signed = event_lines(FACTS.summary, replace(EVENTS, close=None))[-1].text
    assert signed == "All that the camera sent arrived, was verified, and the fleet signed a receipt."
    assert FACTS.summary.receipt, "of one with an end it is all of it, above"


@pytest.mark.parametrize(
    ("ended", "what"), [("closed", "all of it"), ("cut off", "all that is here"), (None, "all that is here")]
)
def test_what_was_looked_at_is_no_more_than_what_is_here(ended: str | None, what: str) -> None:
    # proves F8
    found = shown_verdict(replace(FACTS.summary, ended=ended), EVENTS)
    assert f"the camera signed {what}, in one" in found.details[0].text


def test_a_clock_that_was_not_set_dates_nothing() -> None:
    # proves F8: a camera that thinks it is 1970 is listed when it was heard of, and says so
    then = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    facts = changed(FACTS, pressed=then, clock_synchronised=False, state="uploading", verdict=None)
    shown = row(facts, NOW)
    assert shown.press.text == row(changed(FACTS, pressed=FACTS.summary.announced), NOW).press.text
    assert (shown.undated, shown.why_undated) == ("first heard of", "its clock was not set")
    assert head(facts, NOW).clock.startswith(
        "The camera's clock was not set. By that clock the press was at 1 Jan 1970"
    )
    (late,) = needs([], [facts], NOW + timedelta(hours=2))
    assert "after it was first heard of" in late.text
    assert (row(FACTS, NOW).undated, head(FACTS, NOW).clock) == ("", "")
    assert row(changed(FACTS, pressed=None), NOW).undated == "first heard of"


# proves F8
def test_a_press_by_a_clock_of_which_nothing_is_known_is_not_dated_by_it() -> None:
    facts = changed(FACTS, clock_synchronised=None)
    assert row(facts, NOW).press.iso == iso(FACTS.summary.announced)
    assert row(facts, NOW).why_undated == "not known whether its clock was set"
    assert head(facts, NOW).clock.startswith("The camera's clock may not have been set.")


# proves C10 F8
def test_a_press_is_dated_by_a_clock_that_was_set_later_in_the_same_run() -> None:
    then, press = datetime(1970, 1, 1, 0, 3, 11, tzinfo=UTC), FACTS.summary.moment
    facts = changed(FACTS, pressed=then, clock_synchronised=False, reckoned=press, reckoned_s=250.0)
    shown = row(facts, NOW)
    assert (shown.press.iso, shown.undated) == (iso(press), "")
    assert (
        shown.reckoned
        == "dated by the clock that was set 4 min 10 s later, without the camera being switched off between"
    )
    assert head(facts, NOW).clock == (
        "The camera's clock was not set at the press: it showed 1 Jan 1970, 01:03:11. The times here are "
        "dated by the clock that was set 4 min 10 s later, without the camera being switched off between."
    )
    earlier = changed(FACTS, pressed=then, clock_synchronised=False, reckoned=press, reckoned_s=-61.0)
    assert (
        row(earlier, NOW).reckoned
        == "dated by the clock that was set 1 min 1 s earlier, without the camera being switched off between"
    )


# proves C10 F8
def test_events_are_told_by_the_clock_that_dates_the_press() -> None:
    shift = 50 * 365 * 86_400 * 1_000_000
    was = RecordingEvents(
        first_utc_us=180_000_000,
        duration_s=60.0,
        press_s=30.0,
        events=(
            TimelineEvent("bookmark", 35.0, 215_000_000, {}),
            TimelineEvent("clock step", 40.0, 220_000_000 + shift, {"step_us": shift}),
            TimelineEvent("bookmark", 50.0, 230_000_000 + shift, {}),
        ),
        close=TimelineEvent("close", 60.0, 240_000_000 + shift, {}),
    )
    told = was.by_another_clock(shift)
    assert told.close is not None
    assert [each.at_utc_us - told.first_utc_us for each in (*told.events, told.close)] == [
        35_000_000,
        40_000_000,
        50_000_000,
        60_000_000,
    ]
    assert was.by_another_clock(0) == was


# proves F8
@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        ("consent given", {"consent": "given", "wording": "en 2"}, "Consent was given."),
        ("consent refused", {"consent": "refused"}, "Consent was refused."),
        ("consent refused", {"consent": "withdrawn"}, "Consent was withdrawn."),
        ("consent refused", {}, "Consent was refused."),
        (
            "consent overridden",
            {"consent": "overridden"},
            "Recording went on without consent, for safety.",
        ),
        (
            "bookmark",
            {"consent": "not asked", "why": "danger"},
            "Nobody was asked: It was dangerous to ask.",
        ),
        ("bookmark", {"consent": "not asked", "why": "a word of a later version"}, "Nobody was asked."),
        (
            "bookmark",
            {"consent": "asked for"},
            "The person recorded asked that this be recorded too.",
        ),
        ("bookmark", {}, "Bookmark."),
    ],
)
def test_what_was_said_at_the_door_is_told_as_it_was_said(
    kind: str, detail: dict[str, str | int], text: str
) -> None:
    many = tuple(event("bookmark", 180.0 + each / 10) for each in range(30))
    events = replace(EVENTS, events=(*many, event(kind, 195.0, **detail)))
    texts = [line.text for line in event_lines(FACTS.summary, events)]
    assert text in texts or not detail  # many bookmarks are one line; what was said never is


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ("consent overridden", "Begun without consent, for safety"),
        ("asked for", "Begun because the person recorded asked for it"),
    ],
)
def test_what_began_a_recording_at_the_door_is_told(trigger: str, words: str) -> None:
    recording = replace(FACTS.summary, trigger=trigger)
    assert any(line.text.startswith(words) for line in event_lines(recording, EVENTS))


def test_an_event_of_a_kind_unknown_here_is_told_all_the_same() -> None:
    events = replace(EVENTS, events=(event("drone launched", 185.0, note="north side"),))
    assert any(line.text == "Drone launched: north side." for line in event_lines(FACTS.summary, events))


def test_the_line_places_pre_record_press_bookmark_and_gap() -> None:
    line = draw_timeline(EVENTS)
    assert line is not None
    assert line.press.x == pytest.approx(899.8, abs=0.1)
    assert line.prerecord is not None
    assert (line.prerecord.x, line.prerecord.width) == (0, line.press.x)
    assert [mark.offset_s for mark in line.bookmarks] == [190.0]
    assert line.gaps[0].label == "No sound for 1.5 s: no sound came from the microphone"
    assert line.words == "3 min 19.6 s in all, 2 min 59.6 s of it before the press, 1 bookmark, 1 gap."


def test_a_gap_that_is_narrow_on_the_line_is_drawn_without_an_outline() -> None:
    short, long = TimelineGap("audio", 10.0, 0.5, "muted"), TimelineGap("audio", 20.0, 10.0, "muted")
    line = draw_timeline(replace(EVENTS, gaps=(short, long)))
    assert line is not None
    assert [gap.is_narrow for gap in line.gaps] == [True, False]


def test_marks_of_time_are_whole_times_of_the_sites_clock() -> None:
    line = draw_timeline(EVENTS)
    assert line is not None
    assert [tick.label for tick in line.ticks][:2] == ["13:59:30", "14:00:00"]


def test_the_line_of_what_nothing_dates_counts_from_its_first_picture() -> None:
    # proves F8: it would give a clock's times to what no clock dates
    line = draw_timeline(EVENTS, dated=False)
    assert line is not None
    assert [tick.label for tick in line.ticks][:3] == ["0:00", "0:30", "1:00"]


def test_without_footage_there_is_no_line() -> None:
    assert draw_timeline(replace(EVENTS, duration_s=0.0)) is None


def test_what_is_not_here_yet_is_drawn_as_not_here_and_the_press_where_it_is() -> None:
    # proves F8: the press came 179.6 s into it, and 50 s of the 205 that the camera told of are here
    line = draw_timeline(replace(EVENTS, duration_s=50.0), told_s=205.0, final=False)
    assert line is not None
    assert (line.duration_s, line.here_s, line.press_s, line.final) == (205.0, 50.0, 179.6, False)
    assert line.press.x == pytest.approx(WIDTH * 179.6 / 205.0, abs=0.1)
    assert line.away is not None
    assert (line.away.start_s, line.away.end_s) == (50.0, 205.0)
    assert line.away.label == "Not here yet: 2 min 35 s"
    assert line.words.startswith("50 s of 3 min 25 s is here, the press comes 2 min 9.6 s after that")


def test_while_the_camera_has_not_said_how_long_it_is_the_line_reaches_as_far_as_is_known() -> None:
    # proves F8
    early = draw_timeline(replace(EVENTS, duration_s=50.0), final=False)
    assert early is not None
    assert (early.duration_s, early.press_s) == (190.0, 179.6), "as far as its bookmark"
    assert early.bookmarks[0].x == WIDTH
    later = draw_timeline(EVENTS, final=False)
    assert later is not None
    assert (later.duration_s, later.away) == (199.6, None)


def test_a_press_that_no_camera_can_mean_does_not_draw_the_line_out_for_ever() -> None:
    line = draw_timeline(replace(EVENTS, press_s=9e9), told_s=9e9, final=False)
    assert line is not None
    assert line.duration_s == 199.6 + 7 * 86_400
    assert len(line.ticks) < 200
    assert line.press.x == WIDTH


def test_footage_that_ends_before_its_press_says_that_there_is_no_more() -> None:
    # proves F8: cut off; what the camera announced is not to come any more
    line = draw_timeline(replace(EVENTS, duration_s=170.0, events=()), told_s=205.0, final=True)
    assert line is not None
    assert (line.duration_s, line.press_s) == (179.6, 179.6)
    assert line.away is not None
    assert line.away.label.startswith("There is no footage of this: ")


def test_without_pre_record_nothing_is_shaded() -> None:
    line = draw_timeline(replace(EVENTS, press_s=0.0, events=(), gaps=()))
    assert line is not None
    assert line.prerecord is None
    assert line.words == "3 min 19.6 s in all, nothing from before the press."


@given(
    st.floats(min_value=0.001, max_value=10**6),
    st.floats(min_value=0, max_value=10**6),
    st.lists(st.tuples(st.floats(-100, 10**6), st.floats(0, 10**6)), max_size=5),
)
def test_nothing_is_ever_drawn_outside_the_line(
    duration: float, press: float, gaps: list[tuple[float, float]]
) -> None:
    events = replace(
        EVENTS,
        duration_s=duration,
        press_s=press,
        gaps=tuple(TimelineGap("video", at, span, "encoder gap") for at, span in gaps),
    )
    line = draw_timeline(events)
    assert line is not None
    places = [line.press.x, *(mark.x for mark in (*line.bookmarks, *line.ticks))]
    assert all(0 <= x <= WIDTH for x in places)
    assert all(0 <= gap.x <= WIDTH and gap.width >= 1 for gap in line.gaps)
    assert len(line.ticks) < 400


def test_the_head_says_what_is_known_and_what_is_to_come() -> None:
    shown = head(FACTS, NOW)
    assert shown.verdict.sentence == (
        "Intact: nothing was altered, and nothing is missing from its first moment to its last."
    )
    assert (
        shown.held == "2 min 59.6 s from before the press of 3 min asked for "
        "(0.4 s missing: camera and microphone were closed)."
    )
    assert shown.waiting == ""
    assert shown.end is not None


ARRIVING = {"state": "uploading", "under_way": False, "received_bytes": 8_400_000}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"state": "verifying"}, "being checked"),
        ({"state": "uploading", "ended": None, "under_way": True}, "says that it is recording"),
        ({"state": "announced", "under_way": None}, "what else it has is not known"),
        (
            {"state": "announced", "silence": Silence.OUT_OF_SERVICE},
            "out of service: what else it has does not",
        ),
        ({"state": "announced", "silence": Silence.DOUBLED}, "Two devices or more have used its"),
        ({"state": "announced", "silence": Silence.SAYS_NOTHING}, "says nothing that can be read"),
        (
            {**ARRIVING, "share": 41, "sending": True},
            "41 % of it is here, and the camera says that it is sending",
        ),
        (
            {**ARRIVING, "to_send": 0},
            "8.4 MB of it are here. The camera says that it has nothing left to send.",
        ),
        ({**ARRIVING, "to_send": 2}, "The camera says that it has 2 recordings to send."),
        (
            {**ARRIVING, "to_send": 1, "bytes_left": 0},
            "The camera says that it has sent all that it can, and has no receipt for 1 recording.",
        ),
        (ARRIVING, "The camera does not say whether it has more to send."),
    ],
)
def test_what_is_still_to_come_is_said(change: dict[str, object], part: str) -> None:
    # proves F8: that something is on its way is the camera's word, or is not said
    waiting = head(changed(FACTS, **change), NOW).waiting
    assert part in waiting
    assert ("is not heard" in waiting) is (change.get("under_way", 0) is None)


def test_a_row_without_an_officer_says_so() -> None:
    shown = row(changed(FACTS, officer_name=None, wearer_basis="nobody"), NOW)
    assert shown.officer == "Nobody had the camera"
    assert row(changed(FACTS, officer_name=None), NOW).officer == "Not known who had it"
    assert shown.prerecord == "2:59 before the press"
    assert shown.link == f"/recordings/{FACTS.summary.id}"


def test_a_release_that_went_out_is_told_as_a_download_that_begun() -> None:
    # proves F8: not as one of which every byte arrived
    assert look(LookFacts(NOW, "anonymous", HANDED_OVER, "")).what == "Download of a release begun"


# proves F1
def test_a_look_tells_who_what_and_why() -> None:
    shown = look(LookFacts(NOW, "Safety desk", "footage:recording:view", "Reviewing an incident"))
    assert (shown.who, shown.what, shown.purpose) == (
        "Safety desk",
        "Opened to watch",
        "Reviewing an incident",
    )


# proves F1
@pytest.mark.parametrize(
    ("choice", "note", "text"),
    [
        ("incident", "", "Reviewing an incident"),
        ("complaint", "  ref  1234 ", "Complaint or claim: ref 1234"),
        ("other", "Insurer asked for it", "Insurer asked for it"),
    ],
)
def test_a_purpose_is_kept_in_the_words_that_were_shown(choice: str, note: str, text: str) -> None:
    assert purpose_text(choice, note) == text


# proves F1
@pytest.mark.parametrize(
    ("choice", "note", "part"),
    [
        ("", "", "Choose why"),
        ("nonsense", "because", "Choose why"),
        ("other", "why", "what the other reason is"),
        (
            "incident",
            "x" * (LONGEST_NOTE + 1),
            f"{LONGEST_NOTE} characters or fewer; that was {LONGEST_NOTE + 1}",
        ),
    ],
)
def test_no_purpose_no_footage(choice: str, note: str, part: str) -> None:
    with pytest.raises(PurposeError, match=part):
        purpose_text(choice, note)


# proves F1
def test_every_purpose_that_a_form_lets_through_the_vault_takes() -> None:
    for choice in CHOICES:
        assert len(purpose_text(choice.value, "x" * LONGEST_NOTE)) <= LONGEST_PURPOSE


def test_each_purpose_has_words_of_its_own() -> None:
    assert len({choice.words for choice in CHOICES}) == len(CHOICES)


def test_days_are_the_sites_and_the_last_counts_to_its_end() -> None:
    start, end = Search(start="2026-07-01", end="2026-07-01").days()
    assert start is not None
    assert end is not None
    assert start.astimezone(UTC) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(days=1)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "9999-12-31", "0000-01-01"])
def test_a_day_that_is_none_is_said(text: str) -> None:
    with pytest.raises(SearchError, match="looks like"):
        Search(start=text).days()


def test_a_day_before_which_there_is_none_at_the_site_is_none() -> None:
    with in_zone(ZoneInfo("Pacific/Auckland")), pytest.raises(SearchError, match="looks like"):
        Search(start="0001-01-01").days()


def test_days_the_wrong_way_round_are_said() -> None:
    search = Search(start="2026-07-02", end="2026-07-01", camera="cam-01")
    with pytest.raises(SearchError, match="comes before the first, so neither is used") as caught:
        search.days()
    assert caught.value.field == "to"
    assert search.without_days() == Search(camera="cam-01")
    with pytest.raises(SearchError, match="looks like") as caught:
        Search(start="2026-07-02", end="then").days()
    assert caught.value.field == "to"


# proves F8
def test_what_there_is_none_of_is_left_out_and_said() -> None:
    asked = Search(officer="o1", camera="cam-77", state="lost", start="2026-07-01")
    search, odd = asked.known(officers={"o1"}, cameras=["cam-01"])
    assert search == Search(officer="o1", start="2026-07-01")
    assert odd_words(odd) == (
        "The address asks for a camera and a state that this fleet does not have; that was left out."
    )
    assert search.known(officers={"o1"}, cameras=[]) == (search, ())
    assert odd_words(()) == ""


def test_further_back_than_there_is_anything_is_the_last_page() -> None:
    assert [Search(skip=9999).at_end(total).skip for total in (1, 50, 51, 120)] == [0, 0, 50, 100]


def test_a_search_is_written_back_into_its_address() -> None:
    search = Search(camera="cam-01", state="held", skip=50)
    assert search.address(50) == "/recordings?camera=cam-01&state=held&skip=50"
    assert search.pager(120) == (
        "/recordings?camera=cam-01&state=held",
        "/recordings?camera=cam-01&state=held&skip=100",
    )
    assert Search().pager(10) == ("", "")
    assert title(0, chosen=True) == "No recordings found"
    assert title(1, chosen=False) == "1 recording"


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_a_word_and_only_what_is_intact_is_green(verdict: Verdict) -> None:  # proves F8
    badge = VERDICT[str(verdict)]
    intact = verdict in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}
    assert (badge.tone == "good") == intact
    assert badge.word.startswith("Intact") == intact


def test_no_verdict_is_shown_that_the_verifier_does_not_give() -> None:
    assert set(VERDICT) == {str(verdict) for verdict in Verdict} | {CANNOT_BE_OPENED, A_PART, NOTHING}
