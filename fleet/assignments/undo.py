"""When a hand-out or a take-back can be undone. Pure: time and the state of things come from the caller.

Rules:
- for ``UNDO_FOR`` from the change on, and only the last change of an assignment;
- never once something else happened meanwhile that rests on it: a recording, another hand-out of the same
  camera or to the same officer, a camera taken out of service, an officer retired;
- undone is undone in the list of assignments, and both the change and its undoing stay in the audit log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNDO_FOR = timedelta(seconds=60)


class ChangeKind(StrEnum):
    """Which way a camera went."""

    HANDED_OUT = "handed out"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class HandOver:
    """The last change of an assignment.

    Attributes:
        assignment: which.
        kind: whether it began or ended.
        camera: the camera's id.
        officer: the officer's id.
        officer_name: what the officer is called.
        at: when.
    """

    assignment: str
    kind: ChangeKind
    camera: str
    officer: str
    officer_name: str
    at: datetime

    @property
    def until(self) -> datetime:
        """The first moment at which it cannot be undone any more."""
        return self.at + UNDO_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What is so now, or has happened since the change.

    Attributes:
        recorded: the camera has made a recording since.
        camera_with: who has the camera now by another assignment.
        officer_with: which other camera the officer has now.
        camera_gone: the camera is out of service.
        officer_gone: the officer is retired.
    """

    recorded: bool = False
    camera_with: str | None = None
    officer_with: str | None = None
    camera_gone: bool = False
    officer_gone: bool = False


def undo_refusal(change: HandOver, since: Meanwhile, *, now: datetime) -> str | None:
    """Return the sentence that refuses to undo a change, or None when nothing stands in its way."""
    camera, done = change.camera, change.kind
    if not change.at <= now < change.until:
        return f"That {camera} was {done} can be undone within a minute alone, by the service's clock."
    if since.camera_gone:
        return f"{camera} was taken out of service meanwhile."
    if since.recorded:
        return f"A recording of {camera} was first heard of since it was {done}, so that stays in the list."
    return _held_elsewhere(change, since) if done is ChangeKind.TAKEN_BACK else None


def _held_elsewhere(change: HandOver, since: Meanwhile) -> str | None:
    if since.camera_with is not None:
        return f"{since.camera_with} has {change.camera} now."
    if since.officer_with is not None:
        return f"{change.officer_name} has {since.officer_with} now."
    if since.officer_gone:
        return f"{change.officer_name} was retired meanwhile."
    return None
