"""What is said of a recording, by each condition that decides it (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings.gone import Gone
from fleet.footage.recordings.summary import ROLL_OVER, RecordingSummary
from fleet.footage.recordings.wearer import WearerBasis
from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.conditions import ConditionSum
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent, TimelineGap
from fleet.incidents.finding import RecordingTold
from fleet.retention.rules.keeping import Keeping
from fleet.web.facts import AssignmentFacts, RecordingFacts, Silence
from fleet.web.views.recording.beginning import beginning
from fleet.web.views.recording.begun import held_words, prerecord_words, reckoned_words
from fleet.web.views.recording.events import event_lines
from fleet.web.views.recording.hands import hand_overs
from fleet.web.views.recording.shortened import Shortened
from fleet.web.views.recording.timeline import draw_timeline
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recording.waiting import Lapsed, lapsed, waiting_words
from fleet.web.views.recordings import head, row
from fleet.web.views.spreadsheet import HEADINGS
from fleet.web.views.spreadsheet import cells as spreadsheet_cells
from fleet.web.views.state import RECORDING, recording_badge, verdict_badge
from fleet.web.views.wearer import wearer_note
from protocol.units import utc_us
from tests.unit.fleet.web.test_said_of_recordings import HELD

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def recording(**changed: Any) -> RecordingSummary:  # noqa: ANN401 - any field
    return replace(HELD, **changed)


DARK = (ConditionSum("video", "black", 200.0),)
ROLLED = recording(trigger=ROLL_OVER)

# In a table


def cells(facts: RecordingFacts) -> dict[str, str]:
    return dict(zip(HEADINGS, spreadsheet_cells(facts), strict=True))


@pytest.mark.parametrize(
    ("lasts", "said"), [(0.0, "0.0"), (0.04, "0.040"), (0.96, "0.960"), (1.0, "1.0"), (61.26, "61.3")]
)
def test_a_table_never_has_a_part_of_a_second_as_none(lasts: float, said: str) -> None:
    # proves F8
    assert cells(RecordingFacts(recording(duration_s=lasts)))["Length (s)"] == said


def test_a_table_has_what_is_known_of_a_recording_and_no_more() -> None:
    # proves F8
    plain = spreadsheet_cells(RecordingFacts(HELD))
    assert "press" in plain
    assert "200.0" in plain
    undated = spreadsheet_cells(RecordingFacts(recording(pressed=None, duration_s=None)))
    assert "first heard of" in undated
    assert "press" not in undated
    assert undated[6] == ""
    told = spreadsheet_cells(RecordingFacts(HELD, told=RecordingTold("threat", True)))
    assert "Threat or abuse" in told
    assert "Threat or abuse" not in plain
    gone = recording(gone=Gone(NOW, "Its period is over.", is_over=True), state="deleted")
    kept = Keeping(NOW.date(), "A month.")
    assert spreadsheet_cells(RecordingFacts(gone, kept=kept))[-2:] == (
        "deleted 29 November 2026",
        "Its period is over.",
    )
    assert spreadsheet_cells(RecordingFacts(HELD, kept=kept))[-2:] == ("2026-11-29", "A month.")
    assert row(RecordingFacts(HELD), NOW).kept == ""
    assert row(RecordingFacts(HELD, kept=kept), NOW).kept == "until 29 November 2026"


# How it was begun


@pytest.mark.parametrize(
    ("of", "held", "listed"),
    [
        (HELD, "30 s from before the press.", "0:30 before the press"),
        (recording(prerecord_s=0.0), "0 s from before the press.", "none before the press"),
        (ROLLED, "30 s from before it was begun.", "0:30 before it was begun"),
        (
            replace(ROLLED, prerecord_s=0.0),
            "None: it goes on from the recording before it.",
            "goes on from the one before",
        ),
        (
            recording(prerecord_s=None),
            "How much was kept from before the press is not known.",
            "",
        ),
        (
            recording(prerecord_s=None, state="verifying"),
            "How much was kept from before the press is not known yet.",
            "",
        ),
    ],
)
def test_what_was_kept_from_before_is_said_as_it_is_known(
    of: RecordingSummary, held: str, listed: str
) -> None:
    # proves F8
    assert held_words(of) == held
    assert prerecord_words(of) == listed


def test_a_reckoned_time_says_by_how_much_it_was_moved() -> None:
    # proves F8
    assert reckoned_words(HELD) == ""
    assert reckoned_words(recording(reckoned_s=9.0)) == ""
    assert " 9 s later, " in reckoned_words(recording(reckoned=NOW, reckoned_s=9.0))
    assert " 9 s earlier, " in reckoned_words(recording(reckoned=NOW, reckoned_s=-9.0))


def test_a_recording_that_nothing_dates_begins_when_it_was_heard_of() -> None:
    # proves F8
    heard = NOW + timedelta(hours=2)
    undated = recording(pressed=None, announced=heard, prerecord_s=0.0)
    dated = recording(announced=heard, prerecord_s=0.0)
    assert head(RecordingFacts(undated), NOW).start.text.count("14:00") == 1
    assert head(RecordingFacts(dated), NOW).start.text.count("12:00") == 1


@pytest.mark.parametrize(
    ("text", "at"), [("9", 9.0), ("nan", None), ("inf", None), ("-1", None), ("odd", None), ("", None)]
)
def test_a_place_to_begin_at_is_a_moment_of_the_recording(text: str, at: float | None) -> None:
    # proves F8
    found = beginning(text)
    assert (None if found is None else found.at_s) == at


# Who had it


@pytest.mark.parametrize(
    ("of", "note"),
    [
        (
            recording(state="announced", opening=None, pressed=None, wearer_basis=None),
            "Nobody has said yet who had it, and what the camera signed is not here.",
        ),
    ],
)
def test_who_had_a_camera_is_said_once_somebody_said_it(of: RecordingSummary, note: str) -> None:
    # proves F8
    assert wearer_note(of) == note
    assert wearer_note(replace(of, pressed=NOW)) != note
    known = replace(of, wearer_basis=WearerBasis.ANNOUNCED)
    assert wearer_note(known) == "This is what the camera said; what it signed is not here yet."
    nobody = recording(wearer_basis=WearerBasis.NOBODY)
    pressed, rolled = wearer_note(nobody), wearer_note(replace(nobody, trigger=ROLL_OVER))
    assert pressed.startswith("The camera knew of nobody at the press, ")
    assert rolled.startswith("The camera signed nobody, ")
    assert wearer_note(replace(of, state="held")) != note


def test_a_change_of_hands_does_not_change_whose_a_recording_is() -> None:
    # proves F8
    first = NOW
    facts = AssignmentFacts("cam-01", "Officer 1", NOW + timedelta(seconds=5), None)
    for is_pressed, whose in ((True, "goes by the press"), (False, "does not change")):
        [change] = hand_overs([facts], first, 10.0, is_pressed=is_pressed)
        assert change.text == f"Handed to Officer 1, by the hand-out list. Whose the recording is {whose}."
    [beyond] = hand_overs([facts], first, 10.0, here_s=3.0)
    assert beyond.text.endswith(" No footage of that time is here.")


# How far it has come


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (recording(state="verifying", verdict=None, sentence="The vault is sealed."), "waits"),
        (recording(state="stopped", verdict=None, sentence="The vault is sealed."), "stopped"),
        (recording(state="verifying", verdict=None, sentence=None), "verifying"),
        (recording(state="failed", receipt=True), "signed"),
        (recording(state="failed", receipt=False), "failed"),
    ],
)
def test_a_recording_is_called_what_it_is(of: RecordingSummary, word: str) -> None:
    # proves F8
    assert recording_badge(RecordingFacts(of)) == RECORDING[word]


def test_a_verdict_is_good_only_where_nothing_speaks_against_it() -> None:
    # proves F8
    assert verdict_badge(recording(verdict=None)) is None
    good = verdict_badge(HELD)
    assert good is not None
    assert good.tone == "good"
    assert verdict_badge(recording(state="failed")) is None
    altered = verdict_badge(recording(verdict="altered", state="failed"))
    assert altered is not None
    assert altered.tone == "bad"
    empty = verdict_badge(recording(verdict="altered", duration_s=0.0))
    assert empty == verdict_badge(recording(verdict="altered"))
    gaps = {"verdict": "intact with gaps", "lacking_s": 0.0}
    tones = [verdict_badge(recording(**gaps, duration_s=each)) for each in (200.0, None)]
    assert [None if each is None else each.tone for each in tones] == ["good", "warn"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            RecordingFacts(recording(state="announced", received_bytes=0), under_way=False, to_send=None),
            "Nothing of it is here yet. The camera does not say whether it has more to send.",
        ),
        (
            RecordingFacts(recording(state="announced", received_bytes=0), under_way=False, to_send=0),
            "Nothing of it is here yet. The camera says that it has nothing left to send.",
        ),
        (
            RecordingFacts(
                recording(state="announced", received_bytes=0), under_way=False, to_send=0, bytes_left=0
            ),
            "Nothing of it is here yet. The camera says that it has nothing left to send.",
        ),
        (
            RecordingFacts(
                recording(state="announced", received_bytes=0), under_way=False, to_send=2, bytes_left=0
            ),
            (
                "Nothing of it is here yet. The camera says that it has sent all that it can, and has no "
                "receipt for "
                "2 recordings."
            ),
        ),
        (
            RecordingFacts(recording(state="announced", received_bytes=0), under_way=True),
            "Nothing of it is here yet. The camera does not say whether it has more to send.",
        ),
        (
            RecordingFacts(recording(state="announced", ended=None), under_way=True),
            "The camera says that it is recording. Not all that it has made so far is known to be here.",
        ),
    ],
)
def test_what_is_still_to_come_is_what_the_camera_says(facts: RecordingFacts, words: str) -> None:
    # proves F8
    assert waiting_words(facts) == words


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"under_way": True}, "Recording"),
        ({"under_way": False, "to_send": 2, "share": 40}, "Uploading"),
        ({"under_way": False}, "Not finished"),
        ({"silence": Silence.SAYS_NOTHING}, "Not finished"),
        ({"silence": Silence.DOUBLED}, "Not finished"),
    ],
)
def test_what_the_camera_says_of_a_recording_lapses_with_its_last_message(
    said: dict[str, Any], word: str
) -> None:
    # proves F8: while the camera is heard its word is told, and from then on that nothing is known
    coming = recording(state="uploading", ended=None, receipt=False, received_bytes=9_000_000)
    facts = RecordingFacts(coming, known_until=NOW, **said)
    assert row(facts, NOW).badge.word == word
    then = Lapsed(
        "2026-11-29T12:00:00.000Z",
        RECORDING["unheard"],
        waiting_words(RecordingFacts(coming)),
    )
    assert row(facts, NOW).lapsed == lapsed(facts) == then
    assert "The camera is not heard: what else it has is not known" in then.waiting
    assert "%" not in then.waiting


@pytest.mark.parametrize(
    "facts",
    [
        RecordingFacts(HELD, known_until=NOW),
        RecordingFacts(recording(state="verifying", verdict=None), known_until=NOW, under_way=False),
        RecordingFacts(recording(state="uploading", ended=None, receipt=False)),
        RecordingFacts(recording(state="uploading", receipt=False), silence=Silence.OUT_OF_SERVICE),
    ],
)
def test_what_no_camera_says_does_not_lapse(facts: RecordingFacts) -> None:
    # proves F8: what is here stays here, and what is not said now need not be taken back
    assert lapsed(facts).until == ""


# Its timeline


def event(kind: str, offset_s: float = 40.0, **detail: str) -> TimelineEvent:
    return TimelineEvent(kind, offset_s, utc_us(NOW), detail)


def events(*more: TimelineEvent, press_s: float = 30.0, **changed: Any) -> RecordingEvents:  # noqa: ANN401
    plain = RecordingEvents(utc_us(NOW), 200.0, press_s, events=more)
    return replace(plain, **changed)


def test_what_happened_is_told_from_the_first_picture_to_the_end() -> None:
    # proves F8
    whole = [each.text for each in event_lines(HELD, events())]
    part = [each.text for each in event_lines(HELD, events(), final=False)]
    assert [each for each in whole if each not in part] == whole[1:2]
    assert whole[1].startswith("The footage stops here")
    assert len(whole) == len(part) + 1
    assert event_lines(recording(prerecord_s=0.0), events())[0].text.startswith("Press of the button; 0 s ")
    assert "pre-record held" not in event_lines(replace(ROLLED, prerecord_s=0.0), events())[0].text
    assert "pre-record held" in event_lines(ROLLED, events())[0].text


def test_a_press_has_the_time_of_the_clock_that_dates_it() -> None:
    # proves F8
    later = NOW + timedelta(hours=1)
    for of, at in ((HELD, NOW), (recording(reckoned=later), later), (recording(pressed=None), NOW)):
        assert event_lines(of, events())[0].title == event_lines(recording(pressed=at), events())[0].title


def test_what_happened_often_is_one_line_that_stands_where_it_began() -> None:
    # proves F8
    often = [event("bookmark", 60.0 + each) for each in range(30)]
    lines = event_lines(HELD, events(*often, event("fault", 50.0)))
    assert [each.offset_s for each in lines[1:3]] == [50.0, 60.0]
    assert lines[2].text.endswith(": 30 times from here on.")


def test_a_hand_over_is_told_as_far_as_the_footage_is_known_to_go() -> None:
    # proves F8
    late = AssignmentFacts("cam-01", "Officer 2", NOW + timedelta(seconds=900), None)

    def told(**more: Any) -> bool:  # noqa: ANN401 - as it is called
        lines = event_lines(HELD, events(), hands=[late], **more)
        return any("Handed to Officer 2" in each.text for each in lines)

    assert not told()
    assert told(final=False)
    assert told(final=False, told_s=1000.0)
    assert not told(told_s=1000.0)


def test_an_event_warns_where_its_kind_does() -> None:
    # proves F8
    for kind, tone in (("fault", "warn"), ("bookmark", "quiet"), ("low battery", "warn")):
        assert event_lines(HELD, events(event(kind)))[1].tone == tone


def test_a_hole_is_cut_only_where_it_is_shown_shorter() -> None:
    # proves F8
    kept = TimelineGap("video", 9.0, 5.0, "private", 5.0)
    cut = replace(kept, shown_s=1.0)
    assert Shortened.of([kept]) == Shortened.of([])
    assert Shortened.of([cut]) != Shortened.of([])


@pytest.mark.parametrize("is_pressed", [True, False])
def test_a_timeline_names_what_began_it(is_pressed: bool) -> None:
    # proves F8
    drawn = draw_timeline(events(), is_pressed=is_pressed)
    assert drawn is not None
    begun = "the press" if is_pressed else "where it was begun"
    assert drawn.words == f"3 min 20 s in all, 30 s of it before {begun}."
    assert drawn.press.label == ("The press" if is_pressed else "Begun here, without a press")
    none = draw_timeline(events(press_s=0.0), is_pressed=is_pressed)
    assert none is not None
    assert none.words == (
        "3 min 20 s in all, nothing from before the press." if is_pressed else "3 min 20 s in all."
    )


def test_a_timeline_says_what_has_not_arrived_before_the_end() -> None:
    # proves F8
    def words(*gaps: TimelineGap, press_s: float = 30.0) -> str:
        drawn = draw_timeline(events(press_s=press_s, gaps=gaps))
        assert drawn is not None
        return drawn.words

    away = TimelineGap("video", 100.0, 50.0, NOT_ARRIVED, 50.0)
    assert words(away) == (
        "2 min 30 s of 3 min 20 s is here, 50 s before the last of it has not arrived, the press lies 30 s "
        "into it."
    )
    assert words(replace(away, cause="private")) == "3 min 20 s in all, 30 s of it before the press, 1 gap."


def test_a_timeline_counts_in_seconds_where_it_is_short() -> None:
    # proves F8
    long, short = draw_timeline(events(duration_s=600.0)), draw_timeline(events(duration_s=20.0, press_s=5.0))
    assert long is not None
    assert short is not None
    assert {len(each.label) for each in long.ticks} == {len("12:00")}
    assert {len(each.label) for each in short.ticks} == {len("12:00:05")}


# Its verification


def test_what_is_missing_is_said_by_what_the_verifier_found() -> None:
    # proves F8
    gaps = recording(verdict="intact with gaps", lacking_s=20.0)
    assert shown_verdict(gaps, None).sentence == (
        "Not altered. For 20 s of 3 min 20 s (10.0 %) picture or sound is missing."
    )
    here = shown_verdict(gaps, events(gaps=(TimelineGap("video", 1.0, 2.0, "private", 2.0),))).sentence
    assert "For 2 s of 3 min 20 s (1.0 %)" in here


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (
            recording(),
            "Intact: nothing was altered, and nothing is missing from its first moment to its last.",
        ),
        (
            recording(opening=None),
            (
                "Intact: nothing was altered, and nothing is missing from its first moment to its last. "
                "Whether it can be opened is not known: that was not tried yet."
            ),
        ),
        (recording(verdict=None, sentence="It is away.", state="stopped", opening=None), "It is away."),
        (recording(verdict=None, sentence=None, duration_s=0.0), "Not known: it has not been verified."),
        (
            recording(verdict=None, sentence=None, state="announced"),
            "Not known yet: it is verified once all of it is here.",
        ),
        (recording(duration_s=0.0), "Not altered. There is no picture and no sound in it."),
        (
            recording(verdict=None, state="failed", sentence="It is no recording.", conditions=DARK),
            "It is no recording.",
        ),
        (
            recording(conditions=DARK),
            (
                "Nothing was altered, and nothing is missing from its first moment to its last. Not all "
                "of it is "
                "of use: 3 min 20 s of black picture."
            ),
        ),
    ],
)
def test_of_a_verification_is_said_what_it_found(of: RecordingSummary, said: str) -> None:
    # proves F8
    assert shown_verdict(of, None).sentence == said
