from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fleet.footage.recordings.summary import ChainNote, RecordingSummary
from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.attention import needs
from fleet.web.views.camera import about
from fleet.web.views.recordings import head
from fleet.web.views.state import camera_badge, recording_badge
from fleet.web.views.tile import initials, tile
from fleet.web.views.today import today
from tests.support.fleet.page_facts import changed

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

READY = CameraFacts(
    camera="cam-01",
    enrolled=NOW - timedelta(days=9),
    online=True,
    last_seen=NOW - timedelta(seconds=7),
    state="ready",
    officer="Officer 1",
    since=NOW - timedelta(hours=2),
    assignment="a1",
    held_s=161.4,
    window_s=180.0,
    battery=82,
    storage_used=6,
    clock_synchronised=True,
)

SAFE = RecordingFacts(
    RecordingSummary(
        id="ab" * 16,
        camera="cam-01",
        number=7,
        officer_name="Officer 1",
        state="held",
        opening="opened",
        announced=NOW - timedelta(minutes=29),
        pressed=NOW - timedelta(minutes=30),
        clock_synchronised=True,
        duration_s=199.6,
        prerecord_s=179.6,
        asked_s=180.0,
        verdict="intact",
        ended="closed",
        verified=NOW - timedelta(minutes=20),
        receipt=True,
    )
)


def test_a_tile_says_who_how_and_how_much() -> None:
    shown = tile(READY, NOW)
    assert shown.badge.word == "Ready"
    assert shown.officer == "Officer 1"
    assert shown.prerecord is not None
    assert shown.prerecord.text == "2:41 of 3:00"
    assert [level.text for level in shown.levels] == ["82 %", "6 % used"]
    assert shown.seen_ago == "7 s ago"
    assert not shown.stale


def test_a_full_ring_is_told_from_one_that_fills() -> None:
    assert tile(READY, NOW).prerecord.tone == "busy"  # type: ignore[union-attr] # READY holds some
    full = tile(replace(READY, held_s=179.1), NOW).prerecord
    assert full is not None
    assert full.tone == "good"
    assert full.text == "2:59 of 3:00"


def test_a_camera_that_is_not_heard_shows_nothing_as_present() -> None:
    shown = tile(replace(READY, online=False), NOW)
    assert shown.badge.word == "Offline"
    assert shown.stale
    assert shown.prerecord is None
    assert shown.levels == ()
    assert shown.upload is None


def test_a_recording_camera_says_which_and_since_when() -> None:
    facts = replace(READY, state="recording", recording=7, recording_since=NOW - timedelta(minutes=3))
    shown = tile(facts, NOW)
    assert shown.recording == "Recording 7"
    assert shown.recording_since is not None
    assert shown.prerecord is None


def test_what_a_camera_does_not_report_is_left_out() -> None:
    shown = tile(replace(READY, battery=None, storage_used=None), NOW)
    assert shown.levels == ()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "Ready"),
        ({"state": "recording"}, "Recording"),
        ({"state": "standby"}, "Standby"),
        ({"state": "private"}, "Private"),
        ({"state": "fault"}, "Fault"),
        ({"state": "off", "online": False}, "Off"),
        ({"online": False}, "Offline"),
        ({"online": False, "last_seen": None}, "Not seen yet"),
        ({"revoked": NOW}, "Out of service"),
        ({"state": "dancing"}, "Unknown"),
    ],
)
def test_each_state_of_a_camera_has_its_word(change: dict[str, object], word: str) -> None:
    assert camera_badge(replace(READY, **change)).word == word  # type: ignore[arg-type] # fields as they are named


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"state": "announced", "ended": None, "under_way": True}, "Recording"),
        ({"state": "uploading", "ended": None, "under_way": True}, "Recording"),
        ({"state": "announced", "under_way": False}, "Not here yet"),
        ({"state": "uploading", "under_way": False, "received_bytes": 9}, "Uploading"),
        ({"state": "uploading", "under_way": None}, "Out of reach"),
        ({"state": "verifying"}, "Checking"),
        ({"state": "held"}, "Safe"),
        ({"state": "failed"}, "Refused"),
    ],
)
def test_each_state_of_a_recording_has_its_word(change: dict[str, object], word: str) -> None:
    assert recording_badge(changed(SAFE, **change)).word == word


