"""A real fleet service in a process of its own, which can be killed and started again where it was."""

import contextlib
import functools
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

READY_S = 120.0
STOP_S = 15.0


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Fleet:
    """`with Fleet(folder) as fleet:` runs the service, broker included, until the end of the block."""

    def __init__(self, folder: Path, configuration: str = "") -> None:
        self._configuration = configuration
        self.state = folder / "fleet"
        self._ready = folder / "ready.json"
        self._log = folder / "fleet.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.ports = {"dashboard": free_port(), "cameras": free_port(), "mqtt": free_port()}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "api" in self.__dict__:
            self.api.close()
        self.stop()

    @property
    def dashboard_url(self) -> str:
        """Where people and enrolling cameras go."""
        return f"https://127.0.0.1:{self.ports['dashboard']}"

    @property
    def footage(self) -> Path:
        """Folder of the stored objects."""
        return self.state / "footage" / "objects"

    @property
    def log(self) -> str:
        """What the service said."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        (self.state / "fleet.toml").write_text(self._configuration, encoding="utf-8")
        self._ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", "fleet.cli", "serve", "--state", str(self.state)]
        for name, port in self.ports.items():
            command += [f"--{name}-port", str(port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--ready-file", str(self._ready)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_S
        while not self._ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the fleet did not start:\n{self.log}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        json.loads(self._ready.read_bytes())

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it in order."""
        self._signal(signal.SIGINT)

    def command(self, *arguments: str) -> str:
        """Run another command of the service on its state, and return what it printed."""
        command = [sys.executable, "-m", "fleet.cli", *arguments, "--state", str(self.state)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments} failed: {done.stderr}")
        return done.stdout.strip()

    def enrolment_code(self) -> str:
        """A new one-time code."""
        answer = self.api.post("/enrolment-codes", json={}).raise_for_status()
        return str(answer.json()["code"])

    @functools.cached_property
    def api(self) -> httpx.Client:
        """A client of the dashboard's interface, with a token of its own."""
        authority = ssl.create_default_context(cafile=self.state / "pki" / "authority.pem")
        token = self.command("token", "create", "--name", "tests")
        return httpx.Client(
            base_url=f"{self.dashboard_url}/api/v1",
            verify=authority,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            limits=httpx.Limits(
                max_keepalive_connections=0
            ),  # the service may be killed between two requests
        )

    def _signal(self, number: int) -> None:
        process = self._process
        if process is None:
            return
        self._process = None
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_S)
            raise
