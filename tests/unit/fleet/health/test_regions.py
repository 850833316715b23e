"""In which region things are stored, what is refused, and what a store says of itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.config import AuditSection, DatabaseSection, FleetConfig, FootageSection
from fleet.core.errors import FleetConfigError
from fleet.core.sections.regions import UK_AND_EU, RegionsSection
from fleet.health.region_asking import ask_region, pin_regions, told_regions
from fleet.health.regions import StoreRegion, places_of, region_refusal
from fleet.server.compose import FleetServices
from fleet.web.views.settings.regions import region_lines
from tests.support.fleet.fleet import dashboard_client, token_for

REGIONS = st.sampled_from(["eu-west-2", "EU-WEST-2", "eu-west-1", "us-east-1", "mars"])
S3 = FleetConfig(
    footage=FootageSection(store="s3://footage/x", endpoint="https://s.example/", region="eu-west-2"),
    audit=AuditSection(second_place="s3://copies"),
)


@given(st.just("") | REGIONS, st.none() | REGIONS, st.lists(REGIONS, min_size=1).map(tuple))
def test_a_store_is_taken_only_where_all_that_is_known_of_its_region_is_allowed_and_agrees(
    pinned: str, told: str | None, allowed: tuple[str, ...]
) -> None:
    # proves F10
    place = StoreRegion("footage", "The store of footage", "footage.region", pinned)
    known = {each.lower() for each in (pinned, told or "") if each}
    fits = len(known) <= 1 and known <= {each.lower() for each in allowed}
    assert (region_refusal(place, told, allowed) is None) == fits


def test_a_refusal_names_the_store_the_region_and_the_setting() -> None:
    # proves F6
    place = StoreRegion("footage", "The store of footage", "footage.region", "eu-west-2")
    assert region_refusal(place, "us-east-1", UK_AND_EU) == (
        "The store of footage says that it is in the region us-east-1, and footage.region is eu-west-2: use "
        "one that is there, or set the region that it is in."
    )
    assert region_refusal(replace(place, pinned=""), "us-east-1", UK_AND_EU) == (
        "The store of footage says that it is in the region us-east-1, which regions.allowed does not "
        "have: nothing is stored there. Use one in a region that is allowed."
    )
    assert "is in the region eu-central-2 (footage.region)" in str(
        region_refusal(replace(place, pinned="eu-central-2"), None, UK_AND_EU)  # Zurich
    )


def test_each_bucket_is_asked_where_it_is() -> None:
    # proves F10
    asked = {each.id: each.address for each in places_of(S3)}
    assert asked["footage"] == "https://s.example/footage"
    assert asked["second_checkpoints"] == "https://s.example/copies"
    amazon = FleetConfig(footage=FootageSection(store="s3://footage", region="eu-west-2"))
    assert {each.address for each in places_of(amazon)} >= {"https://s3.eu-west-2.amazonaws.com/footage"}
    plain = FleetConfig(
        footage=FootageSection(store="s3://footage"), database=DatabaseSection(url="postgresql:///x")
    )
    assert {each.id for each in places_of(plain)} == {"machine", "footage", "database", "backups"}
    assert {each.address for each in places_of(plain)} >= {"https://s3.amazonaws.com/footage"}


@pytest.fixture
def bucket() -> Iterator[tuple[str, dict[str, str]]]:
    """A server that answers every HEAD with the headers that it is given."""
    said: dict[str, str] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(403)
            for name, value in said.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/footage", said
        server.shutdown()


def test_a_store_says_its_region_or_it_is_not_known(bucket: tuple[str, dict[str, str]]) -> None:
    # proves F8, F10
    address, said = bucket
    assert ask_region(address) is None  # it does not say
    said["x-amz-bucket-region"] = "eu-west-2"
    assert ask_region(address) == "eu-west-2"  # though it lets nobody in
    said["x-amz-bucket-region"] = "<b>" + "x" * 100
    assert ask_region(address) is None
    assert ask_region("http://127.0.0.1:1/footage") is None
    assert ask_region("http://[/footage") is None


def test_what_stores_say_is_kept_and_one_that_is_elsewhere_is_refused(services: FleetServices) -> None:
    # proves F10, F8
    core = replace(services, config=S3)
    pin_regions(core, lambda address: "eu-west-2" if address.endswith("footage") else None)
    with services.readers() as session:
        told = told_regions(session, S3)
        assert {each: row.told for each, row in told.items()} == {
            "footage": "eu-west-2",
            "second_checkpoints": None,
        }
        moved = S3.model_copy(
            update={"footage": S3.footage.model_copy(update={"endpoint": "https://t.example"})}
        )
        assert told_regions(session, moved) == {}  # another store has said nothing
        lines = region_lines(
            places_of(S3), {key: (row.told, row.at) for key, row in told.items()}, services.clock()
        )
    found = {each.what: (each.region, each.how) for each in lines}
    assert found["The store of footage"][0] == "eu-west-2"
    assert "and footage.region says the same." in found["The store of footage"][1]
    assert found["The second place of checkpoints"] == (
        "eu-west-2",
        "footage.region says so; the store did not say it when it was asked.",
    )
    assert found["The machine of the fleet"] == ("not known", "regions.machine is not set.")
    with pytest.raises(FleetConfigError, match="says that it is in the region us-east-1"):
        pin_regions(core, lambda _: "us-east-1")
    elsewhere = S3.model_copy(update={"regions": RegionsSection(backups="us-east-1")})
    with pytest.raises(FleetConfigError, match="What keeps backups is in the region us-east-1"):
        pin_regions(replace(services, config=elsewhere), lambda _: None)
    addresses: list[str] = []

    def silent(address: str) -> None:
        addresses.append(address)

    pin_regions(core, silent)
    assert addresses == [each.address for each in places_of(S3) if each.address], "only what can answer"
    with services.readers() as session:
        assert set(told_regions(session, S3)) == {"footage", "second_checkpoints"}
    pin_regions(services, lambda _: None)
    with services.readers() as session:
        assert told_regions(session, S3) == {}
    reading = SimpleNamespace(config=services.config, readers=services.readers)
    pin_regions(cast("Any", reading), lambda _: None)  # nothing is left to write


def test_settings_show_where_everything_is_stored(services: FleetServices) -> None:
    # proves F10, F8
    with dashboard_client(services, token=token_for(services), workers=False) as client:
        page = client.get("/settings", headers={"Accept": "text/html"}).text
    assert "Where it is stored" in page
    assert "regions.machine is not set." in page
    assert "with anything in a region other than eu-west-1" in page
    assert region_lines(
        [StoreRegion("footage", "It", "footage.region", "", "https://s")],
        {"footage": ("eu-west-2", datetime(2026, 11, 30, tzinfo=UTC))},
        services.clock(),
    )[0].how.endswith("; footage.region is not set.")