def test_nothing_needs_anybody_when_all_is_well() -> None:
    assert needs([READY], [SAFE], NOW) == ()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (
            {"online": False, "last_seen": NOW - timedelta(minutes=12)},
            ". Officer 1 has it.",
        ),
        ({"online": False, "last_seen": None}, "handed to Officer 1 and has never connected"),
        ({"battery": 20}, "20 % of its battery left"),
        ({"storage_used": 80}, "80 % full"),
        ({"clock_synchronised": False}, "clock of cam-01 is not set"),
        ({"certificate_ends": NOW + timedelta(days=6)}, "certificate of cam-01 ends"),
        ({"trouble": ("The card does not answer.",)}, "cam-01: The card does not answer."),
        (
            {"online": False, "officer": None, "trouble": ("The card does not answer.",)},
            "cam-01 said in its last message",
        ),
    ],
)
def test_what_is_wrong_with_a_camera_is_said_with_a_next_step(change: dict[str, object], part: str) -> None:
    (need,) = needs([replace(READY, **change)], [], NOW)  # type: ignore[arg-type] # fields as they are named
    assert part in need.text
    assert need.step.endswith(".")
    assert need.link == "/cameras/cam-01"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"state": "failed", "sentence": "Altered at chunk 3."}, "was refused: Altered at chunk 3."),
        ({"verdict": "altered"}, "was altered"),
        (
            {"state": "uploading", "pressed": NOW - timedelta(hours=2)},
            "not all here, 2 h 00 min after the press",
        ),
        ({"officer_name": None, "wearer_basis": "nobody"}, "while nobody had the camera"),
    ],
)
def test_what_is_wrong_with_a_recording_is_said_with_a_next_step(
    change: dict[str, object], part: str
) -> None:
    (need,) = needs([], [changed(SAFE, **change)], NOW)
    assert part in need.text
    assert need.link == f"/recordings/{SAFE.summary.id}"


def test_recordings_that_contradict_each_other_need_somebody_and_one_not_here_does_not() -> None:  # proves F8
    missing = ChainNote("missing", "Recording 7 of cam-01 follows one that is not here.")
    assert needs([], [changed(SAFE, chain=(missing,))], NOW) == ()
    twice = ChainNote("disagreement", "Recording 7 of cam-01 and recording 6 hold different chunks 3.")
    (need,) = needs([], [changed(SAFE, chain=(missing, twice))], NOW)
    assert (need.tone, need.text, need.link) == ("bad", twice.sentence, f"/recordings/{SAFE.summary.id}")
    assert "Keep the camera and its card as they are" in need.step


def test_the_gravest_comes_first_and_a_camera_out_of_service_is_left_alone() -> None:
    low = replace(READY, battery=3)
    broken = replace(READY, camera="cam-02", trouble=("No picture.",))
    gone = replace(READY, camera="cam-03", trouble=("No picture.",), revoked=NOW)
    assert [need.tone for need in needs([low, broken, gone], [], NOW)] == ["bad", "warn"]


def test_the_headline_answers_whether_everyone_is_covered() -> None:
    fine = today([READY], [SAFE], NOW)
    assert fine.headline == "Everyone is covered."
    assert fine.covered
    assert fine.summary == "1 of 1 camera handed out, 1 ready."
    lost = [replace(READY, online=False), replace(READY, camera="cam-02", officer="Officer 2", state="fault")]
    headline = "Officer 2 may not be covered. Whether Officer 1 is covered is not known."
    assert today(lost, [], NOW).headline == headline
    assert today([], [], NOW).headline == "No cameras yet."
    assert today([replace(READY, officer=None)], [], NOW).headline == "All cameras are in."


NOT_KNOWN = "Whether Officer 1 is covered is not known."


@pytest.mark.parametrize(
    ("state", "online", "headline"),
    [
        ("ready", True, "Everyone is covered."),
        ("recording", True, "Everyone is covered."),
        ("private", True, "Everyone is covered."),
        ("docked", True, "Officer 1 is not covered."),
        ("locked", True, "Officer 1 is not covered."),
        ("off", True, "Officer 1 is not covered."),
        ("fault", True, "Officer 1 may not be covered."),
        ("standby", True, "Officer 1 may not be covered."),
        ("dancing", True, "Officer 1 may not be covered."),
        (None, True, "Officer 1 may not be covered."),
        *((state, False, NOT_KNOWN) for state in ("ready", "recording", "off", None)),
    ],
)
def test_coverage_is_said_as_far_as_it_is_known(state: str | None, online: bool, headline: str) -> None:
    # proves F8
    shown = today([replace(READY, state=state, online=online)], [], NOW)
    assert shown.headline == headline
    assert shown.covered == (headline == "Everyone is covered.")


NOW_WORDS = re.compile(r"\b(still|it records|is recording|keeps|ready|now|follows)\b", re.IGNORECASE)
"""Words that would say what a camera does at this moment."""


