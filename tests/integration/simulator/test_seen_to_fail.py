"""Each scenario of the library is seen to fail where the promise that it guards is broken.

The product is broken for real: the programs, cameras and fleet of a run have one thing of their code
replaced (``tests.support.broken``). Then the run ends with status 1 and names the promise. That the same run
of the product as it is passes is in ``test_library``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.report.outcome import RunOutcome
from simulator.scenario.load import shipped_scenarios
from tests.support.broken.breakage import breakages, broken
from tests.support.broken.guards import GUARDS, PATIENCE_S, Guard, ended


def test_every_scenario_and_every_breakage_has_its_turn() -> None:
    assert sorted(each.scenario for each in GUARDS) == sorted(shipped_scenarios())
    assert len(GUARDS) >= 16
    assert {each.breakage for each in GUARDS} <= set(breakages())


@pytest.mark.hunt
@pytest.mark.timeout(PATIENCE_S)
@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.scenario)
def test_a_broken_promise_is_seen(guard: Guard, tmp_path: Path) -> None:
    run = ended(guard, tmp_path, broken(guard.breakage, os.environ))

    assert run.report["outcome"] == RunOutcome.BROKEN, run.said
    assert run.status == 1
    assert guard.promise in run.broken, run.broken
    told = {each["result"] for each in run.report["promises"] if each["promise"] == guard.promise}
    assert "broken" in told
