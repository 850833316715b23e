from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fleet.footage.recordings.accounting import account
from fleet.footage.recordings.summary import ChainNote, RecordingSummary
from fleet.web.facts import CameraFacts, DayFacts, RecordingFacts
from fleet.web.sources import with_missing
from fleet.web.views.desk.attention import needs
from fleet.web.views.desk.camera import about
from fleet.web.views.desk.today import today
from fleet.web.views.recordings import head
from fleet.web.views.state import camera_badge, recording_badge
from fleet.web.views.tile import initials, tile
from tests.support.fleet.page_facts import changed

NONE = DayFacts()
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
    assert [level.label for level in shown.matters] == ["Pre-record", "Battery"]
    assert not shown.is_late
    assert shown.seen_ago == "7 s ago"
    assert not shown.stale


def test_a_full_ring_is_told_from_one_that_fills() -> None:
    assert tile(READY, NOW).prerecord.tone == "busy"  # type: ignore[union-attr] # READY holds some
    for held in (178.0, 178.9, 179.1, 180.0, 180.4):
        full = tile(replace(READY, held_s=held), NOW).prerecord
        assert full is not None
        assert (full.tone, full.text) == ("good", "Full"), (
            "a figure that flickers with each chunk says nothing"
        )
    almost = tile(replace(READY, held_s=177.9), NOW).prerecord
    assert almost is not None
    assert almost.text == "2:57 of 3:00"


@pytest.mark.parametrize("change", [{"held_s": None}, {"window_s": None}])
def test_a_ring_that_a_ready_camera_does_not_tell_of_is_not_known(change: dict[str, object]) -> None:
    # proves F8
    shown = tile(replace(READY, **change), NOW).prerecord  # type: ignore[arg-type] # fields as they are named
    assert shown is not None
    assert (shown.text, shown.tone) == ("not known", "warn")
    docked = replace(READY, state="docked", **change)  # type: ignore[arg-type] # fields as they are named
    assert tile(docked, NOW).prerecord is None


def test_storage_is_shown_once_it_matters_and_a_message_that_is_late_has_its_age() -> None:
    full = tile(replace(READY, storage_used=91, last_seen=NOW - timedelta(seconds=31)), NOW)
    assert [level.label for level in full.matters] == ["Pre-record", "Battery", "Storage"]
    assert full.is_late


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
        ({"state": "uploading", "under_way": False, "received_bytes": 9, "to_send": 1}, "Uploading"),
        ({"state": "uploading", "under_way": None}, "Out of reach"),
        ({"state": "verifying"}, "Checking"),
        ({"state": "held"}, "Safe"),
        ({"state": "failed"}, "Refused"),
    ],
)
def test_each_state_of_a_recording_has_its_word(change: dict[str, object], word: str) -> None:
    assert recording_badge(changed(SAFE, **change)).word == word


def test_a_camera_that_says_what_is_wrong_is_not_green() -> None:
    # proves F8
    trouble = ("The microphone gives no sound.",)
    well, ill = (tile(each, NOW).badge for each in (READY, replace(READY, trouble=trouble)))
    assert (well.word, well.tone, ill.word, ill.tone) == ("Ready", "good", "Ready", "warn")


