"""Applying what cameras publish: status messages and reports to the table, events to whoever asked for them.

Rules:
- everything is validated as ``protocol.messages`` defines it, and the camera in the body must be the one in
  the topic, which the broker has checked against the certificate;
- what is not valid, or comes from a camera that is not enrolled, is counted and logged with its reason and
  never raises: one bad camera must not stop the others;
- a log line is written for the first, second, fourth, eighth … invalid message of a camera: a flood stays
  readable.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.devices import Devices, heard_from, runs_from_json, runs_to_json
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, heard
from fleet.cameras.services import CameraServices
from fleet.core.actor import FLEET
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, describe_validation
from protocol.messages.desired import Reported
from protocol.messages.events import CameraEvent
from protocol.messages.status import Status
from protocol.messages.topics import Topic, Up, parse_topic

log = logging.getLogger(__name__)


_DOES = ("state", "recording", "assignment")
"""What a status says that somebody who looks at a page must see at once; beside it whether it sends what."""


class Inbox:
    """Takes messages one after the other.

    Attributes:
        refused: how many were not valid, by camera (or topic, where there is none).
    """

    def __init__(self, cameras: CameraServices) -> None:
        self._services = cameras.core
        self._news = cameras.news
        self._statuses = cameras.statuses
        self.refused: Counter[str] = Counter()

    def take(self, name: str, payload: bytes, *, retained: bool) -> None:
        """Apply one message; never raises for what a camera got wrong."""
        try:
            topic = parse_topic(name)
        except ValueError as error:
            self._refuse(name, str(error))
            return
        try:
            self._apply(topic, payload, retained=retained)
        except ValidationError as error:
            self._refuse(topic.camera, describe_validation(list(error.errors(include_url=False))))

    def _apply(self, topic: Topic, payload: bytes, *, retained: bool) -> None:
        if topic.subject is Up.STATUS:
            status = Status.model_validate_json(payload)
            if self._is_own(topic, status.camera):
                self._apply_status(status, retained=retained)
        elif topic.subject is Up.EVENT and not retained:
            event = CameraEvent.model_validate_json(payload)
            if self._is_own(topic, event.camera):
                self._apply_event(event)
        elif topic.subject is Up.REPORTED:
            report = Reported.model_validate_json(payload)
            if self._is_own(topic, report.camera):
                self._apply_report(report)
        elif topic.subject is Up.RESPONSE:
            self._refuse(topic.camera, "it answers a command, and none was sent")

    def _is_own(self, topic: Topic, claimed: str) -> bool:
        if claimed != topic.camera:
            self._refuse(topic.camera, f"the body says it is {claimed}")
        return claimed == topic.camera

    def _apply_status(self, status: Status, *, retained: bool) -> None:
        with self._services.sessions.begin() as session:
            camera = self._known(session, status.camera)
            if camera is None:
                return
            before = Presence(camera.online, camera.session, camera.seen)
            after = heard(
                before, session=status.session, online=status.online, retained=retained, now=now(session)
            )
            if after is None:
                return
            said = camera.status
            camera.online, camera.session, camera.seen = after.online, after.session, after.seen
            if (
                status.online
            ):  # a will says only that the link is gone: what the camera last said of itself stands
                camera.status = status.model_dump(mode="json")
                if not retained:
                    self._note_device(session, camera, status)
            announce(session, "camera", camera.id)
            if before.online != after.online or _does(said) != _does(camera.status):
                announce(session, "presence", camera.id)
        if status.online and not retained:
            self._hand_on(status)

    def _note_device(self, session: Session, camera: CameraRow, status: Status) -> None:
        """Notice a second device with this camera's identity; the first time is for the audit log."""
        before = Devices(runs_from_json(camera.runs_seen), camera.doubled_since, camera.doubled_last)
        after = heard_from(before, status.run, status.session, now(session))
        if after == before:
            return
        camera.runs_seen = runs_to_json(after.runs)
        camera.doubled_since, camera.doubled_last = after.since, after.last
        if before.since is None and after.since is not None:
            log.warning("Two devices or more use the identity of %s.", camera.id)
            detail = {"runs": " ".join(each.run for each in after.runs[-2:])}
            record(session, FLEET, "cameras:identity:doubled", camera.id, detail=detail)

    def _hand_on(self, status: Status) -> None:
        for handler in self._statuses:
            try:
                handler(status)
            except Exception:
                # A handler's fault must not stop the other cameras; the next status comes soon.
                log.exception("A status of %s could not be handled.", status.camera)

    def _apply_report(self, report: Reported) -> None:
        """Keep which version of what is wanted a camera has taken on; that it says so does not date it."""
        with self._services.sessions.begin() as session:
            camera = self._known(session, report.camera)
            if camera is not None:
                camera.reported = report.model_dump(mode="json")
                announce(session, "camera", camera.id)

    def _apply_event(self, event: CameraEvent) -> None:
        with self._services.readers() as session:
            if self._known(session, event.camera) is None:
                return
        received = self._services.clock()
        for handler in self._news:
            try:
                handler(event.camera, event, received)
            except ProblemError as problem:
                self._refuse(event.camera, problem.detail)
            except Exception:
                # An event is news, the ledger is the record: a handler's fault must not stop the other
                # cameras.
                log.exception("An event of %s could not be handled.", event.camera)

    def _known(self, session: Session, name: str) -> CameraRow | None:
        camera = session.get(CameraRow, name)
        if camera is None or camera.revoked is not None:
            self._refuse(name, "it is not enrolled, or it is revoked")
            return None
        return camera

    def _refuse(self, source: str, reason: str) -> None:
        self.refused[source] += 1
        count = self.refused[source]
        if count & (count - 1) == 0:
            log.warning("Message %d of %s was refused: %s", count, source, reason)


def _does(status: Mapping[str, Any] | None) -> tuple[Any, ...]:
    said = status or {}
    upload = said.get("upload") or {}
    sends = (upload.get("current"), upload.get("recordings"), upload.get("bytes_left") == 0)
    return (*(said.get(name) for name in _DOES), *sends)
