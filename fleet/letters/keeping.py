"""Letters as they were sent: made from a template, and kept with the digest of every character.

Everything happens inside the caller's transaction. The audit log says that a letter was kept, of which kind
and with which digest, and nothing of what it says: what is written of people must be forgettable one day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.letters.models import Letter
from fleet.letters.rules.filling import LetterError, fields_of, fill
from fleet.letters.rules.kinds import LetterKind
from fleet.letters.templates import TOPIC, template_of
from fleet.people.secrets import Random, new_id

MOST_LETTERS = 100
"""About one thing."""
LONGEST_METHOD = 100


def make_letter(session: Session, kind: LetterKind, fields: Mapping[str, str]) -> tuple[str, int]:
    """Return a letter by the template that counts now, and that template's version; nothing is kept.

    Args:
        session: the caller's.
        kind: which letter.
        fields: what may be filled in; what the template does not name is left out.

    Raises:
        ProblemError: 422 something is missing, or cannot be so.
    """
    template = template_of(session, kind)
    named = fields_of(template.text)
    try:
        text = fill(template.text, {name: value for name, value in fields.items() if name in named})
    except LetterError as error:
        raise ProblemError(422, "letter_unusable", str(error)) from error
    return text, template.version


def keep_letter(
    session: Session,
    random: Random,
    kind: LetterKind,
    fields: Mapping[str, str],
    *,
    about: str,
    dated: date,
    method: str,
    by: Actor,
) -> Letter:
    """Make a letter and keep it as it is sent.

    Raises:
        ProblemError: 409 there are very many letters about it; 422 something is missing, or cannot be so.
    """
    text, version = make_letter(session, kind, fields)
    how = " ".join(method.split())
    if not how or len(how) > LONGEST_METHOD or not how.isprintable():
        detail = f"Say how the letter is sent, in 1 to {LONGEST_METHOD} characters."
        raise ProblemError(422, "method_missing", detail)
    before = session.scalar(select(func.count()).where(Letter.about == about)) or 0
    if before >= MOST_LETTERS:
        raise ProblemError(409, "too_many_letters", f"There are {MOST_LETTERS} letters about it already.")
    row = Letter(
        id=new_id(random),
        about=about,
        number=before + 1,
        kind=kind.id,
        version=version,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8")).digest(),
        dated=dated,
        kept=now(session),
        kept_by=by.name or by.label,
        method=how,
    )
    session.add(row)
    facts: dict[str, str | int] = {
        "kind": kind.id,
        "letter": row.id,
        "template version": version,
        "sha256": row.sha256.hex(),
    }
    record(session, by, "letters:letter:keep", about, detail=facts)
    announce(session, TOPIC, about)
    return row


def letters_about(session: Session, about: str) -> Sequence[Letter]:
    """Return the letters about something, the oldest first."""
    return session.scalars(select(Letter).where(Letter.about == about).order_by(Letter.number)).all()


def get_letter(session: Session, letter: str, *, about: str) -> Letter:
    """Return a letter about something, exactly as it was sent.

    Raises:
        ProblemError: 404 there is none; 409 it is not what was kept.
    """
    row = session.get(Letter, letter)
    if row is None or row.about != about:
        raise not_found("such letter")
    if hashlib.sha256(row.text.encode("utf-8")).digest() != row.sha256:
        detail = "This letter is not as it was kept: its digest is another. Compare it with a backup."
        raise ProblemError(409, "letter_changed", detail)
    return row
