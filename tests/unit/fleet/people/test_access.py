from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.cameras.identity import camera_identity, camera_to_renew
from fleet.core.actor import Role
from fleet.people.access import Permission, Public, Requirement, in_turn
from fleet.people.permissions import GRANTS, may
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import camera_client, dashboard_client, fleet_services, token_for
from tests.support.fleet.routes import Route, routes_of
from tests.support.pages.addresses import NO_PAGES, PAGES

pytestmark = pytest.mark.slow

# The design's table of people, said once more in the other direction: what each role may do.
TABLE = {
    Role.OFFICER: {Permission.SIGNED_IN, Permission.OWN},
    Role.SAFETY_TEAM: {
        Permission.SEE_IMPORTS,
        Permission.IMPORT,
        Permission.SIGNED_IN,
        Permission.SEE_VISITS,
        Permission.PLAN_VISITS,
        Permission.ALERTS,
        Permission.OWN,
        Permission.SEE_CAMERAS,
        Permission.HAND_OUT,
        Permission.SEE_RECORDINGS,
        Permission.CLASSIFY,
    },
    Role.CCTV_MANAGER: {
        Permission.TRAINING,
        Permission.SEE_DOCUMENTS,
        Permission.SEE_IMPORTS,
        Permission.IMPORT,
        Permission.SIGNED_IN,
        Permission.SEE_VISITS,
        Permission.PLAN_VISITS,
        Permission.REQUESTS,
        Permission.SEE_RELEASES,
        Permission.RELEASE,
        Permission.VAULT,
        Permission.ALERTS,
        Permission.SEE_CAMERAS,
        Permission.HAND_OUT,
        Permission.SEE_RECORDINGS,
        Permission.CLASSIFY,
        Permission.PLAY,
        Permission.EXPORT,
        Permission.RETAIN,
        Permission.REVIEW,
        Permission.REVIEW_VIEWINGS,
        Permission.STOP_WAITING,
        Permission.SEE_AUDIT,
    },
    Role.HEAD_OF_SAFETY: {
        Permission.TRAINING,
        Permission.SEE_DOCUMENTS,
        Permission.PUBLISH,
        Permission.SEE_IMPORTS,
        Permission.IMPORT,
        Permission.APPROVE_TEXTS,
        Permission.SIGNED_IN,
        Permission.SEE_VISITS,
        Permission.PLAN_VISITS,
        Permission.WRITE_TEXTS,
        Permission.REQUESTS,
        Permission.SEE_RELEASES,
        Permission.RELEASE,
        Permission.VAULT,
        Permission.ALERTS,
        Permission.SEE_CAMERAS,
        Permission.HAND_OUT,
        Permission.SEE_RECORDINGS,
        Permission.CLASSIFY,
        Permission.PLAY,
        Permission.EXPORT,
        Permission.RETAIN,
        Permission.REVIEW,
        Permission.REVIEW_VIEWINGS,
        Permission.STOP_WAITING,
        Permission.SEE_AUDIT,
    },
    Role.DATA_PROTECTION_OFFICER: {
        Permission.SEE_DOCUMENTS,
        Permission.PUBLISH,
        Permission.SEE_IMPORTS,
        Permission.APPROVE_TEXTS,
        Permission.SIGNED_IN,
        Permission.SEE_VISITS,
        Permission.WRITE_TEXTS,
        Permission.REQUESTS,
        Permission.SEE_RELEASES,
        Permission.APPROVE_RELEASES,
        Permission.LETTERS,
        Permission.VAULT,
        Permission.ALERTS,
        Permission.SEE_RECORDINGS,
        Permission.PLAY,
        Permission.REVIEW_VIEWINGS,
        Permission.RETAIN,
        Permission.SEE_AUDIT,
    },
    Role.ADMINISTRATOR: {
        Permission.TRAINING,
        Permission.SEE_DOCUMENTS,
        Permission.SIGNED_IN,
        Permission.WRITE_TEXTS,
        Permission.LETTERS,
        Permission.VAULT,
        Permission.ALERTS,
        Permission.SEE_CAMERAS,
        Permission.HAND_OUT,
        Permission.SEE_RECORDINGS,
        Permission.SEE_AUDIT,
        Permission.ENROL,
        Permission.MANAGE_PEOPLE,
    },
}

