"""A running camera looks for its own keys in all of its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.camera.camera_process import Camera
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import make_identity


def test_no_memory_of_a_camera_holds_the_key_of_a_chunk_that_left_the_window(tmp_path: Path) -> None:
    # proves C2 and C9
    # An earlier search found copies in one run of five. They were its own: see tests.support.camera.memory.
    camera = Camera(tmp_path / "camera")
    camera.write_config()
    enrol_without_fleet(camera.state, make_identity())
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.camera.searched_camera", str(camera.config)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    inside, *later = said
    assert inside["what"] == "inside the window"
    assert len(set(inside["finds"])) >= 2 * inside["keys"] >= 8, "the search finds what is there"
    assert [(each["what"], each["finds"]) for each in later] == [
        ("after they left the window", []),
        ("after a recording was closed and they left the window", []),
        ("after the shutdown", []),
    ]
