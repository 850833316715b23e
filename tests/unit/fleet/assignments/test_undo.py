"""Undoing a hand-out or a take-back: the rule, and what it does to the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fleet.assignments.models import Assignment
from fleet.assignments.officers import retire
from fleet.assignments.service import check_in, check_out
from fleet.assignments.undo import UNDO_FOR, ChangeKind, HandOver, Meanwhile, undo_refusal
from fleet.assignments.undoing import RecordedSince, latest_changes, undo
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.core.actor import FLEET
from fleet.core.problems import ProblemError
from fleet.people.officers import add_officer
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, enrol_camera

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BACK = HandOver("a1", ChangeKind.TAKEN_BACK, "cam-01", "o1", "Officer 1", AT)
OUT = HandOver("a1", ChangeKind.HANDED_OUT, "cam-01", "o1", "Officer 1", AT)
SOON = AT + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("change", "since", "sentence"),
    [
        (BACK, Meanwhile(), None),
        (OUT, Meanwhile(), None),
        (BACK, Meanwhile(recorded=True), "A recording of cam-01 was first heard of since it was taken back"),
        (OUT, Meanwhile(recorded=True), "A recording of cam-01 was first heard of since it was handed out"),
        (BACK, Meanwhile(camera_with="Officer 2"), "Officer 2 has cam-01 now."),
        (BACK, Meanwhile(officer_with="cam-02"), "Officer 1 has cam-02 now."),
        (BACK, Meanwhile(officer_gone=True), "Officer 1 was retired meanwhile."),
        (BACK, Meanwhile(camera_gone=True), "cam-01 was taken out of service meanwhile."),
        (OUT, Meanwhile(camera_gone=True), "cam-01 was taken out of service meanwhile."),
    ],
)
def test_what_happened_meanwhile_forbids_it(change: HandOver, since: Meanwhile, sentence: str | None) -> None:
    refusal = undo_refusal(change, since, now=SOON)
    assert refusal == sentence if sentence is None else (refusal or "").startswith(sentence)


@given(st.integers(-86_400_000, 86_400_000))
def test_it_is_for_a_minute_and_never_before(milliseconds: int) -> None:
    # A clock that was set back is no reason to undo what was done "later".
    moment = AT + timedelta(milliseconds=milliseconds)
    can = undo_refusal(BACK, Meanwhile(), now=moment) is None
    assert can == (timedelta(0) <= moment - AT < UNDO_FOR)


@pytest.fixture
def handed(services: FleetServices, tmp_path: Path, clock: TestClock) -> str:
    """An assignment of an hour ago."""
    for _ in range(2):
        enrol_camera(services, tmp_path)
    with services.sessions.begin() as session:
        for number in (1, 2):
            add_officer(session, services.random, name=f"Officer {number}", by=FLEET)
        assignment = check_out(
            session, services, camera="cam-01", officer=officer_id(services, 1, session), by=FLEET
        ).id
    clock.move(hours=1)
    return assignment


def officer_id(services: FleetServices, number: int, session: object = None) -> str:
    from fleet.people.officers import list_officers  # noqa: PLC0415 - the test's own

    if session is not None:
        return list_officers(session)[number - 1].id  # type: ignore[arg-type] # a session of the database
    with services.readers() as reader:
        return list_officers(reader)[number - 1].id


def never(*_: object) -> bool:
    return False


def take_back(services: FleetServices, assignment: str) -> None:
    with services.sessions.begin() as session:
        check_in(session, assignment=assignment, by=FLEET)


def undone(
    services: FleetServices, assignment: str, kind: ChangeKind, recorded: RecordedSince = never
) -> HandOver:
    with services.sessions.begin() as session:
        return undo(session, assignment=assignment, kind=kind, recorded_since=recorded, by=FLEET)


def row(services: FleetServices, assignment: str) -> Assignment:
    with services.readers() as session:
        return session.get_one(Assignment, assignment)


def test_a_take_back_undone_is_as_if_it_had_not_been(
    services: FleetServices, handed: str, clock: TestClock
) -> None:
    started = row(services, handed).started
    take_back(services, handed)
    with services.readers() as session:
        version = session.get_one(CameraRow, "cam-01").desired_version
        (change,) = latest_changes(session, never)
    assert (change.assignment, change.kind, change.until - change.at) == (
        handed,
        ChangeKind.TAKEN_BACK,
        timedelta(seconds=60),
    )
    clock.move(seconds=59)
    undone(services, handed, ChangeKind.TAKEN_BACK)
    after = row(services, handed)
    assert (after.started, after.ended, after.ended_by) == (started, None, None)
    with services.readers() as session:
        assert session.get_one(CameraRow, "cam-01").desired_version == version + 1  # the camera is told
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert actions[-2:] == ["assignments:assignment:end", "assignments:assignment:resume"]
        assert latest_changes(session, never) == []


def test_a_hand_out_undone_stays_in_the_list_as_ended(
    services: FleetServices, handed: str, clock: TestClock
) -> None:
    del handed
    with services.sessions.begin() as session:
        mine = check_out(
            session, services, camera="cam-02", officer=officer_id(services, 2, session), by=FLEET
        ).id
    clock.move(seconds=30)
    undone(services, mine, ChangeKind.HANDED_OUT)
    assert row(services, mine).ended == clock.now
    with services.readers() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert last is not None
        assert last.detail["reason"] == "the hand-out was undone"


def test_after_a_minute_it_stays(services: FleetServices, handed: str, clock: TestClock) -> None:
    take_back(services, handed)
    clock.move(seconds=60)
    with services.readers() as session:
        assert latest_changes(session, never) == []
    with pytest.raises(ProblemError, match="within a minute alone, by the service"):
        undone(services, handed, ChangeKind.TAKEN_BACK)
    assert row(services, handed).ended is not None


def test_what_somebody_else_did_meanwhile_stands(services: FleetServices, handed: str) -> None:
    take_back(services, handed)
    with services.sessions.begin() as session:
        check_out(session, services, camera="cam-01", officer=officer_id(services, 2, session), by=FLEET)
    with pytest.raises(ProblemError, match="Officer 2 has cam-01 now"):
        undone(services, handed, ChangeKind.TAKEN_BACK)


def test_a_retired_officer_gets_no_camera_back(services: FleetServices, handed: str) -> None:
    take_back(services, handed)
    with services.sessions.begin() as session:
        retire(session, officer=officer_id(services, 1, session), by=FLEET)
    with pytest.raises(ProblemError, match="was retired meanwhile"):
        undone(services, handed, ChangeKind.TAKEN_BACK)


def test_a_recording_meanwhile_forbids_it(services: FleetServices, handed: str) -> None:
    take_back(services, handed)
    asked: list[tuple[object, ...]] = []

    def recorded(*what: object) -> bool:
        asked.append(what[1:])
        return True

    with pytest.raises(ProblemError, match="A recording of cam-01 was first heard of since"):
        undone(services, handed, ChangeKind.TAKEN_BACK, recorded)
    assert asked == [("cam-01", row(services, handed).ended)]


def test_the_other_change_is_not_undone_by_mistake(services: FleetServices, handed: str) -> None:
    take_back(services, handed)
    with pytest.raises(ProblemError, match="What was done last is that cam-01 was taken back"):
        undone(services, handed, ChangeKind.HANDED_OUT)
    with pytest.raises(ProblemError, match="no assignment none"):
        undone(services, "none", ChangeKind.TAKEN_BACK)
