"""One recording's page as evidence: what happened, the verdict, and the words that are on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.recordings.extent import MissingPrerecord
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.footage.timeline.lacking import lacking_s
from fleet.web import templating
from fleet.web.facts import AssignmentFacts, RecordingFacts
from fleet.web.views import state
from fleet.web.views.moments import utc_title
from fleet.web.views.recording.beginning import Beginning, beginning
from fleet.web.views.recording.causes import CAUSES, cause_words
from fleet.web.views.recording.events import EventLine, event_lines
from fleet.web.views.recording.hands import hand_overs
from fleet.web.views.recording.shortened import Shortened
from fleet.web.views.recording.taking_out import is_exportable, why_not_exportable
from fleet.web.views.recording.timeline import draw_timeline
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recordings import head
from fleet.web.views.state import recording_badge
from protocol.footage.format.model import GapCause
from protocol.footage.ledger.event_record import EventKind
from protocol.footage.verifying.report import WITHOUT_END
from protocol.units import US_PER_S, utc_moment, utc_us

PRESS = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
PRERECORD_S = 180.0
FIRST = PRESS - timedelta(seconds=PRERECORD_S)
LENGTH_S = 200.0
RECORDING = RecordingSummary(
    id="ab" * 16,
    camera="cam-01",
    number=7,
    state="held",
    announced=PRESS,
    pressed=PRESS,
    clock_synchronised=True,
    duration_s=LENGTH_S,
    prerecord_s=PRERECORD_S,
    asked_s=180.0,
    verdict="intact",
    sentence="Intact: 200 chunks.",
    ended="closed",
    verified=PRESS + timedelta(seconds=25),
    receipt=True,
    opening="opened",
    trigger="button",
)


def event(kind: str, offset_s: float, **detail: str | int) -> TimelineEvent:
    return TimelineEvent(kind, offset_s, utc_us(FIRST) + round(offset_s * US_PER_S), detail)


EVENTS = RecordingEvents(
    first_utc_us=utc_us(FIRST),
    press_s=PRERECORD_S,
    duration_s=LENGTH_S,
    events=(event("press", PRERECORD_S, trigger="button"),),
    close=event("close", LENGTH_S, reason="stopped"),
)
INNER = re.compile(
    r"\b(chunk|ledger|overflow|segment|fragment|sequence number|boot clock|HPKE|moof)", re.IGNORECASE
)


def told(events: RecordingEvents, **changes: object) -> list[str]:
    recording = replace(RECORDING, **changes)  # type: ignore[arg-type]  # the test's own fields
    return [line.text for line in event_lines(recording, events)]


# proves F8
def test_a_second_press_is_a_line_and_the_first_is_told_once() -> None:
    again = event("press", 190.0, trigger="control")
    lines = told(replace(EVENTS, events=(*EVENTS.events, again)))
    assert lines[:2] == [
        "Press of the button; 3 min of pre-record held of 3 min asked for.",
        "Pressed again. Press by a program on the camera.",
    ]


# proves F8
@pytest.mark.parametrize(
    ("trigger", "begins"),
    [
        ("button", "Press of the button;"),
        ("control", "Press by a program on the camera;"),
        ("roll over", "Goes on from the recording before it, without a press;"),
        ("storage fault", "Begun again by the camera, which could not store the one before it;"),
        ("internal fault", "Begun again by the camera after a fault of its own;"),
        ("holster", "Press (holster);"),
        ("", "Press; what gave it is not known;"),
    ],
)
def test_what_began_it_is_named_truly(trigger: str, begins: str) -> None:
    assert told(EVENTS, trigger=trigger)[0].startswith(begins)


# proves F8
def test_a_recording_that_goes_on_from_another_is_called_no_press_anywhere() -> None:
    changes = {"trigger": "roll over", "prerecord_s": 0.0, "asked_s": 0.0}
    recording = replace(RECORDING, **changes)  # type: ignore[arg-type]  # the test's own fields
    events = replace(EVENTS, press_s=0.0, events=(event("press", 0.0, trigger="roll over"),))
    assert told(events, **changes)[0] == "Goes on from the recording before it, without a press."
    shown = head(RecordingFacts(recording), FIRST, events)
    assert (shown.how, shown.row.prerecord) == ("begun", "goes on from the one before")
    assert shown.held == "None: it goes on from the recording before it."
    undated = replace(recording, clock_synchronised=False)
    assert "press" not in head(RecordingFacts(undated), FIRST, events).clock
    line = draw_timeline(events, is_pressed=recording.is_pressed)
    assert line is not None
    assert not line.is_pressed
    assert "press" not in line.words
    pressed = draw_timeline(events)
    assert pressed is not None
    assert "nothing from before the press" in pressed.words


# proves F8
def test_what_was_kept_before_a_camera_began_again_is_not_from_before_a_press() -> None:
    recording = replace(RECORDING, trigger="internal fault")
    shown = head(RecordingFacts(recording), FIRST, EVENTS)
    assert (shown.how, shown.row.prerecord) == ("begun", "3:00 before it was begun")
    assert shown.held == "3 min from before it was begun of 3 min asked for."
    line = draw_timeline(EVENTS, is_pressed=False)
    assert line is not None
    assert line.prerecord is not None
    assert line.prerecord.label == "Before it was begun: 3 min"
    assert "3 min of it before where it was begun" in line.words


def test_a_fault_is_told_in_the_camera_s_words_and_stands_out() -> None:
    events = replace(EVENTS, events=(*EVENTS.events, event("fault", 185.0, what="The card is full.")))
    (line,) = [each for each in event_lines(RECORDING, events) if "fault" in each.text]
    assert (line.text, line.tone) == ("The camera reported a fault: The card is full.", "warn")


# proves F8
def test_a_change_of_hands_is_told_by_whom_it_is_known() -> None:
    end = FIRST + timedelta(seconds=100)
    listed = (
        AssignmentFacts("cam-01", "Officer 1", FIRST - timedelta(hours=1), end),
        AssignmentFacts("cam-01", "Officer 2", end + timedelta(seconds=5), None),
    )
    lines = event_lines(RECORDING, EVENTS, hands=listed)
    assert [(each.text, each.offset_s) for each in lines[:2]] == [
        ("Taken back from Officer 1, by the hand-out list. Whose the recording is goes by the press.", 100.0),
        ("Handed to Officer 2, by the hand-out list. Whose the recording is goes by the press.", 105.0),
    ]
    goes_on = event_lines(replace(RECORDING, trigger="roll over"), EVENTS, hands=listed)
    assert goes_on[0].text.endswith("Whose the recording is does not change.")
    assert not hand_overs(listed, FIRST + timedelta(days=1), LENGTH_S)
    assert not hand_overs(listed, end - timedelta(seconds=300), LENGTH_S)


# proves F8
def test_a_change_of_hands_beyond_what_is_here_is_not_said_to_lie_in_the_recording() -> None:
    here = replace(EVENTS, duration_s=50.0, close=None)
    late = (AssignmentFacts("cam-01", "Officer 1", FIRST - timedelta(hours=1), FIRST + timedelta(hours=5)),)
    soon = (
        AssignmentFacts("cam-01", "Officer 1", FIRST - timedelta(hours=1), FIRST + timedelta(seconds=60)),
    )

    def changes(listed: tuple[AssignmentFacts, ...], told_s: float | None) -> list[str]:
        lines = event_lines(RECORDING, here, hands=listed, told_s=told_s, final=False)
        return [each.text for each in lines if "hand-out list" in each.text]

    assert changes(late, LENGTH_S) == [], "it was over by then, as its camera says"
    assert changes(late, None)[0].endswith("No footage of that time is here.")
    assert changes(soon, LENGTH_S)[0].endswith("No footage of that time is here.")
    assert not changes(soon, 20.0)
    (line,) = (each.text for each in event_lines(RECORDING, EVENTS, hands=soon) if "list" in each.text)
    assert not line.endswith("No footage of that time is here.")


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.none() | st.floats(-1e6, 1e6))),
    st.floats(0, 1e5) | st.none(),
    st.floats(-1e5, 1e5),
)
def test_no_change_of_hands_lies_outside_the_footage(
    spans: list[tuple[float, float | None]], duration_s: float | None, press_s: float
) -> None:
    listed = [
        AssignmentFacts(
            "cam-01",
            "Officer 1",
            FIRST + timedelta(seconds=start),
            None if end is None else FIRST + timedelta(seconds=end),
        )
        for start, end in spans
    ]
    changes = hand_overs(listed, FIRST, duration_s, press_s=press_s)
    assert all(each.offset_s > min(0.0, press_s) for each in changes)
    assert all(
        each.text.endswith("No footage of that time is here.") == (each.offset_s < 0) for each in changes
    )
    assert duration_s is None or all(each.offset_s <= duration_s for each in changes)
    assert [each.at for each in changes] == sorted(each.at for each in changes)


HOLE = TimelineGap("video", 10.0, 3600.0, "suspended", shown_s=60.0)


# proves F8
def test_after_a_hole_that_is_shown_shorter_times_are_those_that_were() -> None:
    late = TimelineGap("video", 80.0, 2.0, "stalled", shown_s=2.0)
    sound = replace(HOLE, track="audio", offset_s=10.01, duration_s=3599.99, shown_s=59.99)
    events = replace(EVENTS, press_s=5.0, duration_s=100.0, gaps=(HOLE, late, sound), close=None)
    back = FIRST + timedelta(seconds=3600.0 + 30.0)
    lines = event_lines(RECORDING, events, hands=[AssignmentFacts("cam-01", "Officer 1", FIRST, back)])
    first = utc_moment(EVENTS.first_utc_us)
    clocks = {line.text[:14]: (line.title, line.offset_s) for line in lines}
    assert clocks["No picture for"] == (utc_title(first + timedelta(seconds=3620.0)), 80.0)
    assert clocks["The footage st"][0] == utc_title(first + timedelta(seconds=3640.0))
    title, place = clocks["Taken back fro"]
    assert (title, place) == (utc_title(back), 90.0)
    line = draw_timeline(events)
    assert line is not None
    assert line.dated_s == HOLE.offset_s
    assert all(tick.offset_s < HOLE.offset_s for tick in line.ticks)


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1e4)), max_size=4), st.floats(0, 1e6))
def test_a_place_after_holes_that_are_cut_is_found_again(
    holes: list[tuple[float, float]], place: float
) -> None:
    at, gaps = 0.0, []
    for long, shown in holes:
        at += 50.0
        gaps.append(TimelineGap("video", at, shown + long + 1, "suspended", shown_s=shown))
        at += shown
    cut = Shortened.of(gaps)
    assert cut.shown(cut.recorded(place)) == pytest.approx(place, abs=1e-3)


def _gaps(count: int) -> RecordingEvents:
    gaps = tuple(TimelineGap("audio", 5.0 * n, 0.5, "no microphone") for n in range(count))
    return replace(EVENTS, gaps=gaps)


def _with_inner(lines: tuple[EventLine, ...]) -> list[EventLine]:
    return [line for line in lines if line.inner]


# proves F8
def test_thirty_gaps_are_one_line_with_their_sum_that_unfolds() -> None:
    (line,) = _with_inner(event_lines(RECORDING, _gaps(30)))
    assert line.text == "30 gaps from here on: no sound for 15 s in all."
    assert len(line.inner) == 30
    assert [each.offset_s for each in line.inner] == [5.0 * n for n in range(30)]
    assert not _with_inner(event_lines(RECORDING, _gaps(5)))


def _bookmarks(count: int) -> RecordingEvents:
    pressed = [event("bookmark", 181.0 + n / 100) for n in range(count)]
    return replace(EVENTS, events=(*EVENTS.events, *pressed))


def test_what_happened_too_often_to_be_read_is_one_line_that_unfolds() -> None:
    (line,) = _with_inner(event_lines(RECORDING, _bookmarks(500)))
    assert line.text == "Bookmark: 500 times from here on."
    assert (line.offset_s, len(line.inner)) == (181.0, 500)
    assert not _with_inner(event_lines(RECORDING, _bookmarks(20)))


def test_a_camera_that_was_pressed_again_and_again_says_so_once() -> None:
    again = [event("press", 181.0 + n, trigger="button") for n in range(21)]
    (line,) = _with_inner(event_lines(RECORDING, replace(EVENTS, events=(*EVENTS.events, *again))))
    assert line.text == "Pressed again: 21 times from here on."


def test_what_a_later_camera_tells_too_often_is_one_line_by_its_own_name() -> None:
    many = [event("beam crossed", 181.0 + n) for n in range(21)]
    (line,) = _with_inner(event_lines(RECORDING, replace(EVENTS, events=(*EVENTS.events, *many))))
    assert line.text == "Beam crossed: 21 times from here on."


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-1", "1e400", "1e9"])
def test_what_is_no_place_begins_nowhere(text: str) -> None:
    assert beginning(text) is None


def test_a_place_is_said_as_the_player_counts_it() -> None:
    assert beginning("95.5") == Beginning(95.5, "1:35")


def test_a_line_of_another_day_says_which() -> None:
    late = replace(RECORDING, verified=PRESS + timedelta(days=1))
    assert event_lines(late, EVENTS)[-1].clock == "Mon 23 Nov 14:02:11"
    assert event_lines(late, EVENTS)[0].clock == "14:02:11"


# proves F8
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Intact: nothing was altered, and nothing is missing from its first moment to its last."),
        (
            {"verdict": "intact with gaps", "lacking_s": 1.0},
            "Not altered. For 1 s of 3 min 20 s (0.5 %) picture or sound is missing.",
        ),
        ({"verdict": "intact with gaps", "lacking_s": None}, "Not altered. Some of it is missing."),
        ({"verdict": "without an end"}, f"Not altered as far as it goes; {WITHOUT_END}."),
        ({"verdict": "altered", "state": "failed"}, "Altered: it is not what the camera made."),
        (
            {
                "verdict": None,
                "sentence": "This is recording 3 of cam-02, sent as another.",
                "state": "failed",
            },
            "This is recording 3 of cam-02, sent as another.",
        ),
        (
            {"verdict": None, "sentence": None, "state": "uploading", "receipt": False},
            "Not known yet: it is verified once all of it is here.",
        ),
        (
            {"verdict": None, "sentence": None, "state": "failed", "receipt": False},
            "Not known: it has not been verified.",
        ),
    ],
)
def test_the_verdict_is_one_short_sentence(changes: dict[str, object], sentence: str) -> None:
    recording = replace(RECORDING, **changes)  # type: ignore[arg-type]  # the test's own fields
    assert shown_verdict(recording, None).sentence == sentence


# proves F8 C12
@pytest.mark.parametrize("verdict", ["intact", "intact with gaps", "without an end"])
def test_what_has_no_footage_is_neither_intact_nor_opened_nor_taken_out(verdict: str) -> None:
    empty = replace(RECORDING, verdict=verdict, duration_s=0.0, received_bytes=700, opening_at=PRESS)
    shown = shown_verdict(empty, None)
    assert shown.badge is not None
    assert shown.badge.tone == "warn"
    assert "Intact" not in shown.sentence
    opened = {each.term: each.text for each in shown.details}["Checked by the fleet"]
    assert "picture" not in opened
    assert not is_exportable(empty)
    assert why_not_exportable(empty) == "There is no picture and no sound in it."
    assert recording_badge(RecordingFacts(empty)).tone == "warn"
    if verdict != "without an end":
        assert shown.sentence == "Not altered. There is no picture and no sound in it."


# proves F8
def test_nothing_is_unfolded_of_what_was_not_looked_at() -> None:
    arriving = replace(RECORDING, state="uploading", verdict=None, verified=None, receipt=False)
    assert shown_verdict(arriving, None).details == ()
    terms = {each.term: each.text for each in shown_verdict(replace(RECORDING, receipt=False), None).details}
    assert terms["Receipt"] == "None."
    assert "Missing" not in terms
    altered = shown_verdict(replace(RECORDING, verdict="altered", state="failed", receipt=False), None)
    assert "Checked" not in {each.term for each in altered.details}


TRIED = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


# proves F8
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opening": "opened", "opening_at": TRIED}, "That it opens, "),
        ({"opening": "refused", "opening_at": TRIED, "state": "failed"}, "That it does not open, "),
        ({"opening": None}, "Whether it can be opened has not been tried yet."),
        (
            {"opening": None, "verdict": "altered", "state": "failed"},
            "Whether it can be opened has not been tried.",
        ),
    ],
)
def test_the_check_by_the_fleet_is_told_as_that(changes: dict[str, object], said: str) -> None:
    recording = replace(RECORDING, **changes)  # type: ignore[arg-type]  # the test's own fields
    told = [
        each.text for each in shown_verdict(recording, None).details if each.term == "Checked by the fleet"
    ]
    assert len(told) == 1
    assert told[0].startswith(said)


# proves F8
@pytest.mark.parametrize(
    ("lacking", "tone"), [(0.1, "good"), (2.0, "good"), (2.01, "warn"), (150.0, "warn"), (None, "warn")]
)
def test_more_than_a_hundredth_missing_is_amber(lacking: float | None, tone: str) -> None:
    badge = state.verdict_badge(replace(RECORDING, verdict="intact with gaps", lacking_s=lacking))
    assert badge is not None
    assert badge.tone == tone


def test_what_lacks_picture_and_sound_at_once_counts_once() -> None:
    gaps = (
        TimelineGap("video", 10.0, 4.0, "sensor stalled"),
        TimelineGap("audio", 12.0, 4.0, "no microphone"),
        TimelineGap("audio", 30.0, 1.0, "no microphone"),
        TimelineGap("video", 50.0, 3600.0, "suspended", 2.0),
        TimelineGap("audio", 50.0, 3600.0, "suspended", 2.0),
        TimelineGap("audio", 60.0, 1.0, "muted"),
    )
    assert lacking_s(replace(EVENTS, gaps=gaps)) == 6.0 + 1.0 + 3600.0 + 1.0


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4), st.none() | st.floats(0, 10)), max_size=20))
def test_what_is_missing_is_no_less_than_the_longest_gap_and_no_more_than_all(
    gaps: list[tuple[float, float, float | None]],
) -> None:
    events = replace(EVENTS, gaps=tuple(TimelineGap("video", a, b, "muted", c) for a, b, c in gaps))
    longest = max((b for _, b, _ in gaps), default=0.0)
    assert longest - 1e-3 <= lacking_s(events) <= sum(b for _, b, _ in gaps) + 1e-3


def test_every_cause_has_words_of_its_own() -> None:
    assert set(CAUSES) == {str(each) for each in GapCause}
    assert cause_words("unexplained") == "the camera does not say why"
    assert cause_words("a cause of next year") == "a cause of next year"


# proves F8
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"clock_synchronised": False}, "by the camera's clock, which was not set"),
        ({"clock_synchronised": None}, "by the camera's clock, which may not have been set"),
        ({"pressed": None}, "reckoned from when the fleet first heard of it"),
        ({"clock_synchronised": False, "reckoned": PRESS, "reckoned_s": 9.0}, ""),
    ],
)
def test_what_nothing_dates_says_by_what_its_times_are(changes: dict[str, object], said: str) -> None:
    recording = replace(RECORDING, **changes)  # type: ignore[arg-type]  # the test's own fields
    assert head(RecordingFacts(recording), PRESS).by_clock == said


# proves F8
def test_a_line_after_the_clocks_change_says_its_own_zone() -> None:
    begins = datetime(2026, 10, 25, 0, 58, tzinfo=UTC)  # 01:58 BST; at 01:00 UTC it is 01:00 GMT
    events = replace(
        EVENTS,
        first_utc_us=utc_us(begins),
        duration_s=8000.0,
        events=(TimelineEvent("bookmark", 7200.0, utc_us(begins + timedelta(hours=2)), {}),),
        close=None,
    )
    recording = replace(RECORDING, pressed=begins + timedelta(seconds=180), receipt=False)
    clocks = [line.clock for line in event_lines(recording, events)]
    assert clocks == ["01:01:00 GMT", "02:58:00 GMT", "03:11:20 GMT"]


def _all_words() -> list[str]:
    kinds = tuple(event(str(kind), 10.0 + n) for n, kind in enumerate(EventKind))
    gaps = tuple(
        TimelineGap("video", 3.0 * n, 1.0, cause) for n, cause in enumerate([*CAUSES, "unexplained"])
    )
    events = replace(EVENTS, events=kinds, gaps=gaps)
    said: list[str] = []
    for closed in (events, replace(events, close=None)):
        lines = event_lines(RECORDING, closed)
        said += [line.text for line in lines] + [inner.text for line in lines for inner in line.inner]
    line = draw_timeline(events)
    assert line is not None
    said += [line.words, *(gap.label for gap in line.gaps)]
    missing = tuple(MissingPrerecord(1.0, cause) for cause in CAUSES)
    for verdict in (*state.VERDICT, None):
        for way in ("announced", "uploading", "verifying", "held", "failed"):
            facts = RecordingFacts(
                replace(RECORDING, verdict=verdict, state=way, missing=missing, sentence=None)
            )
            top = head(facts, PRESS, events)
            said += [top.held, top.waiting, top.verdict.sentence]
            said += [part for each in top.verdict.details for part in (each.term, each.text)]
    for badge in (*state.RECORDING.values(), *state.VERDICT.values()):
        said += [badge.word, badge.hint]
    return said


def test_the_page_has_no_inner_words() -> None:
    assert [text for text in _all_words() if INNER.search(text)] == []
    folder = Path(templating.__file__).parent / "templates"
    for name in ("recording.html", "parts/player.html", "parts/watch.html", "parts/purpose.html"):
        shown = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", (folder / name).read_text(), flags=re.DOTALL)
        assert not INNER.search(shown), name
