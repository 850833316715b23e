"""Programs of the product, forked from a process that has loaded them: each start costs no import.

    process = start("lapel-fleet", ["serve", "--state", state], output=log)
    process.wait(timeout=15)

What runs is the program's own ``main``, in a process of its own with the environment, the folder and the
files that it was given. That the program can be loaded by itself is not shown so: the simulator's tests start
it as people do.
"""

from __future__ import annotations

import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[3]
SERVER = "LAPEL_TESTS_FORK_SERVER"
"""The variable that names the server, for programs that start others of the product."""
KIND = (socket.AF_UNIX, socket.SOCK_SEQPACKET)
_LONGEST_NUMBER = 32


@dataclass
class ForkedProcess:
    """A program that runs or has run; what tests use of ``subprocess.Popen``."""

    pid: int
    _end: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit status, or minus the signal that ended it; None while it runs."""
        return self._status(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It still runs after so many seconds.
        """
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def _status(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], timeout)[0]:
            told = os.read(self._end, _LONGEST_NUMBER)
            os.close(self._end)
            assert told, "the process that forks programs is gone"
            self.returncode = int(told)
        return self.returncode


def start(
    program: str,
    words: Sequence[str],
    *,
    output: IO[bytes],
    errors: IO[bytes] | None = None,
    session: bool = False,
) -> ForkedProcess:
    """Start a program that writes its output and its errors to files.

    Args:
        program: Its name.
        words: What follows the name.
        output: Where its output goes.
        errors: Where its errors go; None for where the output goes.
        session: Whether it leads a session of its own.
    """
    hears, says = os.pipe()
    call = {
        "program": program,
        "words": list(words),
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "session": session,
    }
    with (
        Path(os.devnull).open("rb") as nothing,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server,
    ):
        server.connect("\0" + (os.environ.get(SERVER) or running_server()))
        files = [nothing.fileno(), output.fileno(), (errors or output).fileno(), says]
        socket.send_fds(server, [json.dumps(call).encode()], files)
        answer = server.recv(_LONGEST_NUMBER)
    os.close(says)
    assert answer, "the process that forks programs is gone"
    return ForkedProcess(int(answer), hears)


@functools.cache
def running_server() -> str:
    """Start the server when the first program is asked for; it ends with this process, for its input does."""
    name = f"lapel-tests-{os.getpid()}"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.programs.fork_server", name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n", "the process that forks programs did not start"
    _kept.append(server)
    return name


_kept: list[subprocess.Popen[bytes]] = []
