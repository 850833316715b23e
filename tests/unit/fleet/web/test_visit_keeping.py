"""A visit is deleted once nothing keeps it, and not before; its page says what does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.references.forgetting import VisitForgetting
from fleet.references.models import VisitReference
from fleet.retention.models import DeletionSwitching
from fleet.retention.switch import switch
from fleet.server.compose import FleetServices
from fleet.visits.models import ConsentEntry, TenancyVisit, VisitNotice, VisitRecording
from tests.support.fleet.fleet import BY_PASSWORD, TestClock
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}
VISIT, RECORDING = "1" * 32, "aa" * 16


clock = clock_of_module()
services = services_of_module(BY_PASSWORD)
desk = client_of_module(Role.SAFETY_TEAM, Role.HEAD_OF_SAFETY, name="desk", pages=True, workers=False)


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, desk: TestClient) -> Scene:
    found = Scene(services, clock, desk)
    with services.sessions.begin() as session:
        of_visits = (VisitRecording, ConsentEntry, VisitNotice, VisitReference, TenancyVisit)
        for table in (*of_visits, DeletionSwitching):
            session.execute(delete(table))
    found.clear()
    found.officer("Officer 1")
    found.camera()
    return found


def visit(scene: Scene, days_ago: int) -> str:
    """A visit of so many days ago, with a notice, what was said, and a reference that was revoked."""
    at = scene.clock() - timedelta(days=days_ago)
    with scene.services.sessions.begin() as session:
        session.add(
            TenancyVisit(
                id=VISIT, tenancy="T-1", place="Flat 4", purpose="Gas", planned=at, minutes=60,
                officer_id="officer-1", language="en", created=at, created_by="desk", changed=at,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            VisitNotice(
                id="2" * 32, visit_id=VISIT, way="post", sent=at, sent_by="desk", planned=at, place="Flat 4",
                language="en", version=0, large=False, title="A visit", sender="Northgate", text="We come.",
            )
        )  # fmt: skip
        session.add(
            ConsentEntry(
                id="3" * 32, visit_id=VISIT, number=1, kind="given", at=at, arrived=at, way="page",
                said_by="Officer 1", wording="en 0", reason="", mark="m",
            )
        )  # fmt: skip
        session.add(reference(at, revoked=at))
    return f"/visits/{VISIT}"


def reference(at: datetime, *, revoked: datetime | None = None, number: int = 1) -> VisitReference:
    return VisitReference(
        id=str(number) * 32, visit_id=VISIT, number=number, digest=bytes([number]) * 32, language="en",
        version=0, made=at, made_by="desk", revoked=revoked,
    )  # fmt: skip


def deletion_is_on(scene: Scene, *, days: int = 30) -> None:
    with scene.services.sessions.begin() as session:
        switch(session, on=True, seen=0, by=OPERATOR)
        session.flush()
        [row] = session.scalars(select(DeletionSwitching))
        row.confirmed = scene.clock() - timedelta(days=days)


def recorded(session: Session) -> Recording:
    return session.scalars(select(Recording).where(Recording.recording == RECORDING)).one()


def left(scene: Scene) -> int:
    """How many rows tell of visits."""
    VisitForgetting(scene.services)()
    with scene.services.readers() as session:
        tables = (TenancyVisit, VisitNotice, ConsentEntry, VisitReference, VisitRecording)
        return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def test_all_of_it_goes_after_its_last_day_and_the_log_says_so(scene: Scene) -> None:
    here = visit(scene, 400)
    deletion_is_on(scene)
    counts = scene.client.get("/retention/deletion").text
    assert "Visits whose time is over, with what was said on them: 1 visit." in counts
    assert left(scene) == 0
    assert scene.client.get(here).status_code == 404
    assert "with what was said on them: no visits." in scene.client.get("/retention/deletion").text
    with scene.services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.action == "visits:visit:delete")
        assert [each.subject for each in session.scalars(query)] == [VISIT]


def test_nothing_goes_early_or_while_deletion_is_off_or_could_be_taken_back(scene: Scene) -> None:
    here = visit(scene, 400)
    assert left(scene) == 4
    assert "Deletion is switched off: nothing of it is deleted" in scene.client.get(here).text
    deletion_is_on(scene, days=2)
    assert left(scene) == 4
    assert "Then its place, its notices" in scene.client.get(here).text


def test_a_visit_within_its_year_stays(scene: Scene) -> None:
    visit(scene, 365)
    deletion_is_on(scene)
    assert left(scene) == 4


def test_what_a_person_keeps_stays_until_they_end_it(scene: Scene) -> None:
    here = visit(scene, 400)
    deletion_is_on(scene)
    without = scene.client.post(f"{here}/keep", data={"reason": " "})
    assert (without.status_code, "Say why it is to be kept" in without.text) == (422, True)
    said = scene.client.post(f"{here}/keep", data={"reason": "A claim"}, follow_redirects=False)
    assert said.status_code == 303
    page = scene.client.get(here).text
    assert "Kept until somebody ends that; nothing of it is deleted before." in page
    assert "A claim" in page
    again = scene.client.post(f"{here}/keep", data={"reason": "Again"})
    assert (again.status_code, "Somebody keeps this visit already." in again.text) == (409, True)
    assert left(scene) == 4
    assert scene.client.post(f"{here}/keep/end", follow_redirects=False).status_code == 303
    nobody = scene.client.post(f"{here}/keep/end")
    assert (nobody.status_code, "Nobody keeps this visit." in nobody.text) == (409, True)
    assert left(scene) == 0


def test_footage_of_it_keeps_it_and_then_a_reference_for_sixty_days_more(scene: Scene) -> None:
    here = visit(scene, 500)
    deletion_is_on(scene)
    scene.held(recording=RECORDING, officer_id="officer-1")
    with scene.services.sessions.begin() as session:
        row = recorded(session)
        session.add(
            VisitRecording(recording_id=row.id, visit_id=VISIT, linked=scene.clock(), linked_by="", reason="")
        )
        session.add(reference(scene.clock(), number=4))
    assert left(scene) == 6
    assert "and for as long as footage that is of it, or may be, is here." in scene.client.get(here).text
    with scene.services.sessions.begin() as session:
        row = recorded(session)
        row.state, row.deleted = RecordingState.DELETED, scene.clock() - timedelta(days=59)
    assert left(scene) == 6
    assert "and for as long as a reference of it is answered." in scene.client.get(here).text
    with scene.services.sessions.begin() as session:
        recorded(session).deleted = datetime(2026, 1, 1, tzinfo=UTC)
    assert left(scene) == 0
