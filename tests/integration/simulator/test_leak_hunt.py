"""A name and a password in a camera's address are nowhere, and the search for them finds a planted one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.media.field import ffmpeg, write_base

pytestmark = [pytest.mark.broker, pytest.mark.slow]

PATIENCE_S = 230
PLANT = """
import protocol.addresses
protocol.addresses.without_secrets = lambda text: text
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    ffmpeg(
        "-stream_loop",
        "11",
        "-i",
        str(write_base(folder / "base.mp4")),
        "-c",
        "copy",
        str(folder / "long.mp4"),
    )
    return folder / "long.mp4"


def hunted(clip: Path, folder: Path, *, planted: bool) -> dict[str, str]:
    """Where the name or the password was found, with what stands around it."""
    (folder / "kept").mkdir()
    environment = dict(os.environ)
    if planted:
        (folder / "plant").mkdir()
        (folder / "plant" / "sitecustomize.py").write_text(PLANT)
        environment["PYTHONPATH"] = str(folder / "plant")
    words = [sys.executable, "-m", "tests.support.streams.leak_hunt", str(clip), str(folder / "kept")]
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    assert int(found.pop("looked at")) > 30
    return found


# proves F8
def test_the_password_of_a_camera_in_the_network_is_nowhere(clip: Path, tmp_path: Path) -> None:
    assert hunted(clip, tmp_path, planted=False) == {}


@pytest.mark.hunt
def test_a_password_that_nothing_takes_out_is_found_in_every_kind_of_place(
    clip: Path, tmp_path: Path
) -> None:
    places = " ".join(hunted(clip, tmp_path, planted=True))
    for kind in (
        "status of the camera",
        "page /",
        "api /cameras",
        "camera.log",
        "fleet.sqlite3",
        "broker/mosquitto.db",
    ):
        assert kind in places, (kind, places)
