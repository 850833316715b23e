"""What programs note of visits: notices that were sent, and what was said of being recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.server.compose import FleetServices
from fleet.visits.rules.consent import REASON_WITHIN
from fleet.visits.rules.when import words_of_when
from fleet.web.views.moments import long_day, time_of_day
from fleet.web.zone import in_zone
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, dashboard_client, token_for
from tests.support.fleet.of_module import clock_of_module, services_of_module
from tests.support.pages.scene import Scene

LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street")
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})
API = "/api/v1/visits"


clock = clock_of_module()
services = services_of_module(CONFIG)


@pytest.fixture(scope="module")
def desk(services: FleetServices) -> Iterator[TestClient]:
    token = token_for(services, Role.SAFETY_TEAM, name="visit planner")
    with dashboard_client(services, token=token) as client:
        yield client


@pytest.fixture(scope="module")
def officer(services: FleetServices, clock: TestClock, desk: TestClient) -> str:
    return Scene(services, clock, desk).officer("Officer 1")


@pytest.fixture
def visit(desk: TestClient, clock: TestClock, officer: str) -> str:
    body = {"tenancy": "T-1", "place": "Flat 4", "purpose": "Gas check", "minutes": 60, "officer": officer}
    answer = desk.post(API, json={**body, "planned": (clock() + timedelta(hours=2)).isoformat()})
    assert answer.status_code == 201
    return str(answer.json()["id"])


def test_a_notice_is_read_noted_and_kept_as_it_was_sent(
    desk: TestClient, visit: str, clock: TestClock
) -> None:
    now = desk.get(f"{API}/{visit}/notice").json()
    assert now["sender"] == "Northgate Homes"
    assert "Flat 4" in now["text"]
    sent = {"way": "post", "sent": (clock() - timedelta(days=1)).isoformat()}
    made = desk.post(f"{API}/{visit}/notices", json=sent)
    assert made.status_code == 201
    assert {**made.json(), **now} == made.json()
    assert (made.json()["way"], made.json()["sent_by"], made.json()["large"]) == (
        "post",
        "visit planner",
        False,
    )
    assert desk.get(f"{API}/{visit}/notices").json() == [made.json()]
    assert desk.get(f"{API}/{visit}").json()["notice"] == "sent"
    large = desk.post(f"{API}/{visit}/notices", json={**sent, "large": True}).json()
    assert large["large"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"way": "pigeon"}, "Choose how it was sent."),
        ({"sent": "2099-01-01T00:00:00Z"}, "not in the future"),
        ({"sent": "2026-01-01T00:00:00"}, "sent"),
        ({"sent": "yesterday"}, "sent"),
        ({"size": "large"}, "size"),
    ],
)
def test_what_cannot_have_been_sent_so_is_refused(
    desk: TestClient, visit: str, clock: TestClock, change: dict[str, str], says: str
) -> None:
    answer = desk.post(f"{API}/{visit}/notices", json={"way": "post", "sent": clock().isoformat(), **change})
    assert (answer.status_code, says in answer.text) == (422, True)
    assert desk.get(f"{API}/{visit}/notices").json() == []


def said(desk: TestClient, visit: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
    return desk.post(f"{API}/{visit}/consent", json=body)


def test_what_was_said_is_kept_in_order_and_once(
    desk: TestClient, visit: str, clock: TestClock, services: FleetServices
) -> None:  # proves F10
    given_ = said(desk, visit, kind="given", mark="m1", wording="en 1")
    assert given_.status_code == 201
    assert (given_.json()["way"], given_.json()["said_by"], given_.json()["wording"]) == (
        "program",
        "visit planner",
        "en 1",
    )
    assert said(desk, visit, kind="refused", mark="m1").json() == given_.json()  # the same mark: said before
    early = said(desk, visit, kind="withdrawn", at=(clock() - timedelta(minutes=5)).isoformat()).json()
    entries = desk.get(f"{API}/{visit}/consent").json()
    assert [each["id"] for each in entries] == [early["id"], given_.json()["id"]]
    assert desk.get(f"{API}/{visit}").json()["consent"] == "given"
    with services.readers() as session:
        assert verify_log(session) is None


def test_a_reason_comes_afterwards_once(desk: TestClient, visit: str, clock: TestClock) -> None:
    entry = said(desk, visit, kind="overridden").json()
    clock.move(seconds=REASON_WITHIN.total_seconds() / 2)
    here = f"{API}/{visit}/consent/{entry['id']}/reason"
    assert desk.post(here, json={"reason": " "}).status_code == 422
    told = desk.post(here, json={"reason": "He had a knife"})
    assert (told.status_code, told.json()["reason"], told.json()["reason_by"]) == (
        200,
        "He had a knife",
        "visit planner",
    )
    assert desk.post(here, json={"reason": "Another"}).status_code == 409
    elsewhere = f"{API}/{visit}/consent/{'0' * 32}/reason"
    assert desk.post(elsewhere, json={"reason": "None"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "perhaps"}, 422),
        ({"kind": "not asked"}, 422),
        ({"kind": "given", "mark": "a/b"}, 422),
        ({"kind": "given", "at": "2026-11-22T10:00:00"}, 422),
        ({"kind": "given", "reason": "x" * 501}, 422),
        ({"kind": "given", "way": "page"}, 422),
        ({}, 422),
    ],
)
def test_what_nobody_can_have_said_is_refused(
    desk: TestClient, visit: str, body: dict[str, Any], status: int
) -> None:
    answer = said(desk, visit, **body)
    assert answer.status_code == status, answer.text
    assert desk.get(f"{API}/{visit}/consent").json() == []


@pytest.mark.parametrize("path", ["notice", "notices", "consent"])
def test_of_no_visit_nothing_is_told(desk: TestClient, path: str) -> None:
    assert desk.get(f"{API}/{'0' * 32}/{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR])
def test_who_plans_no_visits_notes_nothing_of_them(
    services: FleetServices, visit: str, clock: TestClock, role: Role
) -> None:  # proves F5
    with dashboard_client(services, token=token_for(services, role, name=f"a {role}")) as other:
        notice = other.post(f"{API}/{visit}/notices", json={"way": "post", "sent": clock().isoformat()})
        assert (notice.status_code, said(other, visit, kind="given").status_code) == (403, 403)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - the zone is given below
def test_notices_say_when_as_pages_do(naive: datetime) -> None:  # proves F8
    at = naive.replace(tzinfo=UTC)
    zone = CONFIG.site.time_zone
    with in_zone(zone):
        assert words_of_when(at, zone) == (long_day(at), time_of_day(at))
