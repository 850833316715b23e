"""Reading cameras, officers and assignments from their domains into the facts that pages show.

Rules:
- only reads; whoever changes something calls the domain;
- a status message that does not make sense is left out and never breaks a page;
- whether a camera is heard is judged anew for every page, by the time of its last message: nothing needs to
  have noticed that it went silent (F8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from fleet.assignments.models import Assignment
from fleet.assignments.service import open_assignments
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import AHEAD, HEARD_FOR, Presence, still_heard
from fleet.cameras.service import get_camera, list_cameras
from fleet.core.database import now
from fleet.footage.recordings.accounting import Account
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.conditions import ConditionSum
from fleet.organisation.models import Group, GroupKind
from fleet.organisation.service import list_groups
from fleet.people.models import Officer
from fleet.people.officers import list_officers
from fleet.web.facts import AssignmentFacts, CameraFacts, OfficerFacts, RecordingFacts
from fleet.web.views.conditions import condition_sentence
from protocol.messages.status import Status

_HISTORY = 20
_HANDS = 100
"""A camera changes hands a few times a day; a recording lasts hours at most."""
_PERCENT = 100


def cameras(session: Session, recordings: Sequence[RecordingFacts] = ()) -> tuple[CameraFacts, ...]:
    """Return the facts of all cameras in service; ``recordings`` tell how much of an upload is here."""
    worn = {row.camera_id: row for row in open_assignments(session)}
    known = {(each.summary.camera, each.summary.number): each for each in recordings}
    moment, ends = now(session), _ends(session)
    return tuple(
        camera_facts(row, Hands(worn.get(row.id), ends.get(row.id)), known, moment)
        for row in list_cameras(session)
    )


def with_missing(cameras: Sequence[CameraFacts], counts: Mapping[str, Account]) -> tuple[CameraFacts, ...]:
    """Add to each camera the recordings that it made and of which nothing has arrived (L3)."""
    return tuple(_with_missing(facts, counts.get(facts.camera)) for facts in cameras)


def one_camera(session: Session, camera: str, recordings: Sequence[RecordingFacts] = ()) -> CameraFacts:
    """Return the facts of one camera, also when it is out of service.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    row = get_camera(session, camera)
    worn = {each.camera_id: each for each in open_assignments(session)}
    known = {(each.summary.camera, each.summary.number): each for each in recordings}
    hands = Hands(worn.get(camera), _ends(session, camera).get(camera))
    return camera_facts(row, hands, known, now(session))


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has a camera by the list, and when it was last taken back from somebody."""

    worn: Assignment | None
    taken_back: datetime | None

    def said(self, status: Status, seen: datetime | None, at: datetime) -> bool | None:
        """Say whether the camera has said since its last change of hands who has it, and said it right.

        A change that lies in the future as of ``at`` was before the service's clock was put back: every
        message that is dated by now came after it.
        """
        changes = [each for each in (self.worn and self.worn.started, self.taken_back) if each]
        changed = max((each for each in changes if each <= at + AHEAD), default=None)
        if seen is None:
            return None
        named = status.assignment == (self.worn.id if self.worn else None)
        return named and (changed is None or seen >= changed)


def camera_facts(
    row: CameraRow,
    hands: Hands,
    known: Mapping[tuple[str, int], RecordingFacts],
    at: datetime,
) -> CameraFacts:
    """Join what the fleet knows of a camera as of ``at`` with what it says of itself."""
    worn, heard = hands.worn, is_heard(row, at)
    base = CameraFacts(
        camera=row.id,
        enrolled=row.enrolled,
        revoked=row.revoked,
        online=heard,
        known_until=known_until(row, at),
        last_seen=row.seen,
        officer=worn.officer.name if worn else None,
        officer_id=worn.officer_id if worn else None,
        since=worn.started if worn else None,
        assignment=worn.id if worn else None,
        certificate_ends=row.certificate_expires,
        doubled_since=row.doubled_since,
        doubled_last=row.doubled_last,
        site=row.site_id,
    )
    status = read_status(row)
    if status is None:
        return base
    if row.doubled_since is not None:
        known = {}  # a number may mean either device's recording
    making = known.get((row.id, status.recording)) if status.recording is not None else None
    sending = known.get((row.id, status.upload.current)) if status.upload.current is not None else None
    return replace(
        base,
        state=str(status.state) if status.state is not None else None,
        held_s=status.prerecord_s,
        window_s=status.window_s or None,
        recording=status.recording,
        recording_of=making.summary.officer_name if making else None,
        recording_since=making.summary.moment if making and making.summary.is_dated else None,
        recording_heard=making.summary.announced if making else None,
        battery=status.battery_percent,
        storage_used=_used(status),
        waiting=status.upload.recordings,
        uploading=status.upload.current,
        bytes_left=status.upload.bytes_left,
        uploading_share=sending.share if sending else None,
        trouble=_trouble(status),
        conditions=_conditions(status),
        clock_synchronised=status.clock_synchronised,
        firmware=status.firmware,
        made=status.made,
        taken_on=hands.said(status, row.seen, at),
        refused=_refused(row),
    )


def _ends(session: Session, camera: str | None = None) -> Mapping[str, datetime]:
    """Return when each camera was last taken back."""
    query = select(Assignment.camera_id, func.max(Assignment.ended)).group_by(Assignment.camera_id)
    if camera is not None:
        query = query.where(Assignment.camera_id == camera)
    return {name: ended for name, ended in session.execute(query) if ended is not None}


def _refused(row: CameraRow) -> tuple[str, ...]:
    """Return what a camera says it could not do, while that is what is still wanted."""
    report = row.reported or {}
    if report.get("version") != row.desired_version:
        return ()
    return tuple(str(each) for each in report.get("refused", ()))


def _with_missing(facts: CameraFacts, count: Account | None) -> CameraFacts:
    """Add the numbers that have not arrived (L3), but for the one that is being made this moment.

    Whether one is being made now only a camera that is heard can say: what it said last may be of long ago.
    """
    if count is None:
        return facts
    making = facts.recording if facts.online else None
    missing = tuple(number for number in count.missing if number != making)
    newest = count.missing_count - (len(count.missing) - len(missing))
    return replace(facts, missing=missing, missing_count=newest, arriving=count.arriving)


def officers(session: Session, *, retired: bool = False) -> tuple[OfficerFacts, ...]:
    """Return the facts of all officers by name, with ``retired`` of those too who wear no camera any more."""
    worn = {row.officer_id: row for row in open_assignments(session)}
    return tuple(
        OfficerFacts(
            id=row.id,
            name=row.name,
            camera=worn[row.id].camera_id if row.id in worn else None,
            since=worn[row.id].started if row.id in worn else None,
            retired=row.retired,
            team=row.team_id,
        )
        for row in list_officers(session, retired=retired)
    )


def every_group(session: Session) -> Sequence[Group]:
    """Return all sites and then all teams, those that are retired too."""
    return [each for kind in GroupKind for each in list_groups(session, kind, retired=True)]


def group_members(session: Session) -> Mapping[str, int]:
    """Return how many cameras are kept at each site, and how many officers are in each team, now."""
    cameras = select(CameraRow.site_id, func.count()).where(CameraRow.revoked.is_(None))
    officers = select(Officer.team_id, func.count()).where(Officer.retired.is_(None))
    found: dict[str, int] = {}
    for query, column in ((cameras, CameraRow.site_id), (officers, Officer.team_id)):
        rows = session.execute(query.where(column.is_not(None)).group_by(column))
        found |= {str(group): number for group, number in rows}
    return found


def history(session: Session, camera: str) -> tuple[tuple[AssignmentFacts, ...], bool]:
    """Return who had a camera, the newest first, and whether there are more."""
    query = (
        select(Assignment)
        .where(Assignment.camera_id == camera)
        .options(joinedload(Assignment.officer))
        .order_by(Assignment.started.desc())
        .limit(_HISTORY + 1)
    )
    found = tuple(
        AssignmentFacts(row.camera_id, row.officer.name, row.started, row.ended)
        for row in session.scalars(query)
    )
    return found[:_HISTORY], len(found) > _HISTORY


def is_heard(row: CameraRow, at: datetime) -> bool:
    """Say whether a camera's last message is new enough to speak of the present."""
    return still_heard(Presence(row.online, row.session, row.seen), now=at)


