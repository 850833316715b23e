"""Fills the disk of a folder to its last byte, then takes a camera out of service and starts the fleet on it.

A program of its own, since it is run where that disk is mounted for it alone: ``full_disk.py FOLDER``.
"""

from __future__ import annotations

import contextlib
import json
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx

from fleet.core.disk.ballast import FILE, keep_aside
from tests.support.fleet.fleet import enrol_camera, fleet_services

PROGRAM = str(Path(sys.executable).with_name("lapel-fleet"))
START_SECONDS = 60


def fill(folder: Path) -> None:
    """Write until nothing more can be written."""
    with (folder / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(b"x" * 4096)


def say(what: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Do it, and print what held."""
    state = folder / "state"
    with fleet_services(folder) as services:
        enrol_camera(services, folder)
    full(folder)
    reason = ["--reason", "it fills the disk"]
    subprocess.run([PROGRAM, "camera", "revoke", "cam-01", "--state", str(state), *reason], check=True)
    (folder / "filler").unlink()
    full(folder)
    ready = state / "ready.json"
    ports = ["--dashboard-port", "0", "--cameras-port", "0", "--mqtt-port", "0"]
    command = [PROGRAM, "serve", "--state", str(state), "--ready-file", str(ready), *ports]
    with subprocess.Popen(command) as service:
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            assert service.poll() is None, "it ended at once"
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.05)
        say("the service started")
        trust = ssl.create_default_context(cafile=str(state / "pki" / "authority.pem"))
        url = json.loads(ready.read_text())["dashboard_url"]
        answer = httpx.get(f"{url}/sign-in", verify=trust)
        assert answer.status_code in {200, 303}
        say("the service answered")
        service.send_signal(signal.SIGTERM)


def full(folder: Path) -> None:
    """Fill the disk, but for what the service has kept aside."""
    keep_aside(folder / "state")
    assert (folder / "state" / FILE).exists(), "nothing was kept aside"
    fill(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
