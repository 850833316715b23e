"""A fleet that the simulator starts itself, as the program that an administrator would start.

Rules:

* It is a process of its own in a session of its own, so that a Ctrl-C reaches the simulator first, which then
  stops cameras and fleet in order; and so that a kill takes the fleet's broker along, as a power cut would.
* Once it has been up it comes back on the same ports: cameras remember where they were enrolled.
* It ends with the simulator, even when that is killed, where util-linux's ``setpriv`` can ask the kernel for
  that.
* Whatever it prints goes to a file, and its last words into the error when it does not come up.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from simulator.errors import CancelledError, FleetServiceError
from simulator.fleet.broker import BrokerProcess, broker_of
from simulator.usage import session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

START_S = 180
"""What a machine needs that has much else to do; whoever waits goes on as soon as it is up."""
STOP_S = 20
LOOK_S = 0.05
PROGRAM = "lapel-fleet"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a fleet that is up can be reached.

    Attributes:
        dashboard_url: The dashboard and its API.
        cameras_url: The listener for cameras.
        mqtt_port: The broker's port.
        setup_url: The one-time link that makes the first user; None once that was done.
    """

    dashboard_url: str
    cameras_url: str
    mqtt_port: int
    setup_url: str | None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what the fleet wrote when it was up.

        Raises:
            ValueError: It is not that.
        """
        data: dict[str, Any] = json.loads(text)
        try:
            setup = data.get("setup_url")
            return cls(
                str(data["dashboard_url"]),
                str(data["cameras_url"]),
                int(data["mqtt_port"]),
                str(setup) if setup else None,
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"{error} is missing") from error

    @property
    def ports(self) -> tuple[int, int, int]:
        """The ports of the dashboard, of the cameras' listener and of the broker."""
        return (_port(self.dashboard_url), _port(self.cameras_url), self.mqtt_port)


ANY_PORTS = (0, 0, 0)
"""Ports that the system chooses: nobody else asks for them while a fleet is away for a moment."""


class FleetService:
    """One fleet, started and stopped by the simulator.

    Args:
        state: The fleet's state folder, which it makes when there is none.
        log: A file for what it prints.
        ports: The ports to ask for first: dashboard, cameras, broker.
    """

    def __init__(self, state: Path, log: Path, *, ports: tuple[int, int, int] | None = None) -> None:
        self._state = state
        self._log = log
        self._ports = ports
        self._process: subprocess.Popen[bytes] | None = None
        self._addresses: Addresses | None = None

    @property
    def addresses(self) -> Addresses:
        """Where the fleet is, or was when it was last up.

        Raises:
            FleetServiceError: It has not been up yet.
        """
        if self._addresses is None:
            raise FleetServiceError("The fleet has not been started yet.")
        return self._addresses

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pids(self) -> tuple[int, ...]:
        """Its processes, its broker's too; none while it is not there."""
        return session_of(self._process.pid) if self._process is not None and self.running else ()

    def start(self, *, cancelled: Callable[[], bool] = lambda: False) -> Addresses:
        """Start the fleet and return once it is up.

        Args:
            cancelled: Asked again and again; once it says so, waiting ends.

        Raises:
            FleetServiceError: It did not come up; the sentence has its last words.
            CancelledError: Waiting was ended.
        """
        ready = self._state.parent / f"{self._state.name}.ready.json"
        ready.unlink(missing_ok=True)
        self._state.parent.mkdir(parents=True, exist_ok=True)
        # It holds the set-up link.
        with open(self._log, "ab", opener=_private) as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, arguments as a list
                self._command(ready),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._addresses = self._wait_until_ready(ready, cancelled)
        except BaseException:
            self.stop()
            raise
        finally:
            # It holds the set-up link.
            ready.unlink(missing_ok=True)
        self._ports = self._addresses.ports
        return self._addresses

    def stop(self) -> None:
        """Stop it in good order; kill it when that takes too long."""
        if self._process is None:
            return
        self._wake_the_broker()
        if self.running:
            self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._end_group()
        self._process = None

    def kill(self) -> None:
        """End it without warning, its broker included, as a power cut would."""
        if self._process is not None:
            self._wake_the_broker()
            self._end_group()
            self._process.wait()
            self._process = None

    def broker(self) -> BrokerProcess:
        """Return its broker.

        Raises:
            FleetServiceError: The fleet does not run, or has none just now.
        """
        if self._process is None or not self.running:
            raise FleetServiceError("The fleet does not run.")
        return broker_of(self._process.pid)

    def _wake_the_broker(self) -> None:
        """Have a broker that hangs go on: one that hangs would outlive its fleet."""
        with contextlib.suppress(FleetServiceError):
            self.broker().go_on()

    def make_token(self, name: str) -> str:
        """Make a bearer token for the API, with the fleet's own command line.

        Raises:
            FleetServiceError: The command failed; the sentence has what it said.
        """
        command = [*fleet_program(), "token", "create", "--state", str(self._state), "--name", name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_S)  # noqa: S603 - our own program, arguments as a list
        except subprocess.TimeoutExpired as error:
            raise FleetServiceError(f"The fleet made no token within {START_S} s.") from error
        token = done.stdout.strip().splitlines()[-1:]
        if done.returncode != 0 or not token:
            raise FleetServiceError(f"The fleet made no token: {done.stderr.strip() or 'it said nothing'}")
        return token[0].strip()

    def _command(self, ready: Path) -> Sequence[str]:
        setpriv = shutil.which("setpriv")
        tied = [setpriv, "--pdeathsig", "TERM"] if setpriv is not None else []
        command = [*tied, *fleet_program(), "serve", "--state", str(self._state), "--ready-file", str(ready)]
        if self._ports is not None:
            for name, port in zip(("dashboard", "cameras", "mqtt"), self._ports, strict=True):
                command += [f"--{name}-port", str(port)]
        if self._addresses is None:
            command.append("--any-port")
        return command

    def _wait_until_ready(self, ready: Path, cancelled: Callable[[], bool]) -> Addresses:
        end = time.monotonic() + START_S
        while time.monotonic() < end and not cancelled():
            if not self.running:
                raise FleetServiceError(f"The fleet did not start. Its last words: {self._last_words()}")
            try:
                return Addresses.read(ready.read_text(encoding="utf-8"))
            except (FileNotFoundError, ValueError):
                # Not there yet, or not whole yet.
                time.sleep(LOOK_S)
        if cancelled():
            raise CancelledError("Stopped before the fleet was up.")
        raise FleetServiceError(
            f"The fleet was not up after {START_S} s. Its last words: {self._last_words()}"
        )

    def _last_words(self) -> str:
        lines = [line for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return " ".join(lines[-3:]) or f"none; {self._log} is empty"

    def _end_group(self) -> None:
        """End whatever the fleet started and did not end itself."""
        if self._process is None:
            return
        try:
            # The session's leader gave the group its number, which stays taken while a member lives.
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def fleet_program() -> tuple[str, ...]:
    """Return how to call the fleet's command line.

    Raises:
        FleetServiceError: It is not installed.
    """
    beside = Path(sys.executable).with_name(PROGRAM)
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if found is None:
        raise FleetServiceError(
            f"{PROGRAM} is not installed here; install lapel with its extra fleet, or give --fleet URL."
        )
    return (found,)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _port(url: str) -> int:
    return urlsplit(url).port or 443
