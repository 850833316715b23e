"""What somebody is told of alerts: the page where they choose it, and see whether it goes out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.alerting import MailSection, WebhookSection
from fleet.delivery import sender
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.rules.timing import LEASE, QuietHours
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from fleet.web.views.alerts.told import message_views, quiet_words
from fleet.web.zone import site_zone
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import BY_PASSWORD, dashboard_client, fleet_services, token_for

pytestmark = pytest.mark.usefixtures("cheap_passwords")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAIL = MailSection(host="mail.example.org", sender="lapel@example.org")


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FleetServices]:
    monkeypatch.setattr(sender, "PAUSE_S", 3600.0)  # nothing goes out while a test looks at what waits
    config = FleetConfig(mail=MAIL, people=BY_PASSWORD.people)
    with fleet_services(tmp_path, config) as found:
        yield found


@pytest.fixture
def desk(services: FleetServices) -> Iterator[Browser]:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    signed = set_up(services, link=link, name="Administrator 1", password="correct horse battery")
    with browsers(services) as another:
        browser = another()
        browser.client.cookies.set(COOKIE, signed.secret)
        yield browser


def test_a_choice_is_kept_tried_and_in_the_audit_log_without_the_address(
    services: FleetServices, desk: Browser
) -> None:
    # proves F8
    page = desk.get("/alerts/told")
    assert "None yet." in page
    assert "sends no e-mail" not in page
    assert "Send a test" not in page, "before there is an address"
    kinds = ["camera.battery", "vault.sealed"]
    page = desk.post("/alerts/told", "/alerts/told", address=" me@example.org ", level="all", kind=kinds)
    assert 'value="me@example.org"' in page
    assert page.count(" checked") == 2
    page = desk.post("/alerts/told/test", "/alerts/told")
    assert "Test: was to go 12:00:00, and goes as soon as the service comes to it." in page
    assert "None yet." not in page
    with services.readers() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "delivery:choice:change")).one()
        assert "example.org" not in str(entry.detail)
        (row,) = session.scalars(select(OutMessage))
        assert (row.is_test, row.alerts) == (True, [])


def test_a_choice_that_cannot_be_used_is_shown_again_with_why(desk: Browser) -> None:
    # proves F6
    page = desk.post("/alerts/told", "/alerts/told", address="nobody", level="all")
    assert "That is no e-mail address, as in name@example.org." in page
    assert 'value="nobody"' in page
    page = desk.post("/alerts/told/test", "/alerts/told")
    assert "Keep an address first." in page


def test_where_no_mail_goes_out_the_page_says_so_and_a_program_has_none(tmp_path: Path) -> None:
    # proves F8
    with (
        fleet_services(tmp_path) as services,
        dashboard_client(services, token=token_for(services)) as client,
    ):
        page = client.get("/alerts/told", headers={"accept": "text/html"}).text
        assert "This service sends no e-mail" in page
        assert "A program has no mail of its own." in page
        answer = client.post("/alerts/told", data={"address": "a@example.org", "level": "all"})
        assert answer.status_code == 403
        assert client.post("/alerts/told/test").status_code == 422


def message(**change: object) -> OutMessage:
    plain = {
        "id": "ab" * 16,
        "channel": Channel.MAIL,
        "is_test": False,
        "urgent": False,
        "alerts": ["a", "b"],
        "more": 1,
        "created": NOON,
        "due": NOON + timedelta(minutes=2),
        "tries": 0,
        "state": MessageState.WAITING,
        "error": "",
        "finished": None,
    }
    return OutMessage(**{**plain, **change})


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "3 alerts: waits until 12:02:00."),
        (
            {"tries": 1, "error": "It is full."},
            "3 alerts: it failed 1 time, and goes again 12:02:00. It is full.",
        ),
        ({"state": MessageState.SENT, "finished": NOON}, "3 alerts: handed over 12:00:00."),
        ({"state": MessageState.FAILED, "error": "It is full."}, "3 alerts: given up. It is full."),
        (
            {"state": MessageState.NOT_NEEDED, "finished": NOON},
            (
                "3 alerts: not sent, for none of it was so any more, it was not wanted, or nothing went out "
                "this way."
            ),
        ),
        ({"is_test": True, "alerts": [], "more": 0}, "Test: waits until 12:02:00."),
        ({"due": NOON}, "3 alerts: was to go 12:00:00, and goes as soon as the service comes to it."),
        (
            {"due": NOON, "leased": NOON + LEASE},
            "3 alerts: a try began 12:00:00; how that ended is not known yet.",
        ),
        (
            {"due": NOON, "tries": 2, "error": "It is full."},
            (
                "3 alerts: it failed 2 times, and was to go 12:00:00, and goes as soon as the service comes "
                "to it. It is full."
            ),
        ),
    ],
)
def test_each_message_says_what_became_of_it(change: dict[str, object], text: str) -> None:
    # proves F8
    (view,) = message_views([message(**change)], NOON, goes=True)
    assert view.text == text


def test_what_waits_for_a_way_that_is_set_up_no_more_says_so() -> None:
    # proves F8
    (view,) = message_views([message()], NOON, goes=False)
    assert view.text == "3 alerts: it waits, for nothing goes out this way now: that is not set up."
    assert view.tone == "warn"
    (gone,) = message_views([message(state=MessageState.SENT, finished=NOON)], NOON, goes=False)
    assert gone.text == "3 alerts: handed over 12:00:00.", "what went has gone"


def test_quiet_hours_are_said() -> None:
    zone = site_zone()
    night = QuietHours(NOON.time().replace(hour=20), NOON.time().replace(hour=7), zone)
    assert quiet_words(night).startswith("From 20:00 to 07:00 only urgent messages go")
    never = QuietHours(NOON.time(), NOON.time(), zone)
    assert quiet_words(never) == "There are no quiet hours: messages go at any time."


@pytest.mark.slow
def test_a_webhook_is_shown_by_its_host_to_administrators_and_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    monkeypatch.setattr(sender, "PAUSE_S", 3600.0)
    hook = WebhookSection(url="https://hooks.example.org/secret-path", secret_file="/nowhere")
    config = FleetConfig(webhook=hook, people=BY_PASSWORD.people)
    with fleet_services(tmp_path, config) as services:
        token, other = token_for(services), token_for(services, Role.SAFETY_TEAM, name="desk")
        with dashboard_client(services, token=token) as client:
            client.headers["accept"] = "text/html"
            page = client.get("/alerts/told").text
            assert "A program at hooks.example.org is told of each alert that has lasted for its time" in page
            assert "secret-path" not in page
            assert (
                "Test: was to go 12:00:00, and goes as soon as the service comes to it."
                in client.post("/alerts/told/webhook-test").text
            )
            headers = {"authorization": f"Bearer {other}"}
            assert "hooks.example.org" not in client.get("/alerts/told", headers=headers).text
            assert client.post("/alerts/told/webhook-test", headers=headers).status_code == 403


def test_where_there_is_no_webhook_the_page_says_so(services: FleetServices, desk: Browser) -> None:
    # proves F8
    assert "No program is told: <code>webhook.url</code> is not set." in desk.get("/alerts/told")
    assert "There is no webhook." in desk.post("/alerts/told/webhook-test", "/alerts/told")
