"""A real fleet that can be killed and started again where it was."""

from __future__ import annotations

import functools
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from tests.support.fleet.fleet import RunningFleet, start_fleet


class Fleet:
    """``with Fleet(folder) as fleet:`` runs the service, broker included, until the end of the block."""

    def __init__(self, folder: Path, configuration: str = "") -> None:
        self._folder = folder
        self._configuration = configuration
        self._running: RunningFleet | None = None
        self.ports: dict[str, int] = {}

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
    def state(self) -> Path:
        """Its state folder."""
        return self._folder / "state"

    @property
    def footage(self) -> Path:
        """Folder of the stored objects."""
        return self.state / "footage" / "objects"

    @property
    def dashboard_url(self) -> str:
        """Where people and enrolling cameras go."""
        return f"https://127.0.0.1:{self.ports['dashboard']}"

    @property
    def log(self) -> str:
        """What the service said."""
        return (self._folder / "fleet.log").read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it answers; again on the same ports."""
        self._running = running = start_fleet(self._folder, config=self._configuration)
        dashboard, cameras = urlsplit(running.dashboard_url).port, urlsplit(running.cameras_url).port
        ports = {"dashboard": dashboard or 0, "cameras": cameras or 0, "mqtt": running.mqtt_port}
        if self.ports and ports != self.ports:
            raise AssertionError(f"the fleet came back on other ports: {ports} instead of {self.ports}")
        self.ports = ports

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self._running is not None:
            self._running.kill()

    def stop(self) -> None:
        """Stop it in order."""
        if self._running is not None:
            self._running.stop()

    def enrolment_code(self) -> str:
        """A new one-time code."""
        answer = self.api.post("/enrolment-codes", json={}).raise_for_status()
        return str(answer.json()["code"])

    @functools.cached_property
    def api(self) -> httpx.Client:
        """A client of the dashboard's interface."""
        if self._running is None:
            raise AssertionError("the fleet was never started")
        return httpx.Client(
            base_url=f"{self.dashboard_url}/api/v1",
            verify=self._running.context(),
            headers={"Authorization": f"Bearer {self._running.token}"},
            timeout=30,
            limits=httpx.Limits(max_keepalive_connections=0),  # it may be killed between two requests
        )
