"""A press before the first picture, or after the last: where it is drawn, and what the page says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.recordings.extent import MissingPrerecord
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.summary import WITHOUT_A_PRESS, RecordingSummary
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap, place_events
from fleet.footage.timeline.lacking import beside_s, lacking_s
from fleet.incidents.finding import _pressed
from fleet.incidents.rules.suggesting import WITHIN
from fleet.redaction.rules.plan import Widening
from fleet.review.facts import _about
from fleet.visits.links import _span
from fleet.web.facts import AssignmentFacts, RecordingFacts
from fleet.web.views.moments import full_moment
from fleet.web.views.recording.begun import (
    begins_words,
    footage_span,
    is_start_unknown,
    late_words,
    prerecord_words,
)
from fleet.web.views.recording.events import event_lines
from fleet.web.views.recording.timeline import _bookmark_words, _words, draw_timeline
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recording.waiting import lapsed
from fleet.web.views.recordings import head
from fleet.web.views.releases.redacting import is_narrow
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import Missing, read_ledger
from protocol.footage.verifying.report import Report
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_MS, NS_PER_S, NS_PER_US, utc_moment
from tests.support.media.recordings import SECOND_NS, Take, make_identity

LATE_S = 8
PRIVATE = Missing(180 * SECOND_NS, GapCause.PRIVATE)
IDENTITY = make_identity()
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def take_of(kind: str) -> Take:
    """Press, and begin to film so much later; ``kind`` is how the camera explains it."""
    take = Take(IDENTITY)
    gaps = tuple(Gap(track, take.at_ns, LATE_S * SECOND_NS, GapCause.PRIVATE) for track in Track)
    take.press(missing=(PRIVATE,) if kind == "ledger" else ())
    if kind == "event":
        for gap in gaps:
            take.gap(gap)
    take.at_ns += LATE_S * SECOND_NS
    take.chunk(gaps=gaps if kind == "chunk" else ())
    take.seal(0, 0)
    for _ in range(3):
        take.live()
    take.close()
    return take


def judged(kind: str) -> tuple[Report, RecordingEvents, RecordingSummary]:
    take = take_of(kind)
    report = verify_recording(take.files, authorities=[IDENTITY.authority])
    ledger = read_ledger(take.ledger)
    assert report.first_ns is not None
    assert report.end_ns is not None
    events = place_events(ledger, first_ns=report.first_ns, end_ns=report.end_ns, gaps=report.gaps)
    pressed = utc_moment(ledger.open.label.utc_us)
    missing = tuple(
        MissingPrerecord(each.duration_ns / NS_PER_S, str(each.reason)) for each in report.missing
    )
    summary = RecordingSummary(
        id=take.recording.hex(),
        camera="cam-01",
        number=7,
        state="held",
        announced=pressed,
        pressed=pressed,
        clock_synchronised=True,
        duration_s=events.duration_s,
        prerecord_s=0.0,
        asked_s=180.0,
        verdict=str(report.verdict),
        sentence=report.sentence,
        missing=missing,
        ended="closed",
        verified=pressed,
        receipt=False,
        opening="opened",
        trigger="button",
        received_bytes=100,
        late_s=events.late_s,
        lacking_s=lacking_s(events),
    )
    return report, events, summary


WHOLE = (
    "Intact: nothing was altered, and nothing is missing from where the footage begins to its last moment."
)
NOTHING_HELD = (
    ": nothing from before it was held (camera and microphone were closed), and this is the first that was "
    "stored."
)
STATED = "; what is missing until then, as the camera signed it: camera and microphone were closed."


# proves F8
@pytest.mark.parametrize(
    ("kind", "verdict", "explained"),
    [
        (
            "ledger",
            WHOLE,
            NOTHING_HELD,
        ),
        ("chunk", "Not altered. For 8 s of 12 s (66.7 %) picture or sound is missing.", STATED),
        ("event", "Not altered. For 8 s of 12 s (66.7 %) picture or sound is missing.", STATED),
        (
            "silent",
            "Not altered. For 8 s of 12 s (66.7 %) picture or sound is missing.",
            ", and the camera gave no reason.",
        ),
    ],
)
def test_footage_that_begins_after_its_press_is_dated_and_explained(
    kind: str, verdict: str, explained: str
) -> None:
    _report, events, summary = judged(kind)
    assert (events.press_s, events.late_s, events.duration_s) == (-LATE_S, LATE_S, 4.0)
    assert summary.pressed is not None
    shown = head(RecordingFacts(summary), NOW, events, events)
    begins = summary.pressed + timedelta(seconds=LATE_S)
    assert (shown.start, shown.end) == (full_moment(begins), full_moment(begins + timedelta(seconds=4)))
    assert shown.unknown_start == ""
    assert shown.verdict.sentence == verdict
    assert shown.held.endswith(f" The footage begins 8 s after the press{explained}")
    assert shown.verdict.badge is not None
    assert shown.verdict.badge.tone == ("good" if kind == "ledger" else "warn")
    assert beside_s(events) == lacking_s(events) == (0 if kind == "ledger" else LATE_S)
    assert summary.beyond_press_s == LATE_S + 4.0
    assert prerecord_words(summary) == "none before the press, begins 8 s after"
    assert begins_words(summary) == "The footage begins 8 s after the press."
    line = draw_timeline(events)
    assert line is not None
    assert (line.press_s, line.press.x, line.prerecord) == (-LATE_S, 0.0, None)
    assert line.press.label == "The press, 8 s before the first picture"
    assert "the press lies 8 s before its first picture" in line.words
    press, *_, end = event_lines(summary, events)
    assert press.offset_s is None
    assert press.title == full_moment(summary.pressed).title
    assert end.title == full_moment(begins + timedelta(seconds=4)).title
    bare = events.bare()
    assert (bare.late_s, bare.press_s) == (0.0, 0.0)


LEDGER = read_ledger(take_of("silent").ledger)


# proves F8
def test_nothing_is_said_of_when_footage_begins_where_that_is_not_known() -> None:
    _report, _events, summary = judged("silent")
    for change in ({"late_s": None}, {"late_s": 0.0}, {"state": "uploading"}, {"state": "stopped"}):
        other = replace(summary, **change)
        assert prerecord_words(other) == "none before the press"
        assert begins_words(other) == ""
    rolled = replace(summary, trigger="storage fault")
    assert prerecord_words(rolled) == "none before it was begun, begins 8 s after"
    assert begins_words(rolled) == "The footage begins 8 s after it was begun."


# proves F8
def test_an_incident_a_visit_and_a_review_count_such_footage_to_its_end() -> None:
    row = Recording(
        id=1, camera_id="cam-01", number=7, apart="", state="held", announced=NOW, pressed=NOW,
        clock_synchronised=True, untrusted=False, prerecord_s=0.0, duration_s=30.0, late_s=float(LATE_S),
        missing=[], marks=[], trigger="button", received_bytes=1, told_closed=True,
    )  # fmt: skip
    until = NOW + timedelta(seconds=30 + LATE_S)
    pressed = _pressed(row)
    assert pressed is not None
    assert (pressed.at, pressed.until) == (NOW, until)
    assert _span(row) == (NOW, until)
    about = _about(RecordingSummary.of(row))
    assert about is not None
    assert about[1] == until + WITHIN


# proves F8
@given(st.integers(-(4 * 10**8), 4 * 10**8), st.integers(1, 400_000), st.integers(-(10**9), 10**9))
def test_press_first_and_last_instant_agree_with_the_ledger(
    offset_us: int, long_ms: int, shift_us: int
) -> None:
    offset_ns, long_ns = offset_us * NS_PER_US, long_ms * NS_PER_MS
    first_ns = LEDGER.open.press_ns + offset_ns
    kept = place_events(LEDGER, first_ns=first_ns, end_ns=first_ns + long_ns)
    assert RecordingEvents.from_json(kept.to_json()) == kept
    pressed = utc_moment(LEDGER.open.label.utc_us)
    shift = timedelta(microseconds=shift_us)
    summary = replace(
        SUMMARY,
        pressed=pressed,
        reckoned=pressed + shift,
        duration_s=long_ns / NS_PER_S,
        prerecord_s=max(0, -offset_ns) / NS_PER_S,
    )
    events = kept.by_another_clock(summary.clock_shift_us)
    start, end = footage_span(summary, events)
    near = timedelta(microseconds=2)
    assert abs(start - (pressed + shift + timedelta(microseconds=offset_ns / NS_PER_US))) <= near
    assert end is not None
    assert abs(end - start - timedelta(seconds=long_ns / NS_PER_S)) <= near
    assert abs(start + timedelta(seconds=events.press_s) - (pressed + shift)) <= near
    assert bool(kept.late_s) is (kept.duration_s > 0 and offset_ns > CONTINUITY_TOLERANCE_NS)
    clamped = replace(kept, press_s=max(0.0, kept.press_s))
    found = clamped.pressed_at(LEDGER.open.label.utc_us)
    assert found.press_s == pytest.approx(kept.press_s, abs=2e-6)


REPORT, EVENTS, SUMMARY = judged("silent")


def test_a_part_does_not_say_that_it_begins_late() -> None:
    assert late_words(SUMMARY, EVENTS) != ""
    assert late_words(replace(SUMMARY, state="stopped"), EVENTS) == ""
    assert late_words(SUMMARY, None) == ""
    assert late_words(SUMMARY, replace(EVENTS, press_s=0.0)) == ""
    unpressed = replace(SUMMARY, trigger="rolled over")
    assert late_words(unpressed, EVENTS).startswith(
        "The footage begins 8 s after " + ("the press" if unpressed.is_pressed else "it was begun")
    )


def test_when_the_footage_begins_is_not_known_while_none_of_it_was_seen() -> None:
    arriving = replace(SUMMARY, state="uploading")
    assert is_start_unknown(arriving, None)
    assert not is_start_unknown(arriving, EVENTS)
    assert not is_start_unknown(replace(arriving, prerecord_s=3.0), None)
    assert not is_start_unknown(SUMMARY, None)
    assert is_start_unknown(replace(SUMMARY, prerecord_s=None), EVENTS)


def test_without_footage_or_a_press_the_start_is_what_is_told() -> None:
    assert SUMMARY.pressed is not None
    held = replace(SUMMARY, prerecord_s=3.0)
    told = SUMMARY.pressed - timedelta(seconds=3)
    assert footage_span(held, None)[0] == told
    assert footage_span(held, replace(EVENTS, duration_s=0.0))[0] == told
    assert footage_span(replace(held, pressed=None), EVENTS)[0] == SUMMARY.announced - timedelta(seconds=3)
    assert footage_span(replace(held, duration_s=None), EVENTS)[1] is None
    assert footage_span(replace(held, state="uploading", ended=None), EVENTS)[1] is None


def test_what_lies_before_the_first_picture_is_drawn_at_the_edge_and_said() -> None:
    early = TimelineEvent("bookmark", -3.0, EVENTS.first_utc_us - 3_000_000, {})
    events = replace(EVENTS, events=(early,))
    line = draw_timeline(events)
    assert line is not None
    assert [(each.x, each.label) for each in line.bookmarks] == [
        (0.0, "Bookmark 3 s before the first picture")
    ]
    (told,) = [each for each in event_lines(SUMMARY, events) if each.text == "Bookmark."]
    assert told.offset_s is None
    unpressed = draw_timeline(EVENTS, is_pressed=False)
    assert unpressed is not None
    assert unpressed.press.label == "Begun without a press, 8 s before the first picture"
    assert "where it was begun lies 8 s before its first picture" in unpressed.words


def test_a_gap_after_the_last_picture_counts_beside_the_footage() -> None:
    after = TimelineGap("video", 4.0, 6.0, "unexplained", 6.0)
    within = TimelineGap("video", 1.0, 1.0, "muted", 1.0)
    events = replace(EVENTS, gaps=(*EVENTS.gaps, within, after))
    assert lacking_s(events) == LATE_S + 1.0 + 6.0
    assert beside_s(events) == LATE_S + 6.0
    assert beside_s(replace(EVENTS, gaps=())) == lacking_s(replace(EVENTS, gaps=())) == 0.0


def test_what_explains_a_late_beginning_is_what_lies_before_it() -> None:
    # proves F8
    _, events, summary = judged("silent")
    inside = replace(events, gaps=(TimelineGap("video", 1.0, 1.0, "storage"),))
    assert late_words(summary, inside) == (
        f"The footage begins {LATE_S} s after the press, and the camera gave no reason."
    )
    unpressed = late_words(replace(summary, trigger=next(iter(WITHOUT_A_PRESS))), events)
    assert unpressed.startswith(f"The footage begins {LATE_S} s after it was begun")


@pytest.mark.parametrize(
    ("at", "words"), [(-3.0, "Bookmark 3 s before the first picture"), (0.0, "Bookmark at 0:00")]
)
def test_a_bookmark_is_named_where_it_is(at: float, words: str) -> None:
    # proves F8
    assert _bookmark_words(at) == words


def test_a_press_before_the_first_picture_is_not_said_to_lie_in_what_is_here() -> None:
    # proves F8
    _, events, _ = judged("silent")
    told = _words(events, 60.0, 5.0, is_pressed=True)
    assert f"the press lies {LATE_S} s before its first picture" in told
    assert "into it" not in told
    assert "the press lies 2 s into it" in _words(replace(events, press_s=2.0), 60.0, 5.0, is_pressed=True)


def _said_of(recording: RecordingSummary, events: RecordingEvents) -> str:
    return shown_verdict(recording, events).sentence


def test_only_what_is_intact_is_said_to_be_so_from_where_it_begins() -> None:
    # proves F8
    _, late, summary = judged("event")
    intact = replace(summary, verdict="intact", opening="opened")
    begins = _said_of(intact, late)
    assert begins != _said_of(intact, replace(late, press_s=0.0))
    for other in ("without an end", "altered", "keys missing", "another authority"):
        judged_so = replace(intact, verdict=other)
        assert _said_of(judged_so, late) == _said_of(judged_so, replace(late, press_s=0.0)) != begins


def test_what_a_camera_says_lapses_only_where_it_says_something() -> None:
    # proves F8
    _, _, summary = judged("silent")
    coming = replace(summary, state="uploading", verdict=None, received_bytes=9, closed=None, ended=None)
    speaks = RecordingFacts(coming, under_way=True, known_until=NOW)
    assert lapsed(speaks).until != ""
    assert lapsed(replace(speaks, known_until=None)).until == ""
    held = RecordingFacts(summary, under_way=False, known_until=NOW)
    assert lapsed(held).until == "", "what is here and verified stays so, whatever the camera says"


@pytest.mark.parametrize(
    ("changed", "narrow"),
    [({}, False), *(({field: -1}, True) for field in ("percent", "pixels", "time_ns"))],
)
def test_it_is_told_where_less_than_usual_is_hidden(changed: dict[str, int], narrow: bool) -> None:
    # proves F8
    usual = Widening()
    assert (
        is_narrow(replace(usual, **{name: getattr(usual, name) + by for name, by in changed.items()}))
        is narrow
    )


@pytest.mark.parametrize("kind", ["ledger", "event", "chunk"])
def test_a_change_of_hands_between_the_press_and_the_first_picture_is_told(kind: str) -> None:
    # proves F8: whose the recording is goes by the press, and by then somebody else had the camera
    _, events, summary = judged(kind)
    assert summary.pressed is not None
    back, on, before = (summary.pressed + timedelta(seconds=each) for each in (3, 5, -1))
    hands = (
        AssignmentFacts("cam-01", "Officer 1", before, back),
        AssignmentFacts("cam-01", "Officer 2", on, None),
    )
    lines = [each for each in event_lines(summary, events, hands=hands) if "hand-out list" in each.text]
    told = [(each.text.partition(",")[0], each.offset_s) for each in lines]
    assert told == [("Taken back from Officer 1", None), ("Handed to Officer 2", None)]
    assert all(each.text.endswith("No footage of that time is here.") for each in lines)


def test_what_turns_the_verdict_amber_is_a_share_of_what_is_here() -> None:
    # proves F8: of the whole, what lacks before the first picture with it, it is less than a hundredth
    late = TimelineGap("video", -1.005, 1.005, "unexplained")
    events = replace(EVENTS, duration_s=100.0, press_s=-1.005, gaps=(late,))
    judged_so = replace(SUMMARY, verdict="intact with gaps", duration_s=100.0, lacking_s=lacking_s(events))
    shown = shown_verdict(judged_so, events)
    assert shown.badge is not None
    assert shown.badge.tone == "warn"
    assert lacking_s(events) / (100.0 + beside_s(events)) < 0.01
    assert any("More than 1 % of what is here" in each.text for each in shown.details)
