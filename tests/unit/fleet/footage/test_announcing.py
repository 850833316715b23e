"""Announcements of many recordings are one transaction, and come to the same as each by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.cameras.hearing.mailbox import HeardMessage
from fleet.cameras.messages import Inbox
from fleet.core.problems import ProblemError
from fleet.footage.receiving import announcing
from fleet.footage.recordings.lookup import NUMBER_WINDOW, RecordingClaim, ensure
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import apply_event
from fleet.people.models import Officer
from fleet.server.compose import FleetServices
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.topics import Up
from tests.support.fleet.fleet import enrol_camera

CAMERAS = ("cam-01", "cam-02")
WITHOUT = ("id", "officer", "assignment", "listed")


@pytest.fixture
def inbox(services: FleetServices, tmp_path: Path) -> Inbox:
    for _ in CAMERAS:
        enrol_camera(services, tmp_path)
    with services.sessions.begin() as session:
        session.add(Officer(id="o-1", name="Officer 1", created=services.clock()))
        session.flush()
        session.add(
            Assignment(
                id="a-1",
                camera_id="cam-01",
                officer_id="o-1",
                started=services.clock(),
                started_by="tests",
            )
        )
    return Inbox(services.cameras)


def opened(camera: str = "cam-01", number: int = 1, **more: Any) -> CameraEvent:  # noqa: ANN401 - any field
    more = {"recording": f"{camera[-1]}{number:031x}", "at_utc_us": 1_700_000_000_000_000, **more}
    return CameraEvent(
        id="e", kind=NewsKind.RECORDING_OPENED, camera=camera, number=number, prerecord_s=30.0, **more
    )


def letters(events: list[CameraEvent]) -> list[HeardMessage]:
    return [
        HeardMessage(each.camera, Up.EVENT, each.model_dump_json(exclude_none=True).encode(), retained=False)
        for each in events
    ]


def rows(services: FleetServices) -> list[dict[str, object]]:
    """What the table says of every recording, but the numbers of its own."""
    names = [column.name for column in Recording.__table__.columns if column.name not in WITHOUT]
    with services.readers() as session:
        query = select(*(Recording.__table__.c[name] for name in names))
        found = [dict(row._mapping) for row in session.execute(query)]
    return sorted(found, key=lambda row: (str(row["camera_id"]), str(row["number"]), str(row["apart"])))


news = st.builds(
    opened,
    camera=st.sampled_from(CAMERAS),
    number=st.sampled_from([1, 2, 3, 5000]),
    recording=st.sampled_from([None, "a" * 32, "b" * 32, "c" * 32]),
    assignment=st.sampled_from([None, "a-1", "a-2"]),
    clock_synchronised=st.sampled_from([None, True, False]),
    marks=st.sampled_from([(), ("no-sound",)]),
    trigger=st.sampled_from([None, "button"]),
) | st.builds(
    CameraEvent,
    id=st.just("e"),
    kind=st.sampled_from([NewsKind.RECORDING_CLOSED, NewsKind.BOOKMARK]),
    camera=st.sampled_from(CAMERAS),
    at_utc_us=st.just(1_700_000_100_000_000),
    number=st.sampled_from([None, 1, 2]),
    recording=st.sampled_from([None, "a" * 32, "b" * 32]),
    duration_s=st.just(9.0),
    ended=st.sampled_from([None, "closed"]),
)


# proves F8: what is told in a crowd is what each would have told alone
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(events=st.lists(news, max_size=8))
def test_many_at_once_come_to_the_same_as_one_after_the_other(
    services: FleetServices, inbox: Inbox, events: list[CameraEvent]
) -> None:
    def begin() -> None:
        with services.sessions.begin() as session:
            session.execute(delete(Recording))
            came = ensure(session, RecordingClaim("cam-02", 1, "c" * 32))
            came.state, came.opened = RecordingState.HELD, True

    begin()
    refused = []
    for each in events:
        try:
            with services.sessions.begin() as session:
                apply_event(session, each)
        except ProblemError as problem:
            refused.append((each.camera, problem.detail))
    expected = rows(services)
    begin()
    told = [pair for handler in services.cameras.news for pair in handler(events, services.clock())]
    assert rows(services) == expected
    assert sorted(told) == sorted(refused)
    del inbox


# proves F9
def test_announcements_of_many_recordings_are_one_transaction(services: FleetServices, inbox: Inbox) -> None:
    begun: list[object] = []
    note = begun.append
    event.listen(services.database.engine, "commit", note)
    try:
        inbox.take_all(letters([opened(camera, number) for number in range(1, 51) for camera in CAMERAS]))
    finally:
        event.remove(services.database.engine, "commit", note)
    assert len(begun) == 1
    assert len(rows(services)) == 100
    assert inbox.refused == {}


# proves F9
def test_news_that_is_refused_costs_no_other_its_place(services: FleetServices, inbox: Inbox) -> None:
    with services.sessions.begin() as session:
        ensure(session, RecordingClaim("cam-01", 1)).state = RecordingState.HELD
    far = opened("cam-01", 2 + NUMBER_WINDOW)
    inbox.take_all(letters([opened("cam-01", 2), far, opened("cam-09", 1), opened("cam-02", 1)]))
    assert [(row["camera_id"], row["number"]) for row in rows(services)] == [
        ("cam-01", 1),
        ("cam-01", 2),
        ("cam-02", 1),
    ]
    assert inbox.refused == {"cam-01": 1, "cam-09": 1}


# proves F9
def test_what_the_database_refuses_of_many_is_tried_one_by_one(
    services: FleetServices, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    written = announcing._written

    def fails(session: Session, events: list[CameraEvent]) -> list[CameraEvent]:
        if any(each.number == 2 for each in events):
            raise DataError("INSERT", None, ValueError("a character that it does not take"))
        return written(session, events)

    monkeypatch.setattr(announcing, "_written", fails)
    inbox.take_all(letters([opened(number=number) for number in (1, 2, 3)]))
    assert [row["number"] for row in rows(services)] == [1, 3]
    assert caplog.messages.count("An event of cam-01 could not be handled.") == 1


# proves F9: nothing is acknowledged that is not kept
def test_a_database_that_does_not_answer_has_all_of_it_taken_again(
    services: FleetServices, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_session: Session, _events: list[CameraEvent]) -> list[CameraEvent]:
        raise OperationalError("INSERT", None, ValueError("the disk is full"))

    said = letters([opened(number=1), opened(number=2)])
    with monkeypatch.context() as broken:
        broken.setattr(announcing, "_written", away)
        with pytest.raises(OperationalError):
            inbox.take_all(said)
    assert rows(services) == []
    inbox.take_all(said)
    assert [row["number"] for row in rows(services)] == [1, 2]


def test_pages_are_told_of_each_recording(
    services: FleetServices, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(services.live, "publish_all", told.extend)
    events = [opened(number=number) for number in (1, 2)]
    inbox.take_all(letters(events))
    assert told == [("recording", each.recording) for each in events]
