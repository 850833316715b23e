"""The camera as a process and the fleet as a process: enrol, press, pull the plug, and everything arrives."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from device.control import ask
from device.process.ending import LONGEST_S, REPORT_S
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import eventually
from tests.support.media.clips import write_clip

PROGRAM = Path(sys.executable).parent / "lapel-device"
CONFIGURATION = """
[camera]
state_dir = "state"
require_assignment = false
window_s = 5
[video]
source = "clip.mp4"
width = 160
height = 120
fps = 10
bitrate_kbit = 100
preset = "ultrafast"
encoder = "libx264"
[audio]
source = "clip.mp4"
[storage]
reserve_mib = 1
segment_chunks = 1
[link]
status_s = 0.5
retry_max_s = 0.5
"""


class Process:
    """One ``lapel-device`` with a folder of its own."""

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        self.config = folder / "camera.toml"
        self.socket = folder / "state" / "control.sock"
        self._fleet = fleet
        clip = write_clip(folder / "clip.mp4")
        self.config.write_text(CONFIGURATION.replace("clip.mp4", str(clip)), encoding="utf-8")
        words: list[str | Path] = ["enrol", "--fleet", fleet.dashboard_url, "--config", self.config]
        done = subprocess.run(
            [PROGRAM, *words], input=fleet.enrolment_code(), capture_output=True, text=True, check=True
        )
        self.id = done.stdout.split("This camera is ")[1].split(".")[0]

    def copied(self, folder: Path) -> Process:
        """Another device with a copy of this one's card, taken while neither runs."""
        shutil.copytree(self.config.parent, folder)
        other = object.__new__(Process)
        other.config, other.socket = folder / "camera.toml", folder / "state" / "control.sock"
        other.id, other._fleet = self.id, self._fleet
        return other

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Run it until the end of the block, or until somebody kills it."""
        command: list[str | Path] = [PROGRAM, "run", "--config", self.config]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert "is ready" in process.stdout.readline()
                yield process
                if process.poll() is None:
                    process.terminate()
                    # A camera that hangs says where, and ends by itself with another status.
                    assert process.wait(LONGEST_S + 2 * REPORT_S) == 0
            finally:
                process.kill()

    def do(self, what: str) -> dict[str, Any]:
        """Send a command, as ``lapel-device press`` does."""
        return ask(self.socket, what)

    def wait_for_window(self) -> None:
        """Wait until the ring holds something to be committed."""
        eventually(lambda: self.do("status")["prerecord_s"] >= 2, "two seconds of pre-record")

    def recordings(self) -> dict[int, dict[str, Any]]:
        """Its recordings as the fleet lists them, by number."""
        answer = self._fleet.api.get("/recordings", params={"camera": self.id}).raise_for_status()
        return {each["number"]: each for each in answer.json()}


@pytest.fixture
def process(fleet: Fleet, tmp_path: Path) -> Process:
    return Process(tmp_path, fleet)


def test_a_recording_is_held_soon_after_its_stop_and_a_truncated_one_after_a_restart(  # proves C3, L2 and L3
    process: Process,
) -> None:
    with process.running():
        process.wait_for_window()
        assert process.do("press")["number"] == 1
        eventually(lambda: 1 in process.recordings(), "the press in the list")
        assert process.do("stop")["ok"]
        eventually(lambda: process.recordings()[1]["state"] == "held", "the first recording held")
        assert process.recordings()[1]["verdict"] == "intact"
    with process.running() as camera:
        process.wait_for_window()
        assert process.do("press")["number"] == 2
        eventually(
            lambda: process.recordings().get(2, {}).get("state") == "uploading", "the second on its way"
        )
        camera.kill()
        camera.wait(30)
    with process.running():
        eventually(lambda: process.recordings()[2]["state"] == "held", "the truncated recording held")
        assert process.recordings()[2]["verdict"] == "without an end"
        assert process.recordings()[1]["state"] == "held"


def test_a_press_without_a_fleet_arrives_when_there_is_one(
    fleet: Fleet, process: Process
) -> None:  # proves L3
    fleet.stop()
    with process.running():
        process.wait_for_window()
        assert process.do("press")["ok"]
        assert process.do("stop")["ok"]
        fleet.start()
        eventually(lambda: process.recordings().get(1, {}).get("state") == "held", "the recording held")


def test_an_enrolment_that_fails_is_one_sentence(fleet: Fleet, tmp_path: Path) -> None:
    config = tmp_path / "camera.toml"
    clip = write_clip(tmp_path / "clip.mp4")
    config.write_text(CONFIGURATION.replace("clip.mp4", str(clip)), encoding="utf-8")
    words: list[str | Path] = ["enrol", "--fleet", fleet.dashboard_url, "--config", config]
    for code, sentence in {
        "tomato": "That is not a complete enrolment code: copy all of it, with the part after the dot.\n",
        " \n": "There is no enrolment code on standard input: pipe it in, or type it when asked.\n",
    }.items():
        done = subprocess.run([PROGRAM, *words], input=code, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (1, sentence)
    run = subprocess.run([PROGRAM, "run", "--config", config], capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "lapel-device enrol" in run.stderr
    assert run.stderr.count("\n") == 1


# proves C8 F8
def test_two_devices_with_a_copied_card_are_named_and_each_recording_of_both_is_held(
    process: Process, fleet: Fleet, tmp_path: Path
) -> None:
    copy = process.copied(tmp_path.with_name(f"{tmp_path.name}-copy"))

    def listed() -> list[dict[str, Any]]:
        answer = fleet.api.get("/recordings", params={"camera": process.id}).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def camera() -> dict[str, Any]:
        answer = fleet.api.get("/cameras").raise_for_status()
        return next(each for each in answer.json() if each["id"] == process.id)

    with process.running(), copy.running():
        for device in (process, copy):
            device.wait_for_window()
            assert device.do("press")["number"] == 1
        eventually(lambda: camera()["doubled_last"] is not None, "the second device noticed")
        for device in (process, copy):
            assert device.do("stop")["ok"]
        eventually(lambda: [row["state"] for row in listed()] == ["held", "held"], "both recordings held")
    first, second = listed()
    assert (first["number"], second["number"]) == (1, 1)
    assert first["id"] != second["id"]
    assert {first["verdict"], second["verdict"]} == {"intact"}
