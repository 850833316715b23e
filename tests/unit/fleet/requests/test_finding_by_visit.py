"""Footage that a request is about is found by the visit on which it was made, and linked there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.footage.recordings.models import Recording
from fleet.people.models import Officer
from fleet.people.permissions import GRANTS, Permission
from fleet.requests.models import RequestCase
from fleet.server.compose import FleetServices
from fleet.visits import finding
from fleet.visits.finding import find_visits, recordings_by_visit
from fleet.visits.models import TenancyVisit, VisitRecording
from fleet.web.views.requests.found import MOST_VISITS
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.pages.scene import ID, Scene
from tests.unit.fleet.requests.test_request_pages import FIELDS, HTML, words

OFFICER = "officer07"


@pytest.fixture(scope="module")
def token(whole: FleetServices) -> str:
    return token_for(whole, Role.DATA_PROTECTION_OFFICER, name="finds")


@pytest.fixture
def dpo(services: FleetServices, token: str, clock: TestClock) -> Iterator[TestClient]:
    """Somebody at a fleet with one recording, no visit and no request."""
    with services.sessions.begin() as session:
        for table in (RequestCase, VisitRecording, TenancyVisit):
            session.execute(delete(table))
    with dashboard_client(services, token=token) as client:
        client.headers.update(HTML)
        scene = Scene(services, clock, client)
        scene.clear()
        scene.camera()
        scene.held()
        yield client
    with services.sessions.begin() as session:
        for table in (RequestCase, VisitRecording, TenancyVisit):
            session.execute(delete(table))


@pytest.fixture
def case(dpo: TestClient) -> str:
    answer = dpo.post("/requests", data={"kind": "access", **FIELDS}, follow_redirects=False)
    return str(answer.headers["location"])


@pytest.fixture
def officer(services: FleetServices, dpo: TestClient) -> str:
    with services.sessions.begin() as session:
        row = Officer(id=OFFICER, name="Officer 7", created=services.clock(), retired=None)
        session.add(row)
    return OFFICER


def planned(
    services: FleetServices, clock: TestClock, officer: str, number: int, *, days: int = 3, place: str = ""
) -> str:
    """Plan a visit so many days ago, as its row alone."""
    with services.sessions.begin() as session:
        at = clock() - timedelta(days=days)
        row = TenancyVisit(
            id=f"visit{number:05d}",
            tenancy=f"T-{number:05d}",
            place=place or f"{number} Elm Road",
            purpose="Gas check",
            planned=at,
            minutes=30,
            officer_id=officer,
            language="en",
            created=at,
            created_by="Safety team",
            changed=at,
        )
        session.add(row)
        return row.id


def recorded(services: FleetServices, clock: TestClock, visit: str) -> None:
    """Have the recording be of a visit."""
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording.id)).one()
        link = VisitRecording(recording_id=row, visit_id=visit, linked=clock(), linked_by="", reason="")
        session.add(link)


def test_it_is_found_by_place_and_day_linked_there_and_the_search_is_kept(
    services: FleetServices, clock: TestClock, dpo: TestClient, case: str, officer: str
) -> None:
    # proves F3, F8
    visit = planned(services, clock, officer, 1)
    planned(services, clock, officer, 2, days=9)
    planned(services, clock, officer, 3, place="1 Oak Lane")
    recorded(services, clock, visit)
    day = f"{clock() - timedelta(days=3):%Y-%m-%d}"
    query = f"q=elm+road&from={day}&to={day}"
    page = dpo.get(f"{case}/find?{query}").text
    assert "1 visit found" in page
    assert f"/visits/{visit}" in page
    assert "visit00002" not in page
    assert "visit00003" not in page
    where = f"Visits with “elm road” in their place or tenancy, on {day}: 1 visit. "
    where += "Recordings of them that are here: 1."
    assert where in page
    assert "The request has it" not in page
    answer = dpo.post(
        f"{case}/link",
        data={"recording": ID, "found": query},
        follow_redirects=False,
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{case}/find?{query}")
    again = dpo.get(answer.headers["location"]).text
    assert "The request has it, and it is held." in again
    assert "Link and hold it" not in again
    kept = {"where": where, "how": "By visit", "enough": "It was the one visit of that day."}
    assert dpo.post(f"{case}/search", data=kept, follow_redirects=False).status_code == 303
    told = words(dpo.get(case).text)
    assert where in told
    assert "held" in told


def test_a_request_that_is_closed_links_and_keeps_nothing_more(
    services: FleetServices, clock: TestClock, dpo: TestClient, case: str, officer: str
) -> None:
    visit = planned(services, clock, officer, 1)
    recorded(services, clock, visit)
    open_page = dpo.get(f"{case}/find?q=elm").text
    assert "Link and hold it" in open_page
    assert "Write this search down" in open_page
    close = {"unanswered": "yes", "why": "Withdrawn"}
    assert dpo.post(f"{case}/close", data=close, follow_redirects=False).status_code == 303
    closed = dpo.get(f"{case}/find?q=elm").text
    assert "1 visit found" in closed
    assert "Link and hold it" not in closed
    assert "Write this search down" not in closed


def test_a_visit_without_a_recording_says_so_and_nothing_is_looked_for_before_somebody_asks(
    services: FleetServices, clock: TestClock, dpo: TestClient, case: str, officer: str
) -> None:
    planned(services, clock, officer, 1)
    nothing = words(dpo.get(f"{case}/find").text)
    assert "found" not in nothing.partition("Find footage")[2].lower().replace("find", "")
    assert "No recording that is here belongs to it." in dpo.get(f"{case}/find?q=T-00001").text
    assert "No visit fits" in dpo.get(f"{case}/find?q=nowhere").text
    wrong = dpo.get(f"{case}/find?from=2027-02-02&to=2027-02-01")
    assert wrong.status_code == 422
    assert "This day comes before the first" in wrong.text
    assert dpo.get("/requests/nobody/find?q=elm").status_code == 404


def test_a_percent_sign_is_looked_for_as_one_and_no_more_than_so_many_are_shown(
    services: FleetServices, clock: TestClock, dpo: TestClient, case: str, officer: str
) -> None:
    for number in range(1, MOST_VISITS + 3):
        planned(services, clock, officer, number)
    planned(services, clock, officer, 999, place="100 % Hall")
    assert "1 visit found" in dpo.get(f"{case}/find?q=100+%25").text
    page = dpo.get(f"{case}/find?q=Elm").text
    assert f"{MOST_VISITS + 2} visits found; the newest {MOST_VISITS} are shown." in page
    assert "that are here: at least 0." in page


def test_of_many_recordings_of_a_visit_the_first_are_given(
    services: FleetServices, clock: TestClock, dpo: TestClient, officer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = planned(services, clock, officer, 1)
    recorded(services, clock, visit)
    with services.readers() as session:
        visits, total = find_visits(session, text="elm", start=None, end=None, limit=5)
        assert (len(visits), total) == (1, 1)
        assert [each.public_id for each in recordings_by_visit(session, [visit])[visit]] == [ID]
        monkeypatch.setattr(finding, "MOST_RECORDINGS", -1)
        assert recordings_by_visit(session, [visit]).get(visit, []) == []


def test_whoever_cannot_draft_a_release_is_told_who_does(
    services: FleetServices, clock: TestClock, dpo: TestClient, case: str, officer: str
) -> None:
    # proves F8: the sentence names the roles that may
    assert GRANTS[Permission.RELEASE] == {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY}
    assert GRANTS[Permission.APPROVE_RELEASES] == {Role.DATA_PROTECTION_OFFICER}
    sentence = "A CCTV manager or the head of safety drafts a release of this footage"
    assert sentence not in dpo.get(case).text  # there is no footage
    recorded(services, clock, planned(services, clock, officer, 1))
    dpo.post(f"{case}/link", data={"recording": ID})
    assert sentence in dpo.get(case).text
    manager = token_for(services, Role.CCTV_MANAGER, name="drafts")
    with dashboard_client(services, token=manager) as client:
        page = client.get(case, headers=HTML).text
        assert sentence not in page
        link = re.search(r'href="(/releases/new\?request=\w+)"', page)
        assert link is not None
        form = client.get(link[1], headers=HTML).text
        assert re.search(r"To answer REQ-\d{4}-\d{4}: access</textarea>", form)
