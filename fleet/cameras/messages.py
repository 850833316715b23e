"""Applying what cameras publish: what they say of themselves and of commands to tables, events to handlers.

Rules:
- everything is validated as ``protocol.messages`` defines it, and the camera in the body must be the one in
  the topic, which the broker has checked against the certificate;
- what is not valid, or comes from a camera that is not enrolled, is counted and logged with its reason and
  never raises: one bad camera must not stop the others;
- what many cameras say goes into one transaction, and their news into another; where the database refuses
  that, each is tried by itself, so that one camera's words cost no other camera theirs;
- a log line is written for the first, second, fourth, eighth … invalid message of a camera: a flood stays
  readable.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.commanding.answering import hold_told, note_another_run, note_closed, take_response
from fleet.cameras.devices import Devices, heard_from, runs_from_json, runs_to_json
from fleet.cameras.hearing.mailbox import HeardMessage
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, heard
from fleet.cameras.services import CameraServices, NewsHandler
from fleet.core.actor import FLEET
from fleet.core.database import announce, now, reason
from fleet.core.problems import describe_validation
from protocol.messages.commands import Response
from protocol.messages.desired import Reported
from protocol.messages.events import CameraEvent
from protocol.messages.status import Status
from protocol.messages.topics import Up, parse_topic

log = logging.getLogger(__name__)

Said = Status | Reported | CameraEvent | Response
_MEANING: Mapping[Up, type[Said]] = {
    Up.STATUS: Status,
    Up.REPORTED: Reported,
    Up.EVENT: CameraEvent,
    Up.RESPONSE: Response,
}
_ONCE = frozenset({Up.EVENT, Up.RESPONSE})
"""What is said once, and counts for nothing where the broker was told to keep it."""

_STRANGER = "it is not enrolled, or it is revoked"

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
        letter = self.open(name, payload, retained=retained)
        if letter is not None:
            self.take_all([letter])

    def open(self, name: str, payload: bytes, *, retained: bool) -> HeardMessage | None:
        """Return what a message on a topic is; None, counted, where it is none of ours."""
        try:
            topic = parse_topic(name)
        except ValueError as error:
            self._refuse(name, str(error))
            return None
        if not isinstance(topic.subject, Up):
            self._refuse(topic.camera, "it speaks where the fleet does")
            return None
        return HeardMessage(topic.camera, topic.subject, payload, retained)

    def take_all(self, letters: Sequence[HeardMessage]) -> None:
        """Apply messages in their order, but news after what cameras say of themselves.

        Raises:
            SQLAlchemyError: the database does not answer; all may be taken again.
        """
        understood = [(letter, said) for letter in letters if (said := self._understood(letter)) is not None]
        self._keep([(letter, said) for letter, said in understood if not isinstance(said, CameraEvent)])
        self._take_news([said for _, said in understood if isinstance(said, CameraEvent)])

    def _understood(self, letter: HeardMessage) -> Said | None:
        """Return what a message says; None, counted, for what a camera got wrong."""
        if letter.subject in _ONCE and letter.retained:
            return None
        try:
            said = _MEANING[letter.subject].model_validate_json(letter.payload)
        except ValidationError as error:
            self._refuse(letter.camera, describe_validation(list(error.errors(include_url=False))))
            return None
        if said.camera != letter.camera:
            self._refuse(letter.camera, f"the body says it is {said.camera}")
            return None
        return said

    def _keep(self, understood: Sequence[tuple[HeardMessage, Said]]) -> None:
        """Keep what cameras say of themselves, all of it at once where the database takes that."""
        if not understood:
            return
        try:
            with self._services.sessions.begin() as session:
                answered = [said.id for _, said in understood if isinstance(said, Response)]
                hold_told(session, answered, {said.camera for _, said in understood})
                taken = [said for letter, said in understood if self._apply(session, letter, said)]
        except (OperationalError, InterfaceError):
            raise
        except SQLAlchemyError as error:
            if len(understood) == 1:
                self._refuse(understood[0][0].camera, f"the database refuses it: {reason(error)}")
            for each in understood if len(understood) > 1 else ():
                self._keep([each])
            return
        for status in taken:
            if isinstance(status, Status):
                self._hand_on(status)

    def _apply(self, session: Session, letter: HeardMessage, said: Said) -> bool:
        """Keep one; say whether it is for those who are handed live statuses."""
        if isinstance(said, Reported):
            self._apply_report(session, said)
        elif isinstance(said, Response) and self._known(session, said.camera) is not None:
            refused = take_response(session, said)
            if refused:
                self._refuse(said.camera, refused)
        return isinstance(said, Status) and self._apply_status(session, said, retained=letter.retained)

    def _apply_status(self, session: Session, status: Status, *, retained: bool) -> bool:
        camera = self._known(session, status.camera)
        if camera is None:
            return False
        before = Presence(camera.online, camera.session, camera.seen)
        after = heard(
            before, session=status.session, online=status.online, retained=retained, now=now(session)
        )
        if after is None:
            return False
        was = camera.status
        camera.online, camera.session, camera.seen = after.online, after.session, after.seen
        if (
            status.online
        ):  # a will says only that the link is gone: what the camera last said of itself stands
            camera.status = status.model_dump(mode="json")
            if (was or {}).get("run") != status.run:
                note_another_run(session, camera.id, status.state)
            if not retained:
                self._note_device(session, camera, status)
                note_closed(session, status)
        announce(session, "camera", camera.id)
        if before.online != after.online or _does(was) != _does(camera.status):
            announce(session, "presence", camera.id)
        return status.online and not retained

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

    def _apply_report(self, session: Session, report: Reported) -> None:
        """Keep which version of what is wanted a camera has taken on; that it says so does not date it."""
        camera = self._known(session, report.camera)
        if camera is not None:
            camera.reported = report.model_dump(mode="json")
            announce(session, "camera", camera.id)

    def _take_news(self, events: Sequence[CameraEvent]) -> None:
        """Hand news on, all of it at once."""
        if not events:
            return
        names = {event.camera for event in events}
        with self._services.readers() as session:
            query = select(CameraRow.id).where(CameraRow.id.in_(names), CameraRow.revoked.is_(None))
            enrolled = set(session.scalars(query))
        for event in events:
            if event.camera not in enrolled:
                self._refuse(event.camera, _STRANGER)
        known = [event for event in events if event.camera in enrolled]
        for handler in self._news if known else ():
            self._tell(handler, known)

    def _tell(self, handler: NewsHandler, events: Sequence[CameraEvent]) -> None:
        """Hand news to one handler; where it takes not all of it, each by itself."""
        try:
            for camera, why in handler(events, self._services.clock()):
                self._refuse(camera, why)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(events) == 1:
                # An event is news, the ledger is the record: a handler's fault must not stop the other
                # cameras.
                log.exception("An event of %s could not be handled.", events[0].camera)
            for each in events if len(events) > 1 else ():
                self._tell(handler, [each])

    def _known(self, session: Session, name: str) -> CameraRow | None:
        camera = session.get(CameraRow, name)
        if camera is None or camera.revoked is not None:
            self._refuse(name, _STRANGER)
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
