"""Whatever is sent to the dashboard's application is answered, whoever sends it, and never by a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.server.app import create_dashboard_app
from fleet.server.compose import FleetServices
from tests.support.fleet.any_request import AnyRequest, requests_to
from tests.support.fleet.fleet import dashboard_client, enrol_camera, fleet_services, token_for
from tests.support.tries import tries

IS_FAULT = 500
NOBODY = "nobody"
REFUSED = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429})


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    folder = tmp_path_factory.mktemp("fleet")
    with fleet_services(folder) as found:
        enrol_camera(found, folder)
        yield found


@pytest.fixture(scope="module")
def clients(services: FleetServices) -> Iterator[Mapping[str, TestClient]]:
    """One for each role, with a token of it, and one of nobody."""
    with ExitStack() as ends:
        found = {
            str(role): ends.enter_context(
                dashboard_client(services, token=token_for(services, role, name=str(role)), workers=False)
            )
            for role in Role
        }
        found[NOBODY] = ends.enter_context(dashboard_client(services, workers=False))
        yield found


@pytest.fixture(scope="module")
def known(clients: Mapping[str, TestClient]) -> Mapping[str, tuple[str, ...]]:
    """Values that mean something in an address, of what is there."""
    safety, administrator = clients[str(Role.SAFETY_TEAM)], clients[str(Role.ADMINISTRATOR)]
    officer = administrator.post("/api/v1/officers", json={"name": "An Officer"}).raise_for_status().json()
    incident = {"place": "A yard", "category": "threat", "what": "A dog", "happened": "2026-11-22T10:00:00Z"}
    opened = safety.post("/api/v1/incidents", json=incident).raise_for_status().json()
    return {"camera": ("cam-01",), "officer": (officer["id"],), "incident": (opened["id"],)}


# proves F5
def test_whatever_is_sent_by_whoever_is_answered_without_a_fault(
    services: FleetServices, clients: Mapping[str, TestClient], known: Mapping[str, tuple[str, ...]]
) -> None:
    asked = requests_to(create_dashboard_app(services), known)
    seen: Counter[int] = Counter()

    @settings(max_examples=tries(150), suppress_health_check=list(HealthCheck), deadline=None)
    @given(asked, st.sampled_from(sorted(clients)))
    def ask(request: AnyRequest, who: str) -> None:
        answer = clients[who].request(
            request.method,
            request.path,
            params=request.query,
            content=request.body,
            headers=dict(request.headers),
        )
        assert answer.status_code < IS_FAULT, (who, request)
        assert who != NOBODY or answer.status_code in {200, *REFUSED}, request
        seen[answer.status_code] += 1

    ask()
    assert {200, 403, 422} <= set(seen), "each gets what is theirs, is refused the rest, and errs"
