"""What Today, the hand-out page and alerts say, each in the state in which it would be false (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.rules.reconcile import RETURNS
from fleet.delivery.models import MessageState, OutMessage
from fleet.delivery.rules.timing import LEASE
from fleet.footage.timeline.conditions import ConditionSum
from fleet.vault.keybox import VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web.facts import CameraFacts, OfficerFacts
from fleet.web.views.alerts.alert import alert_view, sentence, state_words
from fleet.web.views.alerts.none import none_words
from fleet.web.views.alerts.told import message_views
from fleet.web.views.desk.attention import needs
from fleet.web.views.desk.best import best
from fleet.web.views.desk.found import MissingNumbers, disk_low, hold_overdue, not_arrived
from fleet.web.views.desk.grouping import Alike, Need, Noticed
from fleet.web.views.desk.handout import hand_on, hand_out
from fleet.web.views.desk.kinds import DESK
from fleet.web.views.desk.standing import AlertMark, marked, other_needs
from fleet.web.views.kept import HoldView
from fleet.web.views.state import camera_badge
from fleet.web.views.tile import tile

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FREE = CameraFacts(
    camera="cam-01",
    enrolled=NOW - timedelta(days=1),
    online=True,
    last_seen=NOW,
    state="ready",
    battery=90,
    storage_used=5,
    waiting=0,
    taken_on=True,
)
OFFICERS = (OfficerFacts("1", "Officer 1"), OfficerFacts("2", "Officer 2"))


def texts(facts: CameraFacts) -> list[str]:
    return [each.text for each in needs([facts], [], NOW)]


# Today


def test_a_vault_is_said_to_be_sealed_only_while_it_is() -> None:
    # proves F8
    assert needs([FREE], [], NOW) == ()
    [need] = needs([FREE], [], NOW, vault_sealed=Sealed(VaultOpener(), NOW))
    assert "sealed" in need.text


def test_two_devices_are_told_only_where_it_is_known_when() -> None:
    # proves F8
    assert not texts(replace(FREE, doubled_since=NOW))
    [said] = texts(replace(FREE, doubled_since=NOW, doubled_last=NOW))
    assert said.startswith("Two devices or more are using the identity of cam-01.")
    [said] = texts(replace(FREE, doubled_since=NOW, doubled_last=NOW - timedelta(days=2)))
    assert "are using" not in said


def test_what_an_unheard_camera_said_last_has_a_time_only_where_it_was_ever_heard() -> None:
    # proves F8
    silent = replace(FREE, online=False, trouble=("No picture.",))
    assert texts(silent)[0] == "cam-01 said in its last message 12:00:00: No picture."
    assert texts(replace(silent, last_seen=None))[0] == "cam-01 said in its last message: No picture."


def test_a_camera_that_hears_nothing_is_not_said_to_have_a_lens_to_be_looked_at() -> None:
    # proves F8
    for track, part in (("video", "its lens"), ("audio", "its microphone")):
        facts = replace(
            FREE, conditions=(ConditionSum(track, "black" if track == "video" else "silent", 9.0),)
        )
        [need] = needs([facts], [], NOW)
        assert part in need.step


def test_only_a_camera_that_is_heard_is_the_best_to_take() -> None:
    # proves F8
    full = replace(FREE, held_s=180.0, window_s=180.0)
    assert best([replace(full, online=False)], NOW) is None
    found = best([full], NOW)
    assert found is not None
    assert found.camera == "cam-01"


# What was found


def test_numbers_that_are_not_here_are_counted() -> None:
    # proves F8
    link = "/cameras/cam-01"
    assert [each.words for each in not_arrived(MissingNumbers("cam-01", (3,), 0, is_gone=False))] == [
        "Recording 3 of cam-01 has not arrived."
    ]
    for more, said in (
        (1, "1 more recording of cam-01 has not arrived."),
        (2, "2 more recordings of cam-01 have not arrived."),
    ):
        found = not_arrived(MissingNumbers("cam-01", (3,), more, is_gone=False))[-1]
        assert (found.words, found.link) == (said, link)


def test_a_disk_is_called_low_only_where_it_is() -> None:
    # proves F8
    assert disk_low(0, 0, 10) is None
    assert disk_low(100_000_000, 1_000_000_000, 10) is None
    found = disk_low(99_000_000, 1_000_000_000, 10)
    assert found is not None
    assert found.words == "99.0 MB of the service's disk are free, 9 %."


def test_a_hold_is_called_by_what_it_is_on() -> None:
    # proves F8
    hold = HoldView(
        "1", "A claim", "Head 1", "Letter", "should have been looked at", True, "", "Recording 7", "/"
    )
    assert hold_overdue(hold).words == "The hold on recording 7 should have been looked at."
    other = replace(hold, of="INC-2026-0001")
    assert hold_overdue(other).words == "The hold on INC-2026-0001 should have been looked at."


# Who has it


def found(aspect: str) -> Noticed:
    need = Need("warn", "clock", "It is late.", "Dock it.", "/")
    return Noticed(Alike.LATE, "cam-01, 7", need, subject="x", aspect=aspect)


def test_what_a_person_resolved_is_told_again_once_there_is_more_of_it() -> None:
    # proves F8
    kind = AlertMark("1")
    key = (DESK[Alike.LATE].id, "x")
    assert [each.need.mark for each in marked([found("")], {})] == [""]
    settled = replace(kind, is_settled=True, aspect="No picture.", owner="Jane")
    assert marked([found("No picture.")], {key: settled}) == []
    assert [each.need.mark for each in marked([found("No picture.\nNo sound.")], {key: settled})] == [""]
    open_still = replace(settled, is_settled=False)
    [shown] = marked([found("No picture.")], {key: open_still})
    assert (shown.need.mark, shown.need.alert) == (open_still.words, "/alerts/1")


def test_who_has_an_alert_or_has_seen_it_is_said_of_whoever_did() -> None:
    # proves F8
    assert AlertMark("1").words == ""
    assert AlertMark("1", seen_by="Jane").words == "Jane has seen it."
    assert "has taken it." in AlertMark("1", owner="Jim", seen_by="Jane").words
    assert "Jim" in AlertMark("1", owner="Jim", seen_by="Jane").words
    assert not AlertMark("1", aspect="a").covers("a")
    assert AlertMark("1", is_settled=True, aspect="a").covers("a")
    assert not AlertMark("1", is_settled=True, aspect="a").covers("a\nb")


def test_what_others_found_has_their_colour_or_their_kind_s() -> None:
    kind = AlertKind("other", "Other", "{number} others.", "warn")
    plain = AlertFinding(kind, "s", "name", "It is so.", "Do it.", "/")
    tones = [each.need.tone for each in other_needs([plain, replace(plain, tone="bad")])]
    assert tones == ["warn", "bad"]


# Hand-out


def test_a_camera_that_is_two_is_asked_about_before_it_is_handed_out() -> None:
    # proves F8
    assert hand_on([FREE], OFFICERS, "cam-01", "1") is None
    doubled = hand_on([replace(FREE, doubled_since=NOW)], OFFICERS, "cam-01", "1")
    assert doubled is not None
    assert doubled.officer_id == "1"
    records = replace(FREE, state="recording")
    asked = hand_on([records], OFFICERS, "cam-01", "1")
    assert asked is not None
    assert asked.doubts != doubled.doubts
    assert hand_on([replace(records, online=False)], OFFICERS, "cam-01", "1") is None
    assert hand_on([records], OFFICERS, "cam-01", "9") is None
    assert hand_on([replace(records, officer="Officer 2")], OFFICERS, "cam-01", "1") is None


def test_what_is_out_is_listed_with_its_hand_out_and_since_when_where_that_is_known() -> None:
    # proves F8
    out = replace(FREE, officer="Officer 1", assignment="a1", since=NOW)
    [shown] = hand_out([out], OFFICERS, (), None, NOW).out
    assert shown.since is not None
    [shown] = hand_out([replace(out, since=None)], OFFICERS, (), None, NOW).out
    assert shown.since is None
    assert hand_out([replace(out, assignment=None)], OFFICERS, (), None, NOW).out == ()


# A tile


def ring(facts: CameraFacts) -> str | None:
    shown = tile(facts, NOW).prerecord
    return None if shown is None else shown.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "not known"),
        ({"held_s": 9.0}, "not known"),
        ({"state": "docked"}, None),
        ({"held_s": 9.0, "window_s": 180.0}, "0:09"),
        ({"held_s": 0.0, "window_s": 180.0}, "0:00"),
        ({"held_s": 179.0, "window_s": 180.0}, "Full"),
        ({"held_s": 0.0, "window_s": 0.0}, None),
        ({"held_s": 9.0, "window_s": 180.0, "state": "docked"}, "0:09"),
        ({"held_s": 0.0, "window_s": 180.0, "state": "docked"}, None),
        ({"held_s": 9.0, "window_s": 180.0, "state": "off"}, None),
    ],
)
def test_the_ring_is_told_as_the_camera_says_it(change: dict[str, object], said: str | None) -> None:
    # proves F8
    shown = ring(replace(FREE, **change))  # type: ignore[arg-type] # fields as they are named
    assert (shown is None) is (said is None)
    assert said is None or (shown is not None and said.lower() in shown.lower())


def test_a_camera_that_is_off_is_called_that_and_nothing_else() -> None:
    # proves F8
    assert camera_badge(replace(FREE, state="off")).word == "Off"
    assert camera_badge(replace(FREE, state="off", online=False)).word != "Ready"
    assert camera_badge(FREE).word == "Ready"


# Alerts

KIND = AlertKind("k", "It is late", "{number} are late.", "warn")


def row(**more: object) -> AlertRow:
    plain = {
        "id": "1",
        "kind": "k",
        "subject": "s",
        "name": "n",
        "tone": "warn",
        "words": "It is late.",
        "step": "Dock it.",
        "link": "/",
        "state": AlertState.OPEN,
        "first_true": NOW,
        "last_true": NOW,
        "lasts": True,
        "returns": 0,
    }
    return AlertRow(**{**plain, **more})


def test_an_alert_says_what_was_so_when_it_was_said() -> None:
    # proves F8
    assert sentence(row(), KIND, NOW) == "It is late."
    over = row(lasts=None, ended=NOW)
    assert sentence(over, KIND, NOW) == "As of 12:00: “It is late.” That is not so any more, found 12:00."
    doubtful = sentence(row(doubtful=NOW), KIND, NOW)
    assert doubtful.endswith("Whether that is so still is not known since 12:00.")
    event = replace(KIND, is_event=True)
    assert sentence(over, event, NOW) == "It is late."


def test_how_far_somebody_has_come_with_an_alert_is_said_of_whoever_did() -> None:
    # proves F8
    assert state_words(row(), NOW) == ""
    resolved = {"state": AlertState.RESOLVED, "resolved": NOW}
    assert state_words(row(**resolved), NOW) == "Resolved by itself, 12:00."
    assert ": docked" in state_words(row(**resolved, resolved_by="Jane", note="docked"), NOW)
    assert state_words(row(state=AlertState.RESOLVED), NOW) == ""
    assert state_words(row(owner="Jane"), NOW) == ""
    assert "has it, since 12:00." in state_words(row(owner="Jane", taken=NOW), NOW)
    assert state_words(row(acknowledged_by="Jane"), NOW) == ""
    assert "has seen it, 12:00." in state_words(row(acknowledged_by="Jane", acknowledged=NOW), NOW)


def test_an_alert_that_is_over_asks_for_nothing_and_cannot_be_opened_again() -> None:
    # proves F8
    shown = alert_view(row(), KIND, NOW)
    assert (shown.step, shown.is_resolved, shown.can_reopen, shown.comes_and_goes) == (
        "Dock it.",
        False,
        False,
        "",
    )
    resolved = row(state=AlertState.RESOLVED, resolved=NOW, resolved_by="Jane")
    shown = alert_view(resolved, KIND, NOW)
    assert (shown.step, shown.is_resolved, shown.can_reopen) == ("", True, True)
    over = alert_view(row(state=AlertState.RESOLVED, resolved_by="Jane", lasts=None), KIND, NOW)
    assert not over.can_reopen
    assert "3 times or more" in alert_view(row(returns=RETURNS), KIND, NOW).comes_and_goes


def test_alerts_that_people_resolved_are_counted() -> None:
    # proves F8
    assert none_words("12:00", 1, sees_all=True).startswith("People resolved 1 alert that is so still")
    assert none_words("12:00", 2, sees_all=True).startswith("People resolved 2 alerts that are so still")
    assert none_words("12:00", 0, sees_all=False).startswith("Nothing that your roles are told of")


@pytest.mark.parametrize(
    ("fields", "goes", "said", "tone"),
    [
        ({"state": MessageState.SENT, "finished": NOW}, True, "handed over 12:00:00.", "good"),
        ({"due": NOW + timedelta(minutes=1)}, True, "waits until 12:01:00.", "busy"),
        ({"due": NOW}, True, "was to go 12:00:00, and goes as soon as", "busy"),
        ({"due": NOW}, False, "nothing goes out this way now", "warn"),
        ({"leased": NOW + LEASE}, True, "a try began 12:00:00; how that ended is not known yet.", "busy"),
        ({"leased": NOW, "due": NOW}, True, "was to go", "busy"),
        (
            {"tries": 1, "error": "It is full.", "due": NOW + timedelta(minutes=1)},
            True,
            "it failed 1 time, and goes again 12:01:00. It is full.",
            "warn",
        ),
        ({"state": MessageState.FAILED, "error": "It is full."}, True, "given up. It is full.", "bad"),
        ({"state": MessageState.NOT_NEEDED}, True, "not sent, for none of it was so any more", "quiet"),
    ],
)
def test_a_message_says_what_became_of_it(
    fields: dict[str, object], goes: bool, said: str, tone: str
) -> None:
    # proves F8
    plain = {
        "alerts": ["1"],
        "more": 0,
        "tries": 0,
        "error": "",
        "created": NOW,
        "due": NOW,
        "is_test": False,
    }
    message = OutMessage(**{**plain, "state": MessageState.WAITING, **fields})
    [shown] = message_views([message], NOW, goes=goes)
    assert said in shown.text
    assert shown.tone == tone
