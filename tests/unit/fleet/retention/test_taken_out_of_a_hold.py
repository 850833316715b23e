"""A recording that is taken out of an incident which is held is not gone the same day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from fleet.core.actor import OPERATOR
from fleet.footage.recordings.models import Recording
from fleet.incidents.rules.draft import clean_draft
from fleet.incidents.service import open_incident, remove_recording
from fleet.retention.holds import HoldDraft, hold_incident
from fleet.retention.lookup import keepings
from fleet.retention.models import DeletionNotice
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.periods import local_day
from fleet.retention.switch import switch
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client
from tests.support.pages.scene import ID, Scene


def kept(services: FleetServices) -> Keeping:
    with services.readers() as session:
        row = session.scalars(select(Recording)).one()
        return keepings(session, [row], services.config.site.time_zone)[row.id]


def test_a_slip_has_its_days_to_be_put_right_though_people_were_told_long_ago(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F3
    zone, random, began = services.config.site.time_zone, services.random, clock() - timedelta(days=400)
    with dashboard_client(services) as client:
        scene = Scene(services, clock, client)
        scene.camera(1)
        scene.held(camera_id="cam-01", number=1, recording=ID, pressed=began, announced=began, verified=began)
    with services.sessions.begin() as session:
        switch(session, on=True, seen=0, by=OPERATOR)
        draft = clean_draft(
            place="12 Elm Road", category="threat", happened=began, what="Shouted.", people=[], now=clock()
        )
        incident = open_incident(session, random, draft, zone=zone, recordings=[ID], by=OPERATOR).id
        row = session.scalars(select(Recording)).one()
        session.add(DeletionNotice(recording_id=row.id, told=clock(), goes=clock().date()))
    clock.move(days=20)
    today = local_day(clock(), zone)
    assert kept(services).may_go(today), "its year is over, and Today has said so for long enough"
    with services.sessions.begin() as session:
        review = today + timedelta(days=90)
        hold = HoldDraft("claim", "Head 1", "A letter", review, zone)
        hold_incident(session, random, hold, incident=incident, by=OPERATOR)
    assert kept(services).until is None
    with services.sessions.begin() as session:
        remove_recording(session, incident=incident, recording=ID, by=OPERATOR)
    after = kept(services)
    assert not any(after.may_go(today + timedelta(days=each)) for each in range(8))
    assert after.is_to_be_told(today), "and Today says it anew"
