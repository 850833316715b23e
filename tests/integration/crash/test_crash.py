"""The part of ``make crash`` that is tried every time."""

import pytest

from tests.crash.disk import Names, Sync, SyncDir
from tests.crash.killing import KillTally, kill_round
from tests.crash.trial import Tally, Trial

EVERY = 3
KILLS = 12


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial(1)


# proves C2, C3, C5, C7 and C8
def test_no_crash_of_the_first_script_loses_what_was_acknowledged(trial: Trial) -> None:
    tally = Tally()
    for index in range(0, len(trial.points), EVERY):
        tally.add(trial.at(index, drawn=2, limit=12))
    assert tally.losses == []
    assert len(tally.states) > 500
    assert {"C2", "C3", "C5", "C7", "C8"} <= set(tally.checked)


def test_the_script_does_everything_that_can_be_torn(trial: Trial) -> None:
    done = {operation.what for operation in trial.log if isinstance(operation, Names)}
    assert done == {"create", "link", "unlink", "rename", "mkdir", "rmdir"}
    assert {type(operation) for operation in trial.log} > {Sync, SyncDir}


# proves C3 and C5
def test_a_camera_that_is_killed_at_random_keeps_its_word() -> None:
    tally = KillTally()
    for seed in range(KILLS):
        tally.add(kill_round(seed))
    assert tally.losses == []
    assert tally.played > 0
