"""The demo as a person meets it: up, seen, pressed, stopped without a trace; and up again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIMULATOR = str(Path(sys.executable).with_name("lapel-simulator"))
PATIENCE_S = 90
READY = "Ctrl-C stops everything."


@dataclass
class Program:
    """A simulator that runs, with every process that it was seen to have."""

    process: subprocess.Popen[bytes]
    output: Path
    family: dict[int, str] = field(default_factory=dict)

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text()

    def wait_for(self, text: str) -> str:
        """Wait until it printed something, and return all of it."""
        until(lambda: text in self.said() or self.process.poll() is not None)
        assert text in self.said()
        return self.said()

    def look_at_the_family(self) -> None:
        """Remember it and everything that descends from it."""
        parents = {
            int(folder.name): int(facts[1])
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and (facts := stat(int(folder.name)))
        }
        pids = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in pids} - pids:
            pids |= more
        self.family |= {pid: begun(pid) for pid in pids}

    def left(self) -> list[int]:
        """Which of the processes that were seen are still there."""
        return [pid for pid, when in self.family.items() if when and begun(pid) == when]


def stat(pid: int) -> list[str]:
    """The fields of a process after its name, proc_pid_stat(5); none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def begun(pid: int) -> str:
    """When a process began, which tells it from a later one of the same number; empty when it has ended."""
    facts = stat(pid)
    return facts[19] if facts and facts[0] != "Z" else ""


def command_of(pid: int) -> bytes:
    """How a process was called; nothing when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def until(holds: Callable[[], bool]) -> None:
    """Wait for something outside of this process."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[Program]:
    """Run a demo of one camera, and leave nothing of it behind whatever happens."""
    output = folder / "said.txt"
    command = [SIMULATOR, "demo", "--state", str(folder / "demo"), "--cameras", "1", *arguments]
    with output.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    program = Program(process, output)
    try:
        yield program
    finally:
        program.look_at_the_family()
        for pid in program.left():
            os.kill(pid, signal.SIGKILL)
        process.wait()


def address(said: str, name: str) -> str:
    found = re.search(rf"{name} +(http\S+)", said)
    assert found, said
    return found[1]


def token_of(page: str) -> str:
    found = re.search(r'name="bench-token" content="([^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture(scope="module", autouse=True)
def fleets() -> None:
    """The simulator starts the program itself, and what is left of it is looked at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


def test_a_demo_from_nothing_to_nothing(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(folder, "--port", str(port)) as program:
            said = program.wait_for(READY)
            program.look_at_the_family()

            # A taken port is named, and another used.
            assert f"since {port} was taken" in said
            assert "Set-up" in said
            bench = address(said, "Bench")
            page = httpx.get(bench).text
            assert "Officer 1" in page
            assert "cam-01" in page

            # A second demo keeps out of the folder.
            second = subprocess.run(
                [SIMULATOR, "demo", "--state", str(folder / "demo")],
                capture_output=True,
                text=True,
                check=False,
            )
            assert second.returncode == 2
            assert "Another bench or run uses" in second.stderr

            # The page is live: its camera is ready with a full ring, and there is a picture.
            host = bench.removeprefix("http://")
            with connect(f"ws://{host}/live", origin=Origin(bench)) as live:
                messages = [live.recv(timeout=PATIENCE_S)]
                while not isinstance(messages[-1], bytes):
                    messages.append(live.recv(timeout=PATIENCE_S))
            [tile] = json.loads(messages[0])
            assert tile["state"] == "ready"
            assert tile["prerecord_s"] >= 179
            assert b"\xff\xd8\xff" in messages[-1]

            # The press reaches the real camera.
            press = httpx.post(f"{bench}/cameras/cam-01/press", headers={"X-Bench-Token": token_of(page)})
            assert press.status_code == 200
            safe = re.match(r"Recording 1 is durable, with ([0-9.]+) s before", press.json()["sentence"])
            assert safe is not None
            # Of the window a second may have left already, and the one being filled is not safe yet.
            assert 178 <= float(safe[1]) <= 180

            # Ctrl-C ends everything.
            assert len(program.left()) >= 5  # simulator, fleet, broker, forking process, camera
            program.process.send_signal(signal.SIGINT)
            assert program.process.wait(PATIENCE_S) == 0
            until(lambda: not program.left())
            assert "Traceback" not in program.said()


def test_the_second_start_finds_everything_as_it_was(folder: Path) -> None:
    with demo(folder) as program:
        said = program.wait_for(READY)
        bench = address(said, "Bench")
        token = token_of(httpx.get(bench).text)

        # The camera counts on, as the one that it was.
        press = httpx.post(f"{bench}/cameras/cam-01/press", headers={"X-Bench-Token": token})
        assert "Recording 2 is durable" in press.json()["sentence"]

        # Its simulator gone without a word, nothing that it started lives on: not the cameras, and, where the
        # kernel can be asked for it, neither the fleet nor its broker.
        program.look_at_the_family()
        cameras = [pid for pid in program.left() if b"forkserver" in command_of(pid)]
        assert len(cameras) == 2
        program.process.kill()
        until(lambda: not set(cameras) & set(program.left()))
        if shutil.which("setpriv"):
            until(lambda: not program.left())
