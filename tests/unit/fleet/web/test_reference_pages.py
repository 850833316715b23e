"""References through the pages that give them out, and as a stranger without any tries to get at them."""

from __future__ import annotations

import html
import io
import logging
import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from pypdf import PdfReader
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from fleet.audit.log import record
from fleet.audit.models import AuditEntry
from fleet.core.actor import ANONYMOUS, Actor, ActorKind, Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.released.keys import HANDED_OVER
from fleet.people.attempts import Attempts
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.references.approvals import PAGE_VERSION, approvals
from fleet.references.asking import ANSWERED_AFTER_S, ASKING, FROM_ONE_ADDRESS, IN_ALL, ReferenceAsking
from fleet.references.models import ReferenceApproval, VisitReference
from fleet.references.rules.code import new_code, shown
from fleet.references.rules.standing import ANSWERS_FOR
from fleet.retention.models import Hold
from fleet.server.compose import FleetServices
from fleet.visits.links import relink
from fleet.visits.models import TenancyVisit, VisitRecording, VisitText
from fleet.web.views.references.answer import UNKNOWN
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, token_for
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import ID, Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}
PASSWORD = "four random words here"
LANDLORD = LandlordSection(
    name="Northgate Homes", contact="1 Gate Street", complaints="complaints@northgate.example"
)
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})
DESK = Actor(ActorKind.USER, "desk", "Safety desk", frozenset())
SECRET = ("Elm Road", "T-4711", "Officer 1", "cam-01", ID, "Gas check")
SETTINGS, TEXTS = "/settings/references", "/settings/visit-texts"
NONE = shown(new_code(lambda size: b"\x5a" * size))
"""A code that was never given out."""


clock = clock_of_module()
services = services_of_module(CONFIG)
desk = client_of_module(Role.SAFETY_TEAM, Role.HEAD_OF_SAFETY, name="desk", pages=True, workers=False)


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, desk: TestClient) -> Scene:
    found = Scene(services, clock, desk)
    with services.sessions.begin() as session:
        for table in (VisitRecording, VisitReference, ReferenceApproval, TenancyVisit, VisitText, User):
            session.execute(delete(table))
    found.clear()
    found.officer("Officer 1")
    found.camera()
    return found


def another(scene: Scene) -> TestClient:
    """A browser in which nobody is signed in."""
    client = TestClient(scene.client.app, base_url="https://localhost:8443", raise_server_exceptions=False)
    client.portal = scene.client.portal
    client.headers.update(HTML)
    return client


@pytest.fixture
def waited() -> list[float]:
    """How long answers were held back, in their order."""
    return []


@pytest.fixture
def stranger(scene: Scene, waited: list[float]) -> TestClient:
    """Somebody from whose address nothing was tried yet; nobody waits in earnest."""

    async def pause(seconds: float) -> None:
        waited.append(seconds)

    counted = ReferenceAsking(Attempts(FROM_ONE_ADDRESS), Attempts(IN_ALL), lambda: 1.0, pause)
    app = scene.client.app
    assert isinstance(app, FastAPI)
    ASKING.put(app, counted)
    return another(scene)


