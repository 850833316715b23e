"""Each scenario of the library passes, cut down as where it is seen to fail (``test_seen_to_fail``)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.report.outcome import RunOutcome
from tests.support.broken.guards import GUARDS, PATIENCE_S, Guard, ended


@pytest.mark.hunt
@pytest.mark.timeout(PATIENCE_S)
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.scenario)
def test_a_scenario_passes(guard: Guard, tmp_path: Path) -> None:
    run = ended(guard, tmp_path, os.environ)

    assert run.broken == set(), run.said
    assert (run.status, run.report["outcome"]) == (0, RunOutcome.HELD), run.said
