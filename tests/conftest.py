"""What holds for every test: how many examples Hypothesis tries, and which files begin first."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.support.order import place

# Examples write to a real disk on a machine that others use, so how long one takes says nothing.
settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=25)
settings.load_profile("thorough")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the tests of a file keep their order."""
    items.sort(key=lambda item: place(item.nodeid.partition("::")[0]))
