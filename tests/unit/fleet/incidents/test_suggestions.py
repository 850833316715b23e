"""Which recordings are suggested for an incident, out of all that there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from fleet.footage.recordings.models import Recording, RecordingState
from fleet.incidents.finding import near_incident
from fleet.incidents.models import Incident, IncidentRecording
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import Scene

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services) as client,
    ):
        scene = Scene(services, clock, client)
        for number in (1, 2, 3):
            scene.camera(number)
        yield scene


def suggested(services: FleetServices, incident: str) -> list[tuple[str, int]]:
    with services.readers() as session:
        found = near_incident(session, session.get_one(Incident, incident))
        return [(each.camera_id, each.number) for each in found]


def test_what_lies_near_any_of_its_recordings_is_found_among_hundreds_in_between(scene: Scene) -> None:
    # proves F8
    morning, moment = scene.clock() - 10 * HOUR, scene.clock()
    afternoon = morning + 8 * HOUR

    def held(number: int, camera: str, *, at: datetime, seconds: float = 60.0) -> None:
        row = {"recording": f"{camera[-1]}{number:031x}", "duration_s": seconds, "prerecord_s": 0.0}
        scene.held(camera_id=camera, number=number, pressed=at, **row)

    held(1, "cam-01", at=morning)
    held(2, "cam-01", at=afternoon)
    held(1, "cam-02", at=morning + timedelta(minutes=5))
    held(2, "cam-02", at=morning - 3 * HOUR, seconds=3 * 3600.0)  # it still runs
    held(3, "cam-02", at=morning - 3 * HOUR, seconds=2.5 * 3600.0)  # it ended before
    held(4, "cam-02", at=afternoon)
    with scene.services.sessions.begin() as session:
        for number in range(1, 301):
            at = afternoon - timedelta(minutes=11, seconds=number)
            session.add(
                Recording(
                    camera_id="cam-03",
                    number=number,
                    announced=at,
                    changed=at,
                    pressed=at,
                    clock_synchronised=True,
                    duration_s=1.0,
                )
            )
        incident = Incident(
            id="a1",
            reference="INC-2026-0001",
            year=2026,
            number=1,
            place="12 Elm Road",
            place_key="12 elm road",
            category="threat",
            happened=morning,
            what="Shouted at.",
            people=[],
            opened=moment,
            opened_by="Desk",
            changed=moment,
        )
        session.add(incident)
        deleted = session.query(Recording).where(Recording.camera_id == "cam-02", Recording.number == 4).one()
        deleted.state, deleted.deleted = RecordingState.DELETED, moment
        rows = session.query(Recording).where(Recording.camera_id == "cam-01").all()
        for each in rows:
            session.add(
                IncidentRecording(incident_id="a1", recording_id=each.id, added=moment, added_by="Desk")
            )
    assert set(suggested(scene.services, "a1")) == {("cam-02", 1), ("cam-02", 2)}