@pytest.mark.parametrize("state", ["recording", "ready", "private", "docked", "fault", "standby"])
def test_nothing_is_said_of_the_present_of_a_camera_that_is_not_heard(state: str) -> None:
    # proves F8: without power, out of reach or broken, all of it looks alike from here
    lost = replace(READY, online=False, state=state, recording=7, trouble=("No picture.",), waiting=3)
    shown = tile(lost, NOW)
    making = changed(SAFE, state="uploading", under_way=None, ended=None, closed=None, share=41)
    said = [
        shown.badge.word,
        shown.badge.hint,
        recording_badge(making).hint,
        head(making, NOW).waiting,
        *(f"{need.text} {need.step}" for need in needs([lost], [], NOW)),
    ]
    known = [re.sub(r"[Ww]hether [^.]* is not known", "", text) for text in said]
    assert [text for text in known if NOW_WORDS.search(text)] == []
    assert any("Whether it records is not known." in text for text in said)
    assert (shown.recording, shown.prerecord, shown.levels, shown.waiting) == (None, None, (), "")
    assert all(trouble.startswith("It said last: ") for trouble in shown.trouble)


def test_todays_figures_leave_yesterday_out() -> None:
    yesterday = changed(SAFE, pressed=NOW - timedelta(days=1))
    coming = changed(SAFE, state="uploading")
    refused = changed(SAFE, state="failed")
    figures = today([READY], [SAFE, coming, refused, yesterday], NOW).figures
    assert (figures.made, figures.received, figures.coming, figures.refused) == (3, 1, 1, 1)


def test_cameras_that_somebody_has_come_first() -> None:
    free = replace(READY, camera="cam-00", officer=None)
    assert [shown.camera for shown in today([free, READY], [], NOW).tiles] == ["cam-01", "cam-00"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Officer 1", "O1"), ("Officer 12", "O12"), ("Ann Bee", "AB"), ("Cher", "CH"), ("", "")],
)
def test_initials(name: str, mark: str) -> None:
    assert initials(name) == mark


def test_clocks_that_are_not_set_take_one_line_however_many_they_are() -> None:
    unset = [replace(READY, camera=f"cam-{number:02d}", clock_synchronised=False) for number in range(1, 16)]
    (two,) = needs(unset[:2], [], NOW)
    assert two.text == "The clocks of cam-01 and cam-02 are not set."
    (many,) = needs(unset, [], NOW)
    assert many.text == "The clocks of 15 cameras are not set."
    assert many.step.startswith("cam-01, cam-02, ")
    assert "cam-14 and cam-15. Order and lengths hold" in many.step


def test_a_trouble_that_cameras_share_takes_one_line() -> None:
    dark = "The sensor gives no picture."
    alike = [replace(READY, camera=f"cam-{number:02d}", trouble=(dark,)) for number in range(1, 16)]
    (two,) = needs(alike[:2], [], NOW)
    assert two.text == "cam-01 and cam-02: The sensor gives no picture."
    (many,) = needs(alike, [], NOW)
    assert (many.tone, many.text, many.link) == (
        "bad",
        "15 cameras: The sensor gives no picture.",
        "/cameras",
    )
    assert "cam-14 and cam-15." in many.step
    apart = [alike[0], replace(READY, camera="cam-02", trouble=("The card does not answer.",))]
    assert [need.link for need in needs(apart, [], NOW)] == ["/cameras/cam-01", "/cameras/cam-02"]


# proves L3
def test_recordings_that_did_not_arrive_are_named() -> None:
    (one,) = needs([replace(READY, missing=(4,), missing_count=1)], [], NOW)
    assert one.text == "Recording 4 of cam-01 has not arrived."
    (many,) = needs([replace(READY, missing=tuple(range(1, 9)), missing_count=8)], [], NOW)
    assert many.text == "Recordings 1, 2, 3, 4, 5 and 3 more of cam-01 have not arrived."


# proves F8
def test_two_devices_with_one_identity_are_named_at_present_only_while_they_are_seen() -> None:
    doubled = replace(READY, doubled_since=NOW - timedelta(hours=1), doubled_last=NOW - timedelta(seconds=20))
    (need,) = needs([doubled], [], NOW)
    assert need.text == f"Two devices are using the identity of {READY.camera}. What both send is kept."
    assert (need.tone, need.link) == ("bad", f"/cameras/{READY.camera}")
    (later,) = needs([doubled], [], NOW + timedelta(minutes=10))
    assert later.text.startswith(f"Two devices have used the identity of {READY.camera}, last seen ")
    assert later.tone == "warn"
    assert needs([doubled], [], NOW + timedelta(days=8)) == ()
    (line,) = [value for word, value in about(doubled, NOW + timedelta(days=8)) if word == "Identity"]
    assert str(line).startswith("used by two devices at once, last seen ")
