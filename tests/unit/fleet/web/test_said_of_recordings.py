"""What is said of a recording, each in the state in which it would be false (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings import summary as recording_summary
from fleet.footage.recordings.gone import Gone
from fleet.footage.recordings.models import A_PART, NOTHING
from fleet.footage.recordings.summary import ROLL_OVER, ChainNote, RecordingSummary
from fleet.footage.recordings.untrusted import SaidByUpload
from fleet.footage.recordings.wearer import WearerBasis, WearerDoubt
from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.conditions import ConditionSum
from fleet.footage.timeline.events import UNVERIFIED, RecordingEvents, TimelineEvent, TimelineGap
from fleet.incidents.finding import RecordingTold
from fleet.retention.rules.keeping import Keeping
from fleet.web.facts import RecordingFacts, Silence
from fleet.web.views.conditions import condition_phrase_of, condition_sentence
from fleet.web.views.desk.attention import needs
from fleet.web.views.kept import kept_view
from fleet.web.views.people.mine import mine_row, mine_view
from fleet.web.views.recording.begun import held_words, prerecord_words, reckoned_words
from fleet.web.views.recording.causes import UNEXPLAINED, cause_words, is_away
from fleet.web.views.recording.chain import chain_words
from fleet.web.views.recording.events import event_lines, why_no_lines
from fleet.web.views.recording.taking_out import incomplete_note, why_not_exportable
from fleet.web.views.recording.untrusted import NOT_VERIFIED, UNDATED, said_words
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recording.waiting import waiting_words
from fleet.web.views.recordings import Head, head, is_watchable, row
from fleet.web.views.spreadsheet import _kept as kept_cell
from fleet.web.views.state import recording_badge, verdict_badge
from fleet.web.views.wearer import NOT_KEPT, disputed_words, wearer_name, wearer_note
from protocol.footage.ledger import open_record
from protocol.footage.verifying.chains.chain_finding import ChainKind
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
DARK = ConditionSum("video", "black", 9.0)
MISSING = ChainNote("missing", "One is not here.")
AT_ODDS = ChainNote("disagreement", "They are at odds.")
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


# Badges


@pytest.mark.parametrize(
    ("change", "word", "tone"),
    [
        ({}, "Safe", "good"),
        ({"verdict": None}, "Safe", "good"),
        ({"verdict": "without an end"}, "Safe", "warn"),
        ({"conditions": (DARK,)}, "Safe", "warn"),
        ({"chain": (MISSING,)}, "Safe", "warn"),
        ({"chain": (MISSING,), "opening": None}, "Not opened yet", "warn"),
        ({"opening": None}, "Not opened yet", "quiet"),
        ({"chain": (MISSING, AT_ODDS)}, "Contradicted", "bad"),
        ({"chain": (AT_ODDS,), "opening": None}, "Contradicted", "bad"),
        ({"state": "failed", "receipt": False}, "Refused", "bad"),
        ({"state": "failed"}, "Refused", "bad"),
        ({"state": "verifying", "verdict": None}, "Not checked yet", "warn"),
        ({"state": "verifying", "verdict": None, "sentence": None}, "Checking", "busy"),
        ({"state": "verifying"}, "Checking", "busy"),
        ({"state": "stopped"}, "Ended", "warn"),
    ],
)
def test_a_recording_s_badge_is_what_is_known_of_it(change: dict[str, Any], word: str, tone: str) -> None:
    # proves F8
    found = recording_badge(RecordingFacts(replace(HELD, **change)))
    assert (found.word, found.tone) == (word, tone)


def test_the_hint_of_a_badge_says_why_it_is_not_calm() -> None:
    # proves F8
    def hint(**change: Any) -> str:  # noqa: ANN401 - any field
        return recording_badge(RecordingFacts(replace(HELD, **change))).hint

    assert "not all of it is of use" in hint(conditions=(DARK,))
    assert "could not be compared" in hint(chain=(MISSING,))
    assert "Unaltered as far as it goes" in hint(verdict="without an end")
    assert "after its receipt" in hint(state="failed")
    assert "has no receipt" in hint(state="failed", receipt=False)


ARRIVING = replace(HELD, state="uploading", verdict=None, receipt=False, ended=None, sentence=None)


@pytest.mark.parametrize(
    ("summary", "said", "word"),
    [
        (ARRIVING, {"under_way": True}, "Recording"),
        (replace(ARRIVING, closed=NOW), {"under_way": True}, "Not finished"),
        (ARRIVING, {"silence": Silence.NOT_HEARD}, "Out of reach"),
        (ARRIVING, {"under_way": False, "sending": True}, "Uploading"),
        (ARRIVING, {"under_way": False}, "Not finished"),
        (replace(ARRIVING, received_bytes=0), {"under_way": False, "sending": True}, "Not here yet"),
    ],
)
def test_a_recording_on_its_way_is_what_its_camera_says(
    summary: RecordingSummary, said: dict[str, Any], word: str
) -> None:
    # proves F8
    assert recording_badge(RecordingFacts(summary, **said)).word == word


def test_what_was_refused_is_never_called_intact() -> None:
    # proves F8
    assert verdict_badge(replace(HELD, state="failed")) is None
    assert verdict_badge(replace(HELD, verdict=None)) is None
    intact, altered, empty = (
        verdict_badge(replace(HELD, **change)) for change in ({}, {"verdict": "altered"}, {"duration_s": 0})
    )
    assert intact is not None
    assert altered is not None
    assert empty is not None
    assert (intact.word, altered.word, empty.word) == ("Intact", "Altered", "No footage")
    few = verdict_badge(replace(HELD, verdict="intact with gaps", lacking_s=1.0))
    many = verdict_badge(replace(HELD, verdict="intact with gaps", lacking_s=9.0))
    assert few is not None
    assert many is not None
    assert (few.tone, many.tone) == ("good", "warn")


# The page


def shown(summary: RecordingSummary, **facts: Any) -> Head:  # noqa: ANN401 - any field
    return head(RecordingFacts(summary, **facts), NOW)


REFUSED = replace(HELD, state="failed", verdict="altered", receipt=False, said=SaidByUpload())


def test_the_head_of_a_page_says_what_is_known_and_nothing_else() -> None:
    # proves F8
    assert shown(HELD).how == "pressed"
    assert shown(replace(HELD, trigger=ROLL_OVER)).how == "begun"
    assert shown(replace(HELD, clock_synchronised=False)).how == "first heard of"
    assert shown(HELD).end is not None
    assert shown(ARRIVING).end is None
    assert shown(replace(HELD, duration_s=None)).end is None
    assert shown(HELD).start.text.endswith("11:59:30 GMT")
    assert shown(replace(HELD, pressed=None)).start.text.endswith("11:59:30 GMT")
    assert shown(replace(HELD, reckoned=NOW - timedelta(hours=1))).start.text.endswith("10:59:30 GMT")
    assert shown(replace(HELD, prerecord_s=None)).start.text.endswith("12:00:00 GMT")
    assert shown(HELD).unknown_start == ""
    assert shown(replace(HELD, prerecord_s=None)).unknown_start == "not known"
    assert shown(replace(ARRIVING, prerecord_s=None)).unknown_start == "not known yet"
    assert not shown(HELD).resumed
    assert shown(replace(HELD, resumed=NOW)).resumed
    assert shown(HELD).day.startswith("Sunday 29 November 2026")
    assert shown(REFUSED).day == ""
    assert shown(HELD).shared == ""
    assert shown(HELD, shares_number=True).shared.startswith("Another recording came as number 7 of cam-01")


@pytest.mark.parametrize(
    ("summary", "length"),
    [
        (HELD, "3 min 20 s"),
        (replace(HELD, duration_s=None), "not known"),
        (replace(ARRIVING, duration_s=None), "not known yet"),
        (replace(HELD, state="stopped", told_s=205.0), "3 min 20 s of 3 min 25 s"),
        (replace(HELD, state="stopped", told_s=205.0, duration_s=None), "0 s of 3 min 25 s"),
        (replace(HELD, state="stopped", told_s=205.0, verified=None), "not known yet"),
        (replace(REFUSED, state="stopped"), "3 min 20 s"),
    ],
)
def test_a_length_is_that_of_what_is_here_and_of_what_was_told(
    summary: RecordingSummary, length: str
) -> None:
    # proves F8
    assert shown(summary).length == length


@pytest.mark.parametrize(
    ("summary", "by_clock", "why"),
    [
        (HELD, "", ""),
        (
            replace(HELD, clock_synchronised=False),
            "by the camera's clock, which was not set",
            "its clock was not set",
        ),
        (
            replace(HELD, clock_synchronised=None),
            "by the camera's clock, which may not have been set",
            "not known whether its clock was set",
        ),
        (replace(HELD, pressed=None), "reckoned from when the fleet first heard of it", ""),
        (replace(REFUSED, pressed=None), UNDATED, NOT_VERIFIED),
        (replace(HELD, clock_synchronised=False, reckoned=NOW, reckoned_s=1.0), "", ""),
    ],
)
def test_times_say_by_which_clock_they_are(summary: RecordingSummary, by_clock: str, why: str) -> None:
    # proves F8
    assert shown(summary).by_clock == by_clock
    assert shown(summary).row.why_undated == why
    assert (shown(summary).row.undated == "") is summary.is_dated


def test_a_row_says_how_much_is_here_only_while_more_may_come() -> None:
    # proves F8
    coming = shown(ARRIVING, share=50).row
    assert (coming.is_coming, coming.share, coming.here) == (True, 50, "9 B")
    held = shown(HELD, share=50).row
    assert (held.is_coming, held.share, held.here) == (False, None, "")
    assert shown(replace(ARRIVING, received_bytes=0)).row.here == ""
    assert not shown(replace(HELD, received_bytes=0)).here
    assert shown(HELD).row.length == "3:20"
    assert shown(replace(HELD, duration_s=None)).row.length == ""
    assert [shown(each).row.is_untrusted for each in (HELD, REFUSED)] == [False, True]


def test_a_refused_recording_says_so_and_what_that_means() -> None:
    # proves F8
    assert shown(HELD).refused == ""
    assert shown(REFUSED).refused.startswith("This did not verify. Altered:")
    signed = replace(REFUSED, verdict="cannot be opened", said=None)
    assert shown(signed).refused.startswith("Refused. This recording cannot be opened")
    assert shown(replace(REFUSED, state="stopped", verdict=NOTHING)).refused == ""
    assert shown(replace(HELD, state="stopped", verdict=A_PART)).refused == ""
    assert shown(REFUSED).verdict.badge is not None
    assert shown(replace(REFUSED, verdict=None, sentence=None)).verdict.badge is None
    assert shown(replace(REFUSED, verdict=None)).verdict.badge is not None


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        (HELD, "Intact: nothing was altered, and nothing is missing from its first moment to its last."),
        (replace(HELD, opening=None), "its last. Whether it can be opened is not known"),
        (replace(HELD, verdict="odd", sentence="It is odd."), "It is odd."),
        (replace(HELD, duration_s=0.0), "Not altered. There is no picture and no sound in it."),
        (replace(HELD, duration_s=0.0, verdict="altered"), "Altered: it is not what the camera made."),
        (replace(HELD, verdict="stray file"), "a file lies beside it that is none of its own."),
        (replace(HELD, state="failed", verdict=None), "Intact."),
        (ARRIVING, "Not known yet: it is verified once all of it is here."),
        (replace(ARRIVING, state="stopped"), "Not known: it has not been verified."),
        (replace(HELD, conditions=(DARK,)), "Nothing was altered, and nothing is missing from its first"),
        (replace(HELD, verdict="without an end", conditions=(DARK,)), "Not altered as far as it goes"),
        (replace(HELD, verdict="intact with gaps", lacking_s=0.1), "(less than 0.1 %)"),
        (replace(HELD, verdict="intact with gaps", lacking_s=1.0), "For 1 s of 3 min 20 s (0.5 %)"),
    ],
)
def test_a_verdict_is_one_sentence_of_what_was_found(summary: RecordingSummary, sentence: str) -> None:
    # proves F8
    said = shown_verdict(summary, None).sentence
    assert sentence in said
    assert ("Not all of it is of use" in said) is bool(summary.conditions)


def test_what_lies_behind_a_verdict_is_what_was_looked_at() -> None:
    # proves F8
    assert details(ARRIVING) == {}
    assert "Missing" not in details(HELD)
    gap = RecordingEvents(utc_us(NOW), 30.0, 200.0, gaps=(TimelineGap("video", 1.0, 1.0, "private"),))
    two = replace(gap, gaps=(*gap.gaps, TimelineGap("video", 9.0, 1.0, "private")))
    said = [
        next(each.text for each in shown_verdict(HELD, events).details if each.term == "Missing")
        for events in (gap, two)
    ]
    assert [each.split(":")[0] for each in said] == ["1 gap", "2 gaps"]
    assert "all of it" in details(HELD)["Checked"]
    assert "all that is here" in details(replace(HELD, ended="cut off"))["Checked"]
    assert "Checked" not in details(REFUSED)
    assert details(REFUSED)["Of no use"] == "Not known: it was refused."
    assert details(HELD)["Of no use"].startswith("Not known: it was verified before")
    assert details(replace(HELD, conditions=()))["Of no use"].startswith("The camera signed that of none")
    assert details(replace(HELD, conditions=(DARK,)))["Of no use"].startswith("9 s of black picture, as the")
    tried = {"Checked by the fleet": "Whether it can be opened has not been tried yet."}
    assert tried.items() <= details(HELD).items()
    assert tried.items() <= details(replace(HELD, state="stopped", verdict=A_PART)).items()
    assert details(REFUSED)["Checked by the fleet"] == "Whether it can be opened has not been tried."
    opened = replace(HELD, opening_at=NOW)
    assert details(opened)["Checked by the fleet"].startswith("That it opens, ")
    assert details(replace(opened, duration_s=0))["Checked by the fleet"].startswith("That its keys open,")
    assert details(replace(opened, opening="refused"))["Checked by the fleet"].startswith(
        "That it does not open"
    )


# What can be taken out, and what happened


def test_why_something_cannot_be_taken_out_is_said_as_it_is() -> None:
    # proves F8
    assert why_not_exportable(REFUSED).startswith("It was refused")
    assert why_not_exportable(replace(HELD, duration_s=0)) == "There is no picture and no sound in it."
    assert why_not_exportable(replace(HELD, state="verifying")) == "Possible once it is verified."
    assert why_not_exportable(ARRIVING).endswith("is here yet.")
    assert why_not_exportable(replace(ARRIVING, state="stopped")).endswith("is here.")


def test_what_a_download_would_lack_is_said_only_where_it_lacks_something() -> None:
    # proves F8
    assert incomplete_note(HELD) == ""
    assert incomplete_note(REFUSED) == ""
    short = replace(HELD, told_closed=True, ended="cut off", told_s=205.0)
    assert incomplete_note(short).startswith("Incomplete: 3 min 20 s of 3 min 25 s.")
    ended = replace(HELD, state="stopped", verdict=A_PART, told_s=205.0)
    assert incomplete_note(ended).startswith("Incomplete: 3 min 20 s of 3 min 25 s.")
    assert "has not been checked yet" in incomplete_note(replace(ended, verified=None))
    assert "has not been checked yet" in incomplete_note(replace(ARRIVING, verified=NOW))


def test_why_nothing_is_told_of_what_happened() -> None:
    # proves F8
    assert why_no_lines(replace(REFUSED, said=None)).startswith("What arrived does not verify")
    assert why_no_lines(replace(REFUSED, state="stopped")).startswith("What arrived does not verify")
    assert why_no_lines(replace(HELD, state="stopped")) == "Nothing is here that tells what happened."
    unverified = replace(HELD, state="stopped", verified=None)
    assert why_no_lines(unverified) == "It is told once what is here is verified."
    assert why_no_lines(ARRIVING) == "It is told once all of it is here and verified."


def test_how_much_was_kept_from_before_is_not_known_yet_only_where_it_may_be() -> None:
    # proves F8
    assert held_words(replace(HELD, prerecord_s=None)).endswith("the press is not known.")
    assert held_words(replace(ARRIVING, prerecord_s=None)).endswith("the press is not known yet.")
    assert held_words(replace(HELD, state="verifying", prerecord_s=None)).endswith("is not known yet.")
    assert held_words(replace(HELD, prerecord_s=0.0)) == "0 s from before the press."
    assert held_words(replace(NOT_PRESSED, prerecord_s=0.0)).startswith("None: it goes on from")


def test_why_something_is_missing_is_told_as_it_is_known() -> None:
    # proves F8
    assert cause_words(NOT_ARRIVED) == "it has not arrived"
    assert cause_words(UNEXPLAINED) == "the camera does not say why"
    assert cause_words(UNVERIFIED) == "what it says of that did not verify"
    assert cause_words("private") == "camera and microphone were closed"
    assert cause_words("odd") == "odd"
    assert [is_away(each) for each in (NOT_ARRIVED, "private")] == [True, False]


def test_what_recordings_show_together_is_told_anew_only_where_there_are_words_for_it() -> None:
    # proves F8
    assert chain_words(MISSING) == "One is not here."
    both = chain_words(ChainNote("disagreement", "s", ChainKind.TIME, "cam-01", (7, 8)))
    assert both.startswith("Recording 8 of cam-01 was begun before recording 7, by the clock of a camera")
    assert "pressed" not in both


def test_whose_a_deleted_recording_was_is_not_told() -> None:
    # proves F8
    gone = replace(HELD, officer_name="Officer 1", gone=Gone(NOW, "6 months.", is_over=True))
    assert (wearer_name(gone), wearer_note(gone)) == (NOT_KEPT, "")
    going = replace(gone, gone=Gone(NOW, "6 months.", is_over=False))
    assert wearer_name(going) == "Officer 1"
    assert wearer_note(going) != ""
    assert row(RecordingFacts(gone), NOW).kept == "deleted 29 November 2026"
    assert row(RecordingFacts(going), NOW).kept == "being deleted"
    assert row(RecordingFacts(HELD), NOW).kept == ""
    assert needs([], [RecordingFacts(replace(gone, verdict="altered"))], NOW) == ()


def test_dashboard_and_verifier_speak_of_a_press_of_the_same_recordings() -> None:
    # proves F8
    assert recording_summary.WITHOUT_A_PRESS == open_record.WITHOUT_A_PRESS
