"""A place that is looked for finds what was recorded there, by an incident or a visit; and says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import OPERATOR, Role
from fleet.incidents.rules.draft import IncidentDraft
from fleet.incidents.service import open_incident
from fleet.server.compose import FleetServices
from fleet.visits.links import relink
from fleet.visits.rules.draft import VisitDraft
from fleet.visits.service import change_visit, plan_visit
from fleet.web.views.search import Search, chosen_words, left_out_words, place_words
from fleet.web.zone import site_zone
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.pages.scene import Scene

BY_BOTH = "One that belongs to neither has no place, and is not found by one."
BY_INCIDENTS = "Places of visits are left out, for you do not see visits."


@pytest.fixture
def services(clock: TestClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as found:
        yield found


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


def name(number: int) -> str:
    return f"{number:032x}"


@pytest.fixture
def scene(services: FleetServices, clock: TestClock) -> Iterator[Scene]:
    """Three recordings: of an incident in Elm Road, of a visit in Oak Lane, and of neither."""
    with dashboard_client(services, workers=False) as client:
        found = Scene(services, clock, client)
        found.camera(1)
        officer = found.officer("Officer 1")
        for number in (1, 2, 3):
            at = clock() - timedelta(hours=number)
            found.recording(number=number, recording=name(number), pressed=at, officer_id=officer)
        draft = VisitDraft("T-1", "7 OAK Lane", "Gas", clock() - timedelta(hours=2), 60, officer, "en")
        with services.sessions.begin() as session:
            visit = plan_visit(session, services.random, draft, by=OPERATOR).id
            relink(session, recording=name(2), visit=visit, reason="It is.", by=OPERATOR)
        yield found


def reader(services: FleetServices, role: Role) -> Iterator[TestClient]:
    with dashboard_client(services, token=token_for(services, role, name=role), workers=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


@pytest.fixture
def desk(services: FleetServices, scene: Scene) -> Iterator[TestClient]:
    draft = IncidentDraft("12 Elm Road", "threat", scene.clock() - timedelta(hours=1), "Shouted at.", ())
    with services.sessions.begin() as session:
        open_incident(session, services.random, draft, zone=site_zone(), recordings=[name(1)], by=OPERATOR)
    yield from reader(services, Role.SAFETY_TEAM)


@pytest.fixture
def administrator(services: FleetServices, desk: TestClient) -> Iterator[TestClient]:
    yield from reader(services, Role.ADMINISTRATOR)


def rows(page: str) -> set[int]:
    return {number for number in (1, 2, 3) if f'id="row-{name(number)}"' in page}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("place=elm+road", {1}),
        ("place=Oak", {2}),
        ("place=7+oak++lane", {2}),
        ("q=oak", {2}),
        ("q=lane+7", {2}),
        ("q=road", {1}),
        ("place=a", {1, 2}),
        ("place=nowhere", set()),
        ("place=%25", set()),
    ],
)
def test_a_place_finds_what_was_recorded_there(desk: TestClient, query: str, found: set[int]) -> None:
    page = desk.get(f"/recordings?{query}").text
    assert rows(page) == found
    assert (BY_BOTH in page) == query.startswith("place")
    assert rows(desk.get("/recordings").text) == {1, 2, 3}


def test_a_category_finds_what_belongs_to_an_incident_of_it(desk: TestClient) -> None:
    # nobody chose one for the recording itself
    assert rows(desk.get("/recordings?category=threat").text) == {1}
    assert rows(desk.get("/recordings?category=visit").text) == set()
    desk.post(f"/recordings/{name(3)}/judge", data={"category": "threat", "incident": "no"})
    assert rows(desk.get("/recordings?category=threat").text) == {1, 3}


def test_a_visit_that_goes_elsewhere_takes_its_recordings_along(
    services: FleetServices, scene: Scene, desk: TestClient
) -> None:
    assert rows(desk.get("/recordings?place=oak").text) == {2}
    with services.sessions.begin() as session:
        visit = relink(session, recording=name(2), visit=None, reason="Not yet.", by=OPERATOR)
        assert visit.visit_id is None
    assert rows(desk.get("/recordings?place=oak").text) == set()
    draft = VisitDraft("T-1", "Oak Lane 7", "Gas", scene.clock(), 60, "officer-1", "en")
    with services.sessions.begin() as session:
        visit_id = plan_visit(session, services.random, draft, by=OPERATOR).id
        relink(session, recording=name(2), visit=visit_id, reason="It is.", by=OPERATOR)
        moved = VisitDraft("T-1", "Éclair Court", "Gas", scene.clock(), 60, "officer-1", "en")
        change_visit(session, moved, visit=visit_id, by=OPERATOR)
    assert rows(desk.get("/recordings?place=oak").text) == set()
    assert rows(desk.get("/recordings?place=éCLAIR").text) == {2}


def test_who_sees_no_visits_learns_no_place_of_one(administrator: TestClient) -> None:
    # proves F5
    page = administrator.get("/recordings?place=oak").text
    assert rows(page) == set()
    assert BY_INCIDENTS in page
    assert BY_BOTH not in page
    assert "Place of the incident</label>" in page
    assert rows(administrator.get("/recordings?q=oak").text) == set()
    assert rows(administrator.get("/recordings?place=elm").text) == {1}
    assert "7 OAK" not in administrator.get("/recordings.csv?place=oak").text


# proves F8 and F9
@pytest.mark.parametrize("where", ["/recordings", "/incidents"])
def test_what_is_too_much_for_one_search_is_left_out_and_said(where: str, desk: TestClient) -> None:
    ten = "a b c d e f g h i j"
    told = "That is too much for one search."
    assert told not in desk.get(where, params={"q": ten}).text
    page = " ".join(desk.get(where, params={"q": f"{ten} key <li>"}).text.split())
    assert f"{told} Left out: “key” and “&lt;li&gt;”." in page
    assert "key" not in chosen_words(Search(text=f"{ten} key"), "", 1, 1)
    assert left_out_words(ten) == ""


# proves F8
@pytest.mark.parametrize("where", ["/recordings", "/incidents", "/marking"])
def test_what_is_too_much_even_for_its_first_word_finds_nothing_and_not_everything(
    where: str, desk: TestClient
) -> None:
    page = desk.get(where, params={"q": "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 12}).text
    assert "That is too much for one search, and nothing is found by it." in page
    assert rows(page) == set()
    assert "INC-" not in page
    assert 'name="recording"' not in page


def test_marking_says_what_of_a_search_is_left_out(desk: TestClient) -> None:
    page = desk.get("/marking", params={"q": "a b c d e f g h i j key", "from": "tomorrow"}).text
    assert "Left out: “key”." in page
    assert "A day looks like 2026-11-22; that one cannot be read." in page


def test_nothing_is_said_of_places_where_none_is_looked_for() -> None:
    assert place_words(Search(text="oak"), visits=True) == ""
    assert BY_BOTH in place_words(Search(place="oak"), visits=True)
    assert BY_INCIDENTS in place_words(Search(place="oak"), visits=False)


@pytest.mark.parametrize(
    ("search", "visits", "words"),
    [
        (Search(text="oak"), True, "with “oak” in what was written of them or of their places"),
        (
            Search(text="oak lane"),
            True,
            "with each word of “oak lane” in what was written of them or of their places",
        ),
        (Search(place="oak"), True, "of incidents or visits at “oak”"),
        (Search(place="oak"), False, "of incidents at “oak”"),
        (Search(category="threat"), True, "of the category “Threat or abuse” or of an incident of it"),
    ],
)
def test_paper_says_what_was_looked_through(search: Search, visits: bool, words: str) -> None:
    # proves F8
    assert chosen_words(search, "", 1, 1, visits=visits) == f"Only those {words}."