def planned(scene: Scene, **changed: str) -> str:
    """Plan a visit, and return its path."""
    draft = {
        "tenancy": "T-4711",
        "place": "Flat 4, 12 Elm Road",
        "purpose": "Gas check",
        "planned": (scene.clock() + timedelta(hours=1)).isoformat(timespec="minutes"),
        "minutes": "60",
        "officer": "officer-1",
        "language": "en",
        **changed,
    }
    answer = scene.client.post("/visits", data=draft, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def approve(scene: Scene, version: int = 0) -> None:
    sent = {"language": "en", "version": str(version)}
    answer = scene.client.post(SETTINGS, data=sent, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def slip(scene: Scene, here: str) -> str:
    """Make a reference and read its code from the slip."""
    answer = scene.client.post(f"{here}/references")
    assert answer.headers["content-type"] == "application/pdf", answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="reference.pdf"'
    (sheet,) = PdfReader(io.BytesIO(answer.content)).pages
    found = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", sheet.extract_text())
    assert found is not None
    return found[0]


def link(scene: Scene, here: str) -> None:
    with scene.services.sessions.begin() as session:
        relink(session, recording=ID, visit=here.rpartition("/")[2], reason="It is", by=DESK)


def words(page: str) -> str:
    return html.unescape(" ".join(re.sub("<[^>]*>", " ", page).split()))


def ask(stranger: TestClient, code: str) -> tuple[int, str]:
    answer = stranger.post("/reference", data={"code": code})
    return answer.status_code, words(answer.text)


def test_there_is_nothing_until_the_text_is_approved_and_nothing_once_that_is_taken_back(
    scene: Scene, stranger: TestClient
) -> None:
    # proves F10
    here = planned(scene)
    for method in ("GET", "HEAD"):
        assert stranger.request(method, "/reference").status_code == 404
    assert ask(stranger, NONE)[0] == 404
    assert "There is no page at this address." in stranger.get("/reference").text
    refused = scene.client.post(f"{here}/references")
    assert (refused.status_code, "References are off until" in refused.text) == (409, True)
    assert "Off: nothing is approved" in words(scene.client.get(SETTINGS).text)
    approve(scene)
    approve(scene)
    code = slip(scene, here)
    assert ask(stranger, code)[0] == 200
    with scene.services.readers() as session:
        (row,) = approvals(session)
        assert (row.language, row.version, row.approved_by) == ("en", 0, "desk")
    assert "Version 0 was approved" in words(scene.client.get(SETTINGS).text)
    for _ in range(2):
        scene.client.post(SETTINGS, data={"language": "en", "withdrawn": "yes"})
    assert ask(stranger, code)[0] == 404
    assert stranger.get("/reference").status_code == 404
    approve(scene)
    assert ask(stranger, code)[0] == 200, "what was given out before works again"


def test_a_text_that_was_written_anew_is_used_once_it_is_approved(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10
    here = planned(scene)
    approve(scene)
    draft = {"use": "reference", "language": "en", "version": "0", "title": "Another slip"}
    lacking = scene.client.post(TEXTS, data={**draft, "text": "Reference {{code}}"})
    assert (lacking.status_code, "without it nobody could use the slip" in lacking.text) == (422, True)
    text = "Code {{code}} at {{address}}, {{contact}}, {{complaints}}"
    assert scene.client.post(TEXTS, data={**draft, "text": text}, follow_redirects=False).status_code == 303
    assert "stays in use until version 1 is approved" in words(scene.client.get(SETTINGS).text)

    def title() -> str:
        made = PdfReader(io.BytesIO(scene.client.post(f"{here}/references").content))
        assert made.metadata is not None
        return str(made.metadata.title)

    assert title() == "Your reference for this visit"
    stale = scene.client.post(SETTINGS, data={"language": "en", "version": "0"})
    assert (stale.status_code, "Somebody wrote another version meanwhile" in stale.text) == (409, True)
    approve(scene, 1)
    assert title() == "Another slip"
    none = scene.client.post(SETTINGS, data={"language": "pl", "version": "0"})
    assert (none.status_code, "There is no text in that language." in none.text) == (422, True)
    monkeypatch.setattr("fleet.references.approvals.PAGE_VERSION", PAGE_VERSION + 1)
    assert "Off: nothing is approved" in words(scene.client.get(SETTINGS).text)


def test_approving_is_for_those_who_answer_for_the_landlord(scene: Scene) -> None:
    # proves F5
    may = {Role.ADMINISTRATOR: 403, Role.SAFETY_TEAM: 403, Role.DATA_PROTECTION_OFFICER: 200}
    for role, status in may.items():
        token = token_for(scene.services, role, name=f"as {role}")
        answer = scene.client.get(SETTINGS, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_a_slip_shows_what_is_kept_of_its_visit_and_nothing_else(scene: Scene, stranger: TestClient) -> None:
    # proves F10
    here = planned(scene)
    approve(scene)
    code = slip(scene, here)
    assert "No recording of this visit is known yet." in ask(stranger, code)[1]
    scene.held(officer_id="officer-1")
    link(scene, here)
    scene.looked(ID, 2)
    status, said = ask(stranger, code.lower().replace("-", " "))
    assert status == 200
    assert "1 recording of this visit is known." in said
    assert "It is kept until" in said
    assert "opened twice to be watched." in said
    assert "Northgate Homes" in said
    assert "complaints@northgate.example" in said
    answer = stranger.post("/reference", data={"code": code})
    assert not [each for each in SECRET if each in answer.text]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert code not in answer.text
    with scene.services.sessions.begin() as session:
        row = session.scalars(select(Recording)).one()
        session.add(
            Hold(
                id="h1",
                recording_id=row.id,
                kind="claim",
                owner="Ms Hill",
                reason="Mr Wood claims",
                review=scene.clock().date(),
                placed=scene.clock(),
                placed_by="Ms Hill",
            )
        )
    said = ask(stranger, code)[1]
    assert "It is held, and not deleted until that ends, because of a legal claim" in said
    assert "Ms Hill" not in said
    assert "Mr Wood" not in said


def test_whose_footage_was_given_away_is_told_so_also_once_it_is_deleted(
    scene: Scene, stranger: TestClient
) -> None:
    # proves F8
    here = planned(scene)
    approve(scene)
    code = slip(scene, here)
    name = f"{0xFACE:032x}"
    scene.held(officer_id="officer-1", recording=name)
    with scene.services.sessions.begin() as session:
        relink(session, recording=name, visit=here.rpartition("/")[2], reason="It is", by=DESK)
    assert "The landlord's log has nobody who opened it." in ask(stranger, code)[1]
    assert "Download of a release begun" not in words(scene.client.get(f"/recordings/{name}").text)
    with scene.services.sessions.begin() as session:
        record(session, ANONYMOUS, HANDED_OVER, name, "Release REL-2026-0001, fetched by its link and code")
    given = "By the landlord's log it was opened once to give footage of it to somebody."
    assert given in ask(stranger, code)[1]
    assert "Download of a release begun" in words(scene.client.get(f"/recordings/{name}").text)
    with scene.services.sessions.begin() as session:
        row = session.scalars(select(Recording)).one()
        row.state, row.deleted, row.deleted_why = RecordingState.DELETED, scene.clock(), "Its day was over."
    told = ask(stranger, code)[1]
    assert "It was deleted on" in told
    assert given in told
    page = words(scene.client.get(f"/recordings/{name}").text)
    assert "Download of a release begun" in page
    assert "Nobody." not in page


def test_a_recording_that_may_be_of_it_and_one_that_was_deleted_are_told_honestly(
    scene: Scene, stranger: TestClient
) -> None:
    # proves F10
    here = planned(scene)
    approve(scene)
    code = slip(scene, here)
    planned(scene, place="Flat 5")
    scene.clock.move(hours=1)
    scene.held(officer_id="officer-1")
    assert "A recording may be of this visit, or of another one" in ask(stranger, code)[1]
    link(scene, here)
    with scene.services.sessions.begin() as session:
        row = session.scalars(select(Recording)).one()
        row.state, row.deleted, row.deleted_why = RecordingState.DELETED, scene.clock(), "Its day was over."
    assert "It was deleted on" in ask(stranger, code)[1]
    scene.clock.move(hours=(ANSWERS_FOR + timedelta(hours=3)).total_seconds() / 3600)
    status, said = ask(stranger, code)
    assert (status, UNKNOWN in said) == (404, True)


def test_every_code_that_tells_nothing_has_one_answer_after_one_time(
    scene: Scene, stranger: TestClient, waited: list[float]
) -> None:
    # proves F10
    here = planned(scene)
    approve(scene)
    lost, old = slip(scene, here), slip(scene, here)
    assert ask(stranger, lost)[0] == 200
    revoke = f"{here}/references/1/revoke"
    page = scene.client.post(revoke, data={"reason": ""})
    assert (page.status_code, "Say why it is revoked" in page.text) == (422, True)
    for _ in range(2):
        revoked = scene.client.post(revoke, data={"reason": "Lost"}, follow_redirects=False)
        assert revoked.status_code == 303
    assert "Reference 1, revoked" in words(scene.client.get(f"{here}/references").text)
    assert ask(stranger, old)[0] == 200
    assert waited == [ANSWERED_AFTER_S] * 2, "a good answer takes as long as any"
    scene.clock.move(hours=24 * 62)
    waited.clear()
    answers = [stranger.post("/reference", data={"code": each}) for each in (lost, old, NONE)]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1
    assert waited == [ANSWERED_AFTER_S] * 3
    assert scene.client.post(f"{here}/references/9/revoke", data={"reason": "x"}).status_code == 404


def test_a_stranger_who_guesses_is_stopped_and_a_typo_costs_nothing(
    scene: Scene, stranger: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    # proves F9
    here = planned(scene)
    approve(scene)
    code = slip(scene, here)
    with caplog.at_level(logging.DEBUG):
        for _ in range(FROM_ONE_ADDRESS + 5):
            status, said = ask(stranger, code[:-1] + ("A" if code[-1] != "A" else "B"))
            assert (status, "That reference is mistyped" in said) == (422, True)
        for _ in range(FROM_ONE_ADDRESS + 5):
            assert ask(stranger, code)[0] == 200
        for _ in range(FROM_ONE_ADDRESS):
            assert ask(stranger, NONE)[0] == 404
        refused = stranger.post("/reference", data={"code": code})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "Too many references were tried" in refused.text
    assert code not in caplog.text
    assert code.replace("-", "") not in caplog.text


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {}},
        {"data": {"code": "\x00" * 40}},
        {"data": {"code": "<script>alert(1)</script>"}},
        {"data": {"code": "A" * 100_000}},
        {"content": b"\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"files": {"code": ("a.txt", b"x", "text/plain")}},
        {"json": {"code": "A"}},
    ],
)
def test_odd_input_is_answered_in_a_sentence(
    scene: Scene, stranger: TestClient, sent: dict[str, object]
) -> None:
    # proves F6
    approve(scene)
    answer = stranger.post("/reference", **sent)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 20_000


def test_other_methods_and_other_sites_get_nothing(scene: Scene, stranger: TestClient) -> None:
    # proves F5
    here = planned(scene)
    approve(scene)
    code = slip(scene, here)
    head = stranger.head("/reference")
    assert (head.status_code, head.content) == (200, b"")
    assert "The reference on your slip" in stranger.get("/reference", params={"code": code}).text
    assert stranger.get(f"/reference/{code}").status_code == 404
    for method in ("PUT", "PATCH", "DELETE"):
        assert stranger.request(method, "/reference").status_code == 405
    other = {"Origin": "https://elsewhere.example"}
    assert stranger.post("/reference", data={"code": code}, headers=other).status_code == 403
    for path in (f"{here}/references", f"{here}/references/1/revoke", SETTINGS, f"/mine{here}/reference"):
        assert stranger.post(path).status_code == 401


def test_what_is_kept_of_a_reference_is_a_digest_and_who_made_it(scene: Scene) -> None:
    # proves F10
    here = planned(scene)
    approve(scene)
    code = slip(scene, here).replace("-", "")
    with scene.services.readers() as session:
        row = session.scalars(select(VisitReference)).one()
        assert len(row.digest) == 32
        kept = " ".join(map(str, vars(row).values()))
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("references:"))).all()
        log = " ".join(f"{each.action} {each.subject} {each.detail}" for each in entries)
        digest = row.digest.hex()
    assert code not in kept + log
    assert digest not in log
    assert "references:reference:make" in log
    assert "references:text:approve" in log


def test_a_visit_has_so_many_references_and_one_that_was_called_off_gets_none(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F9
    monkeypatch.setattr("fleet.references.service.MOST_STANDING", 2)
    here = planned(scene)
    approve(scene)
    for _ in range(2):
        slip(scene, here)
    full = scene.client.post(f"{here}/references")
    assert (full.status_code, "revoke those that are lost" in full.text) == (409, True)
    scene.client.post(f"{here}/references/1/revoke", data={"reason": "Lost"})
    slip(scene, here)
    scene.client.post(f"{here}/cancel", data={"reason": "Nobody is in"})
    late = scene.client.post(f"{here}/references")
    assert (late.status_code, "This visit was called off by desk." in late.text) == (409, True)
    assert "so none is made for it" in scene.client.get(f"{here}/references").text


def test_without_a_landlord_there_is_neither_slip_nor_page(
    scene: Scene, stranger: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = planned(scene)
    approve(scene)
    slip(scene, here)
    unset = LANDLORD.model_copy(update={"contact": ""})
    monkeypatch.setitem(vars(scene.services.config), "landlord", unset)
    refused = scene.client.post(f"{here}/references")
    assert (refused.status_code, "each slip bears them" in refused.text) == (409, True)
    assert stranger.get("/reference").status_code == 404
    with scene.services.readers() as session:
        assert len(session.scalars(select(VisitReference)).all()) == 1, "nothing is half made"


def test_an_officer_shows_one_of_their_own_visit_and_of_no_other(scene: Scene, stranger: TestClient) -> None:
    # proves F5
    here = planned(scene)
    scene.officer("Officer 2")
    other = planned(scene, officer="officer-2")
    with scene.services.sessions.begin() as session:
        session.add(
            User(
                id="u1",
                name="Officer one",
                password=hash_password(PASSWORD),
                roles=frozenset({Role.OFFICER}),
                created=scene.clock(),
                officer_id="officer-1",
            )
        )
    phone = Browser(another(scene))
    phone.sign_in("Officer one", PASSWORD)
    mine = f"/mine{here}/reference"
    assert "No text of them is approved yet." in phone.get(mine)
    assert "References are off until" in phone.post(mine, mine)
    approve(scene)
    shown_once = phone.post(mine, mine)
    found = re.search(r'<code class="secret">([0-9A-Z-]{19})</code>', shown_once)
    assert found is not None
    assert "data:image/svg+xml" in shown_once
    assert ask(stranger, found[1])[0] == 200
    with pytest.MonkeyPatch.context() as patch:
        unset = LANDLORD.model_copy(update={"name": ""})
        patch.setitem(vars(scene.services.config), "landlord", unset)
        assert "the page of references bears them" in phone.post(mine, mine)
    assert found[1] not in phone.get(mine)
    assert phone.client.get(f"/mine{other}/reference").status_code == 404


def test_a_sample_is_no_reference(scene: Scene, stranger: TestClient) -> None:
    sample = scene.client.get(f"{SETTINGS}/en.pdf")
    (sheet,) = PdfReader(io.BytesIO(sample.content)).pages
    assert "0000-0000-0000-0000" in sheet.extract_text()
    approve(scene)
    assert ask(stranger, "0000-0000-0000-0000")[0] == 404
    assert scene.client.get(f"{SETTINGS}/pl.pdf").status_code == 404
