"""What pages say of a recording that is not whole, that nobody has opened, or that cannot be opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings.extent import extent
from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.facts import RecordingFacts
from fleet.web.views.purpose import PurposeError
from fleet.web.views.recording.begun import held_words, prerecord_words
from fleet.web.views.recording.ending import (
    LONGEST_NOTE,
    can_be_ended,
    reason_text,
    stopped_note,
)
from fleet.web.views.recording.events import why_no_lines
from fleet.web.views.recording.taking_out import is_exportable, why_not_exportable
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recordings import head
from fleet.web.views.state import recording_badge

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HELD: dict[str, Any] = {
    "id": "ab" * 16,
    "camera": "cam-01",
    "number": 7,
    "state": "held",
    "announced": NOW,
    "verdict": "intact",
    "opening": "opened",
    "opening_at": NOW,
    "verified": NOW,
    "receipt": True,
    "received_bytes": 1,
    "ended": "closed",
    "duration_s": 50.0,
}
STOPPED: dict[str, Any] = {
    **HELD,
    "state": "stopped",
    "verdict": "a part",
    "sentence": "A part: 50 of 205 s are here, exactly as cam-01 signed it. A. Person said so.",
    "receipt": False,
    "ended": None,
    "told_s": 205.0,
    "stopped_by": "A. Person",
    "stopped_at": NOW,
    "stopped_reason": "The camera is destroyed",
}


def summary(known: dict[str, Any], **more: Any) -> RecordingSummary:  # noqa: ANN401 - fields of a summary
    return RecordingSummary(**{**known, **more})


def shown(known: dict[str, Any], **more: Any) -> Any:  # noqa: ANN401 - the head of a page
    return head(RecordingFacts(summary(known, **more), share=None, under_way=None), NOW)


@pytest.mark.parametrize(
    ("more", "word", "tone"),
    [
        ({}, "Safe", "good"),
        ({"opening": None, "opening_at": None}, "Not opened yet", "quiet"),
        ({"state": "failed", "verdict": "cannot be opened"}, "Refused", "bad"),
        ({"state": "failed", "receipt": False}, "Refused", "bad"),
        (STOPPED, "Ended", "warn"),
    ],
)
def test_safe_is_only_what_was_opened(more: dict[str, Any], word: str, tone: str) -> None:  # proves F8
    badge = recording_badge(RecordingFacts(summary(HELD, **more), share=None, under_way=None))
    assert (badge.word, badge.tone) == (word, tone)


def test_of_one_refused_after_its_receipt_nobody_says_that_the_camera_keeps_it() -> None:  # proves F8
    late = summary(HELD, state="failed", verdict="cannot be opened")
    hint = recording_badge(RecordingFacts(late, share=None, under_way=None)).hint
    assert "after its receipt; the camera may have let go" in hint


@pytest.mark.parametrize("verdict", ["intact", "intact with gaps", "without an end"])
def test_the_verdict_says_that_nobody_has_opened_it_yet(verdict: str) -> None:  # proves F8
    words = "Whether it can be opened is not known: that was not tried yet."
    unopened = summary(HELD, verdict=verdict, opening=None, opening_at=None)
    assert words in shown_verdict(unopened, None).sentence
    assert words not in shown_verdict(summary(HELD, verdict=verdict), None).sentence


def test_what_cannot_be_opened_is_said_without_inner_words() -> None:  # proves F8
    why = "This recording cannot be opened, although its signatures hold: its keys: those of chunk 3."
    refused = summary(
        HELD, state="failed", verdict="cannot be opened", opening="refused", sentence=why, receipt=False
    )
    found = shown_verdict(refused, None)
    assert found.sentence == "This recording cannot be opened, although its signatures hold."
    assert found.badge is not None
    assert found.badge.tone == "bad"


def test_a_part_is_shown_as_a_part_with_who_ended_it() -> None:  # proves F8
    page = shown(STOPPED)
    assert page.length == "50 s of 3 min 25 s"
    told = "A part, up to 50 s of 3 min 25 s: what is here is exactly as cam-01 signed it."
    assert page.verdict.sentence == told
    assert page.verdict.badge.word == "A part"
    assert page.stopped == (
        "A. Person said on Saturday 28 November 2026, 12:00:00 GMT that no more of it will come: The camera "
        "is destroyed. If the camera turns up and sends more, the recording goes on."
    )
    assert page.incomplete.startswith("Incomplete: 50 s of 3 min 25 s. ")
    assert ("Checked", "That the camera signed all that is here, and that nothing differs.") in [
        (each.term, each.text) for each in page.verdict.details
    ]


def test_what_is_as_long_as_was_told_is_no_part_and_not_called_whole() -> None:  # proves F8
    page = shown({**STOPPED, "told_s": 50.0})
    assert page.verdict.sentence == (
        "What is here, 50 s, is exactly as cam-01 signed it, and nothing shows that it is all."
    )
    assert page.incomplete.startswith(
        "Not said to be whole: 50 s are here, which is as long as the camera told of, but nothing shows that "
    )
    cut = shown(HELD, verdict="without an end", ended="cut off", told_closed=True, told_s=50.0)
    assert cut.incomplete.startswith("Not said to be whole: 50 s are here")


def test_of_a_part_without_a_ledger_nothing_is_promised() -> None:  # proves F8
    nothing = summary(STOPPED, verdict="nothing here")
    assert why_no_lines(nothing) == "Nothing is here that tells what happened."
    waits = why_no_lines(summary(STOPPED, verified=None))
    assert waits == "It is told once what is here is verified."


def test_one_whose_camera_turned_up_keeps_who_had_ended_it() -> None:  # proves F8
    page = shown({**STOPPED, **HELD}, resumed=NOW + timedelta(hours=1))
    assert page.stopped.endswith(
        "The camera sent more all the same, from Saturday 28 November 2026, 13:00:00 GMT on."
    )
    assert page.incomplete == ""
    assert stopped_note(summary(HELD)) == ""


@pytest.mark.parametrize(("told_s", "words"), [(205.0, "of 3 min 25 s."), (None, "of an unknown length.")])
def test_before_all_is_here_a_download_says_of_how_much(told_s: float | None, words: str) -> None:
    page = shown(HELD, state="uploading", verdict=None, verified=None, told_s=told_s)  # proves F8
    assert page.incomplete.endswith(words)
    assert "has not been checked yet" in page.incomplete


def test_of_one_that_lacks_the_end_it_was_told_of_a_download_says_that() -> None:  # proves F8
    page = shown(HELD, verdict="without an end", ended="cut off", told_closed=True, told_s=205.0)
    assert page.incomplete.startswith("Incomplete: 50 s of 3 min 25 s. ")


@pytest.mark.parametrize(
    ("more", "can", "why"),
    [
        ({}, True, ""),
        ({"state": "uploading", "verdict": None}, True, ""),
        ({"state": "uploading", "verdict": None, "received_bytes": 0}, False, "Nothing of it"),
        ({"state": "announced", "verdict": None, "received_bytes": 0}, False, "Nothing of it"),
        ({"state": "verifying", "verdict": None}, False, "once it is verified"),
        ({"state": "failed", "verdict": "altered"}, False, "It was refused"),
        (STOPPED, True, ""),
        ({**STOPPED, "verdict": "altered"}, False, "It was refused"),
        ({**STOPPED, "verdict": "nothing here", "received_bytes": 0}, False, "Nothing of it"),
        ({**STOPPED, "verdict": "nothing here", "received_bytes": 9}, False, "Nothing of it"),
    ],
)
def test_what_can_be_taken_out(more: dict[str, Any], can: bool, why: str) -> None:
    recording = summary(HELD, **more)
    assert is_exportable(recording) is can
    assert can or why in why_not_exportable(recording)


def test_one_that_waits_for_the_vault_says_that_it_waits() -> None:  # proves F8
    waits = "It waits until the vault's key file can be used."
    assert (
        shown(HELD, state="verifying", verdict=None, sentence=waits).waiting
        == f"All that its camera sent is here. {waits}"
    )
    assert "takes a moment" in shown(HELD, state="verifying", verdict=None).waiting


@pytest.mark.parametrize(
    ("choice", "note", "reason"),
    [
        ("destroyed", "", "The camera is destroyed"),
        ("lost", " on \n the train ", "The camera is lost or stolen: on the train"),
        ("other", "Sold by mistake", "Sold by mistake"),
    ],
)
def test_a_reason_is_kept_in_the_words_that_were_shown(choice: str, note: str, reason: str) -> None:
    assert reason_text(choice, note) == reason


@pytest.mark.parametrize(
    ("choice", "note"), [("", "x"), ("nothing", ""), ("other", "short"), ("lost", "x" * (LONGEST_NOTE + 1))]
)
def test_without_a_reason_nothing_is_ended(choice: str, note: str) -> None:  # proves F6
    with pytest.raises(PurposeError):
        reason_text(choice, note)


def test_only_what_is_on_its_way_can_be_ended() -> None:
    states = ("announced", "uploading", "verifying", "held", "failed", "stopped")
    assert [state for state in states if can_be_ended(summary(HELD, state=state))] == [
        "announced",
        "uploading",
    ]


def test_seconds_are_said_as_people_write_them() -> None:  # proves F8
    assert extent(50, 205) == "50 of 205 s"
    assert extent(3.2, 9.96) == "3.2 of 10 s"
    assert extent(0, None) == "0 s of an unknown length"


def test_of_a_part_nobody_says_how_much_from_before_the_press_is_here() -> None:  # proves F8
    held = {"prerecord_s": 180.0, "asked_s": 180.0, "trigger": "button", "pressed": NOW}
    part = summary(STOPPED, **held)
    assert prerecord_words(part) == ""
    said = (
        "The camera held 3 min from before the press of 3 min asked for. This is a part, which may lack some"
    )
    assert held_words(part).startswith(said)
    whole = summary(HELD, **held)
    assert prerecord_words(whole) == "3:00 before the press"
    assert held_words(whole) == "3 min from before the press of 3 min asked for."
    assert (part.beyond_press_s, whole.beyond_press_s) == (50.0, 0.0)
