"""What Today, tiles and the hand-out page say of cameras, in the states in which each would be false (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fleet.alerts.rules.finding import AlertFinding
from fleet.assignments.undo import ChangeKind, HandOver
from fleet.footage.timeline.conditions import ConditionSum
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web.facts import AssignmentFacts, CameraFacts, OfficerFacts, RecordingFacts, Silence
from fleet.web.views.conditions import condition_sentence
from fleet.web.views.desk.attention import needs
from fleet.web.views.desk.camera import about, had_it
from fleet.web.views.desk.coverage import PressCoverage, RecordingNow, coverage, strip
from fleet.web.views.desk.found import MissingNumbers, deletion_stuck, hold_overdue, not_arrived
from fleet.web.views.desk.grouping import Need, grouped
from fleet.web.views.desk.handout import hand_out
from fleet.web.views.desk.kinds import HOLD_OVERDUE
from fleet.web.views.desk.officers import person
from fleet.web.views.desk.sealing import sealed
from fleet.web.views.desk.standing import other_needs
from fleet.web.views.kept import HoldView
from fleet.web.views.state import camera_badge
from fleet.web.views.tile import Trouble, tile
from tests.support.fleet.page_facts import changed
from tests.unit.fleet.web.test_said_of_cameras import FREE, NOW, OFFICERS, texts
from tests.unit.fleet.web.test_said_of_recordings import ARRIVING, HELD

# What a camera says of itself


def found_of(facts: CameraFacts) -> dict[str, Need]:
    return {each.icon: each for each in needs([facts], [], NOW)}


def test_a_certificate_that_has_ended_is_not_said_to_end() -> None:
    # proves F8
    ends = found_of(replace(FREE, certificate_ends=NOW + timedelta(days=1)))["key"]
    assert ends.step.startswith("Keep it connected")
    assert " ends " in ends.text
    ended = found_of(replace(FREE, certificate_ends=NOW))["key"]
    assert ended.step == "Connect it, so that it asks for the next one; or enrol it again."
    assert " ends " not in ended.text
    assert "key" not in found_of(replace(FREE, certificate_ends=NOW + timedelta(days=8)))
    many = [replace(FREE, camera=f"cam-0{n}", certificate_ends=NOW) for n in (1, 2)]
    [group] = needs(many, [], NOW)
    assert "has ended" in group.text


def test_what_a_camera_could_not_do_is_told_with_its_reasons() -> None:
    # proves F8
    assert not texts(FREE)
    [said] = texts(replace(FREE, refused=("The window is too long.",)))
    assert said.endswith("The window is too long.")


def test_what_a_camera_says_twice_is_told_once() -> None:
    # proves F8
    dark = ConditionSum("video", "black", 9.0)
    sentence = condition_sentence(dark)
    assert len(texts(replace(FREE, conditions=(dark,), trouble=(sentence,)))) == 1
    assert len(texts(replace(FREE, conditions=(dark,), trouble=("No sound.",)))) == 2
    assert len(texts(replace(FREE, trouble=("No sound.", "No sound.")))) == 1


def test_of_two_devices_it_is_one_that_says_so() -> None:
    # proves F8
    doubled = replace(FREE, doubled_since=NOW, doubled_last=NOW - timedelta(days=9), battery=5)
    [said] = texts(doubled)
    assert said.startswith("One of ")
    assert texts(replace(FREE, battery=5))[0].startswith("cam-01")


def test_what_has_not_arrived_is_listed_and_counted() -> None:
    # proves F8
    [said] = texts(replace(FREE, missing=(3,), missing_count=1))
    assert said == "Recording 3 of cam-01 has not arrived."
    [said] = texts(replace(FREE, missing=(3, 4), missing_count=2))
    assert said == "Recordings 3 and 4 of cam-01 have not arrived."
    [said] = texts(replace(FREE, missing=(3, 4), missing_count=9))
    assert said == "Recordings 3, 4 and 7 more of cam-01 have not arrived."


def test_a_camera_out_of_service_and_one_that_is_off_need_nobody() -> None:
    # proves F8
    assert not texts(replace(FREE, battery=5, revoked=NOW))
    unheard = replace(FREE, online=False, officer="Officer 1")
    assert texts(unheard)
    assert not texts(replace(unheard, state="off"))
    assert not texts(replace(unheard, officer=None))
    assert texts(replace(unheard, last_seen=None)) != texts(unheard)


# A late recording


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"silence": Silence.NOT_HEARD}, "Dock that camera, or bring it into reach."),
        ({"silence": Silence.OUT_OF_SERVICE}, "Enrol it again, or say on the page of the recording"),
        (
            {"silence": Silence.OUT_OF_SERVICE, "under_way": False},
            "Dock that camera, or bring it into reach.",
        ),
        ({"under_way": True}, "Its camera says that it is still making it."),
        ({"under_way": True, "closed": NOW}, "Dock that camera, or bring it into reach."),
    ],
)
def test_what_to_do_about_a_late_recording_is_what_helps(change: dict[str, Any], step: str) -> None:
    # proves F8
    late = replace(ARRIVING, pressed=NOW - timedelta(hours=2))
    [need] = needs([], [changed(RecordingFacts(late), **change)], NOW)
    assert step in need.step


def test_what_to_do_about_several_is_said_of_all_only_where_it_is_the_same() -> None:
    # proves F8
    late = replace(ARRIVING, pressed=NOW - timedelta(hours=2))
    still = changed(RecordingFacts(late), under_way=True)
    unheard = changed(RecordingFacts(replace(late, camera="cam-02")), silence=Silence.NOT_HEARD)
    [apart] = needs([], [still, unheard], NOW)
    assert apart.step == ""
    assert [each.step.partition(".")[0] for each in apart.members] == [
        "Its camera says that it is still making it",
        "Dock that camera, or bring it into reach",
    ]
    [alike] = needs([], [unheard, changed(unheard, camera="cam-03")], NOW)
    assert alike.step == "Dock that camera, or bring it into reach."
    assert [each.step for each in alike.members] == ["", ""]
    doubled = [
        replace(FREE, camera=each, doubled_since=NOW, doubled_last=NOW) for each in ("cam-01", "cam-02")
    ]
    [two] = needs(doubled, [], NOW)
    assert (two.step, len({each.step for each in two.members})) == ("", 2)
    assert all(f"take {each.name} out of service" in each.step for each in two.members)


def test_whoever_answers_for_one_hold_is_not_said_to_answer_for_another() -> None:
    # proves F8
    hold = HoldView("h", "An investigation", "Ann Smith", "", "was", True, "placed", "INC-2026-0001", "/x")
    holds = [hold_overdue(each) for each in (hold, replace(hold, id="i", owner="Bob Jones"))]
    [several] = grouped(other_needs(holds))
    assert several.step == ""
    assert [each.step.partition(" answers")[0] for each in several.members] == ["Ann Smith", "Bob Jones"]
    [same] = grouped(other_needs(holds[:1] * 2))
    assert same.step.startswith("Ann Smith answers for it")


def test_several_have_the_tone_of_the_gravest() -> None:
    # proves F8
    [calm, grave] = (
        AlertFinding(HOLD_OVERDUE, each, each, "", "", "", tone=each) for each in ("warn", "bad")
    )
    for order in ([calm, grave], [grave, calm]):
        [several] = grouped(other_needs(order))
        assert several.tone == "bad"
    [several] = grouped(other_needs([calm, calm]))
    assert several.tone == "warn"


def test_what_is_not_listed_is_not_left_out_of_how_many_have_not_arrived() -> None:
    # proves F8
    gone = not_arrived(MissingNumbers("cam-01", (3, 4), 7, is_gone=True))
    [several] = grouped(other_needs(gone))
    assert several.text == "At least 3 recordings have not arrived."
    assert several.members[-1].text == "7 more recordings of cam-01 have not arrived."


def test_what_a_late_recording_lacks_is_told_where_its_camera_said_that_it_was_all() -> None:
    # proves F8
    late = replace(ARRIVING, pressed=NOW - timedelta(hours=2))
    [plain] = needs([], [RecordingFacts(late)], NOW)
    [lacking] = needs([], [RecordingFacts(replace(late, sentence="It lacks its end."))], NOW)
    assert "It lacks its end." in lacking.text
    assert "It lacks" not in plain.text


def test_a_recording_without_its_end_is_told_only_once_the_fleet_signed_for_it() -> None:
    # proves F8
    short = replace(HELD, told_closed=True, ended="cut off")
    assert needs([], [RecordingFacts(short)], NOW)
    assert not needs([], [RecordingFacts(replace(short, receipt=False))], NOW)
    assert not needs([], [RecordingFacts(replace(short, told_closed=False))], NOW)


# Who is covered


OUT = replace(FREE, officer="Officer 1", assignment="a1", held_s=180.0, window_s=180.0)


@pytest.mark.parametrize(
    ("change", "cover"),
    [
        ({}, PressCoverage.COVERED),
        ({"online": False}, PressCoverage.UNKNOWN),
        ({"state": "off"}, PressCoverage.REFUSED),
        ({"state": "fault"}, PressCoverage.DOUBTFUL),
        ({"trouble": ("No picture.",)}, PressCoverage.DOUBTFUL),
        ({"taken_on": False}, PressCoverage.DOUBTFUL),
        ({"doubled_since": NOW}, PressCoverage.DOUBTFUL),
        ({"battery": 0}, PressCoverage.DOUBTFUL),
        ({"storage_used": 100}, PressCoverage.DOUBTFUL),
        ({"storage_used": None}, PressCoverage.COVERED),
        ({"state": "recording", "recording_of": "Officer 2"}, PressCoverage.DOUBTFUL),
        ({"state": "recording", "recording_of": "Officer 1"}, PressCoverage.COVERED),
        ({"state": "recording", "held_s": None}, PressCoverage.COVERED),
        ({"recording_of": "Officer 2"}, PressCoverage.COVERED),
        ({"state": "private"}, PressCoverage.BARE),
        ({"held_s": 0.0}, PressCoverage.BARE),
        ({"state": "recording", "held_s": 0.0}, PressCoverage.COVERED),
        ({"held_s": None}, PressCoverage.UNTOLD),
    ],
)
def test_whether_a_press_is_kept_is_what_the_camera_said(
    change: dict[str, Any], cover: PressCoverage
) -> None:
    # proves F8
    assert coverage(replace(OUT, **change)) is cover


def test_the_strip_is_of_those_who_have_a_camera() -> None:
    # proves F8
    refused = replace(OUT, state="off")
    one = strip([refused], (), NOW)
    assert (one.tone, one.covered, len(one.uncovered)) == ("bad", False, 1)
    assert "Officer 1 is not" in one.uncovered[0].text
    two = strip([refused, replace(refused, camera="cam-02", officer="Officer 2")], (), NOW)
    assert "Officer 1 and Officer 2 are not" in two.uncovered[0].text
    assert two.summary.startswith("2 of 2 cameras handed out")
    inside = strip([FREE, replace(OUT, camera="cam-02")], (), NOW)
    assert inside.summary.startswith("1 of 2 cameras handed out")
    assert (inside.tone, inside.covered) == ("good", True)
    free = strip([replace(FREE, state="off")], (), NOW)
    assert (free.uncovered, free.tone, free.covered) == ((), "good", True)
    assert (strip([], (), NOW).tone, strip([], (), NOW).summary) == ("quiet", "")
    until = NOW + timedelta(seconds=90)
    assert strip([replace(OUT, known_until=until)], (), NOW).until != ""
    assert strip([replace(OUT, known_until=until, online=False)], (), NOW).until == ""


def test_who_records_is_named_only_where_the_recording_is_known_to_be_theirs() -> None:
    # proves F8
    records = replace(OUT, state="recording", recording=7)
    own = RecordingFacts(replace(ARRIVING, officer_name="Officer 1"))

    def shown(facts: CameraFacts, made: RecordingFacts | None = own) -> RecordingNow:
        [line] = strip([facts], [made] if made else [], NOW).recording
        return line

    assert shown(records).text.startswith("Officer 1")
    assert (shown(records).whose, shown(records).link) == ("", f"/recordings/{HELD.id}")
    assert shown(records).since.startswith("since ")
    undated = RecordingFacts(replace(ARRIVING, clock_synchronised=False))
    assert shown(records, undated).since.startswith("first heard of")
    assert shown(records, None).text.startswith("cam-01")
    assert (shown(records, None).since, shown(records, None).link) == ("", "/cameras/cam-01")
    assert "Officer 1" in shown(records, None).whose
    other = RecordingFacts(replace(ARRIVING, officer_name="Officer 2"))
    assert shown(records, other).text.startswith("cam-01")
    assert "Officer 2" in shown(records, other).whose
    assert "Officer 1" in shown(records, other).whose
    nobody = shown(replace(records, officer=None), other)
    assert "Officer 2" in nobody.whose
    assert "Officer 1" not in nobody.whose
    doubled = shown(replace(records, doubled_since=NOW))
    assert doubled.text.startswith("One of ")
    assert doubled.link == "/cameras/cam-01"
    numberless = shown(replace(records, recording=None))
    assert numberless.link == "/cameras/cam-01"


# What is known of a camera


def lines_of(facts: CameraFacts) -> dict[str, str]:
    return {each.word: each.text for each in about(facts, NOW)}


def test_a_camera_s_page_says_what_it_said_and_what_is_not_known() -> None:
    # proves F8
    told = replace(FREE, made=9, waiting=2, clock_synchronised=True, conditions=(), firmware="1.2")
    lines = lines_of(told)
    assert (lines["Recordings made"], lines["Not safe here yet"], lines["Software"]) == (
        "9",
        "2 recordings",
        "1.2",
    )
    assert "Settings" not in lines
    nothing = lines_of(replace(FREE, waiting=None))
    assert {
        nothing[each] for each in ("Recordings made", "Not safe here yet", "Clock", "Picture and sound")
    } == {"not known"}
    assert lines["Clock"] != lines_of(replace(told, clock_synchronised=False))["Clock"]
    dark = replace(told, conditions=(ConditionSum("video", "black", 9.0),))
    assert lines_of(dark)["Picture and sound"] == "9 s of black picture"
    assert "too long" in lines_of(replace(told, refused=("It is too long.",)))["Settings"]
    assert "Recordings made" not in lines_of(replace(told, last_seen=None))
    for change in ({"online": False}, {"doubled_since": NOW}):
        assert lines_of(replace(told, **change))["Recordings made"] != "9"
        assert lines_of(replace(FREE, **change))["Clock"] == "not known"
    ends = replace(FREE, certificate_ends=NOW)
    assert "Certificate until" in lines_of(ends)
    assert "Certificate until" not in lines_of(FREE)
    gone = lines_of(replace(ends, revoked=NOW))
    assert "Out of service" in gone
    assert "Certificate until" not in gone


def test_who_had_a_camera_has_it_until_it_was_taken_back() -> None:
    # proves F8
    had = [AssignmentFacts("cam-01", "Officer 1", NOW, end) for end in (None, NOW)]
    assert [each.end is None for each in had_it(had, NOW)] == [True, False]


def test_an_officer_is_said_to_have_a_camera_or_to_be_retired_only_where_it_is_so() -> None:
    # proves F8
    one = OfficerFacts("1", "Officer 1")
    has, retired = replace(one, camera="cam-02"), replace(one, retired=NOW)
    notes = [person(each, NOW) for each in (one, has, retired)]
    assert len({each.note for each in notes}) == 3
    assert "cam-02" in notes[1].note
    assert "12:00" in notes[2].note
    assert [each.is_retired for each in notes] == [False, False, True]


# A tile


def test_a_tile_s_figures_worry_only_where_they_should() -> None:
    # proves F8
    low, full = replace(FREE, battery=15), replace(FREE, storage_used=80)
    assert [each.tone for each in tile(FREE, NOW).levels] == ["quiet", "quiet"]
    assert [each.tone for each in tile(low, NOW).levels] == ["warn", "quiet"]
    assert [each.label for each in tile(FREE, NOW).matters] == ["Pre-record", "Battery"]
    assert [each.label for each in tile(full, NOW).matters] == ["Pre-record", "Battery", "Storage"]
    assert [each.label for each in tile(replace(full, state="docked"), NOW).matters] == ["Battery", "Storage"]
    assert tile(replace(FREE, taken_on=False), NOW).notes != ()
    assert tile(FREE, NOW).notes == ()


def test_what_a_camera_sends_or_has_still_to_send_is_what_it_says() -> None:
    # proves F8
    sends = replace(FREE, uploading=7, waiting=2)

    def sent(facts: CameraFacts) -> str | None:
        shown = tile(facts, NOW).upload
        return None if shown is None else shown.text

    assert sent(FREE) is None
    assert sent(sends) == ""
    assert "50" in (sent(replace(sends, uploading_share=50)) or "")
    assert "1 kB left" in (sent(replace(sends, bytes_left=1000)) or "")
    assert sent(replace(sends, bytes_left=0)) == ""
    assert tile(FREE, NOW).waiting == ""
    has_none, has_some = (tile(replace(FREE, waiting=2, bytes_left=each), NOW).waiting for each in (0, 9))
    assert "receipt" in has_none
    assert "receipt" not in has_some


def test_what_is_recorded_is_said_with_whose_it_is_and_since_when() -> None:
    # proves F8
    records = replace(OUT, state="recording", recording=7)
    assert tile(records, NOW).recording == tile(replace(records, recording_of="Officer 1"), NOW).recording
    other = tile(replace(records, recording_of="Officer 2"), NOW).recording
    assert other is not None
    assert "Officer 2" in other
    assert tile(records, NOW).recording_since == ""
    assert tile(replace(records, recording_since=NOW), NOW).recording_since.startswith("since")
    assert tile(replace(records, recording_heard=NOW), NOW).recording_since.startswith("first heard of")
    assert tile(replace(records, recording=None), NOW).recording is None
    assert tile(replace(OUT, recording=7, recording_since=NOW), NOW).recording_since == ""
    assert tile(replace(records, online=False), NOW).recording is None
    assert tile(replace(records, doubled_since=NOW), NOW).recording is None


def test_a_tile_of_a_camera_that_is_not_heard_is_of_the_past() -> None:
    # proves F8
    assert not tile(FREE, NOW).stale
    silent = replace(FREE, online=False)
    assert tile(silent, NOW).stale
    assert not tile(replace(silent, last_seen=None), NOW).stale
    assert tile(silent, NOW).is_late
    assert not tile(FREE, NOW).is_late
    assert tile(replace(FREE, last_seen=NOW - timedelta(minutes=1)), NOW).is_late
    assert tile(replace(FREE, revoked=NOW), NOW).stale
    last = "It said last: No picture."
    assert tile(replace(silent, trouble=("No picture.",)), NOW).trouble == (Trouble(last),)
    assert tile(replace(FREE, trouble=("No picture.",)), NOW).trouble == (Trouble("No picture.", last),)
    assert tile(silent, NOW).levels == ()
    assert tile(replace(FREE, last_seen=None), NOW).seen is None
    until = replace(FREE, known_until=NOW)
    assert tile(until, NOW).until != ""
    assert tile(replace(until, online=False), NOW).until == ""
    doubled = replace(FREE, doubled_since=NOW)
    assert tile(doubled, NOW).one_said != ""
    assert tile(replace(doubled, state="odd"), NOW).one_said == ""
    assert (
        tile(replace(doubled, trouble=("No picture.",)), NOW).trouble
        != tile(replace(silent, trouble=("No picture.",)), NOW).trouble
    )


def test_a_badge_of_a_camera_is_what_is_known() -> None:
    # proves F8
    def word(**change: Any) -> str:  # noqa: ANN401 - any field
        return camera_badge(replace(FREE, **change)).word

    assert word() == "Ready"
    assert word(state=None) != "Ready"
    odd, nothing = (camera_badge(replace(FREE, state=each)) for each in ("odd", None))
    assert odd.hint != nothing.hint
    two = word(doubled_since=NOW)
    assert two == word(doubled_since=NOW, state="off", online=False)
    assert two != word(doubled_since=NOW, online=False)
    assert word(online=False) != "Ready"
    assert word(revoked=NOW) == word(revoked=NOW, online=False)
    assert word(last_seen=None) != word(online=False)
    assert camera_badge(replace(FREE, trouble=("x",))).tone == "warn"
    assert camera_badge(replace(FREE, trouble=("x",), state="private")) == camera_badge(
        replace(FREE, state="private")
    )


# Hand-out


def test_a_camera_that_is_free_says_why_it_should_stay_or_how_full_it_is() -> None:
    # proves F8
    def note(**change: Any) -> str:  # noqa: ANN401 - any field
        [shown] = hand_out([replace(FREE, **change)], OFFICERS, (), None, NOW).free
        return shown.note

    assert "90 %" in note()
    assert note(battery=None) == note(battery=None, storage_used=None)
    assert "%" not in note(battery=None)
    assert note(doubled_since=NOW) != note()
    assert hand_out([replace(FREE, revoked=NOW)], OFFICERS, (), None, NOW).free == ()
    unfit = hand_out([replace(FREE, state="off")], OFFICERS, (), None, NOW)
    assert (unfit.best, unfit.best_camera, unfit.best_until) == ("", "", "")
    until = replace(FREE, known_until=NOW)
    fit = hand_out([until], OFFICERS, (), None, NOW)
    assert fit.best_camera == "cam-01"
    assert fit.best_until != ""
    assert hand_out([replace(until, online=False)], OFFICERS, (), None, NOW).free[0].until == ""


def test_what_was_done_in_the_last_minute_is_said_as_it_was_done() -> None:
    # proves F8
    def said(kind: ChangeKind) -> str:
        change = HandOver("a1", kind, "cam-01", "1", "Officer 1", NOW)
        return hand_out([], (), [change], None, NOW).undo[0].text

    assert said(ChangeKind.HANDED_OUT) != said(ChangeKind.TAKEN_BACK)


def test_a_vault_says_what_opens_it_and_who_sealed_it() -> None:
    # proves F8
    def said(by: OpenedBy, by_hand: str = "") -> Need:
        return sealed(Sealed(VaultOpener(by, 2, 3), NOW, by_hand=by_hand), NOW)

    assert "key file" in said(OpenedBy.KEY_FILE).step
    assert "hardware module" in said(OpenedBy.HARDWARE).step
    assert "hardware module" not in said(OpenedBy.PASSPHRASE).step
    assert "Jane" in said(OpenedBy.PASSPHRASE, "Jane").text
    assert "Jane" in said(OpenedBy.HARDWARE, "Jane").text
    assert len({said(each).step for each in OpenedBy}) >= 3


def test_deletions_that_failed_are_counted() -> None:
    # proves F8
    assert deletion_stuck(1).words == "1 deletion has failed again and again."
    assert deletion_stuck(2).words == "2 deletions have failed again and again."
