"""A fleet under load: light cameras join, connect, are cut off and come back, and what they send is held."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.report.outcome import RunOutcome

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
PATIENCE_S = 600


def command(report: Path, *more: str, over: str = "4") -> list[str]:
    return [str(SIMULATOR), "load", "--cameras", "4", "--over", over, "--json", str(report), *more]


@pytest.mark.timeout(PATIENCE_S)
def test_light_cameras_are_real_to_a_fleet(tmp_path: Path) -> None:
    report, page = tmp_path / "report.json", tmp_path / "report.html"
    more = ("--recordings", "2", "--cut", "50", "--settle", "300", "--html", str(page))

    done = subprocess.run(
        command(report, *more), capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )

    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(report.read_text())
    assert said["outcome"] == RunOutcome.HELD
    held = {each["name"]: each["figure"]["measured"] for each in said["checks"]}
    assert held == {
        "joined": 4,
        "connected": 4,
        "connected again": 2,
        "sent": 8,
        "listed": 8,
        "held": 8,
        "without an error": 0,
    }
    assert said["percentiles"]["listed_s"]["count"] == 8
    assert said["percentiles"]["reconnected_s"]["count"] == 2
    assert {each["name"] for each in said["curves"]} >= {"connecting again", "asking for the list"}
    assert "In the course of time" in page.read_text()


@pytest.mark.timeout(PATIENCE_S)
def test_a_load_that_is_interrupted_has_not_passed(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with subprocess.Popen(
        command(report, over="3600"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        said = next((line for line in running.stdout if "Having the cameras join (" in line), None)
        running.send_signal(signal.SIGTERM)
        rest = running.stdout.read()

    assert said is not None, rest
    assert running.returncode == 143, rest
    assert json.loads(report.read_text())["outcome"] == RunOutcome.INTERRUPTED
