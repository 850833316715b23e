"""Deletes releases whose time is over; ``fleet.retention.deletion.cases`` says when it is done.

Rules:
- a release is over with the last day on which it could have been handed over, or with its receipt or its
  revocation after that;
- as long as a recording of it is here, its page has to say to whom it was given; and what answers a request
  stays with that;
- with it go its spans, its statements, its links, what was hidden in it and by whom that was watched. That
  keys went out stays with the recording, and says not to whom;
- the audit log tells that it was deleted, by its id and reference. It never held who got it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.config import FleetConfig
from fleet.core.database import announce
from fleet.core.services import Services
from fleet.footage.recordings.models import RecordingState
from fleet.releases.models import FootageRelease
from fleet.releases.steps import TOPIC, recordings_of
from fleet.requests.forgetting import request_kind
from fleet.requests.models import RequestCase
from fleet.retention.deletion.cases import CaseForgetting, CaseKind
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.rules.periods import local_day


def case_forgetting(services: Services) -> CaseForgetting:
    """Return what deletes requests and releases."""
    return CaseForgetting(services, case_kinds(services.config))


def case_kinds(config: FleetConfig) -> tuple[CaseKind, CaseKind]:
    """Return how requests and releases are deleted, by the configuration; a release after its request."""
    zone, kept = config.site.time_zone, config.registers
    return request_kind(kept.request_months, zone), release_kind(kept.release_months, zone)


def release_kind(months: int, zone: ZoneInfo) -> CaseKind:
    """Return how releases are deleted that many months after their end."""

    def past(session: Session, today: date, *, after: str, most: int) -> Sequence[str]:
        newest = newest_gone_by(today, months) + timedelta(days=2)  # the first moment after its last day
        midnight = datetime(newest.year, newest.month, newest.day, tzinfo=zone)
        query = select(FootageRelease.id).where(FootageRelease.ends < midnight, FootageRelease.id > after)
        return session.scalars(query.order_by(FootageRelease.id).limit(most)).all()

    def may_go(session: Session, release: str, today: date, *, lock: bool = False) -> bool:
        locked = {"of": FootageRelease} if lock else None
        row = session.get(FootageRelease, release, with_for_update=locked, populate_existing=lock)
        return row is not None and release_keeping(session, row, months, zone).may_go(today)

    def forget(session: Session, release: str) -> None:
        row = session.get_one(FootageRelease, release)
        reference, recordings = row.reference, [each.public_id for each in recordings_of(row)]
        session.execute(delete(FootageRelease).where(FootageRelease.id == release))
        record(
            session,
            FLEET,
            "releases:release:delete",
            release,
            f"{months} months",
            detail={"reference": reference},
        )
        announce(session, TOPIC, release)
        for each in recordings:
            announce(session, "recording", each)

    return CaseKind(past, may_go, forget)


def release_keeping(session: Session, row: FootageRelease, months: int, zone: ZoneInfo) -> CaseKeeping:
    """Return what keeps a release, and until when."""
    return CaseKeeping(_ended(row, zone), months, _kept_by(session, row))


def _ended(row: FootageRelease, zone: ZoneInfo) -> date:
    last = local_day(row.ends - timedelta(microseconds=1), zone)
    revoked = last if row.revoked is None else local_day(row.revoked, zone)
    return max(last, revoked, row.received or last)


def _kept_by(session: Session, row: FootageRelease) -> str:
    if any(each.state != RecordingState.DELETED for each in recordings_of(row)):
        return "a recording of it is here"
    if row.request and session.get(RequestCase, row.request) is not None:
        return "the request that it answers is kept"
    return ""
