"""Deletes releases whose time is over; ``fleet.retention.deletion.cases`` says when it is done.

Rules:
- a release is over with the last day on which it could have been handed over, or with its receipt or its
  revocation after that;
- as long as a recording or an import of it is here, its page has to say to whom it was given; and what
  answers a request stays with that;
- with it go its spans, its exhibit numbers, its continuity, its statements, its links, what was hidden in it
  and by whom that was watched. The last number of a series stays, that none is given again.
  That keys went out stays with the recording, and says not to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.config import FleetConfig
from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.recordings.models import RecordingState
from fleet.imagery.rules.kinds import ImportState
from fleet.releases.models import FootageRelease
from fleet.releases.steps import TOPIC, get_release, tell
from fleet.releases.subjects import imports_of, public_id, recordings_of, released_in
from fleet.requests.forgetting import request_rules
from fleet.requests.models import RequestCase
from fleet.retention.deletion.case_rules import CaseRules
from fleet.retention.deletion.cases import CaseForgetting, CaseKind
from fleet.retention.holds import IMPORT
from fleet.retention.kept_longer import keep_longer
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.rules.periods import local_day


def case_forgetting(services: Services) -> CaseForgetting:
    """Return what deletes requests and releases."""
    return CaseForgetting(services, case_kinds(services.config))


def case_kinds(config: FleetConfig) -> tuple[CaseKind, CaseKind]:
    """Return how requests and releases are deleted, by the configuration; a release after its request."""
    zone, kept = config.site.time_zone, config.registers
    return request_rules(kept.request_months, zone).kind, release_rules(kept.release_months, zone).kind


def release_rules(months: int, zone: ZoneInfo) -> CaseRules[FootageRelease]:
    """Return how releases are kept, and deleted that many months after their end."""

    def ended(row: FootageRelease) -> date:
        last = local_day(row.ends - timedelta(microseconds=1), zone)
        revoked = last if row.revoked is None else local_day(row.revoked, zone)
        return max(last, revoked, row.received or last)

    return CaseRules(
        table=FootageRelease,
        id=FootageRelease.id,
        over=FootageRelease.ends,
        spare=timedelta(days=1),  # its end is the first moment of the day after its last one
        ended=ended,
        kept_by=_kept_by,
        forget=_forget,
        reference=lambda row: row.reference,
        action="releases:release:delete",
        months=months,
        zone=zone,
    )


def release_keeping(session: Session, row: FootageRelease, months: int, zone: ZoneInfo) -> CaseKeeping:
    """Return what keeps a release, and until when."""
    return release_rules(months, zone).keeping(session, row.id, row)


def keep_release_longer(
    session: Session, *, release: str, until: date | None, why: str, zone: ZoneInfo, by: Actor
) -> FootageRelease:
    """Have a release kept until a day; another day takes the place of the one before.

    Raises:
        ProblemError: 403 a program asks; 404 there is no such release; 422 the day or the reason cannot be.
    """
    row = get_release(session, release, lock=True)
    today = local_day(now(session), zone)
    kept = keep_longer(session, case=row.id, until=until, why=why, today=today, by=by)
    words = f"Has it kept until {day_words(kept.until)}: {kept.why}"
    tell(session, row, by, "releases:release:keep", words, detail={"until": kept.until.isoformat()})
    return row


def _forget(_session: Session, row: FootageRelease) -> Sequence[tuple[str, str]]:
    recordings = {each.public_id for each in recordings_of(row)}
    names = [public_id(each) for each in released_in(row)]
    return [(TOPIC, row.id), *(("recording" if each in recordings else IMPORT, each) for each in names)]


def _kept_by(session: Session, row: FootageRelease) -> str:
    if any(each.state != RecordingState.DELETED for each in recordings_of(row)):
        return "a recording of it is here"
    if any(each.state != ImportState.DELETED for each in imports_of(row)):
        return "an import of it is here"
    if row.request and session.get(RequestCase, row.request) is not None:
        return "the request that it answers is kept"
    return ""
