"""How a run ends: interrupted at any moment, refused, or broken by its surroundings, with a whole report."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import simulator.scenario.run
from simulator.progress import TerminalProgress
from simulator.report.files import ReportFiles
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.model import Scenario
from simulator.scenario.perform import draft_of, perform
from simulator.scenario.run import Left, Run
from tests.support.scenarios import scenario, step, wait

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
PATIENCE_S = 120
BEGUN = ("wait_ring_full", "press")
SCENARIO = scenario("long", *BEGUN, wait(600), "stop", "wait_held", title="One camera that records for long")


def started(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a run, with its words in a file."""
    scenario = folder / "long.toml"
    scenario.write_text(SCENARIO)
    command = [str(SIMULATOR), "run", str(scenario), "--json", str(folder / "report.json"), *more]
    with (folder / "said.txt").open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output)


def wait_for(folder: Path, text: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the run has said something."""
    end = time.monotonic() + PATIENCE_S
    while text not in (folder / "said.txt").read_text(encoding="utf-8"):
        assert time.monotonic() < end, (folder / "said.txt").read_text()
        assert process.poll() is None, (folder / "said.txt").read_text()
        time.sleep(0.05)


def report_of(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return data


@pytest.mark.parametrize(
    ("by", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.hunt)]
)
def test_a_run_that_is_interrupted_in_its_last_step_has_not_passed(
    tmp_path: Path, by: signal.Signals, status: int
) -> None:
    """This once ended with status 0: the last step was over sooner, and what was there verified."""
    with started(tmp_path, "--junit", str(tmp_path / "report.xml")) as process:
        wait_for(tmp_path, "2/5 Pressing (", process)
        # Until the run is over, its report says so.
        assert report_of(tmp_path)["outcome"] == "unfinished"
        process.send_signal(by)
        assert process.wait(PATIENCE_S) == status

    report = report_of(tmp_path)
    assert (report["outcome"], report["passed"], report["exit_status"]) == ("interrupted", False, status)
    assert [each["result"] for each in report["steps"]] == [
        "came about",
        "came about",
        "interrupted",
        "not begun",
        "not begun",
    ]
    assert "Stopped in step 3" in report["error"]
    assert [each["kind"] for each in report["events"] if each["acknowledged"]] == ["hand-over", "press"]
    assert ET.parse(tmp_path / "report.xml").getroot().get("errors") == "1"  # noqa: S314 - made by ourselves
    said = (tmp_path / "said.txt").read_text()
    assert "✗ 3/5 Recording on" in said
    assert "Passed" not in said


@pytest.mark.hunt
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_signalled_at_any_moment_of_its_end_ends_as_its_report_says(
    tmp_path: Path, by: signal.Signals
) -> None:
    """From the first line of the verdict to when the process is gone; it was a pass with status 130."""
    (tmp_path / "short.toml").write_text(
        scenario("short", "press", wait(1), "stop", "wait_held", time="virtual")
    )
    report = tmp_path / "report.json"
    command = [str(SIMULATOR), "run", str(tmp_path / "short.toml"), "--json", str(report)]
    for delay_ms in (0, 3, 13, 55, 144, 377):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            process.stdout.readline()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(delay_ms / 1000)
            process.send_signal(by)
            process.stdout.read()
            status = process.wait(PATIENCE_S)

        found = report_of(tmp_path)
        assert (status, status == 0) == (found["exit_status"], found["passed"]), delay_ms
        assert status in {0, 128 + by}, found["error"]


@pytest.mark.hunt
def test_a_run_that_is_killed_leaves_a_report_that_says_so(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        wait_for(tmp_path, "Starting the fleet", process)
        process.kill()
        process.wait(PATIENCE_S)

    report = report_of(tmp_path)
    assert (report["outcome"], report["passed"]) == ("unfinished", False)


def performed(loaded: LoadedScenario, folder: Path, files: ReportFiles) -> int:
    """Perform a run in this process, and return its exit status."""
    said: list[str] = []
    return perform(
        loaded,
        draft_of(loaded, None, None, kept=True),
        folder,
        None,
        files,
        say=said.append,
        complain=said.append,
    )


@pytest.mark.parametrize("moment", [pytest.param("collect", marks=pytest.mark.hunt), "judge"])
def test_a_run_that_is_interrupted_while_it_is_judged_has_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    text = scenario("short", *BEGUN, wait(0.1), "stop", "wait_held", listed_within_s=100)
    loaded = LoadedScenario(parse_scenario(text, origin="short.toml"), text)
    files = ReportFiles(tmp_path / "report.json")
    real = getattr(simulator.scenario.run, moment)

    def interrupted(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        made = real(*arguments, **more)
        os.kill(os.getpid(), signal.SIGINT)
        return made

    monkeypatch.setattr(simulator.scenario.run, moment, interrupted)
    keep = tmp_path / "keep"
    keep.mkdir()

    assert performed(loaded, keep, files) == 130
    report = report_of(tmp_path)
    assert (report["outcome"], report["passed"]) == ("interrupted", False)
    assert [each["result"] for each in report["steps"]] == ["came about"] * 5


def test_an_acknowledged_recording_that_vanished_is_no_pass(
    tmp_path: Path,
) -> None:
    """Nothing is left of it anywhere: this once passed with "all 9 checks held"."""
    cut = step("network", state="cut")
    text = scenario("lost", "wait_ring_full", cut, "press", wait(1.2), "stop")
    # Not by way of what reads scenarios, which misses a wait for the receipt, as a person would.
    loaded = LoadedScenario(Scenario.model_validate(tomllib.loads(text)), text)
    draft = draft_of(loaded, None, None, kept=True)

    def lose(left: Left) -> None:
        camera = left.context.group["cam-01"]
        camera.shut_down()
        shutil.rmtree(camera.spec.recording(1))

    with TerminalProgress() as progress:
        Run(loaded, 1, tmp_path, None, {}, threading.Event(), progress, draft, lose).perform()

    report = draft.report()
    assert (report.outcome, report.passed, report.exit_status) == ("broken", False, 1), report.error
    [lost] = [each.sentence for each in report.checks if each.name == "kept"]
    assert "it is lost" in lost


def test_an_error_of_the_simulator_s_own_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:  # noqa: ANN401 - it gives nothing
        raise RuntimeError("the tests broke it")

    monkeypatch.setattr(simulator.scenario.run, "bring_up", broken)
    loaded = LoadedScenario(parse_scenario(SCENARIO, origin="long.toml"), SCENARIO)

    assert performed(loaded, tmp_path, ReportFiles(tmp_path / "report.json")) == 3
    report = report_of(tmp_path)
    assert report["outcome"] == "error"
    assert "the tests broke it" in report["error"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SIMULATOR, "run", *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


def test_what_cannot_be_used_is_reported_as_that(tmp_path: Path) -> None:
    """So that the report of a run before, which passed, is not taken for this one's."""
    (tmp_path / "report.json").write_text('{"passed": true}')
    (tmp_path / "bad.toml").write_text("name = 1")
    done = run(str(tmp_path / "bad.toml"), "--json", str(tmp_path / "report.json"))

    assert done.returncode == 2
    report = report_of(tmp_path)
    assert (report["outcome"], report["passed"], report["exit_status"]) == ("unusable", False, 2)
    assert report["error"] in done.stderr


def test_a_report_that_cannot_be_written_is_said_before_anything_starts(tmp_path: Path) -> None:
    done = run("first_press", "--html", str(tmp_path / "nowhere" / "report.html"))

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Starting" not in done.stderr
