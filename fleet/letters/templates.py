"""Templates as they are now, edited by versions; everything happens inside the caller's transaction.

Rules:
- a version is never changed: whoever edits writes the next one, and what was sent names the version it used;
- whoever edits has seen the version that counts, so that nobody undoes another's words unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.letters.models import LetterTemplate
from fleet.letters.rules.filling import LetterError, clean_template
from fleet.letters.rules.kinds import LetterKind

TOPIC = "letter"
MOST_VERSIONS = 1000


@dataclass(frozen=True, slots=True)
class TemplateNow:
    """A template as it counts now.

    Attributes:
        version: 0 for the product's own words, before anybody edited them.
        text: the template.
        written: when that version was written; None for version 0.
        written_by: by whom; empty for version 0.
    """

    version: int
    text: str
    written: datetime | None = None
    written_by: str = ""


def template_of(session: Session, kind: LetterKind) -> TemplateNow:
    """Return the template of a kind as it counts now."""
    query = select(LetterTemplate).where(LetterTemplate.kind == kind.id)
    row = session.scalars(query.order_by(LetterTemplate.version.desc()).limit(1)).one_or_none()
    if row is None:
        return TemplateNow(0, kind.text)
    return TemplateNow(row.version, row.text or kind.text, row.written, row.written_by)


def versions_of(session: Session, kind: LetterKind, *, most: int = 50) -> Sequence[LetterTemplate]:
    """Return the versions that people wrote, the newest first."""
    query = select(LetterTemplate).where(LetterTemplate.kind == kind.id)
    return session.scalars(query.order_by(LetterTemplate.version.desc()).limit(most)).all()


def edit_template(session: Session, kind: LetterKind, *, text: str, seen: int, by: Actor) -> TemplateNow:
    """Write the next version of a template; the same words again write none.

    Args:
        session: the caller's.
        kind: which template.
        text: the words; the product's own are written as such.
        seen: the version that whoever edits has seen.
        by: who edits.

    Raises:
        ProblemError: 409 somebody else edited it meanwhile, or there are very many versions; 422 it cannot be
            so.
    """
    try:
        clean = clean_template(text, kind)
    except LetterError as error:
        raise ProblemError(422, "template_unusable", str(error)) from error
    present = template_of(session, kind)
    if clean == present.text:
        return present
    if seen != present.version:
        detail = "Somebody edited this template after the page was shown; look at what it says now."
        raise ProblemError(409, "edited_since", detail)
    if present.version >= MOST_VERSIONS:
        raise ProblemError(409, "too_many_versions", f"It was edited {MOST_VERSIONS} times already.")
    row = LetterTemplate(
        kind=kind.id,
        version=present.version + 1,
        text="" if clean == kind.text else clean,
        written=now(session),
        written_by=by.name or by.label,
    )
    session.add(row)
    record(session, by, "letters:template:edit", kind.id, detail={"version": row.version})
    announce(session, TOPIC, kind.id)
    return TemplateNow(row.version, clean, row.written, row.written_by)
