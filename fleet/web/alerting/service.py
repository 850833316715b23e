"""What alerts of the service itself, and of holds, are found from."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding, Looked
from fleet.alerts.sources import AlertLook, AlertSource, simple
from fleet.health.reading import AuthorityEnd
from fleet.jobs.queue import told_count
from fleet.retention.clock import doubted_look
from fleet.retention.deletion.deleting import KIND
from fleet.retention.deletion.going import notices
from fleet.retention.models import Hold
from fleet.retention.rules.switching import is_on
from fleet.retention.switch import switches_of
from fleet.vault.sealed import Sealed
from fleet.web.views.desk import kinds
from fleet.web.views.desk.found import (
    authority_ends,
    clock_doubted,
    deletion_due,
    deletion_stuck,
    disk_low,
    hold_overdue,
    vault_sealed,
)
from fleet.web.views.kept import hold_views
from fleet.web.views.retention.deletion import doubt_words
from fleet.web.zone import local

log = logging.getLogger(__name__)

AUTHORITY_SOON = timedelta(days=90)
_MOST_HOLDS = 1000

Around = Callable[[], AbstractContextManager[None]]
Disk = Callable[[Path], tuple[int, int]]
"""Returns how many bytes of a folder's disk are free, and how many there are; raises OSError."""


def disk_of(folder: Path) -> tuple[int, int]:
    """Return free and all bytes of the disk with a folder."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def service_source(
    around: Around,
    *,
    sealed: Callable[[], Sealed | None],
    sealed_for: timedelta,
    authority: AuthorityEnd,
    folder: Path,
    least_percent: int,
    disk: Disk = disk_of,
) -> AlertSource:
    """Return the source of the service's own alerts.

    Args:
        around: has times said in the site's zone.
        sealed: why the vault can open nothing now; None where it can.
        sealed_for: how long one that people unseal may be before anybody is told.
        authority: when the fleet's authority ends, or what issues in its name.
        folder: whose disk is looked at.
        least_percent: how much of it should be free.
        disk: asks for that.
    """

    def look(look: AlertLook) -> Looked:
        found: list[AlertFinding] = []
        unknown = frozenset[tuple[str, str]]()
        with around():
            is_now = sealed()
            if is_now is not None and _is_long(is_now, look.now, sealed_for):
                found.append(vault_sealed(is_now, look.now))
            if authority.at - look.now < AUTHORITY_SOON:
                found.append(authority_ends(authority, look.now))
            try:
                low = disk_low(*disk(folder), least_percent)
            except OSError as error:
                log.warning("How full the disk of %s is cannot be told: %s", folder, error)
                unknown = frozenset({(kinds.DISK.id, "disk")})
                low = None
        found += [low] if low is not None else []
        return Looked(frozenset(kind.id for kind in kinds.SERVICE), tuple(found), unknown)

    return AlertSource(kinds.SERVICE, look)


def _is_long(sealed: Sealed, now: datetime, longest: timedelta) -> bool:
    """Say whether it is sealed longer than it should: without its key file, from the first moment on."""
    return not sealed.waits_for_people or now - sealed.since >= longest


def deletion_source(around: Around) -> AlertSource:
    """Return the source of the alerts of what is to be deleted, and of deletions that do not get done."""

    def find(session: Session, moment: datetime) -> tuple[AlertFinding, ...]:
        switches, stuck = switches_of(session), told_count(session, [KIND])
        told = notices(session, switches)
        with around():
            due = () if told is None else (deletion_due(told),)
            doubt = doubt_words(doubted_look(session), moment) if is_on(switches) else ""
            odd = (clock_doubted(doubt),) if doubt else ()
            return (*odd, *due, *((deletion_stuck(stuck),) if stuck else ()))

    return simple((kinds.CLOCK_DOUBTED, kinds.DELETION_DUE, kinds.DELETION_STUCK), find)


def holds_source(around: Around) -> AlertSource:
    """Return the source of the alerts of holds that should have been looked at."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            past = (Hold.released.is_(None), Hold.review < local(now).date())
            rows = session.scalars(
                select(Hold).where(*past).order_by(Hold.review, Hold.id).limit(_MOST_HOLDS)
            )
            return tuple(hold_overdue(each) for each in hold_views(list(rows), now))

    return simple((kinds.HOLD_OVERDUE,), find)
