"""Alerts as rows: found by looking at a fleet, taken, resolved, and over by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from fleet.alerts import events
from fleet.alerts.events import end_event, raise_event
from fleet.alerts.handling import Owner, acknowledge, hand_over, reopen, resolve, take
from fleet.alerts.models import AlertRow, AlertState, AlertStep
from fleet.alerts.register import MOST_OVER, forget_old
from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.rules.reconcile import RETURNS
from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.retention.models import Hold
from fleet.server.compose import FleetServices
from fleet.web import recorded
from tests.support.fleet.alerting import alerts_of, forget_alerts
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DESK = Actor(ActorKind.USER, "desk", "Safety desk", frozenset({Role.SAFETY_TEAM}))
HEAD = Actor(ActorKind.USER, "head", "Head of safety", frozenset({Role.HEAD_OF_SAFETY}))
USED = AlertKind("test.used", "A key was used", "{number} keys were used.", BAD, is_event=True)
NOT_ARRIVED = "recording.not-arrived"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services, workers=False) as client,
    ):
        yield Scene(services, clock, client)


@pytest.fixture
def scene(whole: Scene) -> Scene:
    with whole.services.sessions.begin() as session:
        session.execute(delete(Hold))
    whole.clear()
    whole.officer()
    forget_alerts(whole.services)
    whole.clock.now = NOW
    return whole


def held(scene: Scene, number: int, **more: object) -> None:
    """Have a recording with that number, whose wearer is known."""
    of = {"officer_id": "officer-1", "wearer_basis": "signed", **more}
    scene.held(number=number, recording=f"{number:032x}", **of)


def states(rows: list[AlertRow]) -> list[tuple[str, str]]:
    return [(row.subject, row.state) for row in rows]


def heard(scene: Scene, **status: object) -> None:
    """Have cam-01 say something now."""
    with scene.services.sessions.begin() as session:
        row = session.get_one(CameraRow, "cam-01")
        row.online, row.seen = True, scene.clock.now
        row.status = {**(row.status or {}), **status}


# --- L3: every recording is accounted for ---


def test_a_number_that_does_not_arrive_raises_an_alert_which_is_over_once_it_does(scene: Scene) -> None:
    # proves L3
    scene.camera(status={"made": 3})
    held(scene, 1)
    held(scene, 3)
    assert states(alerts_of(scene.services, NOT_ARRIVED)) == [("cam-01/2", "open")]
    scene.clock.move(minutes=20)
    heard(scene)
    (row,) = alerts_of(scene.services, NOT_ARRIVED)
    assert (row.first_true, row.last_true) == (NOW, scene.clock.now)
    assert row.words == "Recording 2 of cam-01 has not arrived."
    held(scene, 2)
    scene.clock.move(minutes=1)
    (row,) = alerts_of(scene.services, NOT_ARRIVED)
    assert (row.state, row.resolved, row.resolved_by, row.ended) == (
        "resolved",
        scene.clock.now,
        None,
        scene.clock.now,
    )


def test_one_that_is_explained_is_resolved_and_another_number_is_another_alert(scene: Scene) -> None:
    # proves L3
    scene.camera(status={"made": 2})
    first, second = alerts_of(scene.services, NOT_ARRIVED)
    kinds = scene.services.alerts.kinds
    with scene.services.sessions.begin() as session:
        resolve(session, kinds, first.id, note="The card burnt; see INC-7.", by=HEAD)
    assert states(alerts_of(scene.services, NOT_ARRIVED)) == [("cam-01/1", "resolved"), ("cam-01/2", "open")]
    heard(scene, made=3)
    rows = alerts_of(scene.services, NOT_ARRIVED)
    assert states(rows) == [("cam-01/1", "resolved"), ("cam-01/2", "open"), ("cam-01/3", "open")]
    assert rows[0].resolved_by == "Head of safety"
    assert second.id == rows[1].id
    page = scene.page("/")
    assert "Recordings 2 and 3" in page
    assert "Recordings 1" not in page


def test_what_a_camera_out_of_service_did_not_send_is_missing_all_the_same(scene: Scene) -> None:
    # proves L3
    scene.camera(status={"made": 1}, revoked=NOW)
    (row,) = alerts_of(scene.services, NOT_ARRIVED)
    assert row.subject == "cam-01/1"
    assert "out of service" in row.step
    assert "has not arrived" in scene.page("/")


def test_a_number_of_which_the_camera_signed_that_it_never_was_is_explained(scene: Scene) -> None:
    # proves L3
    scene.camera(status={"made": 2})
    scene.recording(number=2, state=RecordingState.STOPPED)
    assert [row.subject for row in alerts_of(scene.services, NOT_ARRIVED)] == ["cam-01/1"]
    scene.recording(number=1, recording="1f" * 16, state=RecordingState.STOPPED)
    assert states(alerts_of(scene.services, NOT_ARRIVED)) == [("cam-01/1", "resolved")]


def test_a_camera_that_says_it_made_billions_is_bounded_and_that_is_said(scene: Scene) -> None:
    scene.camera(status={"made": 4_000_000})
    rows = alerts_of(scene.services, NOT_ARRIVED)
    assert len(rows) == 101
    (more,) = [row for row in rows if row.subject == "cam-01/more"]
    assert more.words.startswith("3999900 more recordings")


# --- What Today finds ---


def test_each_thing_of_a_camera_is_an_alert_while_it_is_so(scene: Scene) -> None:
    # proves F8
    scene.camera(status={"battery_percent": 5, "faults": ["No picture.", "No sound."]})
    found = {row.kind: row for row in alerts_of(scene.services)}
    assert set(found) == {"camera.battery", "camera.trouble"}
    assert "No picture." in found["camera.trouble"].words
    assert "No sound." in found["camera.trouble"].words
    heard(scene, battery_percent=80, faults=[])
    assert {row.state for row in alerts_of(scene.services)} == {AlertState.RESOLVED}


def test_of_a_camera_that_falls_silent_it_is_not_known_whether_it_is_so_still(scene: Scene) -> None:
    # proves F8
    scene.camera(status={"battery_percent": 5})
    alerts_of(scene.services)
    scene.clock.move(minutes=10)
    (row,) = alerts_of(scene.services)
    assert (row.state, row.doubtful, row.ended) == ("open", scene.clock.now, None)
    page = scene.page(f"/alerts/{row.id}")
    assert "First found <time" in page
    assert "Whether that is so still is not known since 12:10." in page
    heard(scene, battery_percent=80)
    (row,) = alerts_of(scene.services)
    assert (row.state, row.doubtful) == ("resolved", None)
    page = scene.page(f"/alerts/{row.id}")
    assert "That is not so any more, found 12:10." in page
    assert "Resolved by itself, 12:10." in page


def test_a_recording_that_is_none_of_the_newest_keeps_its_alert_while_it_is_so(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(recorded, "NEWEST", 5)
    scene.camera(status={"made": 12})
    held(scene, 1, verdict="altered", pressed=NOW - timedelta(days=40), verified=NOW - timedelta(days=40))
    alerts_of(scene.services)
    for number in range(2, 13):
        held(scene, number, pressed=NOW + timedelta(seconds=number))
    (row,) = alerts_of(scene.services, "recording.altered")
    assert (row.subject, row.state) == (f"{1:032x}", "open")
    with scene.services.sessions.begin() as session:
        resolve(session, scene.services.alerts.kinds, row.id, note="Cut for a test.", by=HEAD)
    (row,) = alerts_of(scene.services, "recording.altered")
    assert (row.state, row.ended) == ("resolved", None), "it is not looked at any more, and not over"


def test_a_recording_that_came_late_is_looked_at_although_it_is_none_of_the_newest(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(recorded, "NEWEST", 5)
    scene.camera(status={"made": 12})
    for number in range(2, 13):
        held(scene, number, verified=NOW - timedelta(hours=1))
    held(scene, 1, verdict="altered", pressed=NOW - timedelta(days=40), verified=NOW)
    (row,) = alerts_of(scene.services, "recording.altered")
    assert row.subject == f"{1:032x}"


def test_more_late_recordings_than_are_looked_at_are_counted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "NEWEST", 5)
    scene.camera(status={"made": 12})
    for number in range(1, 13):
        scene.recording(number=number, recording=f"{number:032x}", announced=NOW - timedelta(hours=3))
    rows = alerts_of(scene.services)
    late = [row for row in rows if row.kind == "recording.late"]
    (left_out,) = [row for row in rows if row.kind == "recording.left-out"]
    assert 5 <= len(late) < 12
    assert left_out.words.startswith(f"{12 - len(late)} recording")
    assert "that are late or refused are not looked at" in scene.page("/")


def test_a_camera_that_flaps_is_a_few_rows_and_one_that_says_how_often(scene: Scene) -> None:
    scene.camera(status={"battery_percent": 5})
    for turn in range(40):
        heard(scene, battery_percent=5 if turn % 2 else 80)
        alerts_of(scene.services)
        scene.clock.move(minutes=1)
    rows = alerts_of(scene.services, "camera.battery")
    assert len(rows) == RETURNS + 1
    assert rows[-1].returns > RETURNS
    page = scene.page(f"/alerts/{rows[-1].id}")
    assert "It comes and goes: it came back" in page
    with scene.services.readers() as session:
        assert len(session.scalars(select(AlertStep)).all()) < 3 * (RETURNS + 1)


def test_a_hold_that_nobody_looked_at_is_for_those_who_keep(scene: Scene) -> None:
    scene.camera()
    held(scene, 1)
    with scene.services.sessions.begin() as session:
        recording = session.scalars(select(Recording)).one()
        session.add(
            Hold(
                id="7" * 32,
                recording_id=recording.id,
                kind="claim",
                owner="Legal",
                reason="A letter came.",
                review=(NOW - timedelta(days=3)).date(),
                placed=NOW - timedelta(days=90),
                placed_by="Head of safety",
            )
        )
    (row,) = alerts_of(scene.services, "retention.hold-overdue")
    assert "should have been looked at by" in row.words
    assert "should have been looked at" in scene.page("/alerts", Role.DATA_PROTECTION_OFFICER)
    assert "should have been looked at by" not in scene.page("/alerts", Role.SAFETY_TEAM)
    with scene.services.sessions.begin() as session:
        session.execute(update(Hold).values(released=NOW))
    assert states(alerts_of(scene.services, "retention.hold-overdue")) == [("7" * 32, "resolved")]


def test_the_list_says_as_of_when_it_is_and_what_it_found(scene: Scene) -> None:
    # proves F8
    page = scene.page("/alerts")
    assert "Nothing that is looked for was found at 12:00:00." in page
    scene.clock.move(minutes=1)
    scene.camera(status={"battery_percent": 5})
    page = scene.page("/alerts")
    assert "As of 12:01:00." in page
    assert "5 % of its battery left" in page
    assert "Nothing that is looked for" not in page
    page = scene.page("/alerts?state=resolved")
    assert "Nothing matches" in page


def test_what_people_resolved_and_is_so_still_is_not_said_to_be_over(scene: Scene) -> None:
    # proves F8
    scene.camera(status={"battery_percent": 5})
    (row,) = alerts_of(scene.services)
    with scene.services.sessions.begin() as session:
        resolve(session, scene.services.alerts.kinds, row.id, note="It is on its way to the dock.", by=HEAD)
    page = scene.page("/alerts")
    assert "Nothing that is looked for was found" not in page
    resolved = scene.page("/alerts?state=resolved")
    assert "What needs somebody" not in resolved
    assert "What was resolved, by people or by itself, the newest first." in resolved
    assert '<p class="print-only">Only those with: Which “Resolved”.</p>' in resolved
    assert "People resolved 1 alert that is so still, or may be; nothing else that is looked for was" in page
    heard(scene, battery_percent=80)
    assert "Nothing that is looked for was found at 12:00:00." in scene.page("/alerts")


def test_who_is_not_told_of_every_kind_is_not_told_that_there_is_nothing_at_all(scene: Scene) -> None:
    # proves F8
    page = scene.page("/alerts", Role.SAFETY_TEAM)
    assert "Nothing that your roles are told of was found at 12:00:00." in page


def test_further_back_than_there_is_anything_is_the_last_page(scene: Scene) -> None:
    # proves F8
    scene.camera(status={"battery_percent": 5})
    page = scene.page("/alerts?skip=50")
    assert "Nothing needs anybody" not in page
    assert "5 % of its battery left" in page


def test_why_a_resolution_is_refused_is_said_beside_its_note(scene: Scene) -> None:
    scene.camera(status={"battery_percent": 5})
    (row,) = alerts_of(scene.services)
    headers = {"Authorization": f"Bearer {token_for(scene.services, name='notes')}", "Accept": "text/html"}
    answer = scene.client.post(f"/alerts/{row.id}/resolve", data={"note": "  "}, headers=headers)
    assert answer.status_code == 422
    field = answer.text.partition('id="note"')[2].partition("</div>")[0]
    assert "Say why, in 1 to 500 characters." in field
    assert answer.text.count("Say why, in 1 to 500 characters.") == 1


# --- What people do ---


@pytest.fixture
def low(scene: Scene) -> AlertRow:
    scene.camera(status={"battery_percent": 5})
    return alerts_of(scene.services)[0]


def test_an_alert_is_seen_taken_given_and_resolved_and_that_is_known(scene: Scene, low: AlertRow) -> None:
    kinds = scene.services.alerts.kinds
    with scene.services.sessions.begin() as session:
        acknowledge(session, kinds, low.id, by=DESK)
        acknowledge(session, kinds, low.id, by=DESK)
        take(session, kinds, low.id, seen="", by=DESK)
        hand_over(session, kinds, low.id, to=Owner("head", "Head of safety"), seen="desk", by=DESK)
        row = resolve(session, kinds, low.id, note="  It is  docked. ", by=HEAD)
    assert (row.state, row.owner, row.resolved_by, row.note) == (
        "resolved",
        "Head of safety",
        "Head of safety",
        "It is docked.",
    )
    page = scene.page(f"/alerts/{low.id}")
    for said in ("has seen it.", "took it.", "gave it to", "resolved it:"):
        assert said in page
    with scene.services.readers() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == low.id)).all()
        assert actions == [
            "alerts:alert:acknowledged",
            "alerts:alert:taken",
            "alerts:alert:given",
            "alerts:alert:resolved",
        ]
        assert verify_log(session) is None


def test_nothing_is_taken_from_somebody_unawares(scene: Scene, low: AlertRow) -> None:
    kinds = scene.services.alerts.kinds
    with scene.services.sessions.begin() as session:
        take(session, kinds, low.id, seen="", by=DESK)
    with (
        pytest.raises(ProblemError, match="Safety desk has it meanwhile"),
        scene.services.sessions.begin() as session,
    ):
        take(session, kinds, low.id, seen="", by=HEAD)
    with scene.services.sessions.begin() as session:
        assert take(session, kinds, low.id, seen="desk", by=HEAD).owner == "Head of safety"


def test_what_is_resolved_is_opened_again_while_it_is_true_and_not_after(scene: Scene, low: AlertRow) -> None:
    kinds = scene.services.alerts.kinds
    with scene.services.sessions.begin() as session:
        resolve(session, kinds, low.id, note="Seen to.", by=DESK)
    assert "battery left" not in scene.page("/")
    with (
        pytest.raises(ProblemError, match="has resolved it"),
        scene.services.sessions.begin() as session,
    ):
        acknowledge(session, kinds, low.id, by=DESK)
    with scene.services.sessions.begin() as session:
        assert reopen(session, kinds, low.id, by=DESK).state == AlertState.OPEN
    assert "battery left" in scene.page("/")
    heard(scene, battery_percent=80)
    alerts_of(scene.services)
    with pytest.raises(ProblemError, match="That is over"), scene.services.sessions.begin() as session:
        reopen(session, kinds, low.id, by=DESK)
    heard(scene, battery_percent=4)
    assert {row.before for row in alerts_of(scene.services)} == {None, low.id}


@pytest.mark.parametrize("note", ["", "  ", "x" * 501, "a\x00b"])
def test_a_note_that_says_nothing_resolves_nothing(scene: Scene, low: AlertRow, note: str) -> None:
    # proves F6
    with pytest.raises(ProblemError) as caught, scene.services.sessions.begin() as session:
        resolve(session, scene.services.alerts.kinds, low.id, note=note, by=DESK)
    assert caught.value.status == 422
    assert alerts_of(scene.services)[0].state == AlertState.OPEN


def test_an_alert_of_others_is_none_for_somebody(scene: Scene, low: AlertRow) -> None:
    # proves F5
    officer = Actor(ActorKind.USER, "o", "Officer 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
    with pytest.raises(ProblemError) as caught, scene.services.sessions.begin() as session:
        acknowledge(session, scene.services.alerts.kinds, low.id, by=officer)
    assert caught.value.status == 404


# --- Events, and what is kept ---


def used(subject: str) -> AlertFinding:
    return AlertFinding(USED, subject, subject, f"{subject} was used on 22 May 2026.", "Ask why.", "/users")


def raise_one(services: FleetServices, subject: str) -> str:
    with services.sessions.begin() as session:
        return raise_event(session, used(subject), services.random).id


def test_an_event_is_one_alert_until_somebody_resolves_it(scene: Scene) -> None:
    first = raise_one(scene.services, "key-1")
    assert raise_one(scene.services, "key-1") == first
    assert states(alerts_of(scene.services)) == [("key-1", "open")], "nothing that looks has it be over"
    with scene.services.sessions.begin() as session:
        end_event(session, USED, "key-1")
    scene.clock.move(minutes=1)
    second = raise_one(scene.services, "key-1")
    assert second != first
    (old, new) = alerts_of(scene.services)
    assert (old.state, new.before) == ("resolved", first)


def test_a_flood_of_events_is_bounded_and_said_again_after_somebody_resolved_that(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST", 5)
    for each in range(7):
        raise_one(scene.services, f"key-{each}")
    rows = alerts_of(scene.services)
    assert len(rows) == 6
    (more,) = [row for row in rows if row.kind == "alerts.more"]
    assert "more than the 5 that are listed" in more.words
    with scene.services.sessions.begin() as session:
        resolve(session, scene.services.alerts.kinds, more.id, note="Looked into.", by=HEAD)
    raise_one(scene.services, "key-x")
    assert len([row for row in alerts_of(scene.services, "alerts.more") if row.state == "open"]) == 1


def test_a_kind_that_is_found_is_no_event(scene: Scene) -> None:
    kind = AlertKind("test.found", "Found", "")
    finding = AlertFinding(kind, "x", "x", "X.", "Y.", "/")
    with pytest.raises(ValueError, match="is no event"), scene.services.sessions.begin() as session:
        raise_event(session, finding, scene.services.random)


def test_old_alerts_are_forgotten_and_open_ones_never(scene: Scene) -> None:
    scene.camera(status={"battery_percent": 5})
    raise_one(scene.services, "key-1")
    with scene.services.sessions.begin() as session:
        end_event(session, USED, "key-1")
    alerts_of(scene.services)
    with scene.services.sessions.begin() as session:
        assert forget_old(session, NOW - timedelta(days=1)) == 0
        assert forget_old(session, NOW + timedelta(days=1)) == 1
        assert session.scalars(select(AlertRow.kind)).all() == ["camera.battery"]
    assert MOST_OVER == 20_000


def test_a_look_that_finds_nothing_new_writes_nothing(scene: Scene) -> None:
    scene.camera(status={"battery_percent": 5})
    assert scene.services.alerts.bring_up_to_date()
    assert not scene.services.alerts.bring_up_to_date()
