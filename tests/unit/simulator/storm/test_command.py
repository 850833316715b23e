"""The storm's command: what it comes to, what it writes, and that an interrupted one has not passed."""

from __future__ import annotations

import errno
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from simulator.cli import app
from simulator.errors import SimulatorError
from simulator.report.outcome import RunOutcome
from simulator.scenario.load import load_scenario
from simulator.storm.command import StormCommand
from simulator.storm.judge import SeedVerdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.interrupt import Interruption
    from simulator.storm.shift import DrawnShift

BROKEN = frozenset({"accounted for"})


def command(folder: Path, run: Callable[..., SeedVerdict], **more: Any) -> StormCommand:  # noqa: ANN401
    options: dict[str, Any] = {"seeds": 5, "first": 10, "most_tries": 300, "keep_going": False, **more}
    return StormCommand(folder=folder, json_file=folder / "storm.json", run=run, **options)


def report(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "storm.json").read_text())
    return said


def held(shift: DrawnShift, _stopping: Interruption) -> SeedVerdict:
    return SeedVerdict(shift.seed, RunOutcome.HELD, took_s=1.0, lasted_s=3600)


def breaks_at_a_press(shift: DrawnShift, stopping: Interruption) -> SeedVerdict:
    if shift.seed == 12 and any(each["do"] == "press" for each in shift.steps):
        return SeedVerdict(12, RunOutcome.BROKEN, BROKEN, ("a press vanished",))
    return held(shift, stopping)


def test_a_storm_that_holds(tmp_path: Path) -> None:
    lines: list[str] = []

    assert command(tmp_path, held).perform(lines.append) == 0

    assert lines[-1] == "Outcome: held."
    assert "5 of 5 shifts passed, 5.0 hours on their own clocks" in lines[-2]
    said = report(tmp_path)
    assert (said["outcome"], said["passed"], said["seeds_run"]) == ("held", True, 5)


def test_a_seed_that_breaks_a_promise_is_shortened_and_kept_as_a_scenario(tmp_path: Path) -> None:
    lines: list[str] = []

    assert command(tmp_path, breaks_at_a_press).perform(lines.append) == 1

    said = report(tmp_path)
    assert (said["outcome"], said["passed"], said["seeds_run"]) == ("broken", False, 3)
    [failed] = said["failed"]
    assert (failed["seed"], failed["shortest"], failed["smallest"]) == (12, 1, True)
    kept = load_scenario(failed["scenario"])
    assert [each.do for each in kept.steps].count("press") == 2, "the one, and that of every shift's end"
    assert "a press vanished" in Path(failed["scenario"]).read_text()
    assert any("2 of the seeds 10 to 14 did not run" in line for line in lines)
    assert lines[-1] == "Outcome: broken."


def test_with_keep_going_the_seeds_after_it_run_too(tmp_path: Path) -> None:
    assert command(tmp_path, breaks_at_a_press, keep_going=True).perform(lambda _: None) == 1
    assert report(tmp_path)["seeds_run"] == 5


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(RunOutcome.ERROR, 3), (RunOutcome.UNUSABLE, 3), (RunOutcome.NOT_EVALUATED, 1)],
)
def test_a_seed_without_a_verdict_is_no_pass(tmp_path: Path, outcome: RunOutcome, status: int) -> None:
    def run(shift: DrawnShift, _stopping: Interruption) -> SeedVerdict:
        return SeedVerdict(shift.seed, outcome, frozenset({"error: internal"}))

    assert command(tmp_path, run, most_tries=3).perform(lambda _: None) == status
    assert report(tmp_path)["passed"] is False


def test_a_failure_of_the_storm_itself_is_in_the_report(tmp_path: Path) -> None:
    def run(_shift: DrawnShift, _stopping: Interruption) -> SeedVerdict:
        raise OSError("no memory")

    assert command(tmp_path, run).perform(lambda _: None) == 3
    assert "no memory" in report(tmp_path)["error"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_storm_has_not_passed(tmp_path: Path, number: signal.Signals, status: int) -> None:
    def run(shift: DrawnShift, stopping: Interruption) -> SeedVerdict:
        if shift.seed == 14:  # the last: all that was asked for would be there
            os.kill(os.getpid(), number)
            assert stopping.wait(30)
        return held(shift, stopping)

    assert command(tmp_path, run).perform(lambda _: None) == status
    assert (report(tmp_path)["outcome"], report(tmp_path)["exit_status"]) == ("interrupted", status)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_comes_while_the_verdict_is_said_is_in_report_and_status(
    tmp_path: Path, number: signal.Signals
) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line == "Outcome: held.":
            os.kill(os.getpid(), number)

    assert command(tmp_path, held).perform(say) == 128 + number

    assert (report(tmp_path)["outcome"], report(tmp_path)["exit_status"]) == ("interrupted", 128 + number)
    assert said[-1] == "Outcome: interrupted."


def test_a_verdict_that_cannot_be_said_is_no_pass(tmp_path: Path) -> None:
    def say(_line: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert command(tmp_path, held).perform(say) == 3

    said = report(tmp_path)
    assert (said["outcome"], said["exit_status"]) == ("error", 3)
    assert said["error"] == "what it came to cannot be said: No space left on device"


def test_a_report_that_cannot_be_written_at_the_end_is_said_after_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    made = command(tmp_path / "there", held)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line == "Outcome: held.":
            (tmp_path / "there").rename(tmp_path / "elsewhere")

    with pytest.raises(SimulatorError, match=r"The report cannot be written to .*storm.json") as raised:
        made.perform(say)

    assert raised.value.exit_status == 3
    assert said[-1] == "Outcome: held."
    assert report(tmp_path / "elsewhere")["outcome"] == "unfinished"


def test_the_report_says_from_the_beginning_that_it_is_not_over(tmp_path: Path) -> None:
    seen: list[str] = []

    def run(shift: DrawnShift, stopping: Interruption) -> SeedVerdict:
        seen.append(report(tmp_path)["outcome"])
        return held(shift, stopping)

    command(tmp_path, run).perform(lambda _: None)

    assert seen == ["unfinished"] * 5


@pytest.mark.parametrize(
    "options", [["--seeds", "0"], ["--from", "-1"], ["--to", "no/such/folder"], ["--without", "rain"]]
)
def test_options_that_cannot_be_used_are_refused(options: list[str]) -> None:
    assert CliRunner().invoke(app, ["storm", *options]).exit_code == 2


@pytest.mark.parametrize(
    ("ways", "alike"),
    [
        ({"kept"}, True),
        ({"kept", "verdicts not evaluated"}, True),
        ({"kept", "export"}, False),
        ({"verdicts not evaluated"}, False),
        (set(), False),
    ],
)
def test_a_shorter_shift_fails_alike_where_nothing_else_is_broken(ways: set[str], alike: bool) -> None:
    whole = SeedVerdict(1, RunOutcome.BROKEN, frozenset({"kept", "held"}))

    assert SeedVerdict(1, RunOutcome.BROKEN, frozenset(ways)).fails_like(whole) is alike
    assert not SeedVerdict(1, RunOutcome.ERROR, frozenset(ways)).fails_like(whole)
