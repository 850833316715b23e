"""The landlord's own texts for visits: the notice, what officers say at the door, and slips, by language.

Rules:
- a text that was written anew is a further version; earlier ones are kept, for what was sent names one;
- version 0 is the one that comes with the fleet, in English, until the landlord writes its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.letters.rules.filling import LetterError, clean_template, fields_of, fill
from fleet.letters.rules.kinds import LetterKind
from fleet.people.secrets import Random, new_id
from fleet.printing.blocks import PrintedPage, clean_line, read_text
from fleet.printing.errors import NotPrintableError
from fleet.printing.pdf import pdf_of
from fleet.visits.models import VisitText

TOPIC = "visit-text"
LONGEST_TEXT, LONGEST_TITLE = 5000, 120
MOST_VERSIONS = 500
PLAIN = "en"
LANGUAGES = {
    "en": "English",
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "cy": "Welsh",
    "fa": "Farsi",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "ku": "Kurdish",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "so": "Somali",
    "es": "Spanish",
    "ta": "Tamil",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""Languages in which a landlord may write, by their ISO 639-1 codes."""
FIELDS = ("tenancy", "place", "purpose", "day", "time", "officer", "landlord", "contact")
"""What a notice may name."""
REFERENCE_FIELDS = ("code", "address", "landlord", "contact", "complaints")
"""What a slip may name."""
_SHIPPED = Path(__file__).parent / "texts"


class TextUse(StrEnum):
    """What a text is for."""

    NOTICE = "notice"
    DOOR = "door"
    REFERENCE = "reference"


FIELDS_OF: Mapping[TextUse, tuple[str, ...]] = MappingProxyType(
    {TextUse.NOTICE: FIELDS, TextUse.DOOR: (), TextUse.REFERENCE: REFERENCE_FIELDS}
)
"""What each text may name."""
_REQUIRED = {TextUse.REFERENCE: frozenset(REFERENCE_FIELDS) - {"landlord"}}
_WHY = "without it nobody could use the slip."
_KINDS = {
    each: LetterKind(each, each, frozenset(fields), _REQUIRED.get(each, frozenset()), _WHY, "")
    for each, fields in FIELDS_OF.items()
}


@dataclass(frozen=True, slots=True)
class LandlordText:
    """A text of the landlord's, or the one that comes with the fleet.

    Attributes:
        use: what it is for.
        language: by its ISO 639-1 code.
        version: counted from 1; 0 for the one that comes with the fleet.
        title: of what is printed; empty of what is said.
        text: with its fields, each as ``{{name}}``.
        written: when; None for the one that comes with the fleet.
        written_by: who wrote it.
    """

    use: TextUse
    language: str
    version: int
    title: str
    text: str
    written: datetime | None = None
    written_by: str = ""

    @property
    def has_title(self) -> bool:
        """Whether it is printed, and has a title."""
        return self.use is not TextUse.DOOR

    @property
    def name(self) -> str:
        """By what an entry names it: ``en 2``."""
        return f"{self.language} {self.version}"


def texts_now(session: Session, use: TextUse) -> tuple[LandlordText, ...]:
    """Return the text that counts in each language that there is one in, English first."""
    newest = (
        select(VisitText.language, func.max(VisitText.version).label("version"))
        .where(VisitText.use == use)
        .group_by(VisitText.language)
        .subquery()
    )
    query = select(VisitText).join(
        newest, (VisitText.language == newest.c.language) & (VisitText.version == newest.c.version)
    )
    found = {row.language: _of(row) for row in session.scalars(query.where(VisitText.use == use))}
    found.setdefault(PLAIN, _shipped(use))
    return tuple(sorted(found.values(), key=lambda each: (each.language != PLAIN, LANGUAGES[each.language])))


def text_now(session: Session, use: TextUse, language: str) -> LandlordText:
    """Return the text that counts in a language, in English where there is none in that."""
    found = {each.language: each for each in texts_now(session, use)}
    return found.get(language, found[PLAIN])


