"""A recording whose picture or sound was of no use is never plainly green, and pages say why (C12)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.timeline.conditions import ConditionSum, TimelineCondition, condition_sums
from fleet.footage.timeline.events import RecordingEvents, place_events
from fleet.web.facts import RecordingFacts
from fleet.web.views.conditions import condition_sentence, condition_words
from fleet.web.views.recording.events import event_lines
from fleet.web.views.recording.verdict import shown_verdict
from fleet.web.views.recordings import row
from fleet.web.views.state import recording_badge, verdict_badge
from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionKind, ConditionSpan, condition_detail
from protocol.footage.ledger.ledger import EventKind, read_ledger
from protocol.footage.verifying.verify import verify_recording
from protocol.messages.status import Status
from tests.support.media.recordings import BOOT_NS, SECOND_NS, Take, make_identity
from tests.unit.fleet.web.test_recording_page import EVENTS, PRESS, RECORDING

BLACK = ConditionSum("video", "black", 42.0)
SILENT = ConditionSum("audio", "silent", 9.0)
GREEN = "good"
kinds = st.builds(
    ConditionSum,
    st.sampled_from(["video", "audio"]),
    st.sampled_from([*ConditionKind, "blurred"]),
    st.floats(0.5, 20_000),
)


@given(
    st.lists(kinds, min_size=1, max_size=4).map(tuple),
    st.sampled_from(["intact", "intact with gaps", "without an end"]),
    st.sampled_from(["opened", None]),
)
def test_what_is_of_no_use_is_green_nowhere(
    conditions: tuple[ConditionSum, ...], verdict: str, opening: str | None
) -> None:
    # proves C12
    recording = replace(RECORDING, conditions=conditions, verdict=verdict, opening=opening, lacking_s=0.0)
    badge = verdict_badge(recording)
    assert badge is not None
    assert badge.tone != GREEN
    assert recording_badge(RecordingFacts(recording)).tone != GREEN
    assert shown_verdict(recording, EVENTS).badge == badge
    shown = row(RecordingFacts(recording), PRESS)
    assert shown.verdict is not None
    assert (shown.verdict.word, shown.verdict.tone) != ("Intact", GREEN)
    sentence = shown_verdict(recording, EVENTS).sentence
    assert not sentence.startswith("Intact")
    assert "Not all of it is of use: " in sentence


def test_what_is_well_stays_green() -> None:
    for conditions in ((), None):
        recording = replace(RECORDING, conditions=conditions)
        badge = verdict_badge(recording)
        assert badge is not None
        assert (badge.word, badge.tone) == ("Intact", GREEN)
        assert recording_badge(RecordingFacts(recording)).tone == GREEN


def test_the_verdict_says_what_for_how_long() -> None:
    # proves C12
    shown = shown_verdict(replace(RECORDING, conditions=(BLACK, SILENT)), EVENTS)
    assert shown.sentence == (
        "Nothing was altered, and nothing is missing from its first moment to its last. "
        "Not all of it is of use: 42 s of black picture and 9 s of silence."
    )
    assert shown.badge is not None
    assert shown.badge.word == "Of no use: 42 s of black picture and 9 s of silence"


def test_a_badge_stays_short_whatever_a_camera_signs() -> None:
    many = tuple(ConditionSum("video", f"word {number}", 1.0) for number in range(20))
    badge = verdict_badge(replace(RECORDING, conditions=many))
    assert badge is not None
    assert badge.word.endswith("1 s of word 3 picture and 16 more")


def test_what_was_refused_is_not_said_to_be_good_in_part() -> None:
    altered = replace(RECORDING, conditions=(BLACK,), verdict="altered", state="failed", sentence="x")
    assert "of use" not in shown_verdict(altered, EVENTS).sentence


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ((BLACK,), "42 s of black picture, as the camera signed it."),
        ((), "The camera signed that of none of it. One of an earlier version does not look."),
        (None, "Not known: it was verified before that was looked at."),
    ],
)
def test_what_was_looked_at_says_what_is_not_known(
    conditions: tuple[ConditionSum, ...] | None, said: str
) -> None:
    # proves F8
    details = shown_verdict(replace(RECORDING, conditions=conditions), EVENTS).details
    assert [each.text for each in details if each.term == "Of no use"] == [said]


def lines_of(*conditions: TimelineCondition, final: bool = True) -> list[str]:
    events = replace(EVENTS, conditions=conditions)
    return [each.text for each in event_lines(RECORDING, events, final=final)]


def test_what_happened_has_one_line_for_a_condition_where_it_began() -> None:
    # proves C12
    told = lines_of(TimelineCondition("video", "black", 20.0, 42.0))
    assert told[0] == "The picture was black for 42 s."
    assert not [each for each in told if "reported a fault" in each]
    before = lines_of(TimelineCondition("audio", "silent", 0.0, 200.0, before_s=30.0, over=False))
    assert before[0] == "The sound was silent for 3 min 20 s, to the end. It had been so for 30 s before."
    coming = lines_of(TimelineCondition("audio", "silent", 0.0, 200.0, over=False), final=False)
    assert coming[0] == "The sound was silent for 3 min 20 s, as far as it is here."
    later = lines_of(TimelineCondition("video", "blurred", 20.0, 2.0))
    assert later[0] == "Something was wrong with the picture (blurred) for 2 s."


def test_every_condition_has_its_line() -> None:
    for track in Track:
        for kind in ConditionKind:
            assert condition_words(TimelineCondition(track, kind, 0.0, 2.0)).endswith(" for 2 s.")


def test_a_ledger_s_conditions_are_placed_in_what_is_shown() -> None:
    # proves C12
    take = Take(make_identity())
    for _ in range(6):
        take.chunk()
    take.press()
    span = ConditionSpan(Track.VIDEO, "black", BOOT_NS - SECOND_NS, BOOT_NS + 3 * SECOND_NS)
    take.event(EventKind.FAULT, **condition_detail(span, "It is over."))
    take.live()
    take.close()
    report = verify_recording(take.files, authorities=[make_identity().authority])
    assert condition_sums(report.conditions) == [["video", "black", 3.0]]
    events = place_events(read_ledger(bytes(take.ledger)), first_ns=BOOT_NS, end_ns=take.at_ns)
    assert events.conditions == (TimelineCondition("video", "black", 0.0, 3.0, before_s=1.0),)
    assert RecordingEvents.from_json(events.to_json()) == events
    kept = {name: value for name, value in events.to_json().items() if name != "conditions"}
    assert RecordingEvents.from_json(kept).conditions == (), "as an earlier version kept it"
    texts = [each.text for each in event_lines(RECORDING, events)]
    assert "The picture was black for 3 s. It had been so for 1 s before." in texts
    assert not [each for each in texts if "It is over" in each], "one line, and not one for each event"


def test_a_status_of_an_earlier_camera_says_nothing_of_them() -> None:
    # proves F8
    status = Status.model_validate({"camera": "cam-01", "session": "s"})
    assert status.conditions is None
    assert b"conditions" not in status.to_json()
    assert condition_sentence(BLACK) == "The picture is black."