# Routes whose permission must not drift, whoever edits them.
PINNED = {
    "POST /api/v1/enrolment-codes": Permission.ENROL,
    "POST /api/v1/cameras/{camera}/revoke": Permission.ENROL,
    "GET /api/v1/cameras": Permission.SEE_CAMERAS,
    "POST /api/v1/officers": Permission.HAND_OUT,
    "POST /api/v1/assignments": Permission.HAND_OUT,
    "POST /api/v1/assignments/{assignment}/end": Permission.HAND_OUT,
    "GET /api/v1/recordings": Permission.SEE_RECORDINGS,
    "POST /api/v1/recordings/{recording}/viewings": Permission.PLAY,
    "POST /api/v1/recordings/{recording}/exports": Permission.EXPORT,
    "POST /api/v1/recordings/{recording}/no-more": Permission.STOP_WAITING,
    "POST /recordings/{recording}/no-more": Permission.STOP_WAITING,
    "POST /api/v1/recordings/{recording}/holds": Permission.RETAIN,
    "POST /api/v1/incidents/{incident}/holds": Permission.RETAIN,
    "GET /api/v1/incidents": Permission.SEE_RECORDINGS,
    "POST /api/v1/incidents": Permission.CLASSIFY,
    "GET /api/v1/incidents/{incident}": Permission.SEE_RECORDINGS,
    "POST /api/v1/incidents/{incident}/recordings": Permission.CLASSIFY,
    "POST /api/v1/requests/{case}/recordings/{recording}/note": Permission.REQUESTS,
    "POST /api/v1/holds/{hold}/release": Permission.RETAIN,
    "GET /api/v1/recordings/{recording}/holds": Permission.SEE_RECORDINGS,
    "POST /api/v1/recordings/{recording}/judge": Permission.CLASSIFY,
    "POST /recordings/{recording}/holds": Permission.RETAIN,
    "POST /holds/{hold}/release": Permission.RETAIN,
    "POST /retention/change": Permission.RETAIN,
    "POST /reviews/{recording}/findings": Permission.REVIEW,
    "POST /reviews/{recording}/sign": Permission.REVIEW,
    "GET /api/v1/reviews": Permission.REVIEW,
    "POST /viewings/{number}/explain": Permission.REVIEW_VIEWINGS,
    "POST /incidents": Permission.CLASSIFY,
    "POST /officers/{officer}/training": Permission.TRAINING,
    "POST /api/v1/officers/{officer}/trainings": Permission.TRAINING,
    "GET /documents/{kind}": Permission.SEE_DOCUMENTS,
    "POST /documents/{kind}/publish": Permission.PUBLISH,
    "POST /documents/{kind}/words/{section}": Permission.PUBLISH,
    "POST /marking": Permission.CLASSIFY,
    "GET /alerts": Permission.ALERTS,
    "GET /api/v1/alerts": Permission.ALERTS,
    "POST /alerts/{alert}/resolve": Permission.ALERTS,
    "PUT /api/v1/imports/{name}/file": Permission.IMPORT,
    "POST /api/v1/imports/{name}/viewings": Permission.PLAY,
    "GET /api/v1/import-viewings/{viewing}/media": Permission.PLAY,
    "GET /api/v1/import-viewings/{viewing}/{track}/{seq}.m4s": Permission.PLAY,
    "GET /api/v1/releases/{release}/copies/{recording}/{viewing}/still.jpg": Permission.PLAY,
    "POST /api/v1/imports/{name}/exports": Permission.EXPORT,
    "POST /api/v1/imports/{name}/delete": Permission.RETAIN,
    "POST /imports/{name}/look": Permission.PLAY,
    "POST /imports/{name}/download": Permission.EXPORT,
    "POST /api/v1/releases": Permission.RELEASE,
    "POST /api/v1/releases/{release}/approve": Permission.APPROVE_RELEASES,
    "POST /api/v1/releases/{release}/link": Permission.RELEASE,
    "POST /api/v1/releases/{release}/package": Permission.RELEASE,
    "GET /mine": Permission.OWN,
    "GET /mine/{recording}": Permission.OWN,
    "POST /mine/{recording}/words": Permission.OWN,
    "POST /users/{user}/officer": Permission.MANAGE_PEOPLE,
    "POST /users/{user}/sessions/{session}/end": Permission.MANAGE_PEOPLE,
    "POST /break-glass/{which}/end": Permission.MANAGE_PEOPLE,
    "POST /settings/groups/{kind}/{group}/retire": Permission.MANAGE_PEOPLE,
    "POST /officers/{officer}/team": Permission.HAND_OUT,
    "POST /cameras/{camera}/site": Permission.HAND_OUT,
    "GET /vault": Permission.ALERTS,
    "POST /vault/unseal": Permission.VAULT,
    "POST /vault/unseal/by-itself": Permission.VAULT,
    "POST /vault/seal": Permission.VAULT,
}


# The first page leads people on to others, and a program that may see none of those is told so.
NO_PAGE_YET = (Role.OFFICER, "GET /")


COSTS_LITTLE = {
    "GET /api/v1/authority",
    "GET /assets/{asked}/{name:path}",
    "GET /collect/{link}",
    "GET /sign-in",
    "GET /sign-in/second",
    "GET /signed-in",
}
"""What anybody may ask for as often as their connections let them."""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as services:
        services.live.close()  # so that streams end instead of staying open
        yield services


@pytest.fixture(scope="module")
def routes(quiet: FleetServices) -> list[Route]:
    return list(routes_of(create_dashboard_app(quiet)))


def permission_of(route: Route) -> Permission | None:
    found = {call.permission for call in route.calls if isinstance(call, Requirement)}
    assert len(found) <= 1, f"{route} asks for {found}"
    return next(iter(found), None)


