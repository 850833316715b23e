"""What is said of alerts, of messages about them and of what Today finds, by what decides it (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.rules.reconcile import RETURNS
from fleet.core.actor import Role
from fleet.delivery.models import MessageState, OutMessage
from fleet.delivery.rules.choosing import ToldChoice
from fleet.delivery.rules.timing import LEASE, QuietHours
from fleet.web.facts import CameraFacts, DayFacts, OfficerFacts, RecordingFacts
from fleet.web.views.alerts.alert import alert_view, sentence, state_words
from fleet.web.views.alerts.none import none_words
from fleet.web.views.alerts.told import kind_boxes, message_views, quiet_words
from fleet.web.views.desk.attention import needs, noticed
from fleet.web.views.desk.best import best_words, rank
from fleet.web.views.desk.coverage import strip
from fleet.web.views.desk.found import MissingNumbers, disk_low, not_arrived
from fleet.web.views.desk.handout import hand_out, take_back
from fleet.web.views.desk.officers import SHOWN, people
from fleet.web.views.desk.standing import AlertMark, without_settled
from fleet.web.views.desk.today import today
from fleet.web.views.tile import initials, tile
from tests.unit.fleet.web.test_said_of_recordings import HELD

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KIND = AlertKind("camera.late", "Late", "{number} are late.", roles=frozenset({Role.HEAD_OF_SAFETY}))

# Alerts


def row(**changed: Any) -> AlertRow:  # noqa: ANN401 - any column
    plain = {
        "id": "1",
        "kind": "camera.late",
        "subject": "cam-01",
        "name": "cam-01",
        "tone": "warn",
        "words": "It is late.",
        "step": "Dock it.",
        "link": "/",
        "state": AlertState.OPEN,
        "first_true": NOW - HOUR,
        "last_true": NOW - HOUR,
        "lasts": True,
        "returns": 0,
    }
    return AlertRow(**{**plain, **changed})


RESOLVED = {"state": AlertState.RESOLVED, "resolved": NOW, "resolved_by": "Jane", "note": "Docked."}


@pytest.mark.parametrize(
    ("changed", "is_resolved", "is_seen", "can_reopen", "said"),
    [
        ({}, False, False, False, "It is late."),
        ({"acknowledged": NOW, "acknowledged_by": "Jane"}, False, True, False, "It is late."),
        (RESOLVED, True, False, True, "As of 11:00: “It is late.”"),
        (
            {**RESOLVED, "resolved_by": None, "lasts": None, "ended": NOW},
            True,
            False,
            False,
            "As of 11:00: “It is late.” That is not so any more, found 12:00.",
        ),
        (
            {"doubtful": NOW},
            False,
            False,
            False,
            "As of 11:00: “It is late.” Whether that is so still is not known since 12:00.",
        ),
    ],
)
def test_an_alert_says_what_is_so_and_what_is_left_to_do(
    changed: dict[str, Any], is_resolved: bool, is_seen: bool, can_reopen: bool, said: str
) -> None:
    # proves F8
    shown = alert_view(row(**changed), KIND, NOW)
    assert (shown.is_resolved, shown.is_seen, shown.can_reopen) == (is_resolved, is_seen, can_reopen)
    assert (shown.step, shown.tone) == (("", "quiet") if is_resolved else ("Dock it.", "warn"))
    assert shown.icon == ("check" if is_resolved else KIND.icon)
    assert shown.text == said == sentence(row(**changed), KIND, NOW)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        (RESOLVED, "Resolved by Jane, 12:00: Docked."),
        ({**RESOLVED, "resolved_by": None}, "Resolved by itself, 12:00."),
        ({"resolved": NOW, "resolved_by": "Jane", "note": "Docked."}, ""),
        ({"owner": "Jane", "taken": NOW}, "Jane has it, since 12:00."),
        ({"taken": NOW}, ""),
        ({"acknowledged": NOW, "acknowledged_by": "Head 1"}, "Head 1 has seen it, 12:00."),
        ({"acknowledged": NOW}, ""),
    ],
)
def test_whoever_has_an_alert_is_named_where_somebody_has(changed: dict[str, Any], said: str) -> None:
    # proves F8
    assert state_words(row(**changed), NOW) == said


@pytest.mark.parametrize(
    ("returns", "said"),
    [
        (0, ""),
        (1, "It comes and goes: it came back 1 time, each time within an hour."),
        (RETURNS, f"It comes and goes: it came back {RETURNS} times or more, each time within an hour."),
    ],
)
def test_how_often_an_alert_came_back_is_said_as_far_as_it_was_counted(returns: int, said: str) -> None:
    # proves F8
    assert alert_view(row(returns=returns), KIND, NOW).comes_and_goes == said


def test_nothing_found_is_said_of_what_somebody_is_told_of() -> None:
    # proves F8
    assert none_words("12:00", 0, sees_all=True) == "Nothing that is looked for was found at 12:00."
    assert none_words("12:00", 0, sees_all=False) == (
        "Nothing that your roles are told of was found at 12:00."
    )


# Messages


def message(**changed: Any) -> OutMessage:  # noqa: ANN401 - any column
    plain = {
        "id": "m",
        "channel": "mail",
        "is_test": False,
        "alerts": ["1"],
        "more": 0,
        "created": NOW - HOUR,
        "due": NOW + HOUR,
        "tries": 0,
        "state": MessageState.WAITING,
        "error": "",
    }
    return OutMessage(**{**plain, **changed})


@pytest.mark.parametrize(
    ("changed", "goes", "tone", "said"),
    [
        ({}, True, "busy", "1 alert: waits until 13:00:00."),
        ({"is_test": True}, True, "busy", "Test: waits until 13:00:00."),
        ({"more": 2}, True, "busy", "3 alerts: waits until 13:00:00."),
        (
            {"tries": 1, "error": "It is away."},
            True,
            "warn",
            "1 alert: it failed 1 time, and goes again 13:00:00. It is away.",
        ),
        (
            {"due": NOW},
            True,
            "busy",
            "1 alert: was to go 12:00:00, and goes as soon as the service comes to it.",
        ),
        (
            {"leased": NOW + LEASE},
            True,
            "busy",
            "1 alert: a try began 12:00:00; how that ended is not known yet.",
        ),
        (
            {"leased": NOW, "due": NOW},
            True,
            "busy",
            "1 alert: was to go 12:00:00, and goes as soon as the service comes to it.",
        ),
        ({}, False, "warn", "1 alert: it waits, for nothing goes out this way now: that is not set up."),
        (
            {"state": MessageState.SENT, "finished": NOW},
            True,
            "good",
            "1 alert: handed over 12:00:00.",
        ),
        (
            {"state": MessageState.FAILED, "finished": NOW, "error": "It is away."},
            True,
            "bad",
            "1 alert: given up. It is away.",
        ),
        (
            {"state": MessageState.NOT_NEEDED, "finished": NOW},
            True,
            "quiet",
            (
                "1 alert: not sent, for none of it was so any more, it was not wanted, or nothing went "
                "out this "
                "way."
            ),
        ),
    ],
)
def test_of_a_message_is_said_what_became_of_it(
    changed: dict[str, Any], goes: bool, tone: str, said: str
) -> None:
    # proves F8
    [shown] = message_views([message(**changed)], NOW, goes=goes)
    assert (shown.text, shown.tone) == (said, tone)


def test_what_somebody_is_told_of_and_when_is_said_as_they_chose() -> None:
    # proves F8
    wanted, unwanted = kind_boxes([KIND, replace(KIND, id="other")], ToldChoice(without=frozenset({"other"})))
    assert (wanted.is_chosen, unwanted.is_chosen) == (True, False)
    zone = ZoneInfo("Europe/London")
    assert quiet_words(QuietHours(time(22), time(7), zone)).startswith("From 22:00 to 07:00 only urgent")
    assert quiet_words(QuietHours(time(7), time(7), zone)).startswith("There are no quiet hours")


# What Today finds

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
OUT = replace(FREE, officer="Officer 1", assignment="a1", since=NOW)


def test_what_has_not_arrived_is_named_as_far_as_it_is_known() -> None:
    # proves F8
    subjects = [
        [each.subject for each in noticed([replace(FREE, missing=numbers, missing_count=2)], [], NOW)]
        for numbers in ((7, 8), ())
    ]
    assert subjects == [["cam-01/7"], ["cam-01/more"]]
    [one] = needs([replace(FREE, missing=(7,), missing_count=1)], [], NOW)
    assert one.text.startswith("Recording 7 ")
    [several] = needs([replace(FREE, missing=(7, 8), missing_count=4)], [], NOW)
    assert several.text.startswith("Recordings 7, 8 and 2 more ")
    [more] = needs([replace(FREE, missing=(), missing_count=2)], [], NOW)
    assert more.text.startswith("Recordings 2 more ")
    in_service, gone = (
        not_arrived(MissingNumbers("cam-01", (7,), 1, is_gone=each)) for each in (False, True)
    )
    assert [each.words for each in in_service] == [each.words for each in gone]
    assert in_service[0].step != gone[0].step
    assert "Dock that camera" in in_service[0].step
    assert len(in_service) == 2
    assert in_service[1].words.startswith("1 more recording ")


def test_what_a_camera_complains_of_is_what_its_alert_is_about() -> None:
    # proves F8
    [trouble] = noticed([replace(FREE, trouble=("No picture.",))], [], NOW)
    assert trouble.aspect == trouble.detail == "No picture."
    [silent] = noticed([replace(FREE, online=False, trouble=("No picture.",))], [], NOW)[:1]
    assert (silent.detail, silent.aspect) == ("", "No picture.")
    assert not noticed([replace(FREE, doubled_last=NOW)], [], NOW)


def test_a_camera_out_of_service_is_none_of_today_s() -> None:
    # proves F8
    figures = DayFacts(known=0, held=0, contradicted=0, refused=0, coming=0, ended=0)
    gone = replace(FREE, camera="cam-02", revoked=NOW)
    assert [each.camera for each in today([FREE, gone], [], figures, NOW).tiles] == ["cam-01"]


def test_a_disk_of_no_size_is_not_said_to_be_full() -> None:
    # proves F8
    assert disk_low(0, 0, 10) is None
    assert disk_low(-1, 0, 10) is None
    assert disk_low(10, 100, 10) is None
    low = disk_low(9, 100, 10)
    assert low is not None
    assert low.words.endswith("of the service's disk are free, 9 %.")


def test_the_best_camera_is_best_for_what_is_known_of_it() -> None:
    # proves F8
    bare = replace(FREE, battery=None, storage_used=None)
    assert "verified" not in best_words(bare, NOW)
    verified = replace(bare, verified=NOW)
    assert "verified" in best_words(verified, NOW)
    assert best_words(replace(bare, verified=NOW - timedelta(days=400)), NOW) == best_words(bare, NOW)
    assert rank(replace(FREE, storage_used=None), NOW) != rank(replace(FREE, storage_used=95), NOW)
    assert rank(replace(FREE, storage_used=5), NOW) < rank(replace(FREE, storage_used=95), NOW)


def test_a_recording_under_way_is_whose_it_is_only_where_one_device_makes_it() -> None:
    # proves F8
    facts = replace(OUT, state="recording", recording=7)
    made = RecordingFacts(replace(HELD, state="announced", officer_name="Officer 1"))
    [shown] = strip([facts], [made], NOW).recording
    assert (shown.text, shown.link) == ("Officer 1 is recording", f"/recordings/{HELD.id}")
    [unmade] = strip([facts], [], NOW).recording
    assert (unmade.text, unmade.link) == ("cam-01 is recording", "/cameras/cam-01")
    nobodys = RecordingFacts(replace(made.summary, officer_name=None))
    [unknown] = strip([replace(facts, officer=None)], [nobodys], NOW).recording
    assert unknown.text == "cam-01 is recording"
    [doubled] = strip([replace(facts, doubled_since=NOW)], [made], NOW).recording
    assert "Officer 1 is recording" not in doubled.text
    assert doubled.link == "/cameras/cam-01"


def test_what_speaks_against_taking_a_camera_back_is_what_is_known() -> None:
    # proves F8
    def doubts(**changed: Any) -> tuple[str, ...]:  # noqa: ANN401 - any field
        question = take_back([replace(OUT, **changed)], "a1")
        return () if question is None else question.doubts

    assert take_back([OUT], "a1") is None
    assert take_back([OUT], "a2") is None
    doubled, held = doubts(doubled_since=NOW, waiting=3, missing_count=1)
    assert held.startswith("1 recording of it is not safe here yet.")
    assert "two" in doubled.lower()
    assert len(doubts(doubled_since=NOW, waiting=None)) == 1
    assert len(doubts(waiting=None)) == 1
    assert len(doubts(online=False, waiting=None)) == 1
    assert doubts(waiting=2)[0].startswith("It holds 2 recordings that are not safe here yet.")


def test_who_has_a_camera_out_is_listed_with_what_can_be_handed_on() -> None:
    # proves F8
    page = hand_out([OUT, replace(FREE, camera="cam-02")], (), (), None, NOW)
    assert [each.officer for each in page.out] == ["Officer 1"]
    assert [each.camera for each in page.free] == ["cam-02"]
    nobody = hand_out([replace(FREE, assignment="a1")], (), (), None, NOW)
    assert nobody.out == ()
    unsaid = replace(OUT, taken_on=False)
    [heard] = hand_out([unsaid], (), (), None, NOW).out
    assert "Officer 1" in heard.note
    [unheard] = hand_out([replace(unsaid, online=False)], (), (), None, NOW).out
    [doubled] = hand_out([replace(unsaid, doubled_since=NOW)], (), (), None, NOW).out
    assert unheard.note == doubled.note == ""


def test_officers_are_listed_with_how_many_more_there_are() -> None:
    # proves F8
    worn = OfficerFacts("1", "Officer 1", camera="cam-01")
    free = OfficerFacts("2", "Officer 2")
    assert [each.name for each in people([worn, free], "", NOW).shown] == ["Officer 1", "Officer 2"]
    assert next(each.name for each in people([worn, free], "", NOW, free_first=True).shown) == "Officer 2"
    many = [OfficerFacts(str(each), f"Officer {each}") for each in range(SHOWN + 1)]
    assert people(many[:-1], "", NOW).more == ""
    assert people(many, "", NOW).more == "1 more officer: type a part of the name to find one."


def test_what_somebody_has_settled_is_not_said_to_be_missing() -> None:
    # proves F8
    facts = replace(FREE, missing=(7, 8), missing_count=2)
    [kind] = {each.kind.id for each in not_arrived(MissingNumbers("cam-01", (7,), 0, is_gone=False))}
    key = (kind, "cam-01/7")
    assert without_settled([facts], {}) == (facts,)
    assert without_settled([facts], {key: AlertMark("1")}) == (facts,)
    [left] = without_settled([facts], {key: AlertMark("1", is_settled=True)})
    assert (left.missing, left.missing_count) == ((8,), 1)


def test_a_camera_that_is_off_or_was_never_heard_says_nothing_of_now() -> None:
    # proves F8
    assert tile(FREE, NOW).levels
    assert not tile(replace(FREE, state="off"), NOW).levels
    assert tile(FREE, NOW).seen is not None
    never = tile(replace(FREE, last_seen=None, online=False), NOW)
    assert never.seen is None
    assert [initials(each) for each in ("Officer 12", "Jane (CCTV) Doe", "- Jane", "Jane Doe")] == [
        "O12",
        "JD",
        "JA",
        "JD",
    ]
