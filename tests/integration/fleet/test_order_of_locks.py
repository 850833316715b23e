"""Who settles commands and who takes answers never wait for each other: on PostgreSQL, two at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, text

from fleet.audit.log import record
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import CommandState
from fleet.cameras.commanding.sending import settle
from fleet.cameras.hearing.mailbox import HeardMessage
from fleet.cameras.messages import Inbox
from fleet.cameras.models import CameraRow
from fleet.cameras.service import get_camera
from fleet.core.actor import FLEET
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.server.compose import FleetServices
from protocol.messages.commands import CommandOutcome, Response
from protocol.messages.topics import Up
from protocol.units import utc_us
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.postgres import Postgres
from tests.support.network.mqtt import PATIENCE, until

pytestmark = pytest.mark.postgres
NAMES = ("c1", "c2")


@pytest.fixture
def services(postgres: Postgres, tmp_path: Path) -> Iterator[FleetServices]:
    """A fleet with two commands that were sent and not answered."""
    config = FleetConfig(database=DatabaseSection(url=postgres.create_with_tables()))
    clock = TestClock()
    with fleet_services(tmp_path, config, clock=clock) as found:
        with found.sessions.begin() as session:
            now = clock()
            session.add(CameraRow(id="cam-01", number=1, name="One", enrolled=now, certificate_expires=now))
            session.flush()
            for name in NAMES:
                session.add(
                    CameraCommand(
                        id=name,
                        camera_id="cam-01",
                        kind="consent",
                        said={"said": "refused", "why": None, "wording": ""},
                        closes=True,
                        assignment="a",
                        issued=now,
                        sent=now,
                        expires=now + timedelta(seconds=60),
                        by_id="u-1",
                        state=str(CommandState.SENT),
                        sentence="",
                    )
                )
        yield found


def states(services: FleetServices) -> dict[str, str]:
    with services.readers() as session:
        return {each.id: each.state for each in session.scalars(select(CameraCommand))}


def is_stuck(services: FleetServices) -> bool:
    """Whether anybody waits for a lock."""
    with services.readers() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


# proves F7
def test_whoever_settles_waits_for_no_command_while_they_have_the_log(services: FleetServices) -> None:
    cast("TestClock", services.clock).move(seconds=61)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            settle(services)
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            failed.append(error)

    settling = threading.Thread(target=work, daemon=True)
    with services.sessions.begin() as session:
        session.get(CameraCommand, "c2", with_for_update=True)
        settling.start()
        until(lambda: is_stuck(services) or not settling.is_alive())
        record(session, FLEET, "cameras:command:end", "cam-01", detail={"command": "c2", "outcome": "none"})
    settling.join(PATIENCE)
    assert not settling.is_alive()
    assert failed == []
    assert states(services) == {"c1": "unanswered", "c2": "sent"}
    settle(services)
    assert states(services) == {"c1": "unanswered", "c2": "unanswered"}, "what was left is next"


# proves F7
def test_what_refers_to_a_camera_is_written_while_somebody_changes_the_camera(
    services: FleetServices,
) -> None:
    """Whoever has the log, and notes a refusal, waits for nobody who has the camera and wants the log."""
    with services.sessions.begin() as changing:
        assert get_camera(changing, "cam-01", lock=True).number == 1
        with services.sessions.begin() as session:
            session.execute(text("SET LOCAL lock_timeout = '10s'"))
            row = session.get_one(CameraCommand, "c1")
            values = {each.key: getattr(row, each.key) for each in CameraCommand.__table__.columns}
            session.add(CameraCommand(**{**values, "id": "c3"}))
    assert set(states(services)) == {"c1", "c2", "c3"}


# proves F7 and L4
@pytest.mark.parametrize("held", [CameraCommand, CameraRow])
def test_answers_that_come_together_are_taken_with_their_commands_held_before_the_log(
    held: type[CameraCommand | CameraRow], services: FleetServices
) -> None:
    letters = [
        HeardMessage("cam-01", Up.RESPONSE, answer.model_dump_json().encode(), retained=False)
        for name in NAMES
        for answer in [
            Response(
                id=name,
                camera="cam-01",
                outcome=CommandOutcome.DONE,
                at_utc_us=utc_us(services.clock()),
                detail="",
            )
        ]
    ]
    failed: list[BaseException] = []

    def work() -> None:
        try:
            Inbox(services.cameras).take_all(letters)
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            failed.append(error)

    taking = threading.Thread(target=work, daemon=True)
    with services.sessions.begin() as session:
        session.get(held, "cam-01" if held is CameraRow else "c2", with_for_update=True)
        taking.start()
        until(lambda: is_stuck(services))
        record(session, FLEET, "cameras:command:end", "cam-01", detail={"command": "c2", "outcome": "none"})
    taking.join(PATIENCE)
    assert not taking.is_alive()
    assert failed == []
    assert states(services) == {"c1": "done", "c2": "done"}
