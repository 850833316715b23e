"""What cameras sign of consent: verified, placed on a visit or said not to be, and shown where it belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.footage.recordings.run_clocks import RunClock
from fleet.people.permissions import GRANTS, Permission
from fleet.references.forgetting import VisitForgetting, forget_consent, forget_visit, past_consents
from fleet.server.compose import FleetServices
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit
from fleet.visits.rules.consent import REASON_WITHIN
from fleet.visits.signed import events as signed
from fleet.visits.signed import files as signed_files
from fleet.web.alerting.visits import NO_REASON, UNPLACED
from fleet.web.routes.visits import signed as page_of_signed
from protocol.footage.consent import NONE_BEFORE, ConsentEvent, ConsentSaid, SaidOfConsent, sign_consent
from protocol.footage.format.model import ClockLabel
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.verifying.chains.chain import ChainWeight
from protocol.footage.verifying.consents.verify_consents import verify_consents
from protocol.footage.verifying.report import Verdict
from protocol.messages.consent import SignedConsent
from protocol.units import utc_us
from tests.support.fleet.alerting import alerts_of, forget_alerts
from tests.support.fleet.asked import handed_out
from tests.support.fleet.fleet import (
    EnrolledCamera,
    TestClock,
    camera_client,
    dashboard_client,
    enrol_camera,
    problem,
    token_for,
)
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

HTML = {"Accept": "text/html"}
RUN = bytes(range(16))
TURNED = SaidOfConsent


@dataclass
class Door:
    """A camera, who signs for it, and the fleet it talks to."""

    services: FleetServices
    clock: TestClock
    desk: TestClient
    camera: EnrolledCamera
    scene: Scene
    client: TestClient
    number: int = 0
    previous: bytes = NONE_BEFORE
    worn: str | None = None
    visits: list[str] = field(default_factory=list)

    def event(self, kind: SaidOfConsent = TURNED.GIVEN, **more: Any) -> ConsentEvent:  # noqa: ANN401 - fields
        self.number += 1
        said = ConsentSaid(kind, more.pop("why", ""), more.pop("wording", ""))
        label = ClockLabel(utc_us(more.pop("at", self.clock())), synchronised=True, error_us=1)
        plain = ConsentEvent(
            self.camera.id, self.number, self.previous, RUN, 1, label, said, "control", None, self.worn
        )
        return replace(plain, **more)

    def sign(self, event: ConsentEvent) -> bytes:
        key = load_pem_private_key(self.camera.key_file.read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        own = x509.load_pem_x509_certificates(self.camera.certificate_file.read_bytes())
        issued = (each.public_bytes(Encoding.DER) for each in own)
        chain = (*issued, self.services.cameras.authority.der)
        return sign_consent(event, ed25519_signer(key), chain)

    def send(self, data: bytes) -> Any:  # noqa: ANN401 - httpx's answer
        return self.client.post("/api/v1/camera/consent", json=SignedConsent.of(data).model_dump())

    def say(self, kind: SaidOfConsent = TURNED.GIVEN, **more: Any) -> Any:  # noqa: ANN401 - JSON
        answer = self.send(self.sign(self.event(kind, **more)))
        assert answer.status_code == 201, answer.text
        self.previous = bytes.fromhex(answer.json()["digest"])
        return answer.json()

    def visit(self, *, officer: str = "officer-1", hours: float = 0) -> str:
        body = {"tenancy": "T-1", "place": "Flat 4", "purpose": "Gas check", "minutes": 60}
        planned = (self.clock() + timedelta(hours=hours)).isoformat()
        answer = self.desk.post("/api/v1/visits", json={**body, "officer": officer, "planned": planned})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def entries(self, visit: str) -> list[dict[str, Any]]:
        found = self.desk.get(f"/api/v1/visits/{visit}/consent").json()
        assert isinstance(found, list)
        return found

    def unplaced(self) -> list[dict[str, Any]]:
        found = self.desk.get("/api/v1/consents/unplaced").json()
        assert found["total"] == len(found["consents"])
        return list(found["consents"])

    def page(self, path: str) -> str:
        answer = self.desk.get(path, headers=HTML)
        assert answer.status_code == 200, answer.text
        return " ".join(re.sub("<[^>]*>", " ", answer.text).split())


clock = clock_of_module()
services = services_of_module()


desk = client_of_module(Role.SAFETY_TEAM, name="desk")


@pytest.fixture(scope="module")
def camera(services: FleetServices, tmp_path_factory: pytest.TempPathFactory) -> EnrolledCamera:
    return enrol_camera(services, tmp_path_factory.mktemp("camera"))


@pytest.fixture
def door(services: FleetServices, clock: TestClock, desk: TestClient, camera: EnrolledCamera) -> Door:
    with services.sessions.begin() as session:
        for table in (CameraConsent, ConsentEntry, TenancyVisit, RunClock):
            session.execute(delete(table))
    forget_alerts(services)
    scene = Scene(services, clock, desk)
    found = handed_out(scene, camera)
    client = camera_client(services, camera.certificate_der)
    return Door(services, clock, desk, camera, scene, client, worn=found)


# proves L1, L2 and F10
def test_it_becomes_an_entry_of_the_visit_of_whoever_had_the_camera(door: Door) -> None:
    visit, _other = door.visit(), door.visit(officer="officer-2")
    taken = door.say(TURNED.NOT_ASKED, why="danger", wording="en 2", at=door.clock() - timedelta(minutes=10))
    [entry] = door.entries(visit)
    assert (entry["kind"], entry["way"], entry["reason"]) == (
        "not asked",
        "camera",
        "It was dangerous to ask",
    )
    assert entry["said_by"] == f"Officer 1 with camera {door.camera.id}"
    assert entry["wording"] == "en 2"
    assert door.unplaced() == []
    assert taken["number"] == door.number
    page = door.page(f"/visits/{visit}")
    assert "Nobody was asked" in page
    assert f"by Officer 1 with camera {door.camera.id}, signed by the camera" in page
    with door.services.readers() as session:
        assert verify_log(session) is None


# proves L2
def test_the_same_again_changes_nothing(door: Door) -> None:
    visit = door.visit()
    data = door.sign(door.event(TURNED.REFUSED))
    assert door.send(data).status_code == 201
    again = door.send(data)
    assert again.status_code == 200
    assert len(door.entries(visit)) == 1


# proves L1 and F6
def test_what_the_camera_did_not_sign_is_refused_and_written_down(door: Door, tmp_path: Path) -> None:
    other = enrol_camera(door.services, tmp_path)
    theirs = Door(door.services, door.clock, door.desk, other, door.scene, door.client)
    data = door.sign(door.event())
    for wrong in (theirs.sign(theirs.event()), data[:-1], data[:-1] + bytes([data[-1] ^ 1]), b"nothing"):
        assert problem(door.send(wrong)) == (422, "not_valid")
    assert door.send(theirs.sign(theirs.event())).json()["detail"] == "Another camera signed that."
    oddities: list[dict[str, Any]] = [
        {"way": "a\0b"},
        {"assignment": "a\0b"},
        {"number": 2**63},
        {"number": 0},
    ]
    for oddity in oddities:
        odd = door.send(door.sign(door.event(**oddity)))
        assert (problem(odd), odd.json()["detail"]) == (
            (422, "not_valid"),
            "What it says holds signs that nobody can read, or no number.",
        )
    unreadable = door.client.post("/api/v1/camera/consent", json={"signed": "no base64!"})
    assert problem(unreadable) == (422, "not_valid")
    assert door.client.post("/api/v1/camera/consent", json={"signed": "A" * 200_000}).status_code == 422
    with door.services.readers() as session:
        assert session.scalars(select(CameraConsent)).all() == []
        action = AuditEntry.action == "cameras:upload:refuse"
        assert len(session.scalars(select(AuditEntry).where(action)).all()) >= 1


# proves F8
@pytest.mark.parametrize(("hours", "doubt"), [([], "no visit"), ([0, 0.25], "several"), ([8], "no visit")])
def test_where_it_cannot_be_told_it_is_said_and_a_person_links_it(
    hours: list[float], doubt: str, door: Door
) -> None:
    visits = [door.visit(hours=each) for each in hours]
    door.say(TURNED.REFUSED, at=door.clock() + timedelta(seconds=1))
    [waits] = door.unplaced()
    assert (waits["doubt"], waits["visit"], waits["follows"]) == (doubt, None, door.number == 1)
    assert [each.kind for each in alerts_of(door.services, UNPLACED.id)] == [UNPLACED.id]
    assert "Refused to be recorded" in door.page("/visits/signed")
    visit = visits[0] if visits else door.visit(hours=3)
    late = door.visit(hours=5)
    assert len(door.unplaced()) == 1  # a visit that is planned later is not guessed either
    here = f"/api/v1/consents/{waits['digest']}/visit"
    assert problem(door.desk.post(here, json={"visit": visit, "reason": " "})) == (422, "reason_missing")
    assert door.desk.post(here, json={"visit": "none", "reason": "I was there"}).status_code == 404
    linked = door.desk.post(here, json={"visit": visit, "reason": "I was there"})
    assert (linked.status_code, linked.json()["linked_by"]) == (200, "desk")
    assert [each["kind"] for each in door.entries(visit)] == ["refused"]
    assert "desk said that it is of this visit: I was there" in door.page(f"/visits/{visit}")
    assert door.unplaced() == []
    assert [each.lasts for each in alerts_of(door.services, UNPLACED.id)] == [None]
    moved = door.desk.post(here, json={"visit": late, "reason": "It was the other one"})
    assert moved.json()["visit"] == late
    assert door.entries(visit) == []
    assert [each["kind"] for each in door.entries(late)] == ["refused"]


def test_who_had_no_camera_and_a_clock_that_was_not_set_tell_no_visit(door: Door) -> None:
    visit = door.visit()
    door.say(assignment=None)
    door.say(assignment="of another camera")
    unset = ClockLabel(0, synchronised=False, error_us=None)
    door.say(label=unset, at_ns=60_000_000_000)
    assert [each["doubt"] for each in door.unplaced()] == ["officer", "officer", "clock"]
    assert [each["dated"] for each in door.unplaced()] == [True, True, False]
    assert "That is when it came." in door.page("/visits/signed")
    with door.services.sessions.begin() as session:
        now = utc_us(door.clock())
        session.add(
            RunClock(camera_id=door.camera.id, run=RUN.hex(), boot_us=60_000_000, utc_us=now, signed=True)
        )
    door.say(TURNED.WITHDRAWN, label=unset, at_ns=60_000_000_000)
    assert [each["kind"] for each in door.entries(visit)] == ["withdrawn"]
    undated = next(each for each in door.unplaced() if not each["dated"])
    link = {"visit": visit, "reason": "I was there"}
    assert door.desk.post(f"/api/v1/consents/{undated['digest']}/visit", json=link).status_code == 200
    assert [each["said_by"].partition(", ")[2] for each in door.entries(visit)] == [
        "",
        "whose clock was not set: the time is that of its arrival",
    ]


@pytest.mark.parametrize("utc_us_", [2**62, -(2**62), 0])
def test_a_clock_that_says_what_no_calendar_has_dates_nothing(utc_us_: int, door: Door) -> None:
    door.visit()
    door.say(label=ClockLabel(utc_us_, synchronised=True, error_us=1))
    [waits] = door.unplaced()
    assert waits["doubt"] == ("clock" if utc_us_ else "no visit")


def test_a_camera_whose_clock_is_ahead_dates_nothing(door: Door) -> None:
    door.visit()
    door.say(at=door.clock() + timedelta(days=3))
    [waits] = door.unplaced()
    assert (waits["doubt"], waits["dated"]) == ("clock", False)


# proves F8
def test_the_page_says_what_is_so_of_each(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing waits" in door.page("/visits/signed")
    door.say(assignment=None, recording=bytes(16))
    page = door.page("/visits/signed")
    assert "Something was being recorded" in page
    assert "No visit is planned within twelve hours of that time." in page
    assert "nobody that is known had it" in page
    assert "Nothing waits" not in page
    assert "more are not shown" not in page
    visit = door.visit(hours=11)
    door.visit(hours=13)
    [waits] = door.unplaced()
    assert "No visit is planned within twelve hours of that time." not in door.page("/visits/signed")
    form = {"digest": waits["digest"], "visit": "", "reason": "I was there"}
    refused = door.desk.post("/visits/signed", data=form, headers=HTML)
    assert (refused.status_code, "Choose the visit." in refused.text) == (422, True)
    unknown = door.desk.post("/visits/signed", data={**form, "visit": "none"}, headers=HTML)
    assert unknown.status_code == 404
    door.say(TURNED.NOT_ASKED, why="danger", assignment=None)
    monkeypatch.setattr(page_of_signed, "SHOWN", 1)
    page = door.page("/visits/signed")
    assert "1 more are not shown." in page
    done = door.desk.post(
        "/visits/signed", data={**form, "visit": visit}, headers=HTML, follow_redirects=False
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/visits/{visit}#consent")
    page = door.page("/visits/signed")
    assert "It was dangerous to ask" in page
    assert "Something was being recorded" not in page


# proves F10
def test_an_override_without_a_reason_is_in_today_after_a_day_wherever_it_is(door: Door) -> None:
    visit = door.visit()
    door.say(TURNED.OVERRIDDEN)
    door.say(TURNED.OVERRIDDEN, assignment=None)
    assert alerts_of(door.services, NO_REASON.id) == []
    door.clock.move(seconds=(REASON_WITHIN + timedelta(minutes=1)).total_seconds())
    assert len(alerts_of(door.services, NO_REASON.id)) == 2
    [entry] = door.entries(visit)
    reason = door.desk.post(
        f"/api/v1/visits/{visit}/consent/{entry['id']}/reason", json={"reason": "He had a knife"}
    )
    assert reason.status_code == 200
    [waits] = door.unplaced()
    link = {"visit": visit, "reason": "I was there"}
    assert door.desk.post(f"/api/v1/consents/{waits['digest']}/visit", json=link).status_code == 200
    [first, second] = door.entries(visit)
    assert {first["reason"], second["reason"]} == {"He had a knife", ""}


# proves F8
def test_the_phone_and_the_camera_of_one_moment_are_shown_as_one_and_one_reason_is_enough(
    door: Door,
) -> None:
    visit = door.visit()
    door.say(TURNED.OVERRIDDEN)
    body = {"kind": "overridden", "at": (door.clock() - timedelta(seconds=40)).isoformat()}
    assert (
        door.desk.post(f"/api/v1/visits/{visit}/consent", json={**body, "reason": "A dog"}).status_code == 201
    )
    assert len(door.entries(visit)) == 2
    page = door.page(f"/visits/{visit}")
    assert page.count("Recorded without consent, for safety") == 1
    assert "signed by the camera; written down too by desk, through a program" in page
    assert "A dog" in page
    door.clock.move(seconds=(REASON_WITHIN + timedelta(minutes=1)).total_seconds())
    assert alerts_of(door.services, NO_REASON.id) == []


# proves F9
def test_a_camera_that_sends_very_many_is_told_to_send_them_later(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signed, "MOST_A_DAY", 2)
    data = door.sign(door.event())
    assert door.send(data).status_code == 201
    door.say()
    refused = door.send(door.sign(door.event()))
    assert problem(refused) == (429, "consent_rate")
    says = "2 consent events of this camera came within a day; send the others later."
    assert refused.json()["detail"] == says
    assert door.send(data).status_code == 200  # what is held is held
    door.clock.move(seconds=timedelta(days=1, minutes=1).total_seconds())
    door.say()


# proves F3
def test_what_nobody_linked_goes_after_its_time(door: Door) -> None:
    door.say(assignment=None)
    zone = door.services.config.site.time_zone
    months = door.services.config.visits.keep_months

    def past(at: datetime) -> int:
        with door.services.readers() as session:
            return len(past_consents(session, at.date(), zone, months, most=5))

    assert past(door.clock() + timedelta(days=25 * months)) == 0
    assert past(door.clock() + timedelta(days=32 * months)) == 1
    VisitForgetting(door.services)()  # deletion is off: nothing goes
    [waits] = door.unplaced()
    visit = door.visit()
    kept = door.say()
    with door.services.sessions.begin() as session:
        assert forget_consent(session, waits["digest"], months)
        assert not forget_consent(session, waits["digest"], months)  # gone already
        assert not forget_consent(session, kept["digest"], months)  # it is of a visit by now
    assert door.unplaced() == []
    later = door.clock() + timedelta(days=32 * months)
    with door.services.sessions.begin() as session:
        assert forget_visit(session, visit, later, later.date(), zone, months)
        assert session.scalars(select(CameraConsent)).all() == []
        assert session.scalars(select(ConsentEntry)).all() == []


def _files(answer: Any) -> dict[str, bytes]:  # noqa: ANN401 - httpx's answer
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# proves F4 and L2
def test_what_was_signed_goes_out_as_files_and_the_log_says_who_took_them(door: Door) -> None:
    visit = door.visit()
    door.say(TURNED.GIVEN, wording="en 2")
    door.say(TURNED.WITHDRAWN)
    door.say(TURNED.GIVEN, assignment=None)
    page = door.page(f"/visits/{visit}")
    assert "Signed by a camera: 2 of 2. The files are as they came" in page
    assert "anybody checks them with lapel-verify FOLDER --authority authority.pem" in page
    assert "The audit log says who took them." in page
    files = _files(door.desk.post(f"/api/v1/visits/{visit}/consents/files"))
    with door.services.readers() as session:
        rows = list(session.scalars(select(CameraConsent).order_by(CameraConsent.number)))
        kept = [each.signed for each in rows]
    assert list(files.values()) == kept[:2]
    report = verify_consents(files, authorities=[door.services.cameras.authority.der])
    assert {each.verdict for each in report.results} == {Verdict.INTACT}
    assert [each.weight for each in report.chain if each.weight is not ChainWeight.REMARK] == []
    for path in (f"/visits/{visit}/signed", "/visits/signed/files"):
        taken = _files(door.desk.post(path, headers=HTML))
        assert taken == (files if visit in path else {next(reversed(_all(door))): kept[2]})
    assert list(_all(door).values()) == kept
    assert list(_files(door.desk.post("/api/v1/consents/unplaced/files")).values()) == kept[2:]
    with door.services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.action == "visits:consent:export")
        entries = list(session.scalars(query.order_by(AuditEntry.number)))
    assert [each.subject for each in entries][:3] == [visit, visit, "no known visit"]
    assert entries[0].detail == {"files": 2, "left": 0}
    assert "desk" in entries[0].actor


def _all(door: Door) -> dict[str, bytes]:
    return _files(door.desk.post(f"/api/v1/cameras/{door.camera.id}/consents/files"))


def test_no_more_go_out_at_once_than_are_said(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.visit(officer="officer-2")
    for _ in range(3):
        door.say(assignment=None)
    assert "go out at once" not in door.page("/visits/signed")
    monkeypatch.setattr(signed_files, "MOST_FILES", 2)
    monkeypatch.setattr(page_of_signed, "MOST_FILES", 2)
    assert "No more than 2 go out at once." in door.page("/visits/signed")
    answer = door.desk.post("/api/v1/consents/unplaced/files")
    assert len(_files(answer)) == 2
    assert answer.headers["lapel-left"] == "1"
    monkeypatch.setattr(signed_files, "MOST_BYTES", 10)
    one = door.desk.post("/api/v1/consents/unplaced/files")
    assert (len(_files(one)), one.headers["lapel-left"]) == (1, "2")  # one goes out, however large it is
    rest = door.desk.post(f"/api/v1/cameras/{door.camera.id}/consents/files?first=3")
    assert [name.split("-")[-2] for name in _files(rest)] == ["00000003"]


# proves F5
@pytest.mark.parametrize("role", [each for each in Role if each not in GRANTS[Permission.SEE_VISITS]])
def test_who_may_not_see_what_was_said_takes_no_files(door: Door, role: Role) -> None:
    visit = door.visit()
    door.say()
    with dashboard_client(door.services, token=token_for(door.services, role, name=str(role))) as client:
        for path in (
            f"/api/v1/visits/{visit}/consents/files",
            f"/api/v1/cameras/{door.camera.id}/consents/files",
            "/api/v1/consents/unplaced/files",
            f"/visits/{visit}/signed",
            "/visits/signed/files",
        ):
            assert client.post(path).status_code == 403, path


def test_of_what_is_not_there_no_files_are_given(door: Door) -> None:
    assert problem(door.desk.post("/api/v1/visits/none/consents/files"))[0] == 404
    assert problem(door.desk.post("/api/v1/cameras/none/consents/files"))[0] == 404
    assert door.desk.post(f"/api/v1/cameras/{door.camera.id}/consents/files?first=0").status_code == 422
    assert "Take what was signed" not in door.page("/visits/signed")
    assert "Take what was signed" not in door.page(f"/visits/{door.visit()}")
