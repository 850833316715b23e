"""A camera's life in any order. ``python -m tests.harness.life`` goes deeper."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.harness.life.machine import Life
from tests.support.tries import tries


# proves C3, C5, C6, C8, C10 and L2
@pytest.mark.slow
class TestLife(Life.TestCase):  # type: ignore[misc, valid-type]  # Hypothesis makes the class at run time
    """Whatever happens, what was acknowledged reaches the fleet, verifies, and opens for its recipient."""

    settings = settings(
        max_examples=tries(40), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
