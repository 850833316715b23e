"""A kept run becomes a scenario that does again what its ledgers tell; so does a camera's state folder."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from protocol.footage.ledger.ledger import EventKind, read_ledger
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_S
from protocol.verify.folder import Folder
from simulator.scenario.load import load_with_text

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
DAY = """
name = "a_day"
title = "What a camera can tell of"
[run]
time = "virtual"
[cameras]
count = 2
source = "synthetic"
width = 160
height = 120
fps = 5
window_s = 8
[[steps]]
do = "press"
cameras = ["cam-01"]
[[steps]]
do = "wait"
seconds = 5
[[steps]]
do = "bookmark"
cameras = ["cam-01"]
[[steps]]
do = "wait"
seconds = 4
[[steps]]
do = "stop"
cameras = ["cam-01"]
[[steps]]
do = "wait"
seconds = 30
[[steps]]
do = "press"
[[steps]]
do = "wait"
seconds = 6.5
[[steps]]
do = "private"
state = "on"
cameras = ["cam-01"]
[[steps]]
do = "kill_camera"
cameras = ["cam-02"]
[[steps]]
do = "wait"
seconds = 20
[[steps]]
do = "press"
cameras = ["cam-01"]
[[steps]]
do = "restart_camera"
cameras = ["cam-02"]
[[steps]]
do = "wait"
seconds = 12
[[steps]]
do = "press"
cameras = ["cam-02"]
[[steps]]
do = "wait"
seconds = 3
[[steps]]
do = "dock"
[[steps]]
do = "wait_held"
[promises]
verdicts = ["intact", "intact with gaps", "without an end"]
full_prerecord = false
"""


@dataclass(frozen=True)
class Told:
    """What one ledger tells."""

    marks: tuple[str, ...]
    ended: str | None
    bookmarks: int
    lasted_s: float


def told(state: Path) -> list[Told]:
    found = []
    for folder in sorted((state / "recordings").iterdir()):
        if not folder.name.isdigit():
            continue
        files = Folder(folder)
        ledger = read_ledger(files["ledger.cbor"])
        report = verify_recording(files)
        begun = ledger.open.press_ns
        end = ledger.close.at_ns if ledger.close is not None else report.end_ns or begun
        bookmarks = sum(each.kind is EventKind.BOOKMARK for each in ledger.events)
        ended = None if ledger.close is None else ledger.close.reason
        found.append(Told(ledger.open.marks, ended, bookmarks, (end - begun) / NS_PER_S))
    return found


def simulator(*arguments: str) -> None:
    came = subprocess.run([SIMULATOR, *arguments], capture_output=True, text=True, check=False)
    assert came.returncode == 0, came.stdout + came.stderr


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    (folder / "day.toml").write_text(DAY)
    simulator("run", str(folder / "day.toml"), "--keep", str(folder / "kept"))
    return folder / "kept"


@pytest.mark.hunt
def test_a_kept_run_happens_again_as_its_ledgers_tell_it(kept: Path, tmp_path: Path) -> None:
    simulator("replay", str(kept), "--to", str(tmp_path / "again.toml"))
    simulator("run", str(tmp_path / "again.toml"), "--keep", str(tmp_path / "kept"))

    for camera in ("cam-01", "cam-02"):
        before = told(kept / "cameras" / camera / "state")
        again = told(tmp_path / "kept" / "cameras" / camera / "state")
        assert [(each.marks, each.ended, each.bookmarks) for each in again] == [
            (each.marks, each.ended, each.bookmarks) for each in before
        ]
        assert len(before) >= 2
        for first, second in zip(before, again, strict=True):
            # What a power cut left ends with a whole chunk.
            assert second.lasted_s == pytest.approx(first.lasted_s, abs=0.5 if first.ended else 1.5)


def test_one_camera_s_state_folder_is_enough(kept: Path, tmp_path: Path) -> None:
    simulator("replay", str(kept / "cameras" / "cam-02" / "state"), "--to", str(tmp_path / "one.toml"))

    scenario = load_with_text(str(tmp_path / "one.toml")).scenario
    assert scenario.cameras.count == 1
    words = [each.do for each in scenario.steps if each.at_s is not None]
    assert words == ["press", "kill_camera", "restart_camera", "press", "dock"]
    came = subprocess.run(
        [SIMULATOR, "replay", str(kept), "--to", str(tmp_path / "one.toml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert came.returncode == 2  # a file that is there is not written over
    assert "cannot be written" in came.stderr
