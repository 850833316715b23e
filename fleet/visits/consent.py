"""The consent record: what was said at the door, kept as it was said.

Rules:
- an entry is never changed or taken back: what is said later is an entry of its own;
- the reason for recording without consent may come afterwards, once;
- the same entry sent again, as a phone does that heard no answer, is kept once, by its mark.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.people.secrets import Random, new_id
from fleet.visits.models import ConsentEntry, TenancyVisit
from fleet.visits.rules.consent import (
    REASON_WITHIN,
    ConsentFacts,
    ConsentKind,
    ConsentWay,
    consent_now,
    lacks_reason,
    needs_reason,
    pairs_of,
    said_at,
)
from fleet.visits.rules.draft import VisitDraftError, clean_why
from fleet.visits.rules.placing import WHY_WORDS
from fleet.visits.service import TOPIC, get_visit

MOST_ENTRIES = 100
PAGE, PROGRAM, CAMERA = "page", "program", "camera"
"""How an entry comes: from an officer's own page, a program that wrote it down, or signed by a camera."""
_LONGEST_MARK = 64
_BEFORE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class SaidAtDoor:
    """What somebody says was said.

    Attributes:
        kind: a ``ConsentKind``.
        reason: why, where that is asked.
        at: when, by the phone's clock; None for now.
        mark: by which the same is known when it comes again; empty for what comes once.
        wording: which version of the text was said, such as ``en 2``; empty where none was.
        way: how it comes.
        sent: when the phone sent it, by the clock of ``at``; None where it does not say.
        why: why nobody was asked, a ``WhyNotAsked``; empty for every other kind, and in one's own words.
        once: the mark of the page of a form without a script: the same sent again says it once.
        shown: when that page was made, by the service's clock.
    """

    kind: str
    reason: str = ""
    at: datetime | None = None
    mark: str = ""
    wording: str = ""
    way: str = PAGE
    sent: datetime | None = None
    why: str = ""
    once: str = ""
    shown: datetime | None = None


def note_consent(
    session: Session, random: Random, said: SaidAtDoor, *, visit: TenancyVisit, by: Actor
) -> ConsentEntry:
    """Keep what was said on a visit; the same entry again changes nothing.

    Raises:
        ProblemError: 409 the visit was called off, is more than 12 hours away, or has very many entries; 422
            it is no kind of entry, or lacks its reason.
    """
    if said.kind not in set(ConsentKind):
        raise ProblemError(422, "kind_unknown", "Choose what was said.")
    kind, moment = ConsentKind(said.kind), now(session)
    get_visit(session, visit.id, lock=True)
    mark = _mark_of(said) or new_id(random)
    known = session.scalars(select(ConsentEntry).where(ConsentEntry.mark == mark)).one_or_none()
    if known is not None:
        if known.visit_id != visit.id:
            raise ProblemError(409, "mark_taken", "That was said of another visit.")
        return known
    reason = _reason(kind, told_reason(said))
    at = said_at(said.at, moment)
    if visit.cancelled is not None and visit.cancelled <= at:
        raise ProblemError(409, "cancelled", f"This visit was called off by {visit.cancelled_by}.")
    if at < visit.planned - _BEFORE:
        detail = "This visit is more than 12 hours away; what is said at the door is written down there."
        raise ProblemError(409, "too_early", detail)
    number = (
        session.scalar(select(func.max(ConsentEntry.number)).where(ConsentEntry.visit_id == visit.id)) or 0
    )
    if number >= MOST_ENTRIES:
        raise ProblemError(409, "too_many_entries", f"{MOST_ENTRIES} entries of this visit are kept already.")
    entry = ConsentEntry(
        id=new_id(random),
        visit_id=visit.id,
        number=number + 1,
        kind=kind,
        at=at,
        arrived=moment,
        way=said.way,
        said_by=by.name or by.label,
        wording=said.wording if _is_wording(said.wording) else "",
        reason=reason,
        mark=mark,
        not_asked="",
    )
    session.add(entry)
    session.flush()
    record(session, by, "visits:consent:note", visit.id, detail={"kind": str(kind), "entry": entry.id})
    announce(session, TOPIC, visit.id)
    return entry


