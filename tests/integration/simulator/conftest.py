"""Simulators that need not load a fleet anew for each of their runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.programs.forking import forking_fleets


@pytest.fixture(scope="module", autouse=True)
def fleets() -> Iterator[None]:
    """Fork fleets. A module's own ``fleets`` takes the place of this one, where programs are to be real."""
    with forking_fleets():
        yield
