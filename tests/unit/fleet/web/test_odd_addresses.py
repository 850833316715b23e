"""Addresses and forms that people do not mean: each says what it is, in words and by its status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.core.config import FleetConfig, parse_config
from fleet.people.admission import SignedIn
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.app import FORM_LIMIT
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client, enrol_camera, fleet_services

pytestmark = pytest.mark.usefixtures("cheap_passwords")
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as services:
        yield services


@pytest.fixture(scope="module")
def account(services: FleetServices) -> SignedIn:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    return set_up(services, link=link, name="Safety desk", password="four random words here")


@pytest.fixture
def browser(services: FleetServices, account: SignedIn) -> Iterator[TestClient]:
    with dashboard_client(services) as client:
        client.headers.update(HTML)
        client.cookies.set(COOKIE, account.secret)
        yield client


# proves F6
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nowhere", 404, "There is no page at this address."),
        ("/recordings/nothing", 404, "There is no such recording."),
        (f"/recordings/{'00' * 16}", 404, "There is no such recording."),
        ("/recordings/cam-01.99999999", 404, "There is no such recording."),
        ("/recordings/cam-01.00000000", 404, "There is no such recording."),
        ("/recordings/..%2f..%2fetc", 404, "There is"),
        ("/cameras/xyz", 404, "There is no camera xyz."),
        ("/cameras/cam-01/more", 404, "There is no page at this address."),
        ("/setup/nothing", 404, "set-up link"),
        ("/recordings?skip=-1", 422, "The address has a “skip” that cannot be used: input should be greater"),
        (
            "/recordings?skip=some",
            422,
            "The address has a “skip” that cannot be used: input should be a valid",
        ),
        (f"/recordings?from={'9' * 30}", 422, "The address has a “from” that cannot be used: string should"),
        ("/recordings?state=xyz", 200, "asks for a state that this fleet does not have; that was left out."),
        ("/recordings?from=2026-02-30", 422, "A day looks like 2026-11-22; that one cannot be read."),
        ("/recordings?from=2026-11-22&to=2026-11-21", 422, "comes before the first, so neither is used"),
    ],
)
def test_an_odd_address_says_what_it_is(browser: TestClient, path: str, status: int, said: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text
    assert "Traceback" not in answer.text


# proves F6
@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("POST", "/cameras", 405, "Nothing can be sent to this address."),
        ("DELETE", "/recordings/nothing", 405, "Nothing can be sent to this address."),
        ("PUT", "/", 405, "Nothing can be sent to this address."),
        ("POST", "/nowhere", 404, "There is no page at this address."),
        ("PATCH", "/cameras/cam-01/more", 404, "There is no page at this address."),
    ],
)
def test_what_an_address_does_not_take_is_said(
    browser: TestClient, method: str, path: str, status: int, said: str
) -> None:
    answer = browser.request(method, path)
    assert answer.status_code == status
    assert said in answer.text
    assert ("GET" in answer.headers.get("Allow", "")) == (status == 405)


# proves F6
def test_what_is_too_large_is_said_on_a_page_and_in_a_document(browser: TestClient) -> None:
    much = b"name=" + b"x" * FORM_LIMIT
    answer = browser.post("/officers", content=much)
    assert answer.status_code == 413
    assert f"What was sent is larger than the {FORM_LIMIT} bytes allowed here." in answer.text
    assert "<h1>That is too much</h1>" in answer.text
    program = browser.post("/officers", content=much, headers={"Accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (f"/recordings/{'00' * 16}/watch", f"/recordings/{'00' * 16}"),
        (f"/recordings/{'00' * 16}/download", f"/recordings/{'00' * 16}"),
        ("/cameras/cam-01/revoke", "/cameras/cam-01"),
        ("/hand-out/a1/end", "/hand-out"),
        ("/sign-out", "/"),
    ],
)
def test_a_forms_address_loaded_again_leads_to_its_page(browser: TestClient, path: str, page: str) -> None:
    answer = browser.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, page)


# proves F6
def test_a_program_gets_a_document_wherever_a_browser_gets_a_page(browser: TestClient) -> None:
    as_program = {"Accept": "application/json"}
    for method, path, status in (("GET", "/nowhere", 404), ("POST", "/cameras", 405)):
        answer = browser.request(method, path, headers=as_program)
        assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert browser.get("/api/v1/nowhere").headers["content-type"] == "application/problem+json"
    assert browser.delete("/api/v1/recordings").status_code == 405


def test_a_form_of_somebody_signed_out_leads_back_to_its_page(services: FleetServices) -> None:
    with dashboard_client(services) as stranger:
        sent_from = {**HTML, "Referer": "https://localhost:8443/officers?added=1"}
        answer = stranger.post("/officers", data={"name": "Officer 9"}, headers=sent_from)
        assert answer.status_code == 401
        assert 'href="/sign-in?next=%2Fofficers%3Fadded%3D1"' in answer.text
        elsewhere = {**HTML, "Referer": "https://elsewhere.example/officers"}
        answer = stranger.post("/officers", data={"name": "Officer 9"}, headers=elsewhere)
        assert 'href="/sign-in"' in answer.text


# proves F8
def test_who_is_signed_in_is_told_and_keeps_no_session_alive(
    services: FleetServices, account: SignedIn, browser: TestClient
) -> None:
    said = browser.get("/signed-in").json()["who"]
    assert said
    assert f'data-who="{said}"' in browser.get("/officers").text
    with dashboard_client(services) as stranger:
        assert stranger.get("/signed-in").json() == {"who": ""}
        stranger.cookies.set(COOKIE, "nonsense")
        assert stranger.get("/signed-in").json() == {"who": ""}


@pytest.fixture
def full(tmp_path: Path) -> Iterator[FleetServices]:
    config: FleetConfig = parse_config(
        {"cameras": {"limit": 1}, "people": {"second_factor": "off"}}, "fleet.toml"
    )
    with fleet_services(tmp_path / "full", config) as services:
        enrol_camera(services, tmp_path)
        yield services


# proves F8
@pytest.mark.slow
def test_a_full_fleet_offers_no_code_and_says_what_changes_that(full: FleetServices) -> None:
    with full.sessions.begin() as session:
        link = create_setup_link(session, full).rpartition("/")[2]
    secret = set_up(full, link=link, name="Safety desk", password="four random words here").secret
    with dashboard_client(full) as client:
        client.headers.update(HTML)
        client.cookies.set(COOKIE, secret)
        page = client.get("/cameras").text
        assert "Make an enrolment code" not in page
        assert "This fleet takes at most 1 camera and has 1." in page
        assert "out of service on its page, or raise cameras.limit in the configuration" in page
