"""Notices of visits: made of the landlord's text, and kept as they were sent.

Whoever says that a notice was sent says how and when. What it said is kept with that, word by word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.core.sections.landlord import LandlordSection
from fleet.people.secrets import Random, new_id
from fleet.printing.blocks import PrintedPage, read_text, words_of
from fleet.visits.models import TenancyVisit, VisitNotice
from fleet.visits.rules.notices import NoticeFacts, NoticeStanding, VisitFacts, notice_standing
from fleet.visits.service import TOPIC, get_visit
from fleet.visits.texts import FIELDS, LandlordText, TextUse, filled, text_now

WAYS = MappingProxyType(
    {
        "post": "by post",
        "hand": "by hand",
        "email": "by e-mail",
        "text": "by text message",
        "other": "otherwise",
    }
)
"""How a notice can be sent; the fleet itself sends none."""
MOST_NOTICES = 20
BACK_AT_MOST = timedelta(days=60)


def notice_page(
    session: Session, visit: TenancyVisit, landlord: LandlordSection, when: tuple[str, str], *, large: bool
) -> tuple[PrintedPage, LandlordText]:
    """Return the notice of a visit as it would be sent now, and the text that it is made of.

    Args:
        session: only read.
        visit: which.
        landlord: who sends it.
        when: the day and the time of day in words, by the site's clocks.
        large: in large print.

    Raises:
        ProblemError: 409 it is not set who the landlord is.
    """
    landlord.known("each notice")
    text = text_now(session, TextUse.NOTICE, visit.language)
    values = (visit.tenancy, visit.place, visit.purpose, *when, visit.officer.name)
    fields = dict(zip(FIELDS, (*values, landlord.name, landlord.contact), strict=True))
    return filled(text, fields, sender=landlord.name, large=large), text


def sent_page(notice: VisitNotice) -> PrintedPage:
    """Return a notice as it was sent, by whatever name the landlord had then."""
    return PrintedPage(notice.title, notice.sender, read_text(notice.text), notice.language, notice.large)


def note_sent(
    session: Session,
    random: Random,
    *,
    visit: str,
    page: PrintedPage,
    text: LandlordText,
    way: str,
    sent: datetime | None,
    by: Actor,
) -> VisitNotice:
    """Keep that a notice was sent, with all that it said.

    Raises:
        ProblemError: 404 there is no such visit; 409 it was called off, or has very many notices; 422 nobody
            said how or when, or that is in the future or long ago.
    """
    row, moment = get_visit(session, visit, lock=True), now(session)
    if row.cancelled is not None:
        raise ProblemError(409, "cancelled", f"This visit was called off by {row.cancelled_by}.")
    if way not in WAYS:
        raise ProblemError(422, "way_unknown", "Choose how it was sent.")
    if sent is None or not moment - BACK_AT_MOST <= sent <= moment:
        detail = "Say when it was sent: not in the future, and within the last 60 days."
        raise ProblemError(422, "sent_unusable", detail)
    if (session.scalar(select(func.count()).where(VisitNotice.visit_id == row.id)) or 0) >= MOST_NOTICES:
        raise ProblemError(409, "too_many_notices", f"{MOST_NOTICES} notices of this visit are kept already.")
    notice = VisitNotice(
        id=new_id(random),
        visit_id=row.id,
        way=way,
        sent=sent,
        sent_by=by.name or by.label,
        planned=row.planned,
        place=row.place,
        language=page.language,
        version=text.version,
        large=page.large,
        title=page.title,
        sender=page.sender,
        text=words_of(page.blocks),
    )
    session.add(notice)
    record(session, by, "visits:notice:send", row.id, detail={"way": way, "notice": notice.id})
    announce(session, TOPIC, row.id)
    return notice


def notices_of(session: Session, visits: Collection[str]) -> Mapping[str, Sequence[VisitNotice]]:
    """Return the notices of visits, the one sent last in front."""
    found: dict[str, list[VisitNotice]] = defaultdict(list)
    query = select(VisitNotice).where(VisitNotice.visit_id.in_(visits))
    for each in session.scalars(query.order_by(VisitNotice.sent.desc(), VisitNotice.id)):
        found[each.visit_id].append(each)
    return found


def standing_of(
    visit: TenancyVisit, notices: Collection[VisitNotice], now: datetime, ahead: timedelta
) -> NoticeStanding:
    """Return how a visit stands with its notice."""
    facts = [NoticeFacts(each.sent, each.planned, each.place) for each in notices]
    judged = VisitFacts(visit.planned, visit.place, visit.cancelled is not None)
    return notice_standing(judged, facts, now=now, ahead=ahead)


def untold(session: Session, now: datetime, ahead: timedelta, limit: int) -> Sequence[TenancyVisit]:
    """Return the visits still to come that are near and have no notice, the first in front."""
    query = select(TenancyVisit).where(
        TenancyVisit.cancelled.is_(None), TenancyVisit.planned > now, TenancyVisit.planned <= now + ahead
    )
    query = query.where(
        ~select(VisitNotice.id)
        .where(
            VisitNotice.visit_id == TenancyVisit.id,
            VisitNotice.planned == TenancyVisit.planned,
            VisitNotice.place == TenancyVisit.place,
        )
        .exists()
    )
    return session.scalars(query.order_by(TenancyVisit.planned, TenancyVisit.id).limit(limit)).all()
