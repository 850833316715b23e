"""The counts from the tables are those of the pure rule, whatever arrived in which order (L3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.accounting import account
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.lookup import NUMBER_WINDOW
from fleet.footage.recordings.models import Recording
from fleet.server.compose import FleetServices
from protocol.messages.status import Status
from tests.support.fleet.fleet import enrol_camera

HELD = "received"
KINDS = {"held": HELD, "failed": "failed", "announced": "arriving", "uploading": "arriving"}


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ([], True),
        ([(1, "held", ""), (2, "held", "")], True),
        ([(1, "held", ""), (2, "uploading", ""), (3, "announced", ""), (4, "failed", "")], True),
        ([(2, "held", "")], False),
        ([(1, "held", ""), (5, "uploading", ""), (9, "failed", "")], False),
        ([(1, "held", ""), (1, "uploading", "aa"), (3, "held", "")], False),
        ([(1, "held", ""), (1, "held", "aa"), (2, "held", "")], True),
        ([(1, "uploading", ""), (1, "announced", "aa"), (2, "held", "")], False),
        ([(1, "uploading", ""), (1, "announced", "aa"), (3, "held", "")], False),
    ],
)
def test_the_tables_count_as_the_rule_does(
    services: FleetServices, tmp_path: Path, rows: list[tuple[int, str, str]], whole: bool
) -> None:  # proves L3
    enrol_camera(services, tmp_path)
    common = {
        "camera_id": "cam-01",
        "announced": services.clock(),
        "changed": services.clock(),
        "missing": [],
        "trigger": "",
        "marks": [],
        "opened": False,
        "received_bytes": 0,
    }
    with services.sessions.begin() as session:
        for number, state, apart in rows:
            session.execute(insert(Recording).values(**common, number=number, state=state, apart=apart))
    numbers: dict[str, list[int]] = {kind: [] for kind in KINDS.values()}
    for number, state, _ in rows:
        numbers[KINDS[state]].append(number)
    asked: list[str] = []
    with services.readers() as session:

        def note(_c: Any, _x: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
            asked.append(statement)

        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        try:
            found = accounts(session)["cam-01"]
        finally:
            event.remove(bind, "before_cursor_execute", note)
    assert found == account(received=numbers[HELD], failed=numbers["failed"], arriving=numbers["arriving"])
    listed = any("count(" not in each and "recordings.number" in each for each in asked)
    assert listed is not whole, "numbers are read only where some are missing"


# proves L3 and F9
@pytest.mark.parametrize("lie", ["status", "announcement"])
def test_a_number_that_no_camera_can_have_reached_makes_nothing_missing(
    services: FleetServices, tmp_path: Path, lie: str
) -> None:
    enrol_camera(services, tmp_path)
    moment, far = services.clock(), 3 + NUMBER_WINDOW
    common = {
        "camera_id": "cam-01",
        "announced": moment,
        "changed": moment,
        "missing": [],
        "trigger": "",
        "marks": [],
        "opened": False,
        "received_bytes": 0,
        "apart": "",
    }
    numbers = [(1, "held"), (3, "uploading"), (5, "announced")]
    if lie == "announcement":  # before anything had come of the camera
        numbers.append((far + 1, "announced"))
    with services.sessions.begin() as session:
        for number, state in numbers:
            session.execute(insert(Recording).values(**common, number=number, state=state))
        said = far + 1 if lie == "status" else 5
        status = Status(camera="cam-01", session="s1", made=said)
        session.get_one(CameraRow, "cam-01").status = status.model_dump(mode="json")
    with services.readers() as session:
        found = accounts(session)["cam-01"]
    assert (found.made, found.received, found.arriving, found.missing) == (5, 1, 2, (2, 4))
