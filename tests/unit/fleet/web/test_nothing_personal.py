"""What each role is shown, and that nothing personal gets into logs, addresses or what the broker carries.

Everybody and everything personal here has a name with ``Zqxjvk`` in it, so that it is found wherever it is.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.testclient import TestClient

from fleet.cameras.broker_client import BrokerClient, Client
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.core.sections.training import TrainingSection
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.people.permissions import GRANTS, Permission, may
from fleet.server.compose import FleetServices
from fleet.web.templating import NAVIGATION
from tests.support.fleet.alerting import alerts_of
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, dashboard_client, fleet_services, token_for
from tests.support.pages.scene import ID, Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
MARK = "Zqxjvk"
PASSWORD = "Zqxjvk four random words"
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street", complaints="c@n.example")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(
    update={"landlord": LANDLORD, "training": TrainingSection(soon_days=30)}
)
DESK = {"/", "/alerts", "/hand-out", "/recordings", "/cameras", "/incidents", "/retention", "/officers"}
OVERSIGHT = {"/requests", "/releases", "/documents", "/visits", "/vault"}
PAGES = {
    Role.OFFICER: {"/mine"},
    Role.SAFETY_TEAM: DESK | {"/mine", "/visits", "/imports"},
    Role.CCTV_MANAGER: DESK | OVERSIGHT | {"/reviews", "/imports"},
    Role.HEAD_OF_SAFETY: DESK | OVERSIGHT | {"/reviews", "/imports"},
    Role.DATA_PROTECTION_OFFICER: OVERSIGHT
    | {"/alerts", "/recordings", "/letters", "/incidents", "/retention", "/imports"},
    Role.ADMINISTRATOR: DESK | {"/letters", "/documents", "/users", "/vault", "/settings"},
}
"""Which pages each role goes to: an officer their own, the data protection officer requests and registers."""


@pytest.fixture(scope="module")
def clock() -> TestClock:
    return TestClock(datetime(2026, 11, 30, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet"), config=CONFIG, clock=clock) as found:
        yield found


@pytest.fixture(scope="module")
def client(services: FleetServices) -> Iterator[TestClient]:
    """Somebody with all roles."""
    with dashboard_client(services, token=token_for(services), workers=False) as found:
        found.headers.update({"Accept": "text/html"})
        yield found


@pytest.mark.parametrize("role", list(Role))
def test_each_role_goes_to_its_pages_and_to_no_other(
    client: TestClient, services: FleetServices, role: Role
) -> None:
    # proves F5, F8
    headers = {"Authorization": f"Bearer {token_for(services, role, name=f'pages of {role}')}"}
    answers = {
        entry.path: client.get(entry.path, headers=headers, follow_redirects=False).status_code
        for entry in NAVIGATION
    }
    opened = {path for path, status in answers.items() if status == 200}
    # To the vault the safety team is led by Today and by alerts, which they see, and by no navigation.
    assert opened - {"/vault"} == PAGES[role] - {"/vault"}
    shown = client.get("/account", headers=headers).text
    linked = {entry.path for entry in NAVIGATION if f'<a href="{entry.path}"' in shown.partition("</nav>")[0]}
    assert linked == PAGES[role] - ({"/mine"} if may([role], Permission.SEE_CAMERAS) else set())
    under_more = shown.partition("</nav>")[0].partition('class="menu more"')[2]
    if role is Role.DATA_PROTECTION_OFFICER:  # the requests and registers are that person's main pages
        assert 'href="/requests"' not in under_more
        assert 'href="/releases"' not in under_more
    elif "/requests" in PAGES[role]:
        assert 'href="/requests"' in under_more


def test_an_officer_sees_their_visits_alone_and_the_data_protection_officer_plans_none() -> None:
    # proves F5: what the pages of visits show of whom is in test_visit_pages.py
    officers = {permission for permission, roles in GRANTS.items() if Role.OFFICER in roles}
    assert officers == {Permission.SIGNED_IN, Permission.OWN}
    dpo = {permission for permission, roles in GRANTS.items() if Role.DATA_PROTECTION_OFFICER in roles}
    assert dpo.isdisjoint(
        {Permission.PLAN_VISITS, Permission.HAND_OUT, Permission.EXPORT, Permission.MANAGE_PEOPLE}
    )
    assert dpo >= {Permission.REQUESTS, Permission.SEE_RELEASES, Permission.SEE_VISITS, Permission.SEE_AUDIT}


class Recorded:
    """Every address that was asked for, redirected to or linked, as a client meets them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.addresses: list[str] = []

    def note(self, answer: httpx.Response) -> httpx.Response:
        """Note what an answer has of addresses."""
        self.addresses += [str(answer.request.url), answer.headers.get("location", "")]
        self.addresses += re.findall(r'(?:href|action|src|data-[a-z-]+|hx-get)="([^"]*)"', answer.text)
        return answer

    def get(self, path: str) -> httpx.Response:
        """Fetch a page."""
        return self.note(self.client.get(path))

    def post(self, path: str, **fields: str) -> str:
        """Send a form, and return where it leads."""
        answer = self.note(self.client.post(path, data=fields, follow_redirects=False))
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:2000])
        return str(answer.headers["location"])


