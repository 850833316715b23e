"""Documents through their pages: drafted, written, published, printed, and told of where a fact differs."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from fleet.alerts.models import AlertRow
from fleet.alerts.sources import AlertLook
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow, CameraSettingsTold
from fleet.cameras.settings import settings_told, tell_settings
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig
from fleet.core.sections.cameras import CamerasSection
from fleet.core.sections.landlord import LandlordSection
from fleet.documents.models import DocumentWords, PublishedDocument
from fleet.documents.publishing import publish
from fleet.documents.rules.plan import DocumentKind
from fleet.documents.rules.plans import PLANS
from fleet.documents.words import write_words
from fleet.retention.models import RetentionChange
from fleet.retention.policy import change_periods
from fleet.retention.rules.periods import Periods
from fleet.server.compose import FleetServices
from fleet.web.alerting.documents import DIFFERS, document_source
from fleet.web.zone import in_zone
from tests.support.fleet.alerting import alerts_of
from tests.support.fleet.fleet import BY_PASSWORD, TestClock
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

HTML = {"Accept": "text/html"}
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street", complaints="complaints@n.example")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(
    update={"landlord": LANDLORD, "cameras": CamerasSection(window_s=180, sound="on")}
)
NOTICE = "/documents/privacy-notice"


clock = clock_of_module()
services = services_of_module(CONFIG)
officer = client_of_module(Role.DATA_PROTECTION_OFFICER, name="dpo", pages=True, workers=False)
"""The data protection officer."""


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, officer: TestClient) -> Scene:
    clock.now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    found = Scene(services, clock, officer)
    with services.sessions.begin() as session:
        for table in (PublishedDocument, DocumentWords, RetentionChange, CameraSettingsTold):
            session.execute(delete(table))
    found.clear()
    return found


def words(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).replace("&#39;", "'").split())


def write_all(services: FleetServices, kind: DocumentKind = DocumentKind.NOTICE) -> None:
    with services.sessions.begin() as session:
        for section in PLANS[kind].sections:
            write_words(session, kind, section, text=f"Our {section}.", seen=0, by=OPERATOR)


def seal_of(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def published(officer: TestClient, path: str = NOTICE) -> None:
    answer = officer.post(
        f"{path}/publish", data={"seen": seal_of(officer.get(path).text)}, follow_redirects=False
    )
    assert answer.status_code == 303, words(answer.text)


def keep_for(services: FleetServices, plain: int, *, seen: int) -> None:
    with services.sessions.begin() as session:
        change_periods(session, Periods(plain, 12), seen=seen, by=OPERATOR)


def differing(services: FleetServices) -> dict[str, AlertRow]:
    return {each.subject: each for each in alerts_of(services, DIFFERS.id) if each.lasts}


def test_a_document_is_written_published_and_kept_exactly(scene: Scene, officer: TestClient) -> None:
    # proves F10
    before = words(officer.get("/documents").text)
    assert (before.count("It was not published yet."), "No camera is in use." in before) == (3, True)
    page = officer.get(NOTICE).text
    assert "Nothing was published yet." in page
    assert "This is not written yet." in page
    assert "Write first what only you can say: Who we are" in words(page)
    assert "Publish it as it is now" not in page
    early = officer.post(f"{NOTICE}/publish", data={"seen": "0" * 64})
    assert (early.status_code, "Write first: Who we are;" in words(early.text)) == (409, True)
    write_all(scene.services)
    page = officer.get(NOTICE).text
    assert "Write first what only you can say" not in words(page)
    for said in (
        "at most 180 seconds, as the fleet tells its cameras",
        "cameras.window_s",
        "Our purposes.",
        "6 months",
    ):
        assert said in words(page)
    stale = officer.post(f"{NOTICE}/publish", data={"seen": "0" * 64})
    assert (stale.status_code, "changed after the page was shown" in stale.text) == (409, True)
    published(officer)
    again = officer.post(f"{NOTICE}/publish", data={"seen": seal_of(page)})
    assert (again.status_code, "Number 1 says exactly this." in again.text) == (409, True)
    text = officer.get(f"{NOTICE}/published/1/text").content
    digest = hashlib.sha256(text).hexdigest()
    assert digest in officer.get(f"{NOTICE}/published/1").text
    assert digest in officer.get(f"{NOTICE}/published/1/print").text
    made = PdfReader(io.BytesIO(officer.get(f"{NOTICE}/published/1/pdf").content))
    paper = " ".join("".join(each.extract_text() for each in made.pages).split())
    assert "Number 1, published on 30 November 2026." in paper
    assert "Recordings without an incident are kept for: 6 months" in paper
    assert officer.get(f"{NOTICE}/draft/pdf").content[:5] == b"%PDF-"
    assert "Our basis." in officer.get(f"{NOTICE}/draft/print").text
    listed = words(officer.get("/documents").text)
    assert "All facts that were published are so now." in listed
    assert "Number 1 was published 12:00 by dpo" in listed
    with scene.services.readers() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "documents:document:publish")
        ).one()
        assert digest in str(entry.detail)
    assert officer.get(f"{NOTICE}/published/2").status_code == 404
    assert officer.get("/documents/another").status_code == 404


def test_the_period_of_cctv_clips_that_is_another_than_published_is_an_alert(
    scene: Scene, officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10
    write_all(scene.services)
    published(officer)
    page = words(officer.get(NOTICE).text)
    assert "CCTV clips that are imported are kept for 1 month, or until the day" in page
    assert "Photographs that are imported are kept until the day" in page
    assert differing(scene.services) == {}
    longer = scene.services.config.imports.model_copy(update={"cctv_months": 3})
    monkeypatch.setitem(scene.services.config.__dict__, "imports", longer)
    (alert,) = differing(scene.services).values()
    assert alert.subject == "privacy-notice/retention.cctv"
    assert "That comes from: imports.cctv_months." in alert.words


def test_a_fact_that_is_another_than_published_is_an_alert_until_it_is_set_back_or_published_anew(
    scene: Scene, officer: TestClient
) -> None:
    # proves F10, F8
    write_all(scene.services)
    keep_for(scene.services, 5, seen=0)
    assert differing(scene.services) == {}  # nothing was published
    published(officer)
    assert differing(scene.services) == {}
    scene.clock.move(hours=1)
    keep_for(scene.services, 4, seen=1)
    (alert,) = differing(scene.services).values()
    assert alert.subject == "privacy-notice/retention.plain"
    assert alert.words == (
        "The privacy notice that was published 12:00 says of “Recordings without an incident are kept for”: "
        "5 months. It is now: 4 months. That comes from: How long recordings are kept, by the last change "
        "that was confirmed."
    )
    page = words(officer.get(NOTICE).text)
    assert "1 fact differs from what was published." in page
    assert "Recordings without an incident are kept for 5 months 4 months" in page
    assert page.count("Differs") == 1
    keep_for(scene.services, 5, seen=2)
    assert differing(scene.services) == {}  # set back
    keep_for(scene.services, 3, seen=3)
    assert len(differing(scene.services)) == 1
    published(officer)
    assert differing(scene.services) == {}  # published anew
    assert "5 months" in officer.get(f"{NOTICE}/published/1/text").text  # and the first is as it was
    assert "3 months" in officer.get(f"{NOTICE}/published/2/text").text


def test_of_a_camera_is_said_what_it_said_and_what_nobody_knows_is_neither_so_nor_otherwise(
    scene: Scene, officer: TestClient
) -> None:
    # proves F8, F10
    scene.camera(1, reported={"version": 1, "refused": []}, desired_version=1)
    scene.camera(2, seen=False)
    scene.camera(3, reported={"version": 1, "refused": ["no"]}, desired_version=2, status={"window_s": None})
    page = words(officer.get("/documents").text)
    for said in (
        "cam-01 last said 180 seconds It said that it follows what it is told now.",
        "cam-02 not known It has not said whether it follows what it is told now.",
        "cam-03 not known It has not said whether it follows what it is told now.",
    ):
        assert said in page
    kind = DocumentKind.RECORD
    write_all(scene.services, kind)
    published(officer, f"/documents/{kind}")
    assert differing(scene.services) == {}
    with scene.services.sessions.begin() as session:
        refusing = {"version": 2, "refused": ["no"]}
        session.execute(update(CameraRow).where(CameraRow.id == "cam-03").values(reported=refusing))
    (alert,) = differing(scene.services).values()
    assert alert.subject == "processing-record/cameras.against"
    assert "none has said so. It is now: cam-03. That comes from: what each camera" in alert.words
    assert "cam-03 not known It said that it is set otherwise than it is told." in words(
        officer.get("/documents").text
    )
    with scene.services.sessions.begin() as session:
        session.execute(update(CameraRow).values(status=None, reported=None))
    assert differing(scene.services) == {}
    assert "Of 1 fact nobody can tell whether what was published is so still." in words(
        officer.get(f"/documents/{kind}").text
    )


def test_a_setting_of_the_file_that_is_another_than_published_is_found(
    scene: Scene, officer: TestClient
) -> None:
    # proves F10
    write_all(scene.services)
    published(officer)
    cameras = CamerasSection(window_s=120, sound="off")
    core = replace(scene.services, config=CONFIG.model_copy(update={"cameras": cameras}))
    around = lambda: in_zone(CONFIG.site.time_zone)  # noqa: E731 - a name for it
    with scene.services.readers() as session:
        found = document_source(around, core).look(AlertLook(session, scene.clock(), {}))
    assert {each.subject for each in found.findings} == {
        "privacy-notice/window.told",
        "privacy-notice/sound.told",
    }
    assert "at most 180 seconds, as the fleet tells its cameras" in found.findings[0].words
    assert "at most 120 seconds, as the fleet tells its cameras" in found.findings[0].words


def test_words_are_kept_by_version_and_nobody_undoes_anothers_unseen(
    scene: Scene, officer: TestClient
) -> None:
    # proves F6, F10
    path = f"{NOTICE}/words/purposes"
    assert "What are the cameras for?" in officer.get(path).text
    assert officer.post(path, data={"text": "First.", "seen": "0"}, follow_redirects=False).status_code == 303
    stale = officer.post(path, data={"text": "Second.", "seen": "0"})
    assert (stale.status_code, "Somebody wrote it anew" in stale.text, "Second." in stale.text) == (
        409,
        True,
        True,
    )
    assert officer.post(path, data={"text": "First.", "seen": "0"}, follow_redirects=False).status_code == 303
    empty = officer.post(path, data={"text": " ", "seen": "1"})
    assert (empty.status_code, "Write something." in empty.text) == (422, True)
    assert officer.post(f"{NOTICE}/words/nothing", data={"text": "x"}).status_code == 404
    write_all_but = [each for each in PLANS[DocumentKind.NOTICE].sections if each != "purposes"]
    with scene.services.sessions.begin() as session:
        for section in write_all_but:
            write_words(session, DocumentKind.NOTICE, section, text="Ours.", seen=0, by=OPERATOR)
    published(officer)
    assert "others than were published" not in officer.get(NOTICE).text
    assert (
        officer.post(path, data={"text": "Second.", "seen": "1"}, follow_redirects=False).status_code == 303
    )
    page = officer.get(NOTICE).text
    assert "version 2: others than were published" in words(page)
    assert "First." in officer.get(path).text
    assert differing(scene.services) == {}  # words are no facts


def test_what_cannot_be_printed_is_not_published_and_what_was_changed_is_not_shown(
    scene: Scene, officer: TestClient
) -> None:
    # proves F6, F10
    write_all(scene.services)
    with scene.services.sessions.begin() as session:
        write_words(session, DocumentKind.NOTICE, "basis", text="\U00013000", seen=1, by=OPERATOR)
    refused = officer.post(f"{NOTICE}/publish", data={"seen": seal_of(officer.get(NOTICE).text)})
    assert (refused.status_code, "It cannot be printed" in refused.text) == (422, True)
    assert officer.get(f"{NOTICE}/draft/pdf").status_code == 409
    assert officer.get(f"{NOTICE}/published/1").status_code == 404  # nothing half-written
    with scene.services.sessions.begin() as session:
        write_words(session, DocumentKind.NOTICE, "basis", text="Ours.", seen=2, by=OPERATOR)
    published(officer)
    with scene.services.sessions.begin() as session:
        session.execute(update(PublishedDocument).values(text="Another"))
    assert officer.get(f"{NOTICE}/published/1").status_code == 409


def test_without_a_landlord_nothing_is_published(scene: Scene) -> None:
    # proves F6
    core = replace(scene.services, config=BY_PASSWORD)
    with scene.services.sessions() as session, pytest.raises(Exception, match=r"Set landlord\.name"):
        publish(session, core, DocumentKind.NOTICE, seen="", by=OPERATOR)


def test_cameras_are_told_what_is_set_and_told_anew_once_that_is_another(scene: Scene) -> None:
    # proves F10
    scene.camera(1, desired_version=4)

    def version(config: FleetConfig) -> int:
        tell_settings(replace(scene.services, config=config))
        with scene.services.readers() as session:
            return session.scalars(select(CameraRow.desired_version)).one()

    assert version(BY_PASSWORD) == 4  # nothing was told, and nothing is
    assert [version(CONFIG), version(CONFIG)] == [5, 5]
    assert version(BY_PASSWORD) == 6
    told = settings_told(CONFIG.cameras)
    assert (told.window_s, told.audio, told.keep_after_receipt) == (180.0, True, None)
    assert settings_told(CamerasSection(sound="off")).audio is False
    assert settings_told(CamerasSection()).model_dump(exclude_none=True) == {}


def test_whoever_may_not_publish_sees_and_changes_nothing(scene: Scene) -> None:
    # proves F5
    write_all(scene.services)
    page = scene.page(NOTICE, Role.CCTV_MANAGER)
    assert "Publish it as it is now" not in page
    assert "Write it anew" not in page
    headers = {"Authorization": f"Bearer {scene.tokens[Role.CCTV_MANAGER]}"}
    answer = scene.client.post(
        f"{NOTICE}/publish", data={"seen": seal_of(scene.page(NOTICE))}, headers=headers
    )
    assert answer.status_code == 403
