"""What pages ask of recordings at each look is read from a part of an index, however many there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from fleet.footage.recordings.models import Recording, RecordingState, dated_press, is_apart, made_at
from fleet.footage.recordings.summary import RecordingSummary
from fleet.incidents.finding import _reaches
from fleet.server.compose import FleetServices
from fleet.web import recorded
from tests.support.fleet.fleet import enrol_camera

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEAR = select(Recording.id).where(_reaches(NOW - timedelta(minutes=10), NOW)).order_by(made_at.desc())
APART = select(Recording.camera_id).where(is_apart).distinct()


# proves F9
@pytest.mark.parametrize(
    ("query", "way"),
    [
        (NEAR, "SEARCH recordings USING INDEX ix_recordings_moment"),
        (APART, "COVERING INDEX ix_recordings_kept_apart"),
    ],
)
def test_no_look_goes_through_all_recordings(services: FleetServices, query: Select[Any], way: str) -> None:
    words = str(query.compile(services.database.engine, compile_kwargs={"literal_binds": True}))
    with services.readers() as session:
        plan = " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {words}")))
    assert way in plan


def recording(number: int, **facts: Any) -> Recording:  # noqa: ANN401 - columns of a row
    usual: dict[str, Any] = {
        "camera_id": "cam-01",
        "number": number,
        "state": RecordingState.HELD,
        "announced": NOW,
        "changed": NOW,
    }
    return Recording(**{**usual, **facts})


# proves F8
def test_a_press_is_dated_alike_by_row_by_table_and_by_summary(
    services: FleetServices, tmp_path: Path
) -> None:
    enrol_camera(services, tmp_path)
    presses, clocks = (None, NOW - timedelta(hours=1)), (None, NOW - timedelta(hours=2))
    every = [
        {"untrusted": untrusted, "clock_synchronised": is_set, "pressed": pressed, "reckoned": reckoned}
        for untrusted, is_set, pressed, reckoned in product(
            (False, True), (None, False, True), presses, clocks
        )
    ]
    with services.sessions.begin() as session:
        session.add_all(recording(number, **facts) for number, facts in enumerate(every, start=1))
    with services.readers() as session:
        rows = session.execute(select(Recording, dated_press, made_at)).all()
        assert len(rows) == len(every)
        for row, at, moment in rows:
            summary = RecordingSummary.of(row)
            said = summary.moment if summary.is_dated and summary.said is None else None
            assert row.dated_press == at == said
            assert moment == (at or NOW)
        assert {at for _, at, _ in rows} == {*presses, *clocks}


def test_until_when_they_are_kept_is_read_of_those_that_are_listed_alone(
    services: FleetServices, tmp_path: Path
) -> None:
    enrol_camera(services, tmp_path)
    with services.sessions.begin() as session:
        session.add_all(recording(number) for number in (1, 2, 3))
    with services.readers() as session:
        found = recorded.newest(session, camera="cam-01", listed=1)
        rows = session.scalars(select(Recording)).all()
        assert [each.kept is None for each in found] == [False, True, True]
        assert all(each.kept is not None for each in recorded.several(session, rows))
        assert all(each.kept is None for each in recorded.several(session, rows, with_kept=False))
