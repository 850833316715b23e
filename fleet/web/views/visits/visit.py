"""A visit in words: when, where, how it stands with its notice, and what was said of being recorded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from fleet.cameras.commanding.models import CameraCommand
from fleet.visits.consent import CAMERA, PAGE, PROGRAM, facts_of, outcome_of, ways_of
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit, VisitNotice
from fleet.visits.notices import WAYS, standing_of
from fleet.visits.rules.consent import REASON_WITHIN, ConsentKind, is_overdue, lacks_reason, pairs_of
from fleet.visits.rules.notices import NoticeStanding
from fleet.visits.rules.when import words_of_when
from fleet.visits.texts import LANGUAGES
from fleet.web.views.moments import Moment, full_moment, moment, time_of_day
from fleet.web.views.state import Badge
from fleet.web.views.visits.asked import AskedView, asked_view
from fleet.web.zone import site_zone

_NOTICES = {
    NoticeStanding.SENT: Badge("Notice sent", "check", "good", "It was sent in time."),
    NoticeStanding.LATE: Badge(
        "Notice sent late", "clock", "warn", "It was sent, with less time left than tenants are given."
    ),
    NoticeStanding.DUE: Badge(
        "Notice to send", "clock", "quiet", "None is noted for this time and place yet."
    ),
    NoticeStanding.PRESSING: Badge(
        "No notice", "alert-triangle", "bad", "None is noted for this time and place, and the visit is near."
    ),
    NoticeStanding.WITHOUT: Badge(
        "No notice", "alert-triangle", "bad", "None was noted for this time and place before the visit."
    ),
    NoticeStanding.NEEDLESS: Badge("Called off", "x", "quiet", "This visit does not take place."),
}
CONSENT_WORDS = {
    ConsentKind.GIVEN: "Agreed to be recorded",
    ConsentKind.REFUSED: "Refused to be recorded",
    ConsentKind.WITHDRAWN: "No longer agrees",
    ConsentKind.NOT_ASKED: "Nobody was asked",
    ConsentKind.OVERRIDDEN: "Recorded without consent, for safety",
    ConsentKind.ASKED_FOR: "Asked that this be recorded too",
}
NOTHING_SAID = "Nothing is written down of what was said."


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list.

    Attributes:
        id: in addresses.
        time: of day, as the site's clocks show it.
        when: with its day.
        place: where.
        tenancy: the landlord's reference.
        purpose: what for.
        officer: who goes there.
        notice: how it stands with its notice.
        consent: what counts of what was said; empty where nothing is written down.
        is_cancelled: whether it was called off.
    """

    id: str
    time: str
    when: Moment
    place: str
    tenancy: str
    purpose: str
    officer: str
    notice: Badge
    consent: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice that was sent: its id, when, how, by whom, and for which time and place."""

    id: str
    sent: Moment
    way: str
    by: str
    of: str
    is_of_now: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One entry of the consent record.

    Attributes:
        id: for the form of its reason.
        words: what was said.
        at: when.
        how: how it came, by whom, and which text was said to them.
        late: when the service heard of it, where that was more than a minute later, and who linked it to the
            visit, where a person did; empty else.
        reason: why; empty while nobody said.
        waits: that a reason is still to come, in a sentence; empty where none is.
        asked: what became of the officer's camera being asked; None where it was not to be.
    """

    id: str
    words: str
    at: Moment
    how: str
    late: str
    reason: str
    waits: str
    asked: AskedView | None


@dataclass(frozen=True, slots=True)
class CamerasPart:
    """What is known of cameras beside what was said.

    Attributes:
        linked: who linked what a camera signed to the visit, and why, in a sentence, by the entry's id.
        commands: by which cameras were asked, by their ids.
        signed: what cameras signed, by the entry's id.
        yours: whether the officer themselves reads it.
    """

    linked: Mapping[str, str] = field(default_factory=dict)
    commands: Mapping[str, CameraCommand] = field(default_factory=dict)
    signed: Mapping[str, CameraConsent] = field(default_factory=dict)
    yours: bool = False


_NO_CAMERAS = CamerasPart()


