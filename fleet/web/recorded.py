"""Reading recordings from ``fleet.footage`` into the facts that pages show.

Rules:
- only reads; opening footage goes through the vault, with its own purpose and log;
- whether a recording is being made or sent now is the camera's own word, and is not known while the camera is
  not heard, nor once two devices have used its identity: a number may mean either's recording;
- how much of it is here is told in percent only where the whole is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.core.database import now
from fleet.footage.recordings.extent import share_here
from fleet.footage.recordings.models import ARRIVING, Recording, RecordingState, SegmentRow, is_apart, made_at
from fleet.footage.recordings.summary import DISAGREEMENT, RecordingSummary
from fleet.footage.released.keys import HANDED_OVER
from fleet.footage.store.names import public_id
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.incidents.finding import NOTHING_TOLD, RecordingTold, told_of
from fleet.people.models import Officer
from fleet.retention.lookup import keepings
from fleet.retention.rules.keeping import Keeping
from fleet.web.facts import CameraFacts, LookFacts, RecordingFacts, Silence
from fleet.web.sources import is_heard, known_until, read_status
from fleet.web.views.settings.groups import SITE, TEAM
from fleet.web.zone import site_zone
from protocol.footage.verifying.report import Verdict
from protocol.messages.status import Status

NEWEST = 100
"""How many recordings the first page looks at; more than a day's."""
AT_ODDS = cast(Recording.chain, Text).like(f'%"weight": "{DISAGREEMENT}"%')
"""Whether recordings of its camera contradict each other, this one among them: ``is_contradicted``."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for; what is None does not matter.

    Attributes:
        start: pressed then or later.
        end: pressed before then.
        officer: id of who wore the camera.
        camera: id of the camera.
        state: how far it has come; ``arriving`` stands for all that are not here yet.
        said: what people said of it, as conditions (``fleet.incidents.finding.matching``).
    """

    start: datetime | None = None
    end: datetime | None = None
    officer: str | None = None
    camera: str | None = None
    state: str | None = None
    said: tuple[ColumnElement[bool], ...] = ()


def newest(session: Session, *, camera: str | None = None, listed: int = 0) -> tuple[RecordingFacts, ...]:
    """Return the newest recordings, the newest first, and with them all that have not arrived.

    Of the ``listed`` first of them also what people say of them is read, and how long they are kept.
    """
    query = _ordered(select(Recording)).limit(NEWEST)
    rows = list(session.scalars(query.where(Recording.camera_id == camera) if camera else query))
    if camera is None:
        seen = {row.id for row in rows}
        unsettled = select(Recording).where(Recording.state.in_(_UNSETTLED))
        open_rows = session.scalars(_ordered(unsettled).limit(NEWEST))
        rows += [row for row in open_rows if row.id not in seen]
    return _facts(session, rows, told=rows[:listed], kept=rows[:listed])


def with_verified(session: Session, cameras: Sequence[CameraFacts]) -> tuple[CameraFacts, ...]:
    """Add to each camera when a recording of it was last verified and found unaltered."""
    newest_of_it = (
        select(Recording.verified)
        .where(
            Recording.camera_id == CameraRow.id,
            Recording.state == RecordingState.HELD,
            Recording.verdict != Verdict.ALTERED,
            or_(Recording.chain.is_(None), ~AT_ODDS),
            Recording.verified.is_not(None),
        )
        .order_by(Recording.verified.desc())
        .limit(1)
    )
    rows = session.execute(select(CameraRow.id, newest_of_it.scalar_subquery())).all()
    last = {str(row[0]): row[1] for row in rows}
    return tuple(replace(facts, verified=last.get(facts.camera)) for facts in cameras)


def recorded_since(session: Session, camera: str, at: datetime) -> bool:
    """Say whether the fleet has first heard of a recording of a camera since ``at``."""
    query = select(Recording.id).where(Recording.camera_id == camera, Recording.announced >= at)
    return session.scalars(query.limit(1)).first() is not None