def _live(scene: Scene, at: Recorded) -> None:
    """Go the main ways, with marked names wherever people type something."""
    at.post("/officers", name="Zqxjvk Officer")
    officer = at.get("/officers").text.partition('href="/officers/')[2].partition('"')[0]
    at.post(f"/officers/{officer}/name", name="Zqxjvk Other Officer")
    at.post(f"/officers/{officer}/training", course="Cameras", taken="2026-01-10", until="2026-12-10")
    at.post("/hand-out", camera="cam-01", officer=officer, sure="yes")
    visit = at.post(
        "/visits",
        tenancy="Zqxjvk-4711",
        place="Zqxjvk Flat, 12 Elm Road",
        purpose="Zqxjvk gas check",
        planned=(scene.clock() + timedelta(hours=1)).isoformat(timespec="minutes"),
        minutes="60",
        officer=officer,
        language="en",
    )
    case = at.post(
        "/requests",
        kind="access",
        received="2026-11-30",
        channel="letter",
        name="Zqxjvk Hill",
        contact="Zqxjvk Road",
        what="Zqxjvk visit",
        owner="Zqxjvk Owner",
    )
    at.post(f"{case}/write/received", words="", method="Zqxjvk post", step="send")
    incident = at.post(
        "/incidents",
        place="Zqxjvk Road",
        category="threat",
        what="Zqxjvk shouted",
        people="tenant",
        happened=scene.clock().isoformat(timespec="minutes"),
    )
    at.post(f"/recordings/{ID}/notes", text="Zqxjvk note")
    at.post("/documents/privacy-notice/words/purposes", text="Zqxjvk words", seen="0")
    for path in (
        visit,
        case,
        incident,
        "/",
        "/visits",
        "/requests",
        "/incidents",
        f"/recordings/{ID}",
        "/alerts",
    ):
        assert at.get(path).status_code == 200, path
    for path in ("/officers/nobody", "/visits/nobody", "/requests/nobody", "/nowhere"):
        assert at.get(path).status_code == 404, path


def test_nothing_personal_is_in_logs_addresses_or_what_goes_to_the_broker(
    services: FleetServices, clock: TestClock, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    # proves F5, F10
    caplog.set_level(logging.DEBUG)
    scene = Scene(services, clock, client)
    scene.clear()
    scene.camera()
    scene.held()
    at = Recorded(client)
    _live(scene, at)
    with services.sessions.begin() as session:
        session.add(
            User(
                id="user-1",
                name="Zqxjvk User",
                password=hash_password(PASSWORD),
                roles=frozenset({Role.SAFETY_TEAM}),
                created=clock.now,
                officer_id=None,
                retired=None,
            )
        )
    stranger = TestClient(client.app, base_url="https://localhost:8443", raise_server_exceptions=False)
    stranger.portal = client.portal
    browser = Browser(stranger)
    browser.sign_in("Zqxjvk User", "Zqxjvk wrong password")
    browser.sign_in("Zqxjvk User", PASSWORD)
    assert browser.is_in()
    at.note(stranger.get("/"))
    said = [record.getMessage() + str(record.exc_info or "") for record in caplog.records]
    assert [line for line in said if MARK in line] == []
    assert [each for each in at.addresses if MARK in each] == []
    assert any("/visits/" in each for each in at.addresses)
    published = asyncio.run(_published(services))
    assert {topic for topic, _ in published} == {"lapel/v1/cameras/cam-01/down/desired"}
    assert any('"assignment":{"id":' in payload for _, payload in published)
    assert [each for each in published if MARK in "".join(each)] == []
    alerts = alerts_of(services)
    assert {"visit.no-notice", "training.ends"} <= {each.kind for each in alerts}
    assert any(MARK in each.words for each in alerts)  # a page names the officer
    assert [
        each for each in alerts if MARK in each.subject + each.name + each.link
    ] == []  # a message does not


async def _published(services: FleetServices) -> list[tuple[str, str]]:
    """Everything that the fleet publishes when it connects, to a broker that only writes it down."""
    published: list[tuple[str, str]] = []

    class Writes:
        async def publish(self, topic: str, /, payload: str, qos: int = 0, retain: bool = False) -> None:
            del qos, retain
            published.append((topic, payload))

    def nobody() -> AbstractAsyncContextManager[Client]:
        raise AssertionError("nothing connects here")

    await BrokerClient(services.cameras, nobody)._tell_all(Writes())  # type: ignore[arg-type]  # it publishes alone
    return published
