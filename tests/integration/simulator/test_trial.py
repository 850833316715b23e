"""``lapel-simulator try`` as a tester runs it: a clip, a server that hangs up, and Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import pytest

from protocol.footage.verifying.verify import verify_recording
from tests.support.media.clips import write_clip
from tests.support.streams.http_stream import http_stream

pytestmark = [pytest.mark.broker, pytest.mark.real_time]

PROGRAM = Path(sys.executable).parent / "lapel-simulator"
PATIENCE_S = 300
USER, WORD = "kennung", "geheimwort17"


def words(source: str | Path, folder: Path, seconds: int, *more: str) -> list[str]:
    kept = ("--keep", str(folder / "kept"), "--json", str(folder / "report.json"))
    return [str(PROGRAM), "try", str(source), "--seconds", str(seconds), *kept, *more]


def report_in(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def test_a_clip_is_filmed_from_its_beginning_to_an_export(tmp_path: Path) -> None:
    clip, sound = write_clip(tmp_path / "clip.mp4", seconds=3), write_clip(tmp_path / "sound.mp4", seconds=3)
    done = subprocess.run(
        words(clip, tmp_path, 4, "--sound", str(sound)), capture_output=True, text=True, check=False,
        timeout=PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report = report_in(tmp_path)
    [made] = report["recordings"]
    assert (report["width"], report["height"], report["trouble"]) == (160, 120, None)
    assert made["verdict"] == "intact"
    assert made["gaps"] == made["faults"] == []
    assert 4 <= made["duration_s"] < 4 + 4
    assert abs(made["pictures"] - made["duration_s"] * 10) <= 2
    assert abs(made["sound_s"] - made["duration_s"]) < 0.1
    assert verify_recording({path.name: path.read_bytes() for path in Path(made["folder"]).iterdir()}).ok
    with av.open(made["export"]) as export:
        assert sum(1 for _ in export.decode(video=0)) == made["pictures"]
    assert done.stdout.splitlines()[-1] == "Passed."


def test_a_server_that_hangs_up_shows_in_the_report_and_its_password_nowhere(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    with http_stream(clip) as stream:
        address = stream.url("drop", user=USER, password=WORD, query="?token=geheimwort17")
        done = subprocess.run(
            words("-", tmp_path, 6), input=address, capture_output=True, text=True, check=False,
            timeout=PATIENCE_S,
        )  # fmt: skip
    report = report_in(tmp_path)
    [made] = report["recordings"]
    assert made["verdict"] == "intact with gaps"
    assert any(gap["track"] == "video" for gap in made["gaps"])
    assert any(f"127.0.0.1:{stream.port}" in fault["sentence"] for fault in made["faults"])
    assert done.returncode == (0 if report["passed"] else 1)
    held = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    looked_at = {**held, "output": done.stdout.encode(), "errors": done.stderr.encode()}
    assert len(held) > 10
    assert [name for name, data in looked_at.items() if USER.encode() in data or WORD.encode() in data] == []


def test_ctrl_c_closes_the_recording_and_tells_the_truth(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    recordings = tmp_path / "kept" / "cameras" / "cam-01" / "state" / "recordings"
    with subprocess.Popen(
        words(clip, tmp_path, 600), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not list(recordings.glob("*/ledger.cbor")):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            before = report_in(tmp_path)
            os.kill(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert (before["passed"], before["recordings"]) == (False, [])
    assert process.returncode == 130, out + err
    assert b"Traceback" not in err
    report = report_in(tmp_path)
    [made] = report["recordings"]
    assert (report["passed"], report["trouble"]) == (False, "It was stopped before its end.")
    assert made["verdict"] == "intact"
    assert made["export"] is None
    unfinished = [path for path in tmp_path.rglob("*") if path.suffix in (".part", ".tmp")]
    assert unfinished == []