def search(
    session: Session, wanted: Filter, *, skip: int, limit: int
) -> tuple[tuple[RecordingFacts, ...], int]:
    """Return a page of what fits, the newest first, and how many fit in all."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Recording).where(*conditions)) or 0
    return several(session, _page(session, conditions, limit, skip)), total


def everything(session: Session, wanted: Filter, *, block: int) -> Iterator[tuple[RecordingFacts, ...]]:
    """Give all that fits, the newest first, so many at a time."""
    before: ColumnElement[bool] = true()
    while True:
        found = _page(session, [*_conditions(wanted), before], block)
        if not found:
            return
        yield several(session, found)
        at = session.scalar(select(made_at).where(Recording.id == found[-1].id))
        before = or_(made_at < at, and_(made_at == at, Recording.id < found[-1].id))
        session.expunge_all()


def one(session: Session, row: Recording) -> RecordingFacts:
    """Return the facts of one recording."""
    return several(session, [row])[0]


def several(
    session: Session, rows: Sequence[Recording], *, with_kept: bool = True
) -> tuple[RecordingFacts, ...]:
    """Return the facts of recordings, in their order; how long they are kept where that is shown."""
    return _facts(session, rows, told=rows, kept=rows if with_kept else ())


def looks(session: Session, row: Recording) -> tuple[tuple[LookFacts, ...], bool]:
    """Return who looked at a recording, took it out or had a release of it, the newest first.

    And whether there are more.
    """
    names = {row.public_id}
    if not row.apart:  # of before its id was known; what is kept apart is not the first of its number
        names.add(public_id(None, row.camera_id, row.number))
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject.in_(names), AuditEntry.action.in_((VIEWED, EXPORTED, HANDED_OVER)))
        .order_by(AuditEntry.number.desc())
        .limit(NEWEST + 1)
    )
    found = tuple(
        LookFacts(each.utc, each.actor.partition(":")[2] or each.actor, each.action, each.purpose)
        for each in entries
    )
    return found[:NEWEST], len(found) > NEWEST


_UNSETTLED = (*ARRIVING, RecordingState.FAILED)


def _page(session: Session, by: Iterable[ColumnElement[bool]], limit: int, skip: int = 0) -> list[Recording]:
    """Return a page of what fits: an index alone says which those are, and only their long rows are read."""
    found = _ordered(select(Recording.id).where(*by))
    numbers = session.scalars(found.offset(skip).limit(limit)).all()
    return list(session.scalars(_ordered(select(Recording).where(Recording.id.in_(numbers)))))


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(made_at.desc(), Recording.id.desc())


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if wanted.start is None else [made_at >= wanted.start]
    if wanted.end is not None:
        found.append(made_at < wanted.end)
    if wanted.officer is not None:
        found += [_of_officer(wanted.officer), Recording.untrusted.is_(False)]
    if wanted.camera is not None:
        found.append(_of_camera(wanted.camera))
    if wanted.state is not None:
        states = ARRIVING if wanted.state == "arriving" else (wanted.state,)
        found.append(or_(*(Recording.state == each for each in states)))  # of one its index has the order
    return [*found, *wanted.said]


def _of_officer(officer: str) -> ColumnElement[bool]:
    """Return the condition of one officer, or of all who are in a team now."""
    team = officer.removeprefix(TEAM)
    if team == officer:
        return Recording.officer_id == officer
    return Recording.officer_id.in_(select(Officer.id).where(Officer.team_id == team))


def _of_camera(camera: str) -> ColumnElement[bool]:
    """Return the condition of one camera, or of all that are kept at a site now."""
    site = camera.removeprefix(SITE)
    if site == camera:
        return Recording.camera_id == camera
    return Recording.camera_id.in_(select(CameraRow.id).where(CameraRow.site_id == site))


def _facts(
    session: Session, rows: Sequence[Recording], *, told: Sequence[Recording], kept: Sequence[Recording]
) -> tuple[RecordingFacts, ...]:
    at, wanted = now(session), {row.camera_id for row in rows}
    cameras = session.scalars(select(CameraRow).where(CameraRow.id.in_(wanted))) if wanted else ()
    around = _Around(
        {camera.id: _CameraNow.of(camera, at) for camera in cameras},
        _shared(session, rows) if rows else set(),
        told_of(session, [row.id for row in told]),
        keepings(session, kept, site_zone()),
    )
    return tuple(_of(session, row, around) for row in rows)


@dataclass(frozen=True, slots=True)
class _CameraNow:
    """What a camera says now of its recordings, or why that is nothing, and until when; when it was heard."""

    status: Status | None = None
    silence: Silence = Silence.NOT_HEARD
    known_until: datetime | None = None
    seen: datetime | None = None

    @classmethod
    def of(cls, camera: CameraRow, at: datetime) -> _CameraNow:
        """Read it as of ``at``."""
        if camera.revoked is not None:
            return cls(None, Silence.OUT_OF_SERVICE, None, camera.seen)
        if not is_heard(camera, at):
            return cls(None, Silence.NOT_HEARD, None, camera.seen)
        if camera.doubled_since is not None:
            return cls(None, Silence.DOUBLED, known_until(camera, at), camera.seen)
        return cls(read_status(camera), Silence.SAYS_NOTHING, known_until(camera, at), camera.seen)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the facts of recordings are made with: cameras, shared numbers, and what is said."""

    cameras: Mapping[str, _CameraNow]
    shared: set[tuple[str, int]]
    told: Mapping[int, RecordingTold]
    kept: Mapping[int, Keeping]


