"""The landlord's own words in documents, edited by versions, inside the caller's transaction.

Rules:
- a version is never changed: whoever edits writes the next one, and what was published names those it used;
- whoever edits has seen the version that counts, so that nobody undoes another's words unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.documents.models import DocumentWords
from fleet.documents.rules.plan import DocumentKind
from fleet.documents.rules.plans import PLANS
from fleet.letters.rules.filling import LetterError, clean_template
from fleet.letters.rules.kinds import LetterKind

TOPIC = "document"
MOST_VERSIONS = 1000
_PLAIN = LetterKind("document", "document", frozenset(), frozenset(), "", "")
"""Words with no field to fill in."""


def words_now(session: Session, kind: DocumentKind) -> Mapping[str, DocumentWords]:
    """Return the words that count now, by section; a section of which nobody wrote is not there."""
    newest = (
        select(DocumentWords.section, func.max(DocumentWords.version).label("version"))
        .where(DocumentWords.document == kind)
        .group_by(DocumentWords.section)
        .subquery()
    )
    query = select(DocumentWords).join(
        newest,
        (DocumentWords.section == newest.c.section) & (DocumentWords.version == newest.c.version),
    )
    return {each.section: each for each in session.scalars(query.where(DocumentWords.document == kind))}


def versions_of(
    session: Session, kind: DocumentKind, section: str, *, most: int = 50
) -> Sequence[DocumentWords]:
    """Return the versions of a section, the newest first."""
    query = select(DocumentWords).where(DocumentWords.document == kind, DocumentWords.section == section)
    return session.scalars(query.order_by(DocumentWords.version.desc()).limit(most)).all()


def write_words(
    session: Session, kind: DocumentKind, section: str, *, text: str, seen: int, by: Actor
) -> None:
    """Write the next version of a section; the same words again write none.

    Args:
        session: the caller's.
        kind: which document.
        section: which part of it.
        text: the words.
        seen: the version that whoever edits has seen, 0 for none.
        by: who edits.

    Raises:
        ProblemError: 404 there is no such part; 409 somebody else wrote meanwhile, or there are very many
            versions; 422 it cannot be so.
    """
    if section not in PLANS[kind].sections:
        raise not_found("such part of the document")
    try:
        clean = clean_template(text, _PLAIN)
    except LetterError as error:
        raise ProblemError(422, "words_unusable", str(error)) from error
    take_turn(session, Turn.TEXTS)
    newest = versions_of(session, kind, section, most=1)
    version = newest[0].version if newest else 0
    if newest and newest[0].text == clean:
        return
    if seen != version:
        detail = "Somebody wrote it anew after the page was shown; look at what it says now."
        raise ProblemError(409, "written_since", detail)
    if version >= MOST_VERSIONS:
        raise ProblemError(409, "too_many_versions", f"It was written {MOST_VERSIONS} times already.")
    row = DocumentWords(
        document=kind,
        section=section,
        version=version + 1,
        text=clean,
        written=now(session),
        written_by=by.name or by.label,
    )
    session.add(row)
    record(session, by, "documents:words:write", kind, detail={"section": section, "version": version + 1})
    announce(session, TOPIC, kind)
