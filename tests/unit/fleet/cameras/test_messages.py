from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.cameras.broker_client import mark_silent
from fleet.cameras.hearing.mailbox import HeardMessage
from fleet.cameras.messages import Inbox
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, still_heard
from fleet.footage.recordings.lookup import NUMBER_WINDOW, RecordingClaim, ensure
from fleet.footage.recordings.models import RecordingState
from fleet.server.compose import FleetServices
from protocol.messages.commands import CommandOutcome, Response
from protocol.messages.desired import Reported
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from protocol.messages.topics import Up
from protocol.mode import Mode
from tests.support.fleet.fleet import TestClock, enrol_camera
from tests.support.tries import tries

TOPIC = "lapel/v1/cameras/cam-01/up/status"
EVENTS = "lapel/v1/cameras/cam-01/up/event"


@pytest.fixture
def inbox(services: FleetServices, tmp_path: Path) -> Inbox:
    enrol_camera(services, tmp_path)
    return Inbox(services.cameras)


def status(session: str = "s1", *, online: bool = True, **more: Any) -> bytes:  # noqa: ANN401 - any field
    return Status(camera="cam-01", session=session, online=online, **more).model_dump_json().encode()


def camera(services: FleetServices) -> CameraRow:
    with services.readers() as session:
        return session.get_one(CameraRow, "cam-01")


def test_a_status_is_kept_and_its_time_noted(services: FleetServices, inbox: Inbox, clock: TestClock) -> None:
    inbox.take(TOPIC, status(state=Mode.READY, prerecord_s=179.5), retained=False)
    row = camera(services)
    assert (row.online, row.seen, row.session) == (True, clock.now, "s1")
    assert row.status is not None
    assert (row.status["state"], row.status["prerecord_s"]) == ("ready", 179.5)


def test_a_will_ends_its_own_session_only(services: FleetServices, inbox: Inbox, clock: TestClock) -> None:
    inbox.take(TOPIC, status("s1", state=Mode.READY), retained=False)
    inbox.take(TOPIC, status("s2", state=Mode.RECORDING), retained=False)
    last = clock.now
    clock.move(seconds=40)
    inbox.take(TOPIC, status("s1", online=False), retained=False)
    assert camera(services).online
    inbox.take(TOPIC, status("s2", online=False), retained=False)
    row = camera(services)
    assert (row.online, row.seen) == (False, last)
    assert row.status is not None
    assert row.status["state"] == "recording"  # what it last said of itself, not the blank in its will


def test_a_camera_is_offline_within_90_s(services: FleetServices, inbox: Inbox, clock: TestClock) -> None:
    inbox.take(TOPIC, status(), retained=False)
    clock.move(seconds=59)
    mark_silent(services)
    assert camera(services).online
    clock.move(seconds=1)
    mark_silent(services)
    assert not camera(services).online
    assert services.config.cameras.offline_after_s + 5 < 90


def test_a_retained_status_does_not_make_a_camera_present(services: FleetServices, inbox: Inbox) -> None:
    inbox.take(TOPIC, status(state=Mode.READY), retained=True)
    row = camera(services)
    assert (row.online, row.seen) == (False, None)
    assert row.status is not None


def test_an_event_reaches_every_handler_whatever_one_does(
    services: FleetServices, tmp_path: Path, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[tuple[str, NewsKind, timedelta]] = []

    def fails(_events: object, _received: object) -> list[tuple[str, str]]:
        raise RuntimeError("a fault of this handler")

    def gets(events: Sequence[CameraEvent], received: datetime) -> list[tuple[str, str]]:
        got.extend((event.camera, event.kind, received - clock.now) for event in events)
        return []

    enrol_camera(services, tmp_path)
    inbox = Inbox(replace(services.cameras, news=(fails, gets)))
    event = CameraEvent(id="1", kind=NewsKind.BOOKMARK, camera="cam-01", at_utc_us=0, number=1)
    inbox.take(EVENTS, event.model_dump_json().encode(), retained=False)
    assert got == [("cam-01", NewsKind.BOOKMARK, timedelta(0))]
    assert "An event of cam-01 could not be handled." in caplog.text


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        (TOPIC, b"", "Invalid JSON"),
        (TOPIC, b"\xff\xfe", "Invalid JSON"),
        (TOPIC, b"[" * 100_000, "Invalid JSON"),
        (TOPIC, b"{}", "field required"),
        (TOPIC, json.dumps({"camera": "cam-01", "session": "s", "more": 1}).encode(), "extra inputs"),
        (TOPIC, json.dumps({"camera": "cam-02", "session": "s"}).encode(), "the body says it is cam-02"),
        (TOPIC.replace("01", "77"), status().replace(b"cam-01", b"cam-77"), "not enrolled"),
        ("lapel/v1/cameras/cam-01/up/none", b"{}", "is not a topic"),
        ("other", b"{}", "is not a topic"),
    ],
)
def test_what_is_not_valid_is_counted_and_said(
    services: FleetServices,
    inbox: Inbox,
    caplog: pytest.LogCaptureFixture,
    topic: str,
    body: bytes,
    reason: str,
) -> None:  # proves F6
    inbox.take(topic, body, retained=False)
    assert inbox.refused.total() == 1
    assert reason.lower() in caplog.text.lower()
    assert camera(services).status is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(60), deadline=None)