def visit_row(
    visit: TenancyVisit,
    notices: Sequence[VisitNotice],
    entries: Sequence[ConsentEntry],
    now: datetime,
    ahead: timedelta,
) -> VisitRow:
    """Return a visit as a row of a list."""
    outcome = outcome_of(entries)
    return VisitRow(
        visit.id,
        f"{time_of_day(visit.planned)}\N{EN DASH}{time_of_day(visit.ends)}",
        moment(visit.planned, now),
        visit.place,
        visit.tenancy,
        visit.purpose,
        visit.officer.name,
        _NOTICES[standing_of(visit, notices, now, ahead)],
        "" if outcome is None else CONSENT_WORDS[outcome],
        visit.cancelled is not None,
    )


def notice_views(
    visit: TenancyVisit, notices: Sequence[VisitNotice], now: datetime
) -> tuple[NoticeView, ...]:
    """Return the notices that were sent, the last in front."""
    return tuple(
        NoticeView(
            each.id,
            moment(each.sent, now),
            f"{WAYS[each.way]}, in {LANGUAGES[each.language]}{', in large print' if each.large else ''}",
            each.sent_by,
            f"for {full_moment(each.planned).text}, {each.place}",
            (each.planned, each.place) == (visit.planned, visit.place),
        )
        for each in notices
    )


def consent_views(
    entries: Sequence[ConsentEntry], now: datetime, cameras: CamerasPart = _NO_CAMERAS
) -> tuple[ConsentView, ...]:
    """Return what was said, in the order in which it was said.

    What a camera signed and what was written down of the same moment are one (``pairs_of``).

    Args:
        entries: of one visit.
        now: the time.
        cameras: what is known of cameras beside it.
    """
    pairs, by_id = pairs_of(ways_of(entries)), {each.id: each for each in entries}
    written = set(pairs.values())
    return tuple(
        _consent(each, by_id.get(pairs.get(each.id, "")), now, cameras)
        for each in entries
        if each.id not in written
    )


def when_of(visit: TenancyVisit) -> tuple[str, str]:
    """Return the day and the time of day of a visit, as its notice says them."""
    return words_of_when(visit.planned, site_zone())


_COMES = {PAGE: "on their own page", PROGRAM: "through a program", CAMERA: "signed by the camera"}


def _consent(
    entry: ConsentEntry, other: ConsentEntry | None, now: datetime, cameras: CamerasPart
) -> ConsentView:
    told = f"by {entry.said_by}, {_COMES.get(entry.way, entry.way)}"
    if entry.signed_by is not None:
        told += _signed_too(entry.signed_by, cameras.signed.get(entry.id), now)
    if other is not None:
        told += f"; written down too by {other.said_by}, {_COMES.get(other.way, other.way)}"
    if entry.wording:
        told += f"; the text that was shown to say was {entry.wording}"
    is_late = entry.arrived - entry.at > timedelta(minutes=1)
    heard = f"The service heard of it {moment(entry.arrived, now).text}." if is_late else ""
    reason = entry.reason or ("" if other is None else other.reason)
    facts, waits = replace(facts_of(entry), reason=reason), ""
    if is_overdue(facts, now):
        waits = "The reason is overdue: it was to be said within a day."
    elif lacks_reason(facts):
        waits = f"The reason is to be said until {moment(entry.at + REASON_WITHIN, now).text}."
    return ConsentView(
        entry.id,
        CONSENT_WORDS[ConsentKind(entry.kind)],
        moment(entry.at, now),
        told,
        " ".join(filter(None, (heard, cameras.linked.get(entry.id, "")))),
        reason,
        waits,
        next(filter(None, (_asked(each, now, cameras) for each in (entry, other))), None),
    )


def _signed_too(camera: str, row: CameraConsent | None, now: datetime) -> str:
    """Say that a camera signed what was said on the phone, and when."""
    if row is None:
        return f"; signed by {camera}"
    if not row.dated:
        arrived = moment(row.arrived, now, seconds=True).text
        return f"; signed by {camera}, whose clock was not set; that came {arrived}"
    return f"; signed by {camera} {moment(row.at, now, seconds=True).text}"


def _asked(entry: ConsentEntry | None, now: datetime, cameras: CamerasPart) -> AskedView | None:
    if entry is None:
        return None
    command = None if entry.command_id is None else cameras.commands.get(entry.command_id)
    return asked_view(entry, command, now, yours=cameras.yours)
