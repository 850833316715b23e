"""Sites and teams: added, renamed and retired on their page, and what lists are narrowed to."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.service import revoke
from fleet.core.actor import OPERATOR, Role
from fleet.organisation.models import Group
from fleet.organisation.service import MOST
from fleet.people.officers import add_officer, retire_officer, set_team
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

HTML = {"Accept": "text/html"}
PAGE = "/settings/groups"


clock = clock_of_module()
services = services_of_module()
office = client_of_module(Role.ADMINISTRATOR, name="office", pages=True)


@pytest.fixture(scope="module")
def whole(services: FleetServices, clock: TestClock, office: TestClient) -> Scene:
    return Scene(services, clock, office)


@pytest.fixture
def scene(whole: Scene, services: FleetServices) -> Scene:
    with services.sessions.begin() as session:
        for officer in session.scalars(select(Group)):
            officer.name = f"before {officer.id}"
    whole.clear()
    for camera in (1, 2):
        whole.camera(camera)
    return whole


def text(client: TestClient, path: str) -> str:
    return html.unescape(client.get(path).raise_for_status().text)


def added(office: TestClient, kind: str, name: str) -> str:
    """Add a site or a team, and return its id."""
    answer = office.post(f"{PAGE}/{kind}", data={"name": name}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    found = re.search(rf'id="group-(\w+)"><div><p><strong>{name}</strong>', text(office, PAGE))
    assert found is not None
    return found[1]


def officer(services: FleetServices, name: str, team: str = "") -> str:
    with services.sessions.begin() as session:
        made = add_officer(session, services.random, name=name, by=OPERATOR)
        set_team(session, officer=made.id, team=team, by=OPERATOR)
        return made.id


def test_a_site_is_added_renamed_retired_and_brought_back_and_the_log_keeps_it(
    services: FleetServices, scene: Scene, office: TestClient
) -> None:
    # proves F8
    depot = added(office, "site", "Depot north")
    assert "No cameras" in text(office, PAGE)
    office.post("/cameras/cam-01/site", data={"site": depot})
    assert "1 camera" in text(office, PAGE)
    office.post(f"{PAGE}/site/{depot}/name", data={"name": "Depot south"})
    assert "Depot south" in text(office, "/cameras/cam-01")
    assert "Depot north" not in text(office, PAGE)
    office.post(f"{PAGE}/site/{depot}/retire")
    page = text(office, PAGE)
    assert re.search(r"Retired .*; 1 camera still\.", page)
    assert "Bring Depot south back" in page
    refused = office.post("/cameras/cam-02/site", data={"site": depot})
    assert refused.status_code == 409
    assert "Depot south is retired; bring it back, or choose another." in html.unescape(refused.text)
    assert "Depot south (retired)" in text(office, "/cameras/cam-01")  # what is in it stays there
    assert "Depot south" not in text(office, "/cameras/cam-02")
    office.post(f"{PAGE}/site/{depot}/back")
    assert office.post("/cameras/cam-02/site", data={"site": depot}).status_code == 200
    with services.readers() as session:
        assert verify_log(session) is None
        about = AuditEntry.subject.in_([depot, "cam-01"])
        entries = session.scalars(select(AuditEntry).where(about).order_by(AuditEntry.number))
        said = [each.action for each in entries if not each.action.startswith("cameras:camera:enrol")]
    assert said == [
        "organisation:site:add",
        "cameras:camera:site",
        "organisation:site:rename",
        "organisation:site:retire",
        "organisation:site:bring-back",
    ]


def test_what_cannot_be_is_said_beside_its_field(office: TestClient, scene: Scene) -> None:
    # proves F6
    team = added(office, "team", "Nights")
    for name, why in (
        ("nights", "There is a team called Nights already."),
        ("  ", "Type the name of the team."),
        ("x" * 101, "A name has at most 100 characters"),
    ):
        answer = office.post(f"{PAGE}/team", data={"name": name})
        assert answer.status_code in {409, 422}
        assert why in html.unescape(answer.text)
        assert 'aria-describedby="team-fault"' in answer.text
    office.post(f"{PAGE}/team/{team}/retire")
    again = office.post(f"{PAGE}/team", data={"name": "Nights"})
    assert "There is a team called Nights already, which is retired." in html.unescape(again.text)
    assert office.post(f"{PAGE}/site/{team}/retire").status_code == 404  # it is a team, and no site
    assert office.post(f"{PAGE}/crew", data={"name": "x"}).status_code == 422
    assert office.post("/cameras/cam-01/site", data={"site": team}).status_code == 404
    renamed = office.post(f"{PAGE}/team/{team}/name", data={"name": ""})
    assert (renamed.status_code, "Type the name of the team." in renamed.text) == (422, True)


def test_there_are_so_many_at_most(
    services: FleetServices, office: TestClient, scene: Scene, clock: TestClock
) -> None:
    with services.sessions.begin() as session:
        rows = [
            Group(id=f"many{number}", kind="site", name=f"Many {number}", created=clock(), retired=clock())
            for number in range(MOST)
        ]
        session.add_all(rows)
    answer = office.post(f"{PAGE}/site", data={"name": "One more"})
    assert (answer.status_code, f"There are {MOST} sites already" in answer.text) == (409, True)
    with services.sessions.begin() as session:
        for each in session.scalars(select(Group).where(Group.id.startswith("many"))):
            session.delete(each)


def test_lists_are_narrowed_to_who_and_what_is_in_it_now(
    services: FleetServices, office: TestClient, scene: Scene, clock: TestClock
) -> None:
    # proves F8
    depot, nights = added(office, "site", "Depot"), added(office, "team", "Night team")
    first, second = officer(services, "Officer 21", nights), officer(services, "Officer 22")
    for number, (who, camera) in enumerate(((first, "cam-01"), (second, "cam-02")), 1):
        scene.held(
            number=number,
            recording=f"{number:032x}",
            camera_id=camera,
            officer_id=who,
            pressed=clock(),
            announced=clock(),
        )
    office.post("/cameras/cam-02/site", data={"site": depot})

    def listed(query: str) -> list[bool]:
        page = text(office, f"/recordings?{query}")
        return [f"/recordings/{number:032x}" in page for number in (1, 2)]

    assert listed("") == [True, True]
    assert listed(f"officer=team:{nights}") == [True, False]
    assert listed(f"camera=site:{depot}") == [False, True]
    assert listed(f"officer=team:{nights}&camera=site:{depot}") == [False, False]
    assert "of officers who are in Night team now" in text(office, f"/recordings?officer=team:{nights}")
    assert "of cameras that are kept at Depot now" in text(office, f"/recordings?camera=site:{depot}")
    assert "does not have; that was left out" in text(office, f"/recordings?officer=team:{depot}")
    table = office.get(f"/recordings.csv?officer=team:{nights}").text
    assert ("Officer 21" in table, "Officer 22" in table) == (True, False)

    people = text(office, f"/officers?team={nights}")
    assert ("Officer 21" in people, "Officer 22" in people) == (True, False)
    assert 'class="muted">Night team<' in text(office, "/officers"), "the list of all teams says it"
    assert 'class="muted">Depot<' in text(office, "/cameras"), "the list of all sites says it"
    cameras = text(office, f"/cameras?site={depot}")
    assert ("camera-cam-01" in cameras, "camera-cam-02" in cameras) == (False, True)

    office.post(f"/officers/{first}/team", data={"team": ""})
    office.post(f"/officers/{second}/team", data={"team": nights})
    assert listed(f"officer=team:{nights}") == [False, True]
    assert "Night team" in text(office, f"/officers/{second}")
    with services.sessions.begin() as session:
        retire_officer(session, officer=second, by=OPERATOR)
        revoke(session, camera="cam-02", by=OPERATOR, purpose="lost")
    page = text(office, PAGE)
    assert "No officers" in page  # those who are retired are not counted
    assert "Nobody in service is in this team now" in text(office, f"/officers?team={nights}")
    assert "No camera in service is kept at this site now" in text(office, f"/cameras?site={depot}")
    assert listed(f"officer=team:{nights}") == [False, True]  # their recordings stay theirs


def test_nobody_is_said_of_the_team_that_was_chosen_alone(
    services: FleetServices, office: TestClient, scene: Scene
) -> None:
    # proves F8
    del scene
    days, nights = added(office, "team", "Day team"), added(office, "team", "Late team")
    gone = officer(services, "Officer 31", days)
    officer(services, "Officer 32")
    page = text(office, f"/officers?team={days}")
    assert '<h2 id="all-title">Officers in service</h2>' in page
    assert "Nobody in service" not in page
    page = text(office, f"/officers?team={days}&q=32")
    assert "Nobody in service in this team now is called that" in page, "somebody else is"
    assert "Nobody in this team now is called that" in text(office, f"/officers?team={days}&q=32&retired=yes")
    with services.sessions.begin() as session:
        retire_officer(session, officer=gone, by=OPERATOR)
    assert "Nobody in service is in this team now" in text(office, f"/officers?team={days}")
    page = text(office, f"/officers?team={days}&retired=yes")
    assert "Officer 31" in page, "one who is retired is in it still"
    assert "Officers, those who are retired too" in page
    assert "Nobody is in this team now" in text(office, f"/officers?team={nights}&retired=yes")


def test_without_sites_and_teams_no_page_asks_for_one(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        token = token_for(services, Role.ADMINISTRATOR)
        who = officer(services, "Officer 1")
        with dashboard_client(services, token=token) as client:
            client.headers.update(HTML)
            assert 'name="team"' not in text(client, f"/officers/{who}")
            assert 'name="team"' not in text(client, "/officers")
            assert 'name="site"' not in text(client, "/cameras")
            assert "optgroup" not in text(client, "/recordings")
            assert text(client, PAGE).count("None yet.") == 2


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
def test_only_who_manages_changes_them(services: FleetServices, role: Role) -> None:
    # proves F5
    with dashboard_client(services, token=token_for(services, role, name=f"a {role}")) as client:
        assert client.get(PAGE, headers=HTML).status_code == 403
        assert client.post(f"{PAGE}/site", data={"name": "x"}, headers=HTML).status_code == 403