def test_the_grants_are_the_table() -> None:
    assert set(GRANTS) == set(Permission)
    for role, allowed in TABLE.items():
        assert {permission for permission in Permission if may([role], permission)} == allowed


def test_every_route_says_who_may_call_it(routes: list[Route]) -> None:  # proves F5
    assert len(routes) > 20
    for route in routes:
        public = any(isinstance(call, Public) for call in route.calls)
        assert public != (permission_of(route) is not None), f"{route} must name PUBLIC or one permission"


def test_a_whole_number_in_an_address_has_an_end(quiet: FleetServices, routes: list[Route]) -> None:
    # proves F6: none reaches the database that it cannot compare
    found = {str(route): route.endless for route in (*routes, *routes_of(create_cameras_app(quiet)))}
    assert {route: endless for route, endless in found.items() if endless} == {}
    with dashboard_client(quiet, token=token_for(quiet), workers=False) as client:
        for number in (2**63, 10**30, "9" * 5000):
            assert client.post(f"/retention/deletion/{number}/again").status_code == 422
            assert client.post(f"/visits/1/references/{number}/revoke").status_code == 422
        assert client.post(f"/retention/deletion/{2**63 - 1}/again").status_code == 404


def test_every_address_that_is_read_is_a_page_that_is_looked_at_or_says_why_not(routes: list[Route]) -> None:
    # proves F5: tests/e2e/test_every_page_each_role.py opens each as each role
    read = {route.path for route in routes if route.method == "GET" and not route.path.startswith("/api/")}
    assert read == {*PAGES, *NO_PAGES}
    assert PAGES.keys().isdisjoint(NO_PAGES)


# proves F9
def test_what_anybody_may_ask_for_has_a_turn_of_its_budget_or_costs_little(routes: list[Route]) -> None:
    public = {str(route): route for route in routes if any(isinstance(each, Public) for each in route.calls)}
    without = {name for name, route in public.items() if in_turn not in route.calls}
    assert {each for each in without if not each.endswith(" /{path:path}")} == COSTS_LITTLE


def test_every_route_of_the_cameras_listener_is_for_cameras(quiet: FleetServices) -> None:  # proves L1
    routes = list(routes_of(create_cameras_app(quiet)))
    assert len(routes) >= 6
    others = [route for route in routes if camera_identity not in route.calls]
    assert [str(route) for route in others] == ["POST /api/v1/camera/certificate"]
    assert all(camera_to_renew in route.calls for route in others)


def test_the_pinned_routes_have_their_permission(routes: list[Route]) -> None:
    found = {anonymous_names(str(route)): permission_of(route) for route in routes}
    assert {route: found.get(anonymous_names(route)) for route in PINNED} == PINNED


def anonymous_names(route: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", route)


def call(client: TestClient, route: Route) -> tuple[int, str]:
    path = re.sub(r"\{[^}]*\}", "1", route.path)
    body: dict[str, object] | None = None if route.method in {"GET", "HEAD", "DELETE"} else {}
    response = client.request(route.method, path, json=body, follow_redirects=False)
    is_problem = response.headers.get("content-type") == "application/problem+json"
    return response.status_code, response.json()["code"] if is_problem else ""


@pytest.mark.parametrize("role", Role)
def test_every_role_on_every_route(
    quiet: FleetServices, routes: list[Route], role: Role
) -> None:  # proves F5
    token = token_for(quiet, role, name=role)
    with dashboard_client(quiet, token=token) as client:
        for route in routes:
            permission = permission_of(route)
            if permission is None:
                continue
            status, code = call(client, route)
            if permission in TABLE[role]:
                assert status not in {401, 500}, f"{role} on {route}: {status} {code}"
                if (role, str(route)) != NO_PAGE_YET:
                    assert code != "not_allowed", f"{role} on {route}: {status} {code}"
            else:
                assert (status, code) == (403, "not_allowed"), f"{role} on {route}"


def test_nobody_gets_nothing(quiet: FleetServices, routes: list[Route]) -> None:  # proves F5
    with dashboard_client(quiet) as client:
        for route in routes:
            if permission_of(route) is not None:
                assert call(client, route)[0] == 401, str(route)


def test_a_browser_is_sent_to_sign_in_and_back(quiet: FleetServices) -> None:
    with dashboard_client(quiet) as client:
        response = client.get(
            "/recordings?camera=cam-01", headers={"accept": "text/html"}, follow_redirects=False
        )
    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=%2Frecordings%3Fcamera%3Dcam-01"


def test_a_wrong_token_is_nobody(quiet: FleetServices) -> None:
    for header in ("Bearer wrong", "Basic d3Jvbmc6d3Jvbmc=", "Bearer", "Bearer \N{SNOWMAN}"):
        with dashboard_client(quiet) as client:
            response = client.get("/api/v1/cameras", headers={"authorization": header.encode()})
        assert response.status_code == 401, header


def test_the_cameras_listener_answers_cameras_only(quiet: FleetServices, tmp_path: Path) -> None:  # proves L1
    response = camera_client(quiet, None).get("/api/v1/camera/desired")
    assert (response.status_code, response.json()["code"]) == (401, "certificate_needed")