def _shared(session: Session, rows: Sequence[Recording]) -> set[tuple[str, int]]:
    """Return which numbers of cameras, among those of ``rows``, more than one recording came with."""
    apart = select(Recording.camera_id, Recording.number).where(
        Recording.camera_id.in_({row.camera_id for row in rows}),
        Recording.number.in_({row.number for row in rows}),
        is_apart,
    )
    return {(camera, number) for camera, number in session.execute(apart)}


def _of(session: Session, row: Recording, around: _Around) -> RecordingFacts:
    camera = around.cameras.get(row.camera_id, _CameraNow())
    status, summary = camera.status, RecordingSummary.of(row)
    return RecordingFacts(
        summary,
        share=share(row.number, row.received_bytes, status, _came_since(session, row, camera.seen))
        if summary.is_over
        else None,
        under_way=None if status is None else status.recording == row.number,
        silence=camera.silence,
        sending=status is not None and status.upload.current == row.number,
        to_send=None if status is None else status.upload.recordings,
        bytes_left=None if status is None else status.upload.bytes_left,
        shares_number=(row.camera_id, row.number) in around.shared,
        known_until=camera.known_until,
        told=around.told.get(row.id, NOTHING_TOLD),
        kept=around.kept.get(row.id),
    )


def share(number: int, received: int, status: Status | None, since: int = 0) -> int | None:
    """Return how much of a recording is here, in percent; None where the whole is not known.

    The camera counts what it has still to send, of all its recordings together: that tells the whole of one
    only while it is the only one. ``since`` are the bytes that came after it had counted.
    """
    if status is None or status.upload.current != number or status.upload.recordings != 1:
        return None
    return share_here(received, status.upload.bytes_left, since)


def _came_since(session: Session, row: Recording, seen: datetime | None) -> int:
    """Return how many bytes of a recording came after its camera's last message."""
    if row.state != RecordingState.UPLOADING or seen is None:
        return 0
    after = (SegmentRow.recording_id == row.id, SegmentRow.received > seen)
    return session.scalar(select(func.sum(SegmentRow.size)).where(*after)) or 0
