"""Two processes of one fleet, on one PostgreSQL and one S3 store, with something before them that passes on.

with running_pair(folder) as pair:
    pair.kill(0)
    pair.begin(0)
"""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx

from fleet.core.config import load_config
from fleet.server.compose import FleetServices, build_services
from tests.support.fleet.bucket import (
    BUCKET,
    REGION,
    SWIFT_CREDENTIALS,
    free_port,
    give_credentials,
    running_swift,
)
from tests.support.fleet.fleet import END_SECONDS, START_SECONDS, EnrolledCamera, RunningFleet, token_for
from tests.support.fleet.made_state import lay_out
from tests.support.fleet.postgres import running_postgres
from tests.support.network.front import Front, standing_before
from tests.support.network.mqtt import TestCamera, until
from tests.support.programs.forked import ForkedProcess, start

T = TypeVar("T")
PATIENCE_S = 60.0
_PAUSE_S = 0.05
SETTINGS = """
[server]
dashboard_port = {dashboard}
cameras_port = {cameras}
mqtt_port = {mqtt}
public_dashboard_port = {front}
public_cameras_port = {cameras_front}
[database]
url = "{url}"
[footage]
store = "s3://{bucket}/evidence"
endpoint = "{endpoint}"
region = "{region}"
direct = true
direct_from_kib = 1
[audit]
checkpoints = "s3://{bucket}/checkpoints"
[people]
second_factor = "off"
"""


@dataclass
class Side:
    """One of the processes: where it listens, and whether it runs."""

    state: Path
    dashboard: int
    cameras: int
    process: ForkedProcess | None = None
    broker: int | None = None


@dataclass
class Pair:
    """The two, what stands before them, and their fleet's services in this process, which runs no worker."""

    sides: tuple[Side, Side]
    fleet: RunningFleet
    services: FleetServices
    url: str
    guard: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, which: int) -> None:
        """Start one of them and wait until it is ready."""
        side = self.sides[which]
        ready = side.state.parent / f"{side.state.name}.ready"
        ready.unlink(missing_ok=True)
        log = side.state.parent / f"{side.state.name}.log"
        with log.open("ab") as output:
            words = ["serve", "--state", str(side.state), "--ready-file", str(ready)]
            side.process = start("lapel-fleet", words, output=output)
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while not ready.exists():
            assert side.process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            pause.wait(0.02)  # it says that it is ready by a file

    def kill(self, which: int) -> None:
        """Kill one of them without a chance to tidy up, and wait until its broker is gone too."""
        side = self.sides[which]
        assert side.process is not None
        broker = broker_of(side.process.pid)
        side.process.kill()
        side.process.wait(timeout=END_SECONDS)
        side.process = None
        if broker is not None:
            until(lambda: not Path(f"/proc/{broker}").exists())

    def with_broker(self) -> int | None:
        """Return which of them has the broker."""
        found = [
            number
            for number, side in enumerate(self.sides)
            if side.process is not None and broker_of(side.process.pid) is not None
        ]
        return found[0] if found else None

    def api(self, which: int | None = None) -> httpx.Client:
        """Return a client of one of them, or of whichever answers."""
        client = self.fleet.api()
        if which is not None:
            client.base_url = httpx.URL(f"https://localhost:{self.sides[which].dashboard}")
        return client

    def camera_api(self, camera: EnrolledCamera) -> httpx.Client:
        """Return a client of whichever of them is next, as a camera."""
        return self.fleet.camera_api(camera)


def again(ask: Callable[[], T], *, within_s: float = PATIENCE_S) -> T:
    """Ask until it is answered: as cameras and people do while a process dies under them."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while True:
        try:
            return ask()
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            if isinstance(error, httpx.HTTPStatusError) and not error.response.is_server_error:
                raise AssertionError(error.response.text) from error
            if time.monotonic() > deadline:
                raise
        pause.wait(_PAUSE_S)


def wait_for(question: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not question():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(_PAUSE_S)


@contextmanager
def speaking(pair: Pair, camera: EnrolledCamera) -> Iterator[TestCamera]:
    """Connect a camera to whichever process has the broker."""
    found = TestCamera(pair.fleet.context(camera), pair.fleet.mqtt_port, camera.id)

    def connect() -> bool:
        try:
            found.connect()
        except OSError:
            return False
        return True

    wait_for(connect)
    try:
        yield found
    finally:
        found.client.disconnect()
        found.client.loop_stop()


def broker_of(parent: int) -> int | None:
    """Return the process id of a process's broker, if it has one."""
    command = ["ps", "-o", "pid=,comm=", "--ppid", str(parent)]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = [int(line.split()[0]) for line in listing.splitlines() if line.split()[1] == "mosquitto"]
    return found[0] if found else None


@contextmanager
def running_pair(folder: Path) -> Iterator[Pair]:
    """Start both."""
    give_credentials(SWIFT_CREDENTIALS)
    with running_postgres() as server, running_swift(folder) as endpoint:
        sides = tuple(Side(folder / name, free_port(), free_port()) for name in ("one", "other"))
        lay_out(sides[0].state, datetime.now(UTC))
        front = Front([each.dashboard for each in sides], spread=False)
        cameras = Front([each.cameras for each in sides], spread=True)
        url, mqtt = server.create(), free_port()
        with standing_before(front, cameras):
            texts = [
                SETTINGS.format(
                    dashboard=each.dashboard,
                    cameras=each.cameras,
                    mqtt=mqtt,
                    front=front.port,
                    cameras_front=cameras.port,
                    url=url,
                    endpoint=endpoint,
                    region=REGION,
                    bucket=BUCKET,
                )
                for each in sides
            ]
            (sides[0].state / "fleet.toml").write_text(texts[0])
            services = build_services(load_config(None, sides[0].state), sides[0].state)
            shutil.copytree(sides[0].state, sides[1].state)  # with every key, as the manual has it
            (sides[1].state / "fleet.toml").write_text(texts[1])
            fleet = RunningFleet(
                state=sides[0].state,
                process=None,  # type: ignore[arg-type]  # there are two, and the pair has them
                dashboard_url=f"https://localhost:{front.port}",
                cameras_url=f"https://localhost:{cameras.port}",
                mqtt_port=mqtt,
                setup_url=None,
                token=token_for(services),
            )
            pair = Pair((sides[0], sides[1]), fleet, services, url)
            try:
                pair.begin(0)
                pair.begin(1)
                yield pair
            finally:
                for each in sides:
                    if each.process is not None:
                        each.process.terminate()
                        each.process.wait(timeout=30)
                services.database.close()