def _mark_of(said: SaidAtDoor) -> str:
    """Return what the same is known by when it comes again; empty where that is nothing.

    From the page of a form something else may come: it is not what was said before, whatever page it is of.
    """
    if _is_mark(said.mark):
        return said.mark
    if not _is_mark(said.once):
        return ""
    parts = f"{said.once}\n{said.kind}\n{said.why}\n{said.wording}\n{said.reason}"
    return hashlib.sha256(parts.encode("utf-8")).hexdigest()


def _is_mark(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_MARK and text.isalnum()


def give_reason(session: Session, *, visit: TenancyVisit, entry: str, reason: str, by: Actor) -> ConsentEntry:
    """Say afterwards why somebody was recorded without consent.

    Raises:
        ProblemError: 404 there is no such entry of the visit; 409 it needs no reason, or has one; 422 none is
            given.
    """
    found = session.get(ConsentEntry, entry, with_for_update=True)
    if found is None or found.visit_id != visit.id:
        raise not_found("such entry")
    if not lacks_reason(facts_of(found)):
        raise ProblemError(409, "reason_there", "No reason is waited for there.")
    try:
        found.reason = clean_why(reason, ask="Say why")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    found.reason_at, found.reason_by = now(session), by.name or by.label
    record(session, by, "visits:consent:reason", visit.id, detail={"entry": found.id})
    announce(session, TOPIC, visit.id)
    return found


def entries_of(session: Session, visits: Collection[str]) -> Mapping[str, Sequence[ConsentEntry]]:
    """Return what was said on visits, in the order in which it was said."""
    found: dict[str, list[ConsentEntry]] = defaultdict(list)
    if not visits:
        return found
    query = select(ConsentEntry).where(ConsentEntry.visit_id.in_(visits))
    for each in session.scalars(query.order_by(ConsentEntry.at, ConsentEntry.number)):
        found[each.visit_id].append(each)
    return found


def overdue_reasons(session: Session, moment: datetime, limit: int) -> Sequence[ConsentEntry]:
    """Return the entries whose reason did not come within its day, the oldest first.

    Of two that tell of one moment (``pairs_of``) one reason is enough, and one is returned.
    """
    query = select(ConsentEntry).where(
        ConsentEntry.kind == ConsentKind.OVERRIDDEN,
        ConsentEntry.reason == "",
        ConsentEntry.at < moment - REASON_WITHIN,
    )
    found = session.scalars(query.order_by(ConsentEntry.at, ConsentEntry.id).limit(limit)).all()
    told: set[str] = set()
    for entries in entries_of(session, {each.visit_id for each in found}).values():
        reasons = {each.id: each.reason for each in entries}
        for signed, written in pairs_of(ways_of(entries)).items():
            told |= {signed, written} if reasons[signed] or reasons[written] else {written}
    return [each for each in found if each.id not in told]


def ways_of(entries: Sequence[ConsentEntry]) -> list[ConsentWay]:
    """Return what the rule of pairs looks at: what a camera signed by its command has its other half."""
    return [
        ConsentWay(each.id, facts_of(each), each.way == CAMERA) for each in entries if each.signed_by is None
    ]


def facts_of(entry: ConsentEntry) -> ConsentFacts:
    """Return what the rules look at."""
    return ConsentFacts(ConsentKind(entry.kind), entry.at, entry.reason)


def outcome_of(entries: Sequence[ConsentEntry]) -> ConsentKind | None:
    """Return what counts of a visit's entries; None where nothing was said."""
    found = consent_now([facts_of(each) for each in entries])
    return None if found is None else found.kind


def told_reason(said: SaidAtDoor) -> str:
    """Return why, in words: the reason that was chosen, and what was written beside it."""
    chosen = WHY_WORDS.get(said.why, "") if said.kind == ConsentKind.NOT_ASKED else ""
    return ". ".join(filter(None, (chosen, said.reason.strip())))


def _is_wording(text: str) -> bool:
    return len(text) <= len("xxx 1234567890") and text.isprintable()


def _reason(kind: ConsentKind, text: str) -> str:
    if not text.strip() and not needs_reason(kind):
        return ""
    try:
        return clean_why(text, ask="Say why nobody was asked" if needs_reason(kind) else "Say why")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
