"""The page of settings: what it tells, to whom, and what it keeps to itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.core.config import DatabaseSection, FleetConfig, FootageSection
from fleet.server.compose import FleetServices
from fleet.web.views.settings.keys import setting_lines, value_words
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module

HTML = {"Accept": "text/html"}


clock = clock_of_module()
services = services_of_module()
office = client_of_module(Role.ADMINISTRATOR, name="office", pages=True)


def test_it_says_what_was_found_and_no_more(
    services: FleetServices, office: TestClient, clock: TestClock
) -> None:
    # proves F8
    page = office.get("/settings").text
    assert (
        "The service has not been connected to it since it was started." in page
    )  # this service has no broker
    assert "SQLite," in page
    assert "It is open, and holds 1 key that cameras seal to." in page
    assert "No camera is enrolled." in page
    assert "6 months without an incident, 12 months with one." in page
    services.cameras.broker.stands(clock())
    assert "The service is connected to it, since 12:00:00." in office.get("/settings").text


def test_a_vault_whose_key_is_away_is_called_sealed(tmp_path: Path) -> None:
    # proves F8
    with fleet_services(tmp_path) as services:
        token = token_for(services, Role.ADMINISTRATOR)
        key, away = services.state / "vault" / "key-file", services.state / "away"
    key.rename(away)
    with fleet_services(tmp_path) as services, dashboard_client(services, token=token) as client:
        page = client.get("/settings", headers=HTML).text
        assert "It is sealed: no footage can be opened until its key file can be used again. " in page
        need = "Vault, Recovery key, Backup, Messages about alerts and Certificate authority"
        assert f"Somebody has to look at {need}." in page
        assert "How it is with Broker is not known." in page, "what is not known needs nobody by that"
        away.rename(key)
        assert "It is open, and holds 1 key" in client.get("/settings", headers=HTML).text


def test_a_certificate_that_has_ended_is_called_that(
    services: FleetServices, office: TestClient, clock: TestClock
) -> None:
    # proves F8
    page = office.get("/settings").text
    assert page.count("Good until") == 6
    assert "Issuing authority" in page
    assert "The root&#39;s key still lies on this machine, encrypted" in page
    assert "Certificate that signs checkpoints of the audit log" in page
    assert page.count("The service renews it by itself.") == 2
    assert "The service has not renewed it" not in page
    assert page.count("It does not end.") == 1  # the key that footage is sealed to
    assert services.authority.fingerprint in page
    assert "without them nothing but a recovery key, if the fleet was given one, opens footage." in page
    before = clock()
    clock.move(seconds=398 * 86_400)  # the service was away for longer than its certificates last
    try:
        page = office.get("/settings").text
    finally:
        clock.move(seconds=(before - clock()).total_seconds())
    assert page.count("Ended ") == 2
    assert page.count("Good until") == 4
    assert page.count("The service has not renewed it: start the service anew, and look at its log.") == 2
    assert "The service renews it by itself." not in page


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
def test_only_who_manages_sees_it(services: FleetServices, role: Role) -> None:
    # proves F5
    with dashboard_client(services, token=token_for(services, role, name=f"a {role}")) as client:
        assert client.get("/settings", headers=HTML).status_code == 403


def test_every_key_is_told_and_no_password() -> None:
    config = FleetConfig(
        database=DatabaseSection(url="postgresql+psycopg://lapel:secret@db.example:5433/lapel"),
        footage=FootageSection(store="s3://bucket/prefix", endpoint="http://key:secret@127.0.0.1:9000"),
    )
    lines = {each.key: each for each in setting_lines(config)}
    assert lines["database.url"].value == "postgresql+psycopg://db.example:5433"
    assert lines["footage.endpoint"].value == "http://127.0.0.1:9000"
    assert lines["cameras.limit"].value == "15"
    assert lines["cameras.limit"].is_default
    assert not lines["footage.store"].is_default
    assert all(each.does for each in lines.values())
    assert not any("secret" in each.value for each in lines.values())


@pytest.mark.parametrize(
    ("value", "words"),
    [("", "nothing"), ((), "nothing"), (True, "yes"), ("http://[broken", "an address that cannot be read")],
)
def test_odd_values_have_words(value: object, words: str) -> None:
    assert value_words(value) == words
