"""A scenario, run by the real program against a real fleet: cameras, broker, uploads, receipts, exports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from device.config.file import check_config
from protocol.footage.format.model import ClockLabel, PlainChunk, Track
from simulator.cameras.loop import loop_of
from simulator.cameras.spec import plan_cameras
from simulator.sources.choose import SceneSpec
from tests.support.scenarios import network, on, scenario, step, wait

BIN = Path(sys.executable).parent
SCENARIO = scenario(
    "tiny",
    step("wait_ring_full", timeout_s=30),
    network("cut", "cam-01"),
    "press",
    wait(2.5),
    "bookmark",
    on("kill_camera", "cam-02"),
    on("stop", "cam-01"),
    step("expect", state="uploading", cameras=["cam-01"]),
    network("good", "cam-01"),
    on("restart_camera", "cam-02"),
    step("wait_held", timeout_s=60),
    title="Two cameras, one of which loses its power, and a fleet that comes late",
    count=2,
    window_s=6,
    seed=4,
    recordings_each=1,
    verdicts=["intact", "without an end"],
    listed_within_s=60,
)


def plain_chunk() -> PlainChunk:
    """A second of footage, as a camera of the scenario has it in memory before it is sealed."""
    scene = SceneSpec(None, width=320, height=180, fps=10)
    [spec] = plan_cameras(["cam-01"], Path("nowhere"), scene, window_s=6, seed=4)
    loop = loop_of(scene.open(), check_config(spec.config()).capture(""), longest_s=8)
    label = ClockLabel(0, synchronised=False, error_us=None)
    return next(loop.chunks(0, 2, label=lambda _: label))


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("run")
    scenario = folder / "tiny.toml"
    scenario.write_text(SCENARIO)
    report, keep = folder / "report.json", folder / "keep"
    command = ["lapel-simulator", "run", str(scenario), "--json", str(report), "--keep", str(keep)]
    done = subprocess.run(
        [BIN / command[0], *command[1:]], capture_output=True, text=True, check=False, timeout=150
    )
    assert report.exists(), done.stderr
    return done, json.loads(report.read_text()), keep


# proves C3
def test_everything_that_was_promised_held(
    run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path],
) -> None:
    done, report, _ = run
    held = [check["sentence"] for check in report["checks"] if not check["passed"]]

    assert held == []
    assert done.returncode == 0
    assert report["passed"] is True
    assert "Passed: all" in done.stdout


def test_the_report_says_what_was_recorded_and_broken(
    run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path],
) -> None:
    _, report, _ = run
    by_camera = {each["camera"]: each for each in report["recordings"]}

    assert (report["scenario"], report["seed"]) == ("tiny", 4)
    assert by_camera["cam-01"]["verdict"] == "intact"
    assert by_camera["cam-02"]["verdict"] == "without an end"
    assert all(each["prerecord_s"] >= 5 for each in report["recordings"])
    assert all(each["number"] == 1 for each in report["recordings"])
    assert report["faults"] == ["the network of cam-01 was cut", "the power of cam-02 was pulled"]
    # A camera that lost its power took its account of processor time along.
    assert report["camera_cores"] is None


def test_the_sealed_copies_are_what_lapel_verify_takes(
    run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path],
) -> None:
    _, report, keep = run
    for each in report["recordings"]:
        assert Path(each["folder"]).is_relative_to(keep)
        done = subprocess.run(
            [BIN / "lapel-verify", each["folder"], "--json", "--authority", keep / "fleet/pki/authority.pem"],
            capture_output=True,
            text=True,
            check=False,
        )
        ended = {"intact": 0, "without an end": 3}
        assert done.returncode == ended[each["verdict"]], done.stderr
        assert json.loads(done.stdout)["verdict"] == each["verdict"]


def test_the_exports_play(run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path]) -> None:
    _, report, keep = run
    for each in report["recordings"]:
        export = Path(each["export"])
        assert export.is_relative_to(keep)
        assert export.stat().st_size > 10_000
        assert each["facts"]["complaints"] == []


# proves C6
def test_picture_and_sound_are_together_from_the_first_clap_to_the_last(
    run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path],
) -> None:
    _, report, _ = run
    for each in report["recordings"]:
        flashes, beeps = claps(Path(each["export"]))
        # A beep that began before the first sample cannot be told from one that begins with it.
        later = [flash for flash in flashes if flash > 0.1]
        assert len(later) >= 5
        assert max(min(abs(beep - flash) for beep in beeps) for flash in later) < 0.005
        # Every second has its clap: where footage encoded ahead ends and live footage begins, too.
        assert np.allclose(np.diff(flashes), 1, atol=0.002)


def claps(export: Path) -> tuple[list[float], list[float]]:
    """When the picture of an export flashes, and when a beep begins in it, in seconds."""
    with av.open(str(export)) as container:
        frames = list(container.decode(video=0))
    flashes = [frame.time or 0.0 for frame in frames if frame.to_ndarray(format="gray").mean() > 200]
    with av.open(str(export)) as container:
        blocks = list(container.decode(audio=0))
    times = np.concatenate([(block.time or 0.0) + np.arange(block.samples) / 48_000 for block in blocks])
    loud = np.flatnonzero(np.abs(np.concatenate([block.to_ndarray().reshape(-1) for block in blocks])) > 0.25)
    return flashes, times[loud[np.diff(loud, prepend=-48_000) > 24_000]].tolist()


# proves C1
def test_no_camera_keeps_what_its_lens_saw_in_the_clear(
    run: tuple[subprocess.CompletedProcess[str], dict[str, Any], Path],
) -> None:
    _, _, keep = run
    # What every part in the clear has: its fragment's beginning, and for a picture the encoder's name.
    marks = (b"moof\x00\x00\x00\x10mfhd", b"x264 - core")
    [picture] = [part.data for part in plain_chunk().parts if part.track is Track.VIDEO]
    assert all(words in picture for words in marks)
    files = [file for file in (keep / "cameras").rglob("*") if file.is_file()]

    assert len(files) > 10
    for file in files:
        content = file.read_bytes()
        assert not [word for word in marks if word in content], file
