"""The pages' routes without a browser: who gets what, and what a refusal looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.people.admission import SignedIn
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from fleet.web.assets import STATIC, version
from tests.support.fleet.fleet import dashboard_client, enrol_camera, fleet_services, token_for

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}
NAME, PASSWORD = "Safety desk", "four random words here"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as services:
        yield services


@pytest.fixture(scope="module")
def account(services: FleetServices) -> SignedIn:
    """The first account, signed in."""
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    return set_up(services, link=link, name=NAME, password=PASSWORD)


@pytest.fixture
def browser(services: FleetServices, account: SignedIn) -> Iterator[TestClient]:
    """A client that behaves as a browser, signed in."""
    with dashboard_client(services) as client:
        client.headers.update(HTML)
        client.cookies.set(COOKIE, account.secret)
        yield client


def token_in(page: str) -> str:
    match = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert match is not None
    return match[1]


def test_a_form_without_its_token_changes_nothing(browser: TestClient) -> None:
    answer = browser.post("/officers", data={"name": "Officer 13"})
    assert answer.status_code == 403
    assert "This form is not of how you are signed in now" in answer.text
    assert "Officer 13" not in browser.get("/officers").text


def test_a_form_from_another_site_changes_nothing(browser: TestClient) -> None:
    token = token_in(browser.get("/officers").text)
    fields = {"name": "Officer 13", "csrf_token": token}
    answer = browser.post("/officers", data=fields, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "Officer 13" not in browser.get("/officers").text


def test_a_form_answers_with_a_redirection_so_that_reloading_repeats_nothing(browser: TestClient) -> None:
    token = token_in(browser.get("/officers").text)
    answer = browser.post(
        "/officers", data={"name": "Officer 1", "csrf_token": token}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/officers?added=")


def test_what_people_type_is_never_markup(browser: TestClient) -> None:
    token = token_in(browser.get("/officers").text)
    name = "<script>alert(1)</script>\"'"
    page = browser.post("/officers", data={"name": name, "csrf_token": token}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_pages_are_kept_by_nobody_and_confined(browser: TestClient) -> None:
    answer = browser.get("/")
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(browser: TestClient) -> None:
    page = browser.get("/cameras/cam-99")
    assert page.status_code == 404
    assert "There is no camera cam-99." in page.text
    program = browser.get("/cameras/cam-99", headers={"Accept": "application/json"})
    assert program.headers["content-type"] == "application/problem+json"
    assert browser.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_what_nobody_foresaw_shows_nothing_of_the_insides(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("fleet.web.sources.officers", fail)
    answer = browser.get("/officers")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "swordfish" not in answer.text


def test_files_are_kept_for_ever_under_the_path_that_names_them(browser: TestClient) -> None:
    path = f"/assets/{version()}/lapel.css"
    answer = browser.get(path)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    older = browser.get("/assets/0123456789ab/lapel.css")
    assert older.status_code == 200
    assert older.headers["cache-control"] == "no-cache"
    script = browser.get(f"/assets/{version()}/live.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_files_come_compressed_to_whom_that_is_known_and_whole_to_others(browser: TestClient) -> None:
    path = f"/assets/{version()}/lapel.css"
    small = browser.get(path, headers={"Accept-Encoding": "gzip"})
    whole = browser.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in whole.headers
    assert small.content == whole.content == (STATIC / "lapel.css").read_bytes()
    assert int(small.headers["content-length"]) < int(whole.headers["content-length"])
    assert {each.headers["vary"] for each in (small, whole)} == {"Accept-Encoding"}


@pytest.mark.parametrize(
    "name", ["nothing.css", "../vendor.py", "%2e%2e/vendor.py", "..%2f..%2fcli.py", "", "vendor"]
)
def test_no_file_outside_is_ever_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/assets/{version()}/{name}").status_code == 404


def test_a_data_protection_officer_begins_with_requests(services: FleetServices) -> None:
    token = token_for(services, Role.DATA_PROTECTION_OFFICER, name="protection")
    with dashboard_client(services, token=token) as client:
        page = client.get("/", headers=HTML)
    assert page.url.path == "/requests"
    assert 'href="/hand-out"' not in page.text


def test_a_token_that_sees_no_page_is_told_so(services: FleetServices) -> None:
    with dashboard_client(services, token=token_for(services, Role.OFFICER, name="officer")) as client:
        page = client.get("/", headers=HTML)
    assert page.status_code == 403
    assert "The roles of this token see none of the pages." in page.text


def test_a_code_is_shown_once(browser: TestClient) -> None:
    token = token_in(browser.get("/cameras").text)
    page = browser.post("/cameras/codes", data={"csrf_token": token})
    assert page.status_code == 201
    assert "lapel-device enrol --fleet https://localhost:8443 --config camera.toml" in page.text
    assert re.search(r'id="code"[^>]*>[\w-]{8,}\.[a-z2-7]{26}<', page.text)
    assert 'id="code"' not in browser.get("/cameras").text
    assert "lapel-device enrol" not in browser.get("/cameras/codes").text


def test_signing_in_leads_back_and_never_elsewhere(browser: TestClient) -> None:
    browser.cookies.clear()
    for target, path in {"/hand-out": "/hand-out", "https://elsewhere.example/": "/"}.items():
        answer = browser.post(
            "/sign-in", data={"name": NAME, "password": PASSWORD, "next": target}, follow_redirects=False
        )
        assert answer.headers["location"] == path


def test_a_roles_navigation_names_only_what_it_may_see(services: FleetServices, browser: TestClient) -> None:
    browser.cookies.clear()
    browser.headers["Authorization"] = f"Bearer {token_for(services, Role.SAFETY_TEAM, name='safety team')}"
    page = browser.get("/cameras").text
    assert "Make an enrolment code" not in page
    assert 'href="/hand-out"' in page


def test_a_code_for_one_camera_too_many_is_refused_where_the_person_is(
    services: FleetServices, browser: TestClient, tmp_path: Path
) -> None:
    for _ in range(services.config.cameras.limit):
        enrol_camera(services, tmp_path / "cameras")
    token = token_in(browser.get("/cameras").text)
    page = browser.post("/cameras/codes", data={"csrf_token": token})
    assert page.status_code == 409
    assert "This fleet takes at most 15 cameras" in page.text
    assert "15 cameras of at most 15." in page.text


def test_too_many_wrong_passwords_are_answered_in_place(services: FleetServices, browser: TestClient) -> None:
    browser.cookies.clear()
    wrong = {"name": "Somebody else", "password": "no"}
    for _ in range(services.config.people.sign_in_attempts):
        assert browser.post("/sign-in", data=wrong).status_code == 401
    answer = browser.post("/sign-in", data=wrong)
    assert answer.status_code == 429
    assert "Too many failed attempts; try again in" in answer.text
    assert int(answer.headers["retry-after"]) > 0