def text_of(session: Session, use: TextUse, language: str, version: int) -> LandlordText | None:
    """Return a version of a text; None where there is none."""
    if version == 0:
        return _shipped(use) if language == PLAIN else None
    query = select(VisitText).where(
        VisitText.use == use, VisitText.language == language, VisitText.version == version
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else _of(row)


def versions_of(session: Session, use: TextUse, language: str) -> Sequence[VisitText]:
    """Return the versions that the landlord wrote, the newest first."""
    query = select(VisitText).where(VisitText.use == use, VisitText.language == language)
    return session.scalars(query.order_by(VisitText.version.desc())).all()


def write_text(session: Session, random: Random, draft: LandlordText, *, by: Actor) -> LandlordText:
    """Write a text anew; the same again changes nothing.

    Raises:
        ProblemError: 409 another wrote a version since the one that ``draft`` names, or there are very many;
            422 the language is not known, it says nothing or too much, names an unknown field, or cannot be
            printed on one page.
    """
    take_turn(session, Turn.TEXTS)
    clean = _clean(draft)
    before = {each.language: each for each in texts_now(session, clean.use)}.get(clean.language)
    if before is not None and (before.title, before.text) == (clean.title, clean.text):
        return before
    if (before.version if before else 0) != draft.version:
        raise ProblemError(
            409, "written_since", "Somebody wrote another version meanwhile; look at that first."
        )
    if draft.version >= MOST_VERSIONS:
        raise ProblemError(409, "too_many_versions", f"It has {MOST_VERSIONS} versions; no more are kept.")
    row = VisitText(
        id=new_id(random),
        use=clean.use,
        language=clean.language,
        version=draft.version + 1,
        title=clean.title,
        text=clean.text,
        written=now(session),
        written_by=by.name or by.label,
    )
    session.add(row)
    session.flush()
    record(session, by, "visits:text:write", f"{row.use} {row.language} {row.version}")
    announce(session, TOPIC, row.id)
    return _of(row)


def filled(text: LandlordText, fields: dict[str, str], *, sender: str, large: bool = False) -> PrintedPage:
    """Return a notice as a page to print.

    Raises:
        ProblemError: 422 something that it names is not known.
    """
    named = fields_of(text.text)
    shown = {name: _shown(value) for name, value in fields.items() if name in named}
    try:
        said = fill(text.text, shown)
    except LetterError as error:
        raise ProblemError(422, "text_unusable", str(error)) from error
    return PrintedPage(text.title, sender, read_text(said), text.language, large)


def _clean(draft: LandlordText) -> LandlordText:
    if draft.language not in LANGUAGES:
        raise ProblemError(422, "language_unknown", "Choose a language of the list.")
    title = " ".join(draft.title.split())
    if draft.has_title and not 0 < len(title) <= LONGEST_TITLE:
        raise ProblemError(422, "title_unusable", f"Give it a title, in 1 to {LONGEST_TITLE} characters.")
    if not 0 < len(draft.text.strip()) <= LONGEST_TEXT:
        raise ProblemError(422, "text_unusable", f"Write the text, in 1 to {LONGEST_TEXT} characters.")
    try:
        text = clean_template(draft.text, _KINDS[draft.use])
        if draft.has_title:
            tried = fill(text, dict.fromkeys(fields_of(text), "a few words here"))
            page = PrintedPage(title, "Landlord", read_text(tried), draft.language)
            pdf_of(page, made=datetime(2026, 1, 1, tzinfo=UTC))
    except (LetterError, NotPrintableError) as error:
        raise ProblemError(422, "text_unusable", str(error)) from error
    return LandlordText(draft.use, draft.language, draft.version, title if draft.has_title else "", text)


def _shown(value: str) -> str:
    """Return a value as a page shows it, without what nobody sees."""
    return "\n".join(map(clean_line, value.splitlines()))


def _shipped(use: TextUse) -> LandlordText:
    text = (_SHIPPED / f"{use}.{PLAIN}.txt").read_text(encoding="utf-8").strip()
    title = ""
    if use is not TextUse.DOOR:
        title, _, text = text.partition("\n")
    return LandlordText(use, PLAIN, 0, title, text)


def _of(row: VisitText) -> LandlordText:
    return LandlordText(
        TextUse(row.use), row.language, row.version, row.title, row.text, row.written, row.written_by
    )
