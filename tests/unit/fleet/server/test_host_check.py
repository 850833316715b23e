from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.config import FleetConfig
from fleet.core.sections.server import ServerSection
from fleet.core.sections.visits import VisitsSection
from fleet.server.compose import FleetServices
from fleet.server.host_check import bare, is_ours, names_of
from tests.support.fleet.fleet import dashboard_client, fleet_services

CONFIG = FleetConfig(server=ServerSection(names=("Fleet.example.org",), other_names=("inside",)))
NAMES = names_of(CONFIG)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:8443", "fleet.example.org", "fleet.EXAMPLE.org.:443", "inside:1"),
        *("127.0.0.1:8443", "10.0.0.7", "[::1]:8443", "[fd00::7]", "::1"),
    ],
)
def test_our_own_names_and_any_address_in_numbers_are_ours(host: str) -> None:
    assert is_ours([host.encode()], NAMES)


@pytest.mark.parametrize(
    "hosts",
    [
        *([], [b""], [b"evil.example"], [b"localhost.evil.example"], [b"evil.example:8443"], [b":8443"]),
        *([b"fleet.example.org@evil.example"], [b"fleet.example.org/evil"], [b"[fleet.example.org"]),
        *([b"localhost", b"evil.example"], [b"localhost", b"localhost"], [b"10.0.0.7.evil"], [b"\xff\xfe"]),
        [b"999.1.1.1"],
    ],
)
def test_what_is_of_another_name_or_says_none_is_not(hosts: list[bytes]) -> None:
    assert not is_ours(hosts, NAMES)


def test_where_tenants_reach_their_page_is_a_name_of_ours() -> None:
    told = CONFIG.model_copy(
        update={"visits": VisitsSection(reference_url="https://tenants.example.org:8443/kept")}
    )
    assert is_ours([b"tenants.example.org:8443"], names_of(told))
    assert not is_ours([b"tenants.example.org:8443"], NAMES)
    assert "" not in names_of(told)
    assert "" not in NAMES


@given(st.binary(max_size=60))
def test_whatever_comes_is_judged(host: bytes) -> None:
    assert is_ours([host], NAMES) in {True, False}
    assert not is_ours([host], frozenset()) or bare(host.decode("ascii", "replace"))[0] in "0123456789abcdef:"


# proves F9
def test_another_name_gets_a_sentence_and_nothing_else(services: FleetServices) -> None:
    with dashboard_client(services, workers=False) as client:
        refused = client.get("/api/v1/authority", headers={"host": "evil.example:8443"})
        assert refused.status_code == 421
        assert refused.json()["detail"] == (
            "This service is not reached under that name: go to https://localhost:8443."
        )
        page = client.get("/sign-in", headers={"host": "evil.example", "accept": "text/html"})
        assert page.status_code == 421
        assert "go to https://localhost:8443." in page.text
        assert "evil.example" not in page.text
        assert page.headers["x-frame-options"] == "DENY"
        assert client.get("/sign-in", headers={"host": "192.0.2.7:8443"}).status_code in {200, 303}


def test_how_long_a_browser_insists_on_a_good_certificate_is_a_setting(tmp_path: Path) -> None:
    config = FleetConfig(server=ServerSection(hsts_days=30))
    with fleet_services(tmp_path, config) as services, dashboard_client(services, workers=False) as client:
        assert client.get("/sign-in").headers["strict-transport-security"] == "max-age=2592000"
