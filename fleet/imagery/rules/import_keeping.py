"""How long an import is kept, and why, in words. Pure.

Rules (F3):
- a CCTV clip is kept for the months that the landlord's notice says, from the day on which it was taken as
  somebody says, or from the day of its receipt where nobody does or that is after the receipt;
- one that is kept for a purpose, and every photograph, is kept until the day that was said with it;
- none goes within ``LOOK_DAYS`` days after its receipt, after a hold on it ended, or after it was taken out
  of an incident, whose hold holds it no more: somebody can look;
- a hold wins over everything, for as long as it lasts;
- what somebody decided to delete goes at once, unless it is held.

Months are calendar months, and a last day counts to its end at the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.imagery.rules.kinds import ImportKind
from fleet.retention.rules.calendar import day_words, plus_months
from fleet.retention.rules.keeping import HoldFacts, Keeping, held_words
from fleet.retention.rules.periods import local_day

LOOK_DAYS = 7


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """What the rules look at.

    Attributes:
        kind: what it is.
        received: when its file was received.
        taken: when it was taken, as somebody says; None where nobody does.
        kept_until: the last day on which it is needed for its purpose; None for none.
        loosened: when a hold on it last ended; None where none has.
        unlinked: when it was last taken out of an incident; None where it never was.
        ended: when somebody decided that it is deleted; None where nobody did.
        ended_by: who.
        holds: the holds on it, and on an incident that it belongs to.
    """

    kind: ImportKind
    received: datetime
    taken: datetime | None = None
    kept_until: date | None = None
    loosened: datetime | None = None
    unlinked: datetime | None = None
    ended: datetime | None = None
    ended_by: str = ""
    holds: tuple[HoldFacts, ...] = ()


def import_keeping(facts: ImportFacts, cctv_months: int, zone: ZoneInfo) -> Keeping:
    """Say how long an import is kept, and why.

    Args:
        facts: what is known of it.
        cctv_months: for how many months CCTV clips are kept.
        zone: the site's.

    Raises:
        OverflowError: the calendar does not go as far.
    """
    if facts.holds:
        return Keeping(None, held_words(facts.holds))
    if facts.ended is not None:
        day = local_day(facts.ended, zone)
        reason = f"To be deleted, as {facts.ended_by} decided on {day_words(day)}."
        return Keeping(day - timedelta(days=1), reason, is_decided=True)
    if facts.kept_until is not None:
        until, words = facts.kept_until, [f"Kept for its purpose until {day_words(facts.kept_until)}."]
    elif facts.kind is ImportKind.PHOTOGRAPH:
        until = local_day(facts.received, zone)
        words = ["A photograph for which nobody said until when it is needed."]
    else:
        until, words = _by_period(facts, cctv_months, zone)
    for since, why in (
        (facts.received, f"It stays for {LOOK_DAYS} days after it was received, so that somebody can look."),
        (facts.loosened, f"A hold on it ended, so it stays {LOOK_DAYS} more days."),
        (facts.unlinked, f"It was taken out of an incident, so it stays {LOOK_DAYS} more days."),
    ):
        if since is not None and (longer := local_day(since, zone) + timedelta(days=LOOK_DAYS)) > until:
            until = longer
            words.append(why)
    return Keeping(until, " ".join(words))


def _by_period(facts: ImportFacts, months: int, zone: ZoneInfo) -> tuple[date, list[str]]:
    received = local_day(facts.received, zone)
    taken = None if facts.taken is None else local_day(facts.taken, zone)
    if taken is None:
        counts, why = received, "the day of its receipt, for nobody says when it was taken"
    elif taken > received:
        counts, why = received, "the day of its receipt, for it is said to have been taken after that"
    else:
        counts, why = taken, "the day on which it is said to have been taken"
    length = "1 month" if months == 1 else f"{months} months"
    words = f"{length} for a CCTV clip that is kept for no purpose, from {day_words(counts)}, {why}."
    return plus_months(counts, months), [words]
