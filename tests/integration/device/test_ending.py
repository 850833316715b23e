"""The end of a camera's process: in order, and for certain, whatever hangs in it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from protocol.footage.ledger.ledger import read_ledger
from tests.support.camera.camera_process import PATIENCE_S, Camera
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import make_identity

pytestmark = pytest.mark.real_time

IDENTITY = make_identity()


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that is expected to end by itself."""
    command = [sys.executable, "-c", "import atexit, ctypes, os, sys, threading\n" + program]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


HANGS_AT_THE_END = """
import atexit, sys, threading
atexit.register(threading.Event().wait)
threading.Thread(target=threading.Event().wait).start()
from device.cli import main
main()
"""


def test_a_camera_ends_in_order_although_the_interpreter_would_not(tmp_path: Path) -> None:
    # A camera hung twice in about forty ends, somewhere behind the request to end; where was never found.
    camera = Camera(tmp_path / "camera")
    camera.write_config()
    enrol_without_fleet(camera.state, IDENTITY)
    with camera.running([sys.executable, "-c", HANGS_AT_THE_END]) as process:
        camera.until(lambda status: status["prerecord_s"] > 2)
        camera.ask("press")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    close = read_ledger(camera.files(1)["ledger.cbor"]).close
    assert close is not None
    assert close.reason == "shut down"


def test_what_was_said_is_written_before_the_process_leaves() -> None:
    done = run("from device.process.ending import leave; print('said', end=''); leave(3)")
    assert (done.returncode, done.stdout) == (3, "said")


STUCK = {
    "a thread waits": "def stuck(): threading.Event().wait()",
    "a library keeps the interpreter's lock": "def stuck(): ctypes.PyDLL(None).pause()",
}


@pytest.mark.parametrize("how", STUCK)
def test_an_end_that_hangs_says_where_and_is_over(how: str) -> None:
    done = run(f"from device.process.ending import limit_the_end\n{STUCK[how]}\nlimit_the_end(1)\nstuck()")
    assert done.returncode == 1
    assert "in stuck" in done.stderr


def test_an_end_that_hangs_is_over_although_nobody_reads_where() -> None:
    program = (
        "from device.process import ending\nending.REPORT_S = 1\n"
        "os.set_blocking(2, False)\n"
        "try:\n    while os.write(2, bytes(4096)): pass\nexcept BlockingIOError: os.set_blocking(2, True)\n"
        "ending.limit_the_end(1)\nthreading.Event().wait()"
    )
    command = [sys.executable, "-c", "import os, threading\n" + program]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            assert process.wait(PATIENCE_S) == -signal.SIGALRM
        finally:
            process.kill()
