"""What two people, or two processes, do at the same moment; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from fleet.assignments.models import Assignment
from fleet.assignments.service import check_out
from fleet.audit.log import record, verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.cameras.service import create_code, enrol
from fleet.core.actor import FLEET, OPERATOR, Actor, ActorKind, Role
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.sections.cameras import CamerasSection
from fleet.people.accounts.users import retire_user
from fleet.people.factors.held import take_code
from fleet.people.factors.models import RecoveryCode
from fleet.people.factors.recovery import code_digest, new_codes
from fleet.people.factors.rules import SecondKind
from fleet.people.models import User
from fleet.people.officers import add_officer
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from fleet.visits.models import TenancyVisit
from tests.support.fleet.fleet import (
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    token_for,
)

AT_ONCE = 6


@pytest.fixture
def services(url: str, tmp_path: Path) -> Iterator[FleetServices]:
    config = FleetConfig(database=DatabaseSection(url=url), cameras=CamerasSection(limit=3))
    with fleet_services(tmp_path, config) as found:
        yield found


def at_once(work: Callable[[int], None]) -> list[str]:
    """Do the work several times at the same moment; return the codes of what was refused."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> str:
        barrier.wait()
        try:
            work(number)
        except ProblemError as problem:
            return problem.code
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [code for code in pool.map(one, range(AT_ONCE)) if code]


def test_one_check_out_wins(services: FleetServices, tmp_path: Path) -> None:
    camera = enrol_camera(services, tmp_path)
    with services.sessions.begin() as session:
        officers = [
            add_officer(session, services.random, name=f"Officer {number}", by=OPERATOR).id
            for number in range(AT_ONCE)
        ]

    def hand_out(number: int) -> None:
        with services.sessions.begin() as session:
            check_out(session, services, camera=camera.id, officer=officers[number], by=OPERATOR)

    assert at_once(hand_out) == ["assignment_conflict"] * (AT_ONCE - 1)
    with services.readers() as session:
        assert len(session.scalars(select(Assignment)).all()) == 1
        assert verify_log(session) is None


def test_the_limit_holds_under_a_rush(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        codes = [create_code(session, services.cameras, by=OPERATOR)[0] for _ in range(AT_ONCE)]

    def join(number: int) -> None:
        with services.sessions.begin() as session:
            enrol(session, services.cameras, code=codes[number], request_pem=camera_request()[1])

    assert at_once(join) == ["camera_limit"] * (AT_ONCE - 3)
    with services.readers() as session:
        assert sorted(session.scalars(select(CameraRow.id)).all()) == ["cam-01", "cam-02", "cam-03"]


def test_a_code_enrols_one_camera_however_often_it_is_sent(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        code, _ = create_code(session, services.cameras, by=OPERATOR)

    def join(_number: int) -> None:
        with services.sessions.begin() as session:
            enrol(session, services.cameras, code=code, request_pem=camera_request()[1])

    assert at_once(join) == ["enrolment_code_used"] * (AT_ONCE - 1)


def test_there_is_one_first_user(services: FleetServices) -> None:
    with services.sessions.begin() as session:
        links = [create_setup_link(session, services).rpartition("/")[2] for _ in range(AT_ONCE)]

    def begin(number: int) -> None:
        set_up(services, link=links[number], name=f"User {number}", password="correct horse battery")

    assert at_once(begin) == ["already_set_up"] * (AT_ONCE - 1)
    with services.readers() as session:
        assert len(session.scalars(select(User)).all()) == 1


def test_of_administrators_who_retire_each_other_one_stays(services: FleetServices) -> None:
    # proves F5
    roles = frozenset({Role.ADMINISTRATOR})
    names = [f"Administrator {number}" for number in range(AT_ONCE)]
    with services.sessions.begin() as session:
        for name in names:
            made = services.clock()
            session.add(User(id=name, name=name, password="", roles=roles, created=made))

    def retire_the_next(number: int) -> None:
        by = Actor(ActorKind.USER, names[number], names[number], roles)
        with services.sessions.begin() as session:
            retire_user(session, user=names[(number + 1) % AT_ONCE], by=by)

    refused = at_once(retire_the_next)
    with services.readers() as session:
        left = session.scalars(select(User.name).where(User.retired.is_(None))).all()
    assert len(left) == 1
    assert len(refused) == 1


def test_a_recovery_code_lets_in_once_from_however_many_tabs(services: FleetServices) -> None:
    # proves F5
    (code, *_others) = new_codes(services.random)
    kept = code_digest(code)
    assert kept is not None
    with services.sessions.begin() as session:
        session.add(User(id="u", name="U", password="", roles=frozenset(), created=services.clock()))
        session.flush()
        session.add(RecoveryCode(id="c", user_id="u", digest=kept, created=services.clock(), used=None))
    taken = []

    def use(_number: int) -> None:
        with services.sessions.begin() as session:
            taken.append(take_code(session, services.people.seal, "u", code))

    assert at_once(use) == []
    assert sorted(map(str, taken)) == ["None"] * (AT_ONCE - 1) + [str(SecondKind.RECOVERY)]


def test_the_audit_log_does_not_fork(services: FleetServices) -> None:  # proves F2
    def write(number: int) -> None:
        for entry in range(5):
            with services.sessions.begin() as session:
                record(session, FLEET, "test:thing:do", f"{number}-{entry}")

    assert at_once(write) == []
    with services.readers() as session:
        assert verify_log(session) is None
        written = session.scalars(select(AuditEntry).where(AuditEntry.action == "test:thing:do")).all()
        assert len(written) == AT_ONCE * 5


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET purpose = 'other'", "DELETE FROM audit_entries"]
)
def test_the_database_refuses_to_change_the_log(services: FleetServices, statement: str) -> None:  # proves F2
    with services.sessions.begin() as session:
        record(session, FLEET, "test:thing:do", "one")
    with pytest.raises(DatabaseError, match="only grows"), services.sessions.begin() as session:
        session.execute(text(statement))


def test_the_same_table_of_visits_taken_by_several_at_once_is_planned_once(services: FleetServices) -> None:
    # proves F6
    with services.sessions.begin() as session:
        add_officer(session, services.random, name="Officer 1", by=OPERATOR)
    token = token_for(services, Role.HEAD_OF_SAFETY, name="tables")
    day = (services.clock() + timedelta(days=9)).date()
    lines = "".join(f"T-{each},Flat {each},Gas check,{day},10:00,30,Officer 1\n" for each in range(20))
    table = f"tenancy,place,purpose,day,time,minutes,officer\n{lines}"
    barrier = Barrier(AT_ONCE)

    def take(_: int) -> int:
        with dashboard_client(services, token=token, workers=False) as client:
            barrier.wait()
            sent = {"table": table, "take": "yes"}
            return int(client.post("/visits/table", data=sent, follow_redirects=False).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(take, range(AT_ONCE)))
    assert answers == [200] * (AT_ONCE - 1) + [303]
    with services.readers() as session:
        assert len(session.scalars(select(TenancyVisit)).all()) == 20
