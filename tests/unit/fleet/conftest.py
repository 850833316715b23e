from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from fleet.people import passwords
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, fleet_services


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, clock=clock) as found:
        yield found


@pytest.fixture(scope="module")
def cheap_passwords() -> Iterator[None]:
    """Passwords that cost little: what is tested is who may sign in, and not what guessing costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()
