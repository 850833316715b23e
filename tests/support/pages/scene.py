"""A fleet in a state that a test chooses, and its pages as somebody with a role gets them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from starlette.testclient import TestClient

from fleet.assignments.models import Assignment
from fleet.audit.log import record
from fleet.cameras.models import CameraRow
from fleet.core.actor import Actor, ActorKind, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.incidents.models import Incident
from fleet.people.models import Officer
from fleet.server.compose import FleetServices
from protocol.messages.status import Status
from tests.support.fleet.alerting import forget_alerts
from tests.support.fleet.fleet import TestClock, token_for

ID = "5e" * 16
"""The recording's."""


@dataclass
class Scene:
    """What is so, row by row, and what is shown of it."""

    services: FleetServices
    clock: TestClock
    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Begin with nothing: no camera, no officer, no recording, and no alert that one of them had."""
        forget_alerts(self.services)
        with self.services.sessions.begin() as session:
            for table in (Incident, Recording, Assignment, CameraRow, Officer):
                session.execute(delete(table))

    def camera(self, number: int = 1, *, heard: bool = True, seen: bool = True, **more: Any) -> str:  # noqa: ANN401 - fields of a row
        """Have a camera, which is heard now, was heard once, or never."""
        now, name = self.services.clock(), f"cam-{number:02d}"
        usual = {"state": "standby", "window_s": 180.0, "clock_synchronised": True, "session": "s"}
        status = Status(camera=name, **{**usual, **more.pop("status", {})})
        row = CameraRow(
            id=name,
            number=number,
            name=name,
            enrolled=now - timedelta(days=2),
            certificate_expires=now + timedelta(days=300),
            online=heard and seen,
            session="s" if seen else "",
            seen=(now if heard else now - timedelta(hours=1)) if seen else None,
            status=status.model_dump(mode="json") if seen else None,
            **more,
        )
        with self.services.sessions.begin() as session:
            session.add(row)
        return name

    def officer(self, name: str = "Officer 1", *, retired: bool = False) -> str:
        """Have an officer."""
        now, key = self.services.clock(), name.lower().replace(" ", "-")
        with self.services.sessions.begin() as session:
            session.add(Officer(id=key, name=name, created=now, retired=now if retired else None))
        return key

    def assign(self, camera: str, officer: str, *, ended: bool = False) -> None:
        """Hand a camera to an officer, an hour ago."""
        now = self.services.clock()
        with self.services.sessions.begin() as session:
            session.add(
                Assignment(
                    id=f"a-{camera}-{officer}",
                    camera_id=camera,
                    officer_id=officer,
                    started=now - timedelta(hours=1),
                    started_by="user:desk",
                    ended=now if ended else None,
                )
            )

    def recording(self, **row: Any) -> None:  # noqa: ANN401 - fields of a row
        """Have a recording, of ``cam-01``."""
        now = self.services.clock()
        plain = {"camera_id": "cam-01", "number": 7, "recording": ID, "announced": now, "changed": now}
        with self.services.sessions.begin() as session:
            session.add(Recording(**{**plain, "state": RecordingState.ANNOUNCED, **row}))

    def held(self, **row: Any) -> None:  # noqa: ANN401 - fields of a row
        """Have a recording that is whole, verified and opened."""
        now = self.services.clock()
        self.recording(
            **{
                "state": RecordingState.HELD,
                "pressed": now,
                "clock_synchronised": True,
                "duration_s": 200.0,
                "prerecord_s": 30.0,
                "received_bytes": 9,
                "verified": row.get("announced", now),
                "verdict": "intact",
                "opening": "opened",
                "opening_at": now,
                "report": {},
                **row,
            }
        )

    def looked(self, recording: str, times: int = 1) -> None:
        """Have somebody look at a recording, so many times; the log keeps it for ever."""
        actor = Actor(ActorKind.USER, "desk", "Safety desk", frozenset())
        with self.services.sessions.begin() as session:
            for _ in range(times):
                record(session, actor, VIEWED, recording, "Reviewing an incident")

    def page(self, path: str, *roles: Role) -> str:
        """Return a page as it comes to somebody with these roles; with all when none are given."""
        name = "-".join(sorted(roles)) or "all"
        if name not in self.tokens:
            self.tokens[name] = token_for(self.services, *roles, name=name)
        headers = {"Authorization": f"Bearer {self.tokens[name]}", "Accept": "text/html"}
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)
        text: str = answer.text
        return text
