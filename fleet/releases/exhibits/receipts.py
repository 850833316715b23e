"""The receipt of whoever a release was handed to. In the caller's transaction."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.releases.exhibits.continuity import saw
from fleet.releases.models import FootageRelease
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.states import ReleaseStep
from fleet.releases.steps import step_on, tell
from fleet.requests.cases import local_today
from fleet.requests.texts_of import clean_day, clean_words

LONGEST_RECEIPT = 500


def note_receipt(
    session: Session, *, release: str, on: date | None, receipt: str, zone: ZoneInfo, by: Actor
) -> FootageRelease:
    """Write down that somebody received a release, and how that is shown.

    Raises:
        ProblemError: 403 they may not; 404 there is no such release; 409 no download of it was begun; 422 the
            day or the words cannot be so.
    """
    row = step_on(session, release, ReleaseStep.RECEIPT, by)
    if row.first_handed is None:
        raise ProblemError(409, "not_handed", "No download of it was begun yet.")
    first = row.first_handed.astimezone(zone).date()
    last = local_today(session, zone)
    row.received = clean_day(on, first=first, last=last, what="the day of the receipt")
    row.receipt = clean_words(receipt, "Say who received it and how that is shown", longest=LONGEST_RECEIPT)
    saw(session, row, ContinuityKind.RECEIPT, by, words=f"received on {row.received}: {row.receipt}")
    tell(session, row, by, "releases:release:receipt", f"Received on {row.received}: {row.receipt}")
    return row
