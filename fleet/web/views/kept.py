"""How long one recording is kept, and the holds on things. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fleet.footage.recordings.gone import Gone
from fleet.retention.models import Hold
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.keeping import NOTICE_DAYS, HoldKind, Keeping
from fleet.retention.rules.switching import Switches, deletes_from
from fleet.web.views.moments import moment
from fleet.web.zone import local, site_zone

HOLD_WORDS = {
    HoldKind.CLAIM: "A claim, made or expected",
    HoldKind.INVESTIGATION: "An investigation",
    HoldKind.REQUEST: "Somebody's request about what was recorded of them",
}
"""What something can be held for, and the words for it."""


@dataclass(frozen=True, slots=True)
class KeptView:
    """How long a recording is kept.

    Attributes:
        until: its last day, or that it is held, or that this day is over, in a few words.
        reason: why, in words.
        is_past: whether its last day is over.
        is_held: whether a hold keeps it.
        still: why it is here although its last day is over; empty where that is not so.
    """

    until: str
    reason: str
    is_past: bool
    is_held: bool
    still: str = ""


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold that lasts.

    Attributes:
        id: for its form.
        kind: what for, in words.
        owner: who answers for it.
        reason: why.
        review: when it is looked at again, in words.
        is_overdue: whether that day is over.
        placed: by whom and when, in words.
        of: what is held.
        link: the page of that.
        request: the request that placed it, by its id, on whose page it ends; empty where a person did.
    """

    id: str
    kind: str
    owner: str
    reason: str
    review: str
    is_overdue: bool
    placed: str
    of: str
    link: str
    request: str = ""


def kept_view(kept: Keeping, now: datetime, switches: Switches = ()) -> KeptView:
    """Show how long a recording is kept, as of ``now``."""
    if kept.until is None:
        return KeptView("held", kept.reason, is_past=False, is_held=True)
    is_past = local(now).date() > kept.until
    words = f"past {day_words(kept.until)}" if is_past else f"until {day_words(kept.until)}"
    still = _still(kept, now, switches) if is_past else ""
    return KeptView(words, kept.reason, is_past, is_held=False, still=still)


def _still(kept: Keeping, now: datetime, switches: Switches) -> str:
    """Say why something is here although its last day is over."""
    if kept.is_decided:
        return "It goes whether deletion is on or off."
    begin, today = deletes_from(switches, site_zone()), local(now).date()
    if begin is None:
        return "Deletion is off, so it is here still."
    if today < begin:
        return f"Deletion begins on {day_words(begin)}, so it is here still."
    if not kept.is_told:
        return f"It goes once Today has said so for {NOTICE_DAYS} days."
    return "It is to be deleted."


def gone_words(gone: Gone) -> str:
    """Say in a few words that a recording was deleted, or is being."""
    return f"deleted {day_words(local(gone.at).date())}" if gone.is_over else "being deleted"


def hold_views(holds: Sequence[Hold], now: datetime) -> tuple[HoldView, ...]:
    """Show holds, as of ``now``."""
    return tuple(_hold_view(each, now) for each in holds)


def overdue(holds: Iterable[HoldView]) -> int:
    """Return how many holds should have been looked at before today."""
    return sum(each.is_overdue for each in holds)


def default_review(now: datetime) -> str:
    """Return the day that the form for a hold begins with: half a year on, as its field takes it."""
    there = local(now).date()
    return date.fromordinal(there.toordinal() + 182).isoformat()


def _hold_view(hold: Hold, now: datetime) -> HoldView:
    row = hold.recording
    if hold.import_id is not None:
        of, link = f"Import {hold.import_reference}", f"/imports/{hold.import_id}"
    elif row is not None:
        of, link = f"Recording {row.number} of {row.camera_id}", f"/recordings/{row.public_id}"
    else:
        of = hold.incident.reference if hold.incident is not None else ""
        link = f"/incidents/{hold.incident_id}"
    is_overdue = local(now).date() > hold.review
    verb = "should have been looked at by" if is_overdue else "to be looked at by"
    return HoldView(
        hold.id,
        HOLD_WORDS[HoldKind(hold.kind)],
        hold.owner,
        hold.reason,
        f"{verb} {day_words(hold.review)}",
        is_overdue,
        f"placed by {hold.placed_by}, {moment(hold.placed, now).text}",
        of,
        link,
        hold.request or "",
    )
