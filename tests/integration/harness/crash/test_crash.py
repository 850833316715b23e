"""The part of ``make crash`` that is tried every time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.harness.crash.disk.operations import (
    Chmod,
    Names,
    Said,
    Sync,
    SyncDir,
    SyncDirFailed,
    SyncFailed,
    Truncate,
    Write,
)
from tests.harness.crash.killing import KillTally, kill_round
from tests.harness.crash.scripts.acknowledged import HEARD
from tests.harness.crash.trial import REPRESENTATIVE, Tally, Trial, representative

pytestmark = pytest.mark.timeout(900)

KILLS = 8
PRESSES = 8
"""The script in which each sync of a press fails once."""


@pytest.fixture(scope="module")
def tally() -> Tally:
    return representative()


# proves C1, C2, C3, C4, C5, C6, C7, C8, C9 and C10
def test_no_crash_loses_what_was_acknowledged(tally: Tally) -> None:
    assert tally.losses == []
    promises = {f"C{number}" for number in range(1, 12)} | {"L3", "L4", "identity", "desired"}
    assert promises == set(tally.checked)


# proves C3 and C5
def test_no_crash_loses_a_recording_of_which_a_folder_could_not_be_synced() -> None:
    """Every way to crash from the refused sync of a folder to the end of what follows a press.

    A folder that was taken apart came back under its name, and its claim was let go of beside it.
    """
    trial = Trial(PRESSES)
    indices = list(_after_a_refused_folder(trial))
    assert len(indices) > 5
    tally = trial.over(indices, drawn=4)
    assert tally.losses == []
    assert len(tally.states) > 50


def _after_a_refused_folder(trial: Trial) -> Iterator[int]:
    refused = following = False
    positions = set[int]()
    for position, operation in enumerate(trial.log):
        if isinstance(operation, Said) and not (following and operation.what == "pressed"):
            following, refused = operation.what == "acknowledged", False
        refused = refused or isinstance(operation, SyncDirFailed)
        if following and refused:
            positions.add(position + 1)
    return (index for index, point in enumerate(trial.points) if point.after in positions)


def test_many_disks_were_judged_and_some_were_crashed_again_or_lived_on(tally: Tally) -> None:
    assert len(tally.states) > 1500
    assert len(tally.again - tally.states) > 500
    assert tally.lived > 20


def test_the_scripts_do_everything_that_a_crash_can_cut_off_and_acknowledge_everything() -> None:
    log = [operation for script in REPRESENTATIVE for operation in Trial(script).log]
    done = {operation.what for operation in log if isinstance(operation, Names)}
    assert done == {"create", "link", "unlink", "rename", "mkdir", "rmdir"}
    failures = {SyncFailed, SyncDirFailed}
    assert {type(operation) for operation in log} > failures | {Sync, SyncDir, Write, Truncate, Chmod}
    assert {operation.what for operation in log if isinstance(operation, Said)} == set(HEARD)


# proves C3 and C5
def test_a_camera_that_is_killed_at_random_keeps_its_word() -> None:
    tally = KillTally()
    for seed in range(KILLS):
        tally.add(kill_round(seed))
    assert tally.losses == []
    assert tally.rounds == KILLS
    assert tally.recordings > KILLS
    assert tally.played > 0
