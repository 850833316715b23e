"""How a program that made a report ends: as its report says, whatever comes at whatever moment."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator.errors import ScenarioError, SimulatorError
from simulator.interrupt import interruptible
from simulator.keeping import kept_in
from simulator.oracle.check import Check, Result
from simulator.report.draft import Draft
from simulator.report.files import ReportFiles
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import report_on
from simulator.trial.command import TrialCommand
from simulator.trial.result import TrialResult

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(__file__).parents[3] / "support" / "programs" / "ended.py"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
TOO_LATE = ("before it is written", "after it was written", "told", "at exit", "gone")


def ended(
    folder: Path, moment: str, number: signal.Signals, output: str | None = None
) -> tuple[int, dict[str, Any], str]:
    """Run the program; return its status, its report, and what it said."""
    report = folder / "report.json"
    command = [sys.executable, str(PROGRAM), moment, str(int(number)), str(report)]
    said = folder / "said.txt"
    with Path(output or said).open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False, timeout=60)
    return done.returncode, json.loads(report.read_text()), "" if output else said.read_text()


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("moment", TOO_LATE)
def test_a_signal_that_comes_once_the_verdict_is_said_changes_nothing(
    tmp_path: Path, moment: str, number: signal.Signals
) -> None:
    """Such a run once ended with 130 or by the signal, with a report that says 0 and passed."""
    status, report, said = ended(tmp_path, moment, number)

    assert (status, report["outcome"], report["passed"], report["exit_status"]) == (0, "held", True, 0), said
    assert said.strip().endswith("Passed: all 1 checks held.")


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("moment", ["done", "said"])
def test_a_signal_that_comes_before_that_is_in_report_and_status(
    tmp_path: Path, moment: str, number: signal.Signals
) -> None:
    status, report, said = ended(tmp_path, moment, number)

    assert status == report["exit_status"] == 128 + number, said
    assert (report["outcome"], report["passed"]) == ("interrupted", False)
    assert "Interrupted, and so not passed" in said.strip().splitlines()[-1 if moment == "said" else -2]


@pytest.mark.parametrize("number", SIGNALS)
def test_what_was_refused_ends_as_its_report_says(tmp_path: Path, number: signal.Signals) -> None:
    status, report, _ = ended(tmp_path, "refused", number)

    assert (status, report["outcome"], report["exit_status"]) == (2, "unusable", 2)


def test_a_verdict_that_cannot_be_said_is_no_pass(tmp_path: Path) -> None:
    """Python ends with 120 where its last words go nowhere, and the report once said 0."""
    status, report, _ = ended(tmp_path, "never", signal.SIGINT, output="/dev/full")

    assert (status, report["outcome"], report["exit_status"]) == (3, "error", 3)
    assert report["error"] == "What it came to cannot be said here: No space left on device."


def test_a_report_that_cannot_be_written_at_the_end_is_said_after_the_verdict(tmp_path: Path) -> None:
    """None of the reports is taken for that of a run that ended, and none is half a one."""
    files = ReportFiles(tmp_path / "report.json", tmp_path / "sub" / "report.xml")
    (tmp_path / "sub").mkdir()
    draft = Draft("ended", "ended", "", (), 0, versions(), machine(), clock())
    lines: list[str] = []

    def do(*_: object) -> None:
        draft.checks = (Check("kept", Result.HELD, "all is there"),)
        (tmp_path / "sub").rename(tmp_path / "elsewhere")

    assert report_on(draft, files, do, say=lines.append, complain=lines.append) == 3

    assert lines[-2] == "Passed: all 1 checks held."
    assert lines[-1].startswith(f"The report cannot be written to {tmp_path / 'sub' / 'report.xml'}: ")
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["outcome"], report["passed"], report["exit_status"]) == ("unfinished", False, 3)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["elsewhere", "report.json"]


def test_a_report_that_cannot_be_written_from_the_beginning_begins_nothing(tmp_path: Path) -> None:
    draft = Draft("ended", "ended", "", (), 0, versions(), machine(), clock())

    def do(*_: object) -> None:
        raise AssertionError("it began")

    with pytest.raises(ScenarioError, match="cannot be written"):
        report_on(draft, ReportFiles(tmp_path / "no" / "r.json"), do, say=print, complain=print)


def trial_ended(folder: Path, say: Callable[[str], None]) -> tuple[int | str, dict[str, Any]]:
    """End a trial that filmed nothing; return its status, or why there is none, and its report."""
    command = TrialCommand(
        "clip.mp4", 1, None, None, 25, overlay=False, json_file=folder / "t.json", keep=folder
    )
    with interruptible() as stopping:
        try:
            status: int | str = command._end(TrialResult("clip.mp4", 1), stopping, say)
        except SimulatorError as error:
            status = str(error)
    report = folder / "t.json"
    return status, json.loads(report.read_text()) if report.exists() else {}


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_a_trial_s_verdict_is_said_is_in_report_and_status(
    tmp_path: Path, number: signal.Signals
) -> None:
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line == "Failed.":
            os.kill(os.getpid(), number)

    status, report = trial_ended(tmp_path, say)

    assert (status, report["trouble"]) == (128 + number, "It was stopped before its end.")
    assert lines[-1] == report["trouble"]


def test_a_trial_s_verdict_that_cannot_be_said_is_no_pass(tmp_path: Path) -> None:
    def say(_line: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    status, report = trial_ended(tmp_path, say)

    assert (status, report["passed"]) == (3, False)
    assert report["trouble"] == "What it came to cannot be said: No space left on device."


def test_a_trial_s_report_that_cannot_be_written_is_said_after_the_verdict(tmp_path: Path) -> None:
    lines: list[str] = []

    status, _ = trial_ended(tmp_path / "nowhere", lines.append)

    assert str(status).startswith("The report cannot be written to ")
    assert lines[-1] == "Failed."


def test_a_folder_that_cannot_be_removed_wholly_is_told_of_and_changes_no_verdict(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with monkeypatch.context() as patched, kept_in(None) as folder:
        patched.setattr(os, "rmdir", refused)
    assert caplog.messages == [f"Not all of {folder} could be removed: remove it."]
    folder.rmdir()
    with kept_in(None) as other:
        pass
    assert not other.exists()
    assert len(caplog.messages) == 1