@given(
    body=st.binary(max_size=200)
    | st.from_regex(r'\{"camera": ?"cam-01", ?"session": ?.{0,40}\}').map(str.encode)
)
def test_no_bytes_stop_the_inbox(inbox: Inbox, body: bytes) -> None:
    for topic in (TOPIC, EVENTS):
        inbox.take(topic, body, retained=False)


def test_a_flood_leaves_few_lines(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            inbox.take(TOPIC, b"nonsense", retained=False)
    assert inbox.refused["cam-01"] == 100
    assert len(caplog.records) == 7


def test_what_a_camera_has_taken_on_is_kept(services: FleetServices, inbox: Inbox) -> None:
    # proves F8: what it could not do is not dropped in silence
    report = (
        Reported(camera="cam-01", version=3, refused=("The key is not valid.",)).model_dump_json().encode()
    )
    inbox.take("lapel/v1/cameras/cam-01/up/reported", report, retained=True)
    row = camera(services)
    assert row.reported == {"camera": "cam-01", "version": 3, "refused": ["The key is not valid."]}
    assert (row.online, row.seen) == (False, None), "a retained message does not say that it is there"
    inbox.take("lapel/v1/cameras/cam-01/up/reported", report.replace(b"cam-01", b"cam-02"), retained=False)
    assert inbox.refused["cam-01"] == 1


def test_an_answer_to_no_command_is_counted(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    answer = Response(id="1", camera="cam-01", outcome=CommandOutcome.DONE, at_utc_us=1).model_dump_json()
    inbox.take("lapel/v1/cameras/cam-01/up/response", answer.encode(), retained=False)
    assert inbox.refused["cam-01"] == 1
    assert "it answers a command that it was not sent" in caplog.text


def test_what_a_camera_does_is_told_at_once_and_the_rest_in_its_time(
    services: FleetServices, inbox: Inbox, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics: list[str] = []
    monkeypatch.setattr(
        services.live, "publish_all", lambda hints: topics.extend(topic for topic, _ in hints)
    )

    def at_once(message: bytes) -> bool:
        """Whether a message makes pages look at once."""
        topics.clear()
        inbox.take(TOPIC, message, retained=False)
        return "presence" in topics

    busy = status(state=Mode.RECORDING, recording=2, assignment="a1")
    assert at_once(status(state=Mode.READY, prerecord_s=1.0))
    assert not at_once(status(state=Mode.READY, prerecord_s=3.0))
    assert topics == ["camera"]
    assert at_once(status(state=Mode.RECORDING, recording=1))
    assert at_once(status(state=Mode.RECORDING, recording=2))
    assert at_once(busy)
    assert at_once(status(online=False))
    assert at_once(busy)
    clock.move(seconds=70)
    topics.clear()
    mark_silent(services)
    assert "presence" in topics


@pytest.mark.parametrize(
    ("silent_s", "heard"),
    [(0, True), (89.9, True), (90, False), (3600, False), (-5, True), (-5.1, False), (-3600, False)],
)
def test_a_message_speaks_of_the_present_for_90_s_whoever_notices(silent_s: float, heard: bool) -> None:
    # proves F8: after a restart, while nothing looks for silence, and where this service's clock was put back
    seen = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    now = seen + timedelta(seconds=silent_s)
    assert still_heard(Presence(True, "s1", seen), now=now) is heard
    assert not still_heard(Presence(False, "s1", seen), now=now)
    assert not still_heard(Presence(True, "s1", None), now=now)


# proves F8
def test_two_devices_are_told_from_what_the_broker_kept_and_said(
    services: FleetServices, inbox: Inbox, clock: TestClock
) -> None:
    first, second = "a" * 32, "b" * 32
    inbox.take(TOPIC, status("s1", run=first), retained=False)
    inbox.take(TOPIC, status("s2", run=second), retained=False)
    inbox.take(TOPIC, status("s3", run=first), retained=True)
    inbox.take(TOPIC, status("s3", run=first, online=False), retained=False)
    assert camera(services).doubled_since is None
    clock.move(seconds=5)
    inbox.take(TOPIC, status("s3", run=first), retained=False)
    assert camera(services).doubled_since == camera(services).doubled_last == clock.now
    since = clock.now
    clock.move(seconds=5)
    inbox.take(TOPIC, status("s4", run=second), retained=False)
    assert (camera(services).doubled_since, camera(services).doubled_last) == (since, clock.now)
    with services.readers() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "cameras:identity:doubled"))
        assert [entry.subject for entry in entries] == ["cam-01"]


# proves F9
def test_an_announced_number_far_beyond_what_has_come_is_refused_and_said(
    services: FleetServices, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    moment = services.clock()
    with services.sessions.begin() as session:
        came = ensure(session, RecordingClaim("cam-01", 3))
        came.state, came.changed = RecordingState.HELD, moment
    event = CameraEvent(
        id="e1", kind=NewsKind.RECORDING_OPENED, camera="cam-01", at_utc_us=1, number=4 + NUMBER_WINDOW
    )
    inbox.take(EVENTS, event.model_dump_json().encode(), retained=False)
    assert inbox.refused == {"cam-01": 1}
    assert caplog.messages[-1].endswith(
        "cam-01 cannot have made recording 1004: nothing has come of any after 3."
    )


# proves F9
@pytest.mark.parametrize("seconds", [1e12, 1e300])
def test_a_length_that_no_calendar_has_is_refused(inbox: Inbox, seconds: float) -> None:
    event = {"id": "e1", "kind": "recording-closed", "camera": "cam-01", "at_utc_us": 1, "number": 1}
    inbox.take(EVENTS, json.dumps({**event, "duration_s": seconds}).encode(), retained=False)
    inbox.take(
        TOPIC, json.dumps({"camera": "cam-01", "session": "s", "window_s": seconds}).encode(), retained=False
    )
    assert inbox.refused == {"cam-01": 2}


# proves F9
def test_one_camera_s_words_that_the_database_refuses_cost_no_other_camera_theirs(
    services: FleetServices, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = enrol_camera(services, tmp_path)
    apply = Inbox._apply_status

    def refused(self: Inbox, session: Session, status: Status, *, retained: bool) -> bool:
        if status.camera == "cam-01":
            raise DataError("INSERT", None, ValueError("a character that it does not take"))
        return apply(self, session, status, retained=retained)

    monkeypatch.setattr(Inbox, "_apply_status", refused)
    of_other = Status(camera=other.id, session="s1", state=Mode.READY).model_dump_json().encode()
    letters = [
        HeardMessage("cam-01", Up.STATUS, status(), retained=False),
        HeardMessage(other.id, Up.STATUS, of_other, retained=False),
    ]
    inbox.take_all(letters)
    assert inbox.refused == {"cam-01": 1}
    with services.readers() as session:
        assert session.get_one(CameraRow, other.id).online


# proves F9
def test_many_statuses_are_one_transaction(services: FleetServices, inbox: Inbox, tmp_path: Path) -> None:
    other = enrol_camera(services, tmp_path)
    begun: list[object] = []
    note = begun.append
    event.listen(services.database.engine, "commit", note)
    try:
        of_other = Status(camera=other.id, session="s1").model_dump_json().encode()
        letters = [
            HeardMessage(name, Up.STATUS, said, retained=True)
            for name, said in (("cam-01", status()), (other.id, of_other)) * 20
        ]
        inbox.take_all(letters)
    finally:
        event.remove(services.database.engine, "commit", note)
    assert len(begun) == 1
