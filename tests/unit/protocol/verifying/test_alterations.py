"""What of ``python -m tests.harness.alterations`` is tried every time, and that its memory hides nothing.

``test_every_byte.py`` has every byte of the small recording.
"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from protocol.footage.verifying.report import Verdict
from tests.harness.alterations.__main__ import console, run
from tests.harness.alterations.command import CommandTrial
from tests.harness.alterations.memo import remembering
from tests.harness.alterations.trial import Alteration, Trial, large, small

pytestmark = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"  # of serial numbers below one
)


@pytest.fixture(scope="module")
def long() -> Trial:
    return Trial(large())


@pytest.mark.slow
def test_alterations_of_a_large_recording_are_found(long: Trial) -> None:
    tally = run(long, long.drawn(400, seed=1))
    assert tally.missed == []
    assert set(tally.tried) == {"picture and sound", "run and chunk records", "ledger", "receipt"}


@pytest.mark.slow
def test_what_is_remembered_changes_no_report(long: Trial) -> None:
    alterations = list(long.drawn(16, seed=2))
    plain = [long.judge(each) for each in alterations]
    with remembering(long.files.values()):
        assert [long.judge(each) for each in alterations] == plain
        assert [long.judge(each) for each in alterations] == plain, "nor when much is remembered"
        assert long.judge(Alteration("ledger.cbor", 0, 0)).verdict is Verdict.INTACT


@pytest.mark.slow
def test_lapel_verify_says_what_and_where(tmp_path: Path) -> None:
    trial = Trial(small())
    command = CommandTrial(tmp_path, trial)
    status, out, err = command.verify()
    assert (status, err) == (0, "")
    assert out.startswith("Intact: ")
    tally = command.run(islice(trial.every([1]), 0, None, 61))
    assert tally.missed == []
    assert sum(tally.tried.values()) > 100


def test_an_alteration_that_is_missed_is_said_to_be() -> None:
    trial = Trial(small())
    report = trial.judge(Alteration("ledger.cbor", 0, 0))
    assert "was not found: Intact" in str(trial.problem(Alteration("ledger.cbor", 0, 0), report))
    found = trial.judge(Alteration("ledger.cbor", 40, 1))
    elsewhere = Alteration("receipt.cbor", 40, 1)
    assert "yet: Altered: open record" in str(trial.problem(elsewhere, found))
    bare = replace(found, sentence="Altered.")
    assert "not placed" in str(trial.problem(Alteration("ledger.cbor", 40, 1), bare))


def test_the_progress_of_a_run_is_not_taken_for_what_a_command_said() -> None:
    """Its line a minute once stood on the first line of a command that was tried, which counted as missed."""
    with redirect_stdout(io.StringIO()) as another:
        console.print("every byte: 6,812 of 8,106")
    assert another.getvalue() == ""
