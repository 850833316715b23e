"""What a camera loads: nothing that others only bring along."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from protocol.process.loading import loading_without

ALL_OF_A_CAMERA = """
import json, sys
import device.camera, device.config.file
from device.capture.sensors import real_sensors
from device.link.background import load_link
real_sensors()
before = sorted(sys.modules)
try:
    load_link()
except TypeError:
    pass
print(json.dumps([before, sorted(sys.modules)]))
"""


def test_within_the_block_a_module_is_missing_and_behind_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with loading_without("this", "json"):
        with pytest.raises(ImportError):
            __import__("this")
        assert __import__("json") is json, "it was there already"
    assert "this" not in sys.modules


def test_it_is_there_behind_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), loading_without("colorsys"):
        raise ZeroDivisionError
    assert __import__("colorsys").__name__ == "colorsys"


def test_a_camera_loads_no_command_line_of_others_and_what_talks_to_the_network_last() -> None:
    """7 MB, and 75 ms of each start, were HTTPX's command line, a server of HTTP, and a resolver of names."""
    done = subprocess.run(
        [sys.executable, "-c", ALL_OF_A_CAMERA], capture_output=True, text=True, check=True
    ).stdout
    before, after = map(set, json.loads(done))
    assert not before & {"httpx", "paho", "http.server"}
    assert {"httpx", "paho"} <= after
    assert not after & {"rich", "pygments", "click", "dns", "http.server"}
