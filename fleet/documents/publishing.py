"""Publishing documents, and what was published, inside the caller's transaction.

Rules:
- what is published is what somebody looked at: with other facts or words by then, nothing is;
- a document without all of the landlord's words, or that cannot be printed, is not published;
- it is kept exactly as it was, and is never changed or deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, defer

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.documents.live import live_facts
from fleet.documents.models import DocumentWords, PublishedDocument
from fleet.documents.rules.drawing import body_of, stated_by, unwritten
from fleet.documents.rules.facts import Fact
from fleet.documents.rules.plan import DocumentKind, DocumentPlan
from fleet.documents.rules.plans import PLANS
from fleet.documents.words import TOPIC, words_now
from fleet.people.secrets import new_id
from fleet.printing.blocks import PrintedPage, read_text
from fleet.printing.errors import NotPrintableError
from fleet.printing.pdf import pdf_of

MOST_SHEETS = 40
MOST_PUBLISHED = 1000
_BEARING = "each document"


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A document as it would be published now.

    Attributes:
        plan: which document.
        sender: the landlord's name, which stands above it.
        facts: the facts in it.
        words: the landlord's words, by section.
        text: all that it says.
    """

    plan: DocumentPlan
    sender: str
    facts: tuple[Fact, ...]
    words: dict[str, DocumentWords]
    text: str

    @property
    def seal(self) -> str:
        """The SHA-256 of what it says, in hex: by it a form says what somebody has seen."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def lacks(self) -> tuple[str, ...]:
        """The headings of the parts that the landlord has still to write."""
        return tuple(each.heading for each in unwritten(self.plan, _texts(self.words)))

    def page(self) -> PrintedPage:
        """Return it as a page to print."""
        return PrintedPage(self.plan.title, self.sender, read_text(self.text))


def draft_document(session: Session, core: Services, kind: DocumentKind) -> DocumentDraft:
    """Return a document as it would be published now; nothing is kept."""
    plan, facts, words = PLANS[kind], live_facts(session, core), dict(words_now(session, kind))
    text = body_of(plan, facts, _texts(words))
    return DocumentDraft(plan, core.config.landlord.name, stated_by(plan, facts), words, text)


def publish(
    session: Session, core: Services, kind: DocumentKind, *, seen: str, by: Actor
) -> PublishedDocument:
    """Publish a document as it is now.

    Args:
        session: the caller's.
        core: what is set.
        kind: which document.
        seen: ``DocumentDraft.seal`` of what whoever publishes looked at.
        by: who publishes.

    Raises:
        ProblemError: 409 the landlord is not known, words are missing, it is published so already, it is not
            as it was seen, or there are very many; 422 it cannot be printed.
    """
    core.config.landlord.known(_BEARING)
    take_turn(session, Turn.TEXTS)
    draft = draft_document(session, core, kind)
    if draft.lacks:
        raise ProblemError(409, "words_missing", f"Write first: {'; '.join(draft.lacks)}.")
    if draft.seal != seen:
        detail = "A fact or the landlord's words changed after the page was shown; look at what it says now."
        raise ProblemError(409, "changed_since", detail)
    before = newest_published(session, kind)
    if before is not None and before.text == draft.text and before.sender == draft.sender:
        raise ProblemError(409, "published_already", f"Number {before.number} says exactly this.")
    number = 1 if before is None else before.number + 1
    if number > MOST_PUBLISHED:
        raise ProblemError(409, "too_many_published", f"It was published {MOST_PUBLISHED} times already.")
    moment = now(session)
    try:
        pdf_of(draft.page(), made=moment, most=MOST_SHEETS)
    except NotPrintableError as error:
        raise ProblemError(422, "not_printable", str(error)) from error
    row = PublishedDocument(
        id=new_id(core.random),
        document=kind,
        number=number,
        title=draft.plan.title,
        sender=draft.sender,
        text=draft.text,
        sha256=hashlib.sha256(draft.text.encode()).digest(),
        facts=[[each.id, each.title, each.value, each.source] for each in draft.facts],
        words={section: each.version for section, each in draft.words.items()},
        published=moment,
        published_by=by.name or by.label,
    )
    session.add(row)
    kept: dict[str, str | int] = {"number": number, "sha256": row.sha256.hex()}
    record(session, by, "documents:document:publish", kind, detail=kept)
    announce(session, TOPIC, kind)
    return row


def newest_published(session: Session, kind: DocumentKind, *, text: bool = True) -> PublishedDocument | None:
    """Return what was published last of a kind; None where nothing was."""
    query = select(PublishedDocument).where(PublishedDocument.document == kind)
    if not text:
        query = query.options(defer(PublishedDocument.text))
    return session.scalars(query.order_by(PublishedDocument.number.desc()).limit(1)).first()


def newest_of_each(session: Session) -> dict[DocumentKind, PublishedDocument]:
    """Return what was published last of each kind of which anything was, without its text."""
    last = select(PublishedDocument.document, func.max(PublishedDocument.number))
    newest = tuple_(PublishedDocument.document, PublishedDocument.number).in_(
        last.group_by(PublishedDocument.document)
    )
    rows = session.scalars(select(PublishedDocument).where(newest).options(defer(PublishedDocument.text)))
    return {DocumentKind(row.document): row for row in rows}


def all_published(session: Session, kind: DocumentKind) -> Sequence[PublishedDocument]:
    """Return all that was published of a kind, the newest first."""
    query = select(PublishedDocument).where(PublishedDocument.document == kind)
    query = query.options(defer(PublishedDocument.text), defer(PublishedDocument.facts))
    return session.scalars(query.order_by(PublishedDocument.number.desc())).all()


def get_published(session: Session, kind: DocumentKind, number: int) -> PublishedDocument:
    """Return a document exactly as it was published.

    Raises:
        ProblemError: 404 there is none; 409 it is not what was kept.
    """
    query = select(PublishedDocument).where(
        PublishedDocument.document == kind, PublishedDocument.number == number
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise not_found("such document")
    if hashlib.sha256(row.text.encode()).digest() != row.sha256:
        detail = "This document is not as it was kept: its digest is another. Compare it with a backup."
        raise ProblemError(409, "document_changed", detail)
    return row


def published_facts(row: PublishedDocument) -> tuple[Fact, ...]:
    """Return the facts of a document as they were published."""
    return tuple(Fact(*each) for each in row.facts)


def _texts(words: dict[str, DocumentWords]) -> dict[str, str]:
    return {section: each.text for section, each in words.items()}
