"""The pages of imports, without a browser: as the CCTV manager uses them, and others may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select
from starlette.testclient import TestClient

from fleet.core.actor import OPERATOR, Role
from fleet.imagery import import_notes
from fleet.imagery.models import ImportNote, ImportRow, ImportViewing
from fleet.imagery.rules.kinds import NOT_VERIFIED
from fleet.incidents.rules.draft import IncidentDraft
from fleet.incidents.service import open_incident
from fleet.server.compose import FleetServices
from fleet.web.zone import in_zone
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.media.imported import DEVICE, clip, photograph

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
CLIP = {
    "kind": "cctv",
    "source": "Camera 4",
    "basis": "legitimate-interests",
    "purpose": "Who damaged the door",
    "taken": "2027-02-27T09:30",
    "taken_says": "The caretaker",
    "place": "Car park",
}
PICTURE = {
    "kind": "photograph",
    "source": "Officer 1",
    "basis": "legitimate-interests",
    "purpose": "Mould",
    "at_home": "yes",
    "noticed": "2027-02-20",
    "notice": "By letter",
    "kept_until": "2027-06-01",
}
WHY = {"choice": "complaint", "note": "About the door"}


@pytest.fixture
def manager(api: TestClient) -> TestClient:
    api.headers.update(HTML)
    return api


@pytest.fixture(scope="module")
def safety_token(whole: FleetServices) -> str:
    return token_for(whole, Role.SAFETY_TEAM, name="safety")


@pytest.fixture
def officer(services: FleetServices, safety_token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=safety_token, workers=False) as client:
        client.headers.update(HTML)
        yield client


def words(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def described(client: TestClient, fields: dict[str, str], **more: str) -> str:
    answer = client.post("/imports", data={**fields, **more}, follow_redirects=False)
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["location"])


def imported(client: TestClient, fields: dict[str, str], data: bytes, **more: str) -> str:
    page = described(client, fields, **more)
    assert client.put(f"/api/v1{page}/file", content=data).status_code == 200
    return page


def incident(services: FleetServices) -> str:
    draft = IncidentDraft("Car park", "damage", datetime(2027, 2, 27, 9, 30, tzinfo=UTC), "A door", ())
    with services.sessions.begin() as session:
        zone = services.config.site.time_zone
        return open_incident(session, services.random, draft, zone=zone, recordings=(), by=OPERATOR).id


def test_a_clip_is_described_sent_looked_at_and_never_called_verified(manager: TestClient) -> None:
    # proves F1 F8
    new = words(manager.get("/imports/new?kind=cctv").text)
    assert "Without that day a clip goes by its period: 1 month from when it is said" in new
    page = described(manager, CLIP)
    before = words(manager.get(page).text)
    assert NOT_VERIFIED in before
    for said in (
        "Its file is not here yet",
        "Send the file",
        "The caretaker",
        "Nobody yet.",
        "belongs to none",
    ):
        assert said in before
    assert ("How long it is to be kept" in before, "Look at it" in before) == (False, False)
    manager.put(f"/api/v1{page}/file", content=clip())
    here = words(manager.get(page).text)
    assert "until 27 March 2027" in here
    assert "Its pictures are the file's own; what the file says of itself" in here.replace("&#39;", "'")
    assert ("Send the file" in here, "Look at it" in here) == (False, True)
    refused = manager.post(f"{page}/look", data={"choice": ""})
    assert (refused.status_code, "Choose why you need this footage" in refused.text) == (422, True)
    looking = manager.post(f"{page}/look", data=WHY)
    assert "Complaint or claim: About the door" in looking.text
    media = re.search(r'src="(/api/v1/import-viewings/[0-9a-f]+/media)"', looking.text)
    assert media is not None
    assert manager.get(media[1]).headers["content-type"] == "video/mp4"
    assert "Opened to look at" in words(manager.get(page).text)
    assert manager.post(f"{page}/download", data={"choice": ""}).status_code == 422
    taken = manager.post(f"{page}/download", data=WHY)
    assert taken.headers["content-type"] == "video/mp4"
    assert "Download begun" in words(manager.get(page).text)
    other = words(manager.get(f"{page}?viewing={'5e' * 8}").text)
    assert "That viewing has ended" in other
    listed = words(manager.get("/imports").text)
    assert NOT_VERIFIED in listed
    assert "CCTV clip, Camera 4" in listed
    assert "Nothing matches" in words(manager.get("/imports?q=nowhere").text)


def test_a_photograph_shows_neither_device_nor_place(manager: TestClient) -> None:
    # proves F2
    page = imported(manager, PICTURE, photograph(), place="")
    shown = manager.get(page).text
    assert DEVICE.decode() not in shown
    said = words(shown)
    assert "Nobody says" in said
    assert "20 February 2027: By letter" in said
    assert "until 1 June 2027" in said
    assert "Its pixels were encoded anew" in said


def test_what_is_missing_is_said_beside_its_field(manager: TestClient) -> None:
    # proves F6
    refused = manager.post("/imports", data={**PICTURE, "noticed": ""})
    assert refused.status_code == 422
    assert 'id="noticed-fault"' in refused.text
    assert "Mould" in refused.text, "what was typed stays"
    lost = manager.post("/imports", data={**CLIP, "incident": "/incidents/5e5e5e5e5e5e5e5e"})
    assert (lost.status_code, "There is no such incident." in words(lost.text)) == (404, True)
    assert "What is imported?" in words(manager.get("/imports/new?kind=song").text)


def test_notes_stand_beside_an_import_with_their_author_and_go_with_it(
    manager: TestClient, officer: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    # proves F3 F8
    waiting = described(manager, CLIP)
    assert "Write a note" not in words(manager.get(waiting).text)
    assert manager.post(f"{waiting}/notes", data={"text": "Too early"}).status_code == 409
    page = imported(manager, CLIP, clip())
    assert "There is none." in words(manager.get(page).text)
    officer.post(f"{page}/notes", data={"text": "The door was <b>open</b>."})
    whole_clock.move(minutes=1)
    noted = manager.post(f"{page}/notes", data={"text": "It was not.\r\nSee 09:31."})
    shown = words(noted.text)
    assert shown.index("The door was &lt;b&gt;open&lt;/b&gt;.") < shown.index("It was not. See 09:31.")
    assert "There is none." not in shown
    for text, why in (("", "Write something."), ("x" * 5000, "Say it in 2000 characters or fewer")):
        refused = manager.post(f"{page}/notes", data={"text": text})
        assert (refused.status_code, why in words(refused.text)) == (422, True)
        assert 'id="note-fault"' in refused.text
    listed = manager.get(f"/api/v1{page}/notes").json()
    assert [each["author"] for each in listed] == ["safety", "manager"]
    assert manager.post(f"/api/v1{page}/notes", json={"text": " "}).status_code == 422
    assert (
        manager.post(f"/api/v1{page}/notes", json={"text": "By a program"}).json()["text"] == "By a program"
    )
    manager.post(f"{page}/delete", data={"why": "The wrong clip"})
    services.jobs.step()
    gone = words(manager.get(page).text)
    assert ("The door was" in gone, "Notes" in gone) == (False, False)
    assert manager.post(f"{page}/notes", data={"text": "Too late"}).status_code == 410
    with services.readers() as session:
        assert session.scalar(select(func.count()).select_from(ImportNote)) == 0


def test_an_import_has_so_many_notes(
    manager: TestClient, services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_notes, "MOST_NOTES", 2)
    page = imported(manager, CLIP, clip())
    answers = [manager.post(f"{page}/notes", data={"text": "A note"}) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 409]
    assert "An import has at most 2 notes; write the rest into its incident." in words(answers[-1].text)


def test_who_may_import_may_not_look(officer: TestClient, manager: TestClient) -> None:
    # proves F5
    page = imported(officer, CLIP, clip())
    shown = words(officer.get(page).text)
    for none in ("Look at it", "Take it out", "Change the last day", "Delete it now", "Hold it"):
        assert none not in shown
    assert officer.post(f"{page}/look", data=WHY).status_code == 403
    assert officer.post(f"{page}/delete", data={"why": "x"}).status_code == 403
    assert "Look at it" in words(manager.get(page).text)


def test_an_import_belongs_to_an_incident_whose_hold_holds_it(
    manager: TestClient, services: FleetServices
) -> None:
    # proves F3
    where = incident(services)
    empty = words(manager.get(f"/incidents/{where}").text)
    assert "Imported, not verified None belongs to it." in empty
    form = manager.get(f"/imports/new?kind=cctv&incident={where}")
    assert "That is incident" in words(form.text)
    page = imported(manager, CLIP, clip(), incident=f"https://fleet.example/incidents/{where}")
    assert page in manager.get(f"/incidents/{where}").text
    hold = {"kind": "claim", "owner": "Legal 1", "reason": "A claim", "review": "2027-05-01"}
    assert manager.post(f"/incidents/{where}/holds", data=hold).status_code == 200
    held = words(manager.get(page).text)
    assert "Held for a claim by Legal 1" in held
    assert "what holds that holds it too" in held
    assert "Delete it now" not in held
    assert manager.post(f"{page}/delete", data={"why": "A mistake"}).status_code == 409
    assert manager.post(f"{page}/incident", data={"incident": ""}).status_code == 200
    free = words(manager.get(page).text)
    assert ("Held for a claim" in free, "It belongs to none." in free) == (False, True)
    with services.readers() as session:
        row = session.get_one(ImportRow, page.rpartition("/")[2])
        assert row.unlinked is not None, "from then on it has its days, though its period be over"


def test_a_hold_of_its_own_is_placed_and_ended_and_listed_with_all(manager: TestClient) -> None:
    # proves F3
    page = imported(manager, CLIP, clip())
    assert "Say who answers for it" in manager.post(f"{page}/holds", data={"kind": "claim"}).text
    hold = {"kind": "investigation", "owner": "Head 1", "reason": "Looked into", "review": "2027-05-01"}
    held = manager.post(f"{page}/holds", data=hold)
    assert "Held for an investigation by Head 1" in words(held.text)
    number = re.search(r'id="hold-([0-9a-f]+)"', held.text)
    assert number is not None
    assert page in manager.get("/retention").text
    again = manager.post(f"/holds/{number[1]}/release", data={"reason": ""})
    assert again.status_code == 422
    assert "Why it is not needed any more" in words(again.text)
    done = manager.post(f"/holds/{number[1]}/release", data={"reason": "Over"})
    assert done.url.path == page
    assert "Held for" not in words(done.text)


def test_the_last_day_is_changed_and_a_mistake_deleted_with_its_certificate(
    manager: TestClient, services: FleetServices
) -> None:
    # proves F3
    page = imported(manager, CLIP, clip())
    changed = manager.post(f"{page}/keep", data={"until": "2027-09-01", "why": "A claim is expected"})
    assert "Kept for its purpose until 1 September 2027." in words(changed.text)
    assert "Change the last day" in words(changed.text)
    deciding = words(manager.post(f"{page}/delete", data={"why": "The wrong clip"}).text)
    assert "It goes whether deletion is on or off." in deciding
    assert ("Change the last day" in deciding, "cannot be undone" in deciding) == (False, False)
    services.jobs.step()
    gone = words(manager.get(page).text)
    assert "Deleted on 1 March 2027. To be deleted, as manager decided on 1 March 2027." in gone
    assert "Certificate of deletion" in gone
    for over in ("Camera 4", "Car park", "Who damaged the door", "Look at it", "How long it is to be kept"):
        assert over not in gone
    assert page not in manager.get("/imports").text
    assert page in manager.get("/imports?state=deleted").text


def test_one_that_is_being_deleted_says_so(
    manager: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    page = imported(manager, CLIP, clip())
    with services.sessions.begin() as session, in_zone(services.config.site.time_zone):
        row = session.get_one(ImportRow, page.rpartition("/")[2])
        row.state, row.begun, row.begun_why = "deleting", whole_clock.now, "Its time was over."
    shown = words(manager.get(page).text)
    assert "It is being deleted. Its time was over." in shown
    assert "Look at it" not in shown
    assert manager.post(f"{page}/look", data=WHY).status_code == 410


def test_what_was_described_by_mistake_is_discarded(manager: TestClient) -> None:
    page = described(manager, CLIP)
    assert manager.post(f"{page}/discard", follow_redirects=False).headers["location"] == "/imports"
    assert manager.get(page).status_code == 404


def test_many_looks_are_told_to_be_the_newest(manager: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from fleet.web.routes.imports import one  # noqa: PLC0415

    page = imported(manager, CLIP, clip())
    assert "These are the newest" not in words(manager.get(page).text)
    monkeypatch.setattr(one, "LOOKS", 1)
    for _ in range(2):
        manager.post(f"{page}/look", data=WHY)
    assert "These are the newest 1. The audit log has all of them." in words(manager.get(page).text)


def test_who_sees_imports_alone_is_told_that_the_file_is_not_here(
    manager: TestClient, services: FleetServices
) -> None:
    # proves F5
    page = described(manager, CLIP)
    token = token_for(services, Role.DATA_PROTECTION_OFFICER, name="dpo")
    with dashboard_client(services, token=token, workers=False) as client:
        client.headers.update(HTML)
        shown = words(client.get(page).text)
        assert "It is not here yet." in shown
        assert ("Send the file" in shown, "Discard" in shown) == (False, False)
        assert client.get("/imports/new").status_code == 403
    assert "It is not here yet." not in words(manager.get(page).text)


def test_nothing_is_listed_before_anything_is_imported(manager: TestClient, services: FleetServices) -> None:
    with services.sessions.begin() as session:
        session.execute(delete(ImportViewing))
        session.execute(delete(ImportRow))
    assert "Nothing imported is here" in words(manager.get("/imports").text)
    described(manager, CLIP)
    assert "Nothing imported is here" not in words(manager.get("/imports").text)
