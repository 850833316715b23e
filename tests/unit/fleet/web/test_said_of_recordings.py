"""What is said of a recording, each in the state in which it would be false (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings.models import A_PART
from fleet.footage.recordings.summary import ROLL_OVER, RecordingSummary
from fleet.footage.recordings.untrusted import SaidByUpload
from fleet.footage.recordings.wearer import WearerBasis, WearerDoubt
from fleet.footage.timeline.conditions import ConditionSum
from fleet.footage.timeline.events import RecordingEvents, TimelineEvent
from fleet.incidents.finding import RecordingTold
from fleet.retention.rules.keeping import Keeping
from fleet.web.facts import RecordingFacts
from fleet.web.views.conditions import condition_phrase_of, condition_sentence
from fleet.web.views.desk.attention import needs
from fleet.web.views.kept import kept_view
from fleet.web.views.people.mine import mine_row, mine_view
from fleet.web.views.recording.begun import prerecord_words, reckoned_words
from fleet.web.views.recording.events import event_lines
from fleet.web.views.recording.taking_out import incomplete_note
from fleet.web.views.recording.untrusted import said_words
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recording.waiting import waiting_words
from fleet.web.views.recordings import is_watchable
from fleet.web.views.spreadsheet import _kept as kept_cell
from fleet.web.views.state import verdict_badge
from fleet.web.views.wearer import disputed_words, wearer_note
from protocol.units import US_PER_S, utc_us

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HELD = RecordingSummary(
    id="ab" * 16,
    camera="cam-01",
    number=7,
    state="held",
    opening="opened",
    announced=NOW,
    pressed=NOW,
    clock_synchronised=True,
    duration_s=200.0,
    prerecord_s=30.0,
    lacking_s=0.0,
    received_bytes=9,
    verdict="intact",
    sentence="Intact.",
    ended="closed",
    verified=NOW,
    receipt=True,
    trigger="button",
)
NOT_PRESSED = replace(HELD, trigger=ROLL_OVER)


# Whose it is


def test_a_list_says_whom_the_hand_out_list_has_instead() -> None:
    # proves F8
    assert disputed_words(HELD) == ""
    another = replace(HELD, wearer_doubt=WearerDoubt.LIST_HAS_ANOTHER)
    assert disputed_words(another) == "the hand-out list says another"
    nobody = replace(HELD, wearer_doubt=WearerDoubt.LIST_HAS_NOBODY)
    assert disputed_words(nobody) == "the hand-out list says nobody"


def test_a_dispute_speaks_of_a_press_only_where_there_was_one() -> None:
    # proves F8
    doubted: dict[str, Any] = {"wearer_doubt": WearerDoubt.LIST_HAS_ANOTHER, "officer_name": "Officer 1"}
    pressed = wearer_note(replace(HELD, **doubted, listed_name="Officer 2"))
    assert pressed.endswith("by the hand-out list Officer 2 had it at the press.")
    begun = wearer_note(replace(NOT_PRESSED, **doubted))
    assert begun.endswith("by the hand-out list another officer had it when it was begun.")


def test_a_hand_out_that_is_not_known_is_named_where_the_camera_named_it() -> None:
    # proves F8
    doubted = replace(HELD, wearer_basis=WearerBasis.UNKNOWN, wearer_doubt=WearerDoubt.SIGNED_UNKNOWN)
    assert wearer_note(doubted).endswith("that this service does not know.")
    assert wearer_note(replace(doubted, signed_assignment="a9")).endswith("does not know (a9).")


# What did not verify says of itself


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, ""),
        (SaidByUpload(), ""),
        (SaidByUpload(pressed=NOW, clock_synchronised=True), "that it was begun on Sunday 29 November 2026"),
        (SaidByUpload(pressed=NOW), ", by a clock that was not set"),
        (SaidByUpload(officer_name="Officer 1", assignment="a1"), "that Officer 1 had the camera"),
        (SaidByUpload(assignment="a9"), "handed out as a9, which this service does not know"),
        (SaidByUpload(duration_s=9.0), "that it is 9 s long"),
    ],
)
def test_what_an_upload_says_of_itself_is_no_more_than_it_says(said: SaidByUpload | None, words: str) -> None:
    # proves F8
    found = said_words(replace(HELD, said=said))
    assert words in found
    assert found.count(" that ") == (2 if words else 0) + ("clock" in words)


# How it was begun


def test_what_was_kept_from_before_is_said_as_it_is() -> None:
    # proves F8
    assert prerecord_words(HELD) == "0:30 before the press"
    assert prerecord_words(replace(HELD, prerecord_s=0.0)) == "none before the press"
    assert prerecord_words(replace(NOT_PRESSED, prerecord_s=0.0)) == "goes on from the one before"
    assert prerecord_words(NOT_PRESSED) == "0:30 before it was begun"


def test_a_clock_that_was_set_before_or_after_is_said_as_it_was() -> None:
    # proves F8
    assert reckoned_words(HELD) == ""
    assert reckoned_words(replace(HELD, reckoned=NOW)) == ""
    assert "set 9 s later" in reckoned_words(replace(HELD, reckoned=NOW, reckoned_s=9.0))
    assert "set 9 s earlier" in reckoned_words(replace(HELD, reckoned=NOW, reckoned_s=-9.0))


# What happened


def event(kind: str, offset_s: float, **detail: str | int) -> TimelineEvent:
    return TimelineEvent(kind, offset_s, utc_us(NOW) + round(offset_s * US_PER_S), detail)


def lines(summary: RecordingSummary, *events: TimelineEvent, close: TimelineEvent | None = None) -> list[str]:
    happened = RecordingEvents(utc_us(NOW), 30.0, 200.0, events=events, close=close)
    return [each.text for each in event_lines(summary, happened)]


def test_the_end_is_told_with_its_reason_where_there_is_one() -> None:
    # proves F8
    unsigned = replace(HELD, receipt=False)
    assert lines(unsigned, close=event("close", 200.0, reason="stopped"))[-1] == "The end: stopped."
    assert lines(unsigned, close=event("close", 200.0))[-1] == "The end."


def test_what_was_held_from_before_the_press_is_told_only_where_it_is_known() -> None:
    # proves F8
    assert lines(replace(HELD, prerecord_s=None))[0] == "Press of the button."
    assert lines(HELD)[0] == "Press of the button; 30 s of pre-record held."
    assert lines(replace(HELD, trigger=""))[0].startswith("Press; what gave it is not known; 30 s")
    assert lines(replace(HELD, trigger="odd"))[0].startswith("Press (odd); 30 s")


def test_a_receipt_s_time_is_the_fleet_s_own_clock_s_beside_one_that_nothing_dates() -> None:
    # proves F8
    closed = event("close", 200.0)
    assert lines(HELD, close=closed)[-1].endswith("the fleet signed a receipt.")
    undated = replace(HELD, clock_synchronised=False)
    assert lines(undated, close=closed)[-1].endswith("signed a receipt, by its own clock.")
    assert lines(HELD)[-1].startswith("All that the camera sent arrived")
    assert lines(HELD, close=closed)[-1].startswith("All of it arrived")
    assert "receipt" not in lines(replace(HELD, receipt=False), close=closed)[-1]


# The verdict


def details(summary: RecordingSummary) -> dict[str, str]:
    return {each.term: each.text for each in shown_verdict(summary, None).details}


def test_when_it_was_verified_is_said_only_where_it_is_known() -> None:
    # proves F8
    assert "Verified" in details(HELD)
    assert "Verified" not in details(replace(HELD, verified=None))
    assert details(HELD)["Receipt"] == "The fleet signed one."
    assert details(replace(HELD, receipt=False))["Receipt"] == "None."


def test_how_much_is_missing_is_said_only_of_a_length_that_is_known() -> None:
    # proves F8
    gaps = replace(HELD, verdict="intact with gaps", lacking_s=9.0)
    assert shown_verdict(gaps, None).sentence.startswith("Not altered. For 9 s of 3 min 20 s (4.5 %) picture")
    changes: tuple[dict[str, Any], ...] = ({"duration_s": None}, {"lacking_s": None})
    for change in changes:
        found = shown_verdict(replace(gaps, **change), None)
        assert found.sentence == "Not altered. Some of it is missing."
        badge = verdict_badge(replace(gaps, **change))
        assert badge is not None
        assert badge.tone == "warn"


def test_a_part_of_which_nothing_is_here_has_no_length() -> None:
    # proves F8
    part = replace(HELD, state="stopped", verdict=A_PART, duration_s=None, told_s=205.0, ended=None)
    assert "up to 0 s of 3 min 25 s" in shown_verdict(part, None).sentence
    assert incomplete_note(part).startswith("Incomplete: 0 s of 3 min 25 s")


# What is of no use


def test_what_no_later_camera_has_a_word_for_is_told_in_its_own() -> None:
    # proves F8
    dark = ConditionSum("video", "black", 9.0)
    assert condition_phrase_of(dark) == "black picture"
    assert condition_sentence(dark) != "black"
    odd = ConditionSum("radar", "blind", 9.0)
    assert (condition_phrase_of(odd), condition_sentence(odd)) == ("blind", "blind")


def test_of_no_use_is_said_only_of_what_is_sound() -> None:
    # proves F8
    dark = replace(HELD, conditions=(ConditionSum("video", "black", 9.0),))
    [need] = needs([], [RecordingFacts(dark)], NOW)
    assert need.text.startswith("Not all of recording 7 of cam-01 is of use: ")
    ended = replace(dark, state="stopped", receipt=False, verdict=A_PART)
    assert needs([], [RecordingFacts(ended)], NOW)
    assert not needs([], [RecordingFacts(replace(ended, verdict="keys missing"))], NOW)


# What is still to come


def test_of_what_nothing_is_here_the_rest_is_not_said_to_come() -> None:
    # proves F8
    coming = replace(HELD, state="uploading", verdict=None, receipt=False, received_bytes=0)
    said = waiting_words(RecordingFacts(coming, under_way=False, sending=True))
    assert said == "Nothing of it is here yet, and the camera says that it is sending it."
    some = replace(coming, received_bytes=2_000_000)
    said = waiting_words(RecordingFacts(some, under_way=False, sending=True))
    assert said == "2.0 MB of it are here, and the camera says that it is sending the rest."


def test_a_late_one_counts_from_its_press_only_where_there_was_one() -> None:
    # proves F8
    late = replace(HELD, state="uploading", verdict=None, announced=NOW - timedelta(hours=3))
    late = replace(late, pressed=NOW - timedelta(hours=2))
    [need] = needs([], [RecordingFacts(late)], NOW)
    assert "2 h after the press" in need.text
    [need] = needs([], [RecordingFacts(replace(late, trigger=ROLL_OVER))], NOW)
    assert "2 h after it was begun" in need.text
    [need] = needs([], [RecordingFacts(replace(late, clock_synchronised=False))], NOW)
    assert "3 h after it was first heard of" in need.text


# Lists


def test_only_what_has_picture_or_sound_is_offered_to_be_watched() -> None:
    # proves F8
    assert is_watchable(HELD)
    assert not is_watchable(replace(HELD, duration_s=0.0))


def test_how_long_it_is_kept_is_said_only_where_it_was_asked() -> None:
    # proves F8
    kept = Keeping(NOW.date(), "6 months.")
    facts = RecordingFacts(HELD, kept=kept)
    asked = (None, Keeping(None, "Held."), kept)
    assert [kept_cell(replace(facts, kept=each))[0] for each in asked] == ["", "held", "2026-11-29"]
    assert mine_row(replace(facts, kept=None), NOW).kept == ""
    assert mine_row(facts, NOW).kept == kept_view(kept, NOW).until
    assert [each.word for each in mine_view(replace(facts, kept=None), None, NOW).became][-1] == "Incident"
    told = mine_view(facts, None, NOW).became[-1]
    assert (told.word, told.text.endswith(": 6 months.")) == ("Kept", True)


def test_an_incident_is_named_only_where_it_belongs_to_one() -> None:
    # proves F8
    def said(told: RecordingTold) -> str:
        lines = mine_view(RecordingFacts(HELD, told=told), None, NOW).became
        return next(each.text for each in lines if each.word == "Incident")

    assert "It belongs to" not in said(RecordingTold())
    told = RecordingTold(incidents=(("i", "INC-1"), ("j", "INC-2")))
    assert said(told).endswith("It belongs to INC-1, INC-2.")
