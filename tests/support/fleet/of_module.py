"""Fixtures that the tests of one module share: a clock, a fleet, and who asks it.

A module that wants them says so by a name of its own, which is what its tests ask for:

    clock = clock_of_module()
    services = services_of_module(CONFIG)
    desk = client_of_module(Role.SAFETY_TEAM, name="desk", pages=True)

or, where people ask who have accounts:

    whole = scene_of_module()
    head = user_of_module("Head 1", Role.HEAD_OF_SAFETY)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import Actor, Role
from fleet.core.config import FleetConfig
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.people import add_user
from tests.support.pages.scene import Scene

HTML = {"Accept": "text/html"}


def clock_of_module() -> Any:  # noqa: ANN401 - a fixture, as pytest makes it
    """A fixture: a clock that is moved by hand."""

    @pytest.fixture(scope="module")
    def clock() -> TestClock:
        return TestClock()

    return clock


def services_of_module(config: FleetConfig | None = None) -> Any:  # noqa: ANN401 - see above
    """A fixture: a fleet by the module's ``clock``."""

    @pytest.fixture(scope="module")
    def services(tmp_path_factory: pytest.TempPathFactory, clock: TestClock) -> Iterator[FleetServices]:
        with fleet_services(tmp_path_factory.mktemp("fleet"), config=config, clock=clock) as found:
            yield found

    return services


def client_of_module(*roles: Role, name: str, pages: bool = False, workers: bool = True) -> Any:  # noqa: ANN401
    """A fixture: who asks the module's ``services`` with these roles, for pages or for JSON."""

    @pytest.fixture(scope="module")
    def client(services: FleetServices) -> Iterator[TestClient]:
        token = token_for(services, *roles, name=name)
        with dashboard_client(services, token=token, workers=workers) as found:
            if pages:
                found.headers.update(HTML)
            yield found

    return client


def scene_of_module() -> Any:  # noqa: ANN401 - see above
    """A fixture: the scene of the module's ``services``, with a client that nobody has signed in."""

    @pytest.fixture(scope="module")
    def whole(services: FleetServices, clock: TestClock) -> Iterator[Scene]:
        with dashboard_client(services, workers=False) as client:
            yield Scene(services, clock, client)

    return whole


def user_of_module(name: str, *roles: Role) -> Any:  # noqa: ANN401 - see above
    """A fixture: somebody with an account, added once the module's ``whole`` is up."""

    @pytest.fixture(scope="module")
    def user(services: FleetServices, whole: Scene) -> Actor:
        return add_user(services, name, *roles)

    return user
