"""Simulators that need not load a fleet anew for each of their runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.programs.forking import forking_fleets
from tests.support.programs.quick_start import start_quickly


@pytest.fixture(scope="module", autouse=True)
def fleets() -> Iterator[None]:
    """Fork fleets. A module's own ``fleets`` takes the place of this one, where programs are to be real."""
    start_quickly()  # those of virtual time, in this process
    with forking_fleets():
        yield