def test_nothing_needs_anybody_when_all_is_well() -> None:
    assert needs([READY], [SAFE], NOW) == ()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (
            {"online": False, "last_seen": NOW - timedelta(minutes=12)},
            ". Officer 1 has it.",
        ),
        ({"online": False, "last_seen": None}, "handed to Officer 1, and nothing has been heard of it yet"),
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
            {"told_closed": True, "ended": "cut off", "receipt": True},
            "said that recording 7 of cam-01 was closed, but what is held has no end",
        ),
        (
            {"state": "uploading", "pressed": NOW - timedelta(hours=2)},
            "not known to be all here, 2 h after the press",
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
    assert need.text == f"Recording 7 of cam-01 contradicts others of its camera: {twice.sentence}"
    assert (need.tone, need.link) == ("bad", f"/recordings/{SAFE.summary.id}")
    assert "Keep the camera and its card as they are" in need.step


def test_the_gravest_comes_first_and_a_camera_out_of_service_is_left_alone() -> None:
    low = replace(READY, battery=3)
    broken = replace(READY, camera="cam-02", trouble=("No picture.",))
    gone = replace(READY, camera="cam-03", trouble=("No picture.",), revoked=NOW)
    assert [need.tone for need in needs([low, broken, gone], [], NOW)] == ["bad", "warn"]


def test_the_headline_answers_whether_everyone_is_covered() -> None:
    fine = today([READY], [SAFE], NONE, NOW).strip
    assert fine.headline == "Everyone is covered."
    assert fine.covered
    assert fine.summary == "1 of 1 camera handed out, 1 ready."
    lost = [replace(READY, online=False), replace(READY, camera="cam-02", officer="Officer 2", state="fault")]
    headline = "Officer 2 may not be covered. Whether Officer 1 is covered is not known."
    assert today(lost, [], NONE, NOW).strip.headline == headline
    assert today([], [], NONE, NOW).strip.headline == "No cameras in service."
    assert today([replace(READY, officer=None)], [], NONE, NOW).strip.headline == "All cameras are in."


BARE = "A press of Officer 1 is kept from the press on, with nothing before it."
NOT_KNOWN = "Whether Officer 1 is covered is not known."


@pytest.mark.parametrize(
    ("state", "online", "headline"),
    [
        ("ready", True, "Everyone is covered."),
        ("recording", True, "Everyone is covered."),
        ("private", True, BARE),
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
    shown = today([replace(READY, state=state, online=online)], [], NONE, NOW).strip
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
    assert all(trouble.text.startswith("It said last: ") for trouble in shown.trouble)


def test_cameras_that_somebody_has_come_first() -> None:
    free = replace(READY, camera="cam-00", officer=None)
    assert [shown.camera for shown in today([free, READY], [], NONE, NOW).tiles] == ["cam-01", "cam-00"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Officer 1", "O1"), ("Officer 12", "O12"), ("Ann Bee", "AB"), ("Cher", "CH"), ("", "")],
)
def test_initials(name: str, mark: str) -> None:
    assert initials(name) == mark


def test_what_many_cameras_have_alike_is_one_line_that_unfolds() -> None:
    unset = [replace(READY, camera=f"cam-{number:02d}", clock_synchronised=False) for number in range(1, 16)]
    (one,) = needs(unset[:1], [], NOW)
    assert (one.text, one.members) == ("The clock of cam-01 is not set.", ())
    (many,) = needs(list(reversed(unset)), [], NOW)
    assert (many.text, many.link) == ("15 cameras: clock not set.", "")
    assert [each.name for each in many.members] == [f"cam-{number:02d}" for number in range(1, 16)]
    assert many.members[9].text == "The clock of cam-10 is not set."
    assert many.members[9].link == "/cameras/cam-10"


def test_a_trouble_that_cameras_share_takes_one_line_and_another_its_own() -> None:
    dark = "The sensor gives no picture."
    alike = [replace(READY, camera=f"cam-{number:02d}", trouble=(dark,)) for number in range(1, 16)]
    (many,) = needs(alike, [], NOW)
    assert (many.tone, many.text) == ("bad", "15 cameras: The sensor gives no picture.")
    apart = [alike[0], replace(READY, camera="cam-02", trouble=("The card does not answer.",))]
    assert [need.link for need in needs(apart, [], NOW)] == ["/cameras/cam-01", "/cameras/cam-02"]


def test_an_unfolded_line_stays_the_same_line_wherever_it_comes_to_stand() -> None:
    """The page keeps what a person unfolded by its key: another matter must never unfold in its place."""
    unset = [replace(READY, camera=f"cam-{number:02d}", clock_synchronised=False) for number in range(1, 4)]
    dark = [replace(READY, camera=f"cam-{number:02d}", trouble=("No picture.",)) for number in range(4, 6)]
    deaf = [replace(READY, camera=f"cam-{number:02d}", trouble=("No sound.",)) for number in range(6, 8)]
    before = needs(unset, [], NOW)
    after = needs([*unset[:2], *dark, *deaf], [], NOW)
    assert [need.text for need in after][-1] == "2 cameras: clock not set."
    assert after[-1].key == before[0].key
    assert len({need.key for need in after}) == len(after)


def test_alike_recordings_are_one_line_too() -> None:
    late = [
        changed(SAFE, state="uploading", number=number, pressed=NOW - timedelta(hours=number + 1))
        for number in range(1, 4)
    ]
    (many,) = needs([], late, NOW)
    after = "an hour and more after each was begun, or was first heard of."
    assert many.text == f"3 recordings are not known to be all here, {after}"
    assert [each.name for each in many.members] == ["cam-01, 1", "cam-01, 2", "cam-01, 3"]


def test_who_records_comes_first_and_leads_to_the_recording() -> None:
    busy = replace(
        READY, camera="cam-12", officer="Officer 2", state="recording", recording=7, known_until=NOW
    )
    made = changed(SAFE, camera="cam-12", state="uploading", under_way=True, officer_name="Officer 2")
    lost = replace(READY, camera="cam-03", officer="Officer 3", online=False)
    shown = today([READY, lost, busy], [made], NONE, NOW)
    assert shown.strip.tone == "live"
    (now,) = shown.strip.recording
    assert (now.text, now.link) == ("Officer 2 is recording", f"/recordings/{SAFE.summary.id}")
    assert (now.since[:6], now.whose) == ("since ", "")
    assert shown.strip.headline == "Whether Officer 3 is covered is not known."
    assert [each.camera for each in shown.tiles] == ["cam-12", "cam-03", "cam-01"]
    unheard_of = today([busy], [], NONE, NOW).strip.recording[0]
    assert (unheard_of.link, unheard_of.since) == ("/cameras/cam-12", "")
    assert (unheard_of.text, unheard_of.whose) == ("cam-12 is recording", "with Officer 2 now")


@pytest.mark.parametrize(
    ("change", "tone"),
    [
        ({}, "good"),
        ({"state": "docked"}, "bad"),
        ({"state": "fault"}, "warn"),
        ({"online": False}, "warn"),
        ({"state": "recording"}, "live"),
        ({"state": "recording", "online": False}, "warn"),
        ({"state": "recording", "officer": None}, "live"),
    ],
)
def test_the_strip_has_the_colour_of_what_is_gravest(change: dict[str, object], tone: str) -> None:
    # proves F8: a colour is a claim, too
    facts = replace(READY, **change)  # type: ignore[arg-type] # fields as they are named
    assert today([facts], [], NONE, NOW).strip.tone == tone


def test_cameras_are_listed_as_people_count() -> None:
    many = [replace(READY, camera=f"cam-{number:02d}") for number in (100, 11, 2)]
    assert [each.camera for each in today(many, [], NONE, NOW).tiles] == ["cam-02", "cam-11", "cam-100"]
    out = [replace(each, officer=f"Officer {int(each.camera[4:])}", online=False) for each in many]
    assert today(out, [], NONE, NOW).strip.headline.startswith("Whether Officer 2, Officer 11 and")


# proves L3
def test_recordings_that_did_not_arrive_are_named() -> None:
    (one,) = needs([replace(READY, missing=(4,), missing_count=1)], [], NOW)
    assert one.text == "Recording 4 of cam-01 has not arrived."
    (many,) = needs([replace(READY, missing=tuple(range(1, 9)), missing_count=8)], [], NOW)
    assert many.text == "Recordings 1, 2, 3, 4, 5 and 3 more of cam-01 have not arrived."


@pytest.mark.parametrize(("is_heard", "missing"), [(True, ()), (False, (8,))])
def test_what_a_camera_was_making_when_it_fell_silent_has_not_arrived(
    is_heard: bool, missing: tuple[int, ...]
) -> None:
    # proves L3: it may have been destroyed in it; only while it is heard does it say that it is being made
    last = replace(READY, online=is_heard, state="recording", recording=8, made=8)
    count = account(received=range(1, 8), highest=8)
    [facts] = with_missing([last], {"cam-01": count})
    assert (facts.missing, facts.missing_count) == (missing, len(missing))
    said = {each.text for each in needs([facts], [], NOW)}
    assert ("Recording 8 of cam-01 has not arrived." in said) == bool(missing)


# proves F8
def test_two_devices_with_one_identity_are_named_at_present_only_while_they_are_seen() -> None:
    doubled = replace(READY, doubled_since=NOW - timedelta(hours=1), doubled_last=NOW - timedelta(seconds=20))
    (need,) = needs([doubled], [], NOW)
    assert need.text == (
        f"Two devices or more are using the identity of {READY.camera}. Recordings of each are told apart."
    )
    assert (need.tone, need.link) == ("bad", f"/cameras/{READY.camera}")
    (later,) = needs([doubled], [], NOW + timedelta(minutes=10))
    assert later.text.startswith(f"Two devices or more have used the identity of {READY.camera}, last seen ")
    assert later.tone == "warn"
    assert needs([doubled], [], NOW + timedelta(days=8)) == ()
    (line,) = [each.text for each in about(doubled, NOW + timedelta(days=8)) if each.word == "Identity"]
    assert str(line).startswith("used by two devices or more at once, last seen ")
