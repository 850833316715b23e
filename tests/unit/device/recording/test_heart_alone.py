"""What the camera decides can be loaded, and so tried, without anything that writes, opens or waits."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import device.recording.heart.step
print(*(name for name in sys.modules if name.startswith("device.")))
"""
PURE = {"device.recording", "device.recording.state", "device.ring", "device.ring.prerecord"}


def test_the_heart_loads_nothing_of_the_camera_but_what_is_pure() -> None:
    # It loaded the opener and the window for two names, and with them storage, shelf and recovery.
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert "device.recording.heart.step" in names
    assert {name for name in names if not name.startswith("device.recording.heart")} == PURE
