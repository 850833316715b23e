"""In which languages the landlord's texts are written, and what is lacking of them. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.visits.models import TenancyVisit
from fleet.visits.texts import LANGUAGES, PLAIN, LandlordText, TextUse, texts_now


@dataclass(frozen=True, slots=True)
class LanguageState:
    """How a language other than English stands.

    Attributes:
        language: by its ISO 639-1 code.
        missing: the texts that are not written in it.
        older: those that were written before the English one that counts now.
        is_planned: whether visits still to come are to be told of in it.
    """

    language: str
    missing: tuple[TextUse, ...]
    older: tuple[TextUse, ...]
    is_planned: bool


def written_in(session: Session, use: TextUse) -> frozenset[str]:
    """Return the languages that a text is written in."""
    return frozenset(each.language for each in texts_now(session, use))


def language_states(session: Session, moment: datetime) -> tuple[LanguageState, ...]:
    """Return how each language stands that a text is written in, or a visit still to come is planned in."""
    texts = {use: {each.language: each for each in texts_now(session, use)} for use in TextUse}
    to_come = select(TenancyVisit.language).where(
        TenancyVisit.planned > moment, TenancyVisit.cancelled.is_(None)
    )
    planned = set(session.scalars(to_come.distinct()))
    every = planned.union(*texts.values()) - {PLAIN}
    return tuple(
        LanguageState(
            each,
            tuple(use for use in TextUse if each not in texts[use]),
            tuple(use for use in TextUse if _is_older(texts[use], each)),
            each in planned,
        )
        for each in sorted(every, key=lambda code: LANGUAGES.get(code, code))
    )


def _is_older(texts: dict[str, LandlordText], language: str) -> bool:
    """Say whether English was written anew after a text."""
    text, plain = texts.get(language), texts[PLAIN]
    return bool(text and text.written and plain.written and text.written < plain.written)