def known_until(row: CameraRow, at: datetime) -> datetime | None:
    """Return how long a camera's last message speaks of the present; None while the camera is not heard."""
    return row.seen + HEARD_FOR if row.seen is not None and is_heard(row, at) else None


def hands(session: Session, recording: RecordingSummary) -> tuple[AssignmentFacts, ...]:
    """Return who had a recording's camera while it was made and for a day after, by the hand-out list."""
    since = recording.moment - timedelta(seconds=recording.prerecord_s or 0)
    until = recording.moment + timedelta(seconds=recording.duration_s or 0, days=1)
    query = (
        select(Assignment)
        .where(Assignment.camera_id == recording.camera, Assignment.started <= until)
        .where(or_(Assignment.ended.is_(None), Assignment.ended >= since))
        .options(joinedload(Assignment.officer))
        .order_by(Assignment.started)
        .limit(_HANDS)
    )
    return tuple(
        AssignmentFacts(row.camera_id, row.officer.name, row.started, row.ended)
        for row in session.scalars(query)
    )


def read_status(row: CameraRow) -> Status | None:
    """Return what a camera last said of itself, or None when it has said nothing that can be read."""
    if row.status is None:
        return None
    try:
        return Status.model_validate(row.status, strict=False)
    except ValidationError:
        return None  # written by another version of this service; the next message replaces it


def _trouble(status: Status) -> tuple[str, ...]:
    """What is wrong: the faults, and what a camera that names its conditions alone captures nothing by."""
    said = [condition_sentence(each) for each in _conditions(status) or ()]
    return tuple(dict.fromkeys((*status.faults, *said)))


def _conditions(status: Status) -> tuple[ConditionSum, ...] | None:
    if status.conditions is None:
        return None
    return tuple(ConditionSum(each.track, each.condition, each.for_s) for each in status.conditions)


def _used(status: Status) -> int | None:
    if status.storage_free_bytes is None or not status.storage_total_bytes:
        return None
    whole = status.storage_total_bytes
    used = max(0, whole - status.storage_free_bytes)
    if used in (0, whole):  # nothing is said to be empty or full that is so only nearly
        return _PERCENT * used // whole
    return max(1, min(_PERCENT - 1, round(_PERCENT * used / whole)))
