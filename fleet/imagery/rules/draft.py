"""What is written down of an import, made clean or refused in a sentence. Pure.

When and where something was taken is what somebody says of it: the fleet asserts neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.imagery.rules.kinds import ImportKind
from fleet.organisation.bases import BASES, Basis, LandlordKind, bases_of

LONGEST_IMPORT_LINE = 200
LONGEST_IMPORT_TEXT = 2_000
LONGEST_PURPOSE_DAYS = 366
"""Somebody looks at least once a year whether it is still needed."""


class ImportDraftError(ValueError):
    """It cannot be written down so; ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """What is written down before a file is imported.

    Attributes:
        kind: an ``ImportKind``.
        source: who gave it, or which camera it is of.
        basis: the lawful basis, a ``Basis``.
        purpose: what it is needed for.
        taken: when it was taken, as somebody says; None where nobody does.
        taken_says: who says so.
        place: where it was taken, as somebody says; empty where nobody does.
        at_home: whether it was taken inside a home.
        noticed: the day on which notice was given before; None for none.
        notice: how that notice was given, and to whom.
        kept_until: the last day on which it is needed for its purpose; None where the period of its kind
            decides.
    """

    kind: str
    source: str
    basis: str
    purpose: str
    taken: datetime | None = None
    taken_says: str = ""
    place: str = ""
    at_home: bool = False
    noticed: date | None = None
    notice: str = ""
    kept_until: date | None = None


def clean_import(draft: ImportDraft, landlord: LandlordKind, now: datetime, zone: ZoneInfo) -> ImportDraft:
    """Return a draft with its spaces put right.

    Args:
        draft: as it was written.
        landlord: decides which bases there are.
        now: the time.
        zone: the site's.

    Raises:
        ImportDraftError: something is missing, too long, or cannot be so.
    """
    if draft.kind not in set(ImportKind):
        raise ImportDraftError("kind", "Choose what is imported: a CCTV clip or a photograph.")
    if draft.basis not in {each.value for each in bases_of(landlord)}:
        named = "; ".join(BASES[Basis(each)] for each in bases_of(landlord))
        raise ImportDraftError("basis", f"Choose the lawful basis: {named}.")
    if draft.taken is not None and draft.taken > now:
        raise ImportDraftError("taken", "It cannot have been taken after now.")
    kind, today = ImportKind(draft.kind), now.astimezone(zone).date()
    is_noticed = draft.at_home and (kind is ImportKind.PHOTOGRAPH or draft.noticed is not None)
    if is_noticed:
        _check_notice(draft, today, zone)
    if kind is ImportKind.PHOTOGRAPH and draft.kept_until is None:
        raise ImportDraftError("kept_until", "Say until which day the photograph is needed for its purpose.")
    if draft.kept_until is not None:
        check_last_day(draft.kept_until, today)
    return ImportDraft(
        kind=kind,
        source=_line("source", draft.source, "Say who gave it, or which camera it is of"),
        basis=draft.basis,
        purpose=_text("purpose", draft.purpose, "Say what it is needed for"),
        taken=draft.taken,
        taken_says=""
        if draft.taken is None
        else _line("taken_says", draft.taken_says, "Say who says when it was taken"),
        place=_maybe("place", draft.place),
        at_home=draft.at_home,
        noticed=draft.noticed if is_noticed else None,
        notice=_line("notice", draft.notice, "Say how notice was given, and to whom") if is_noticed else "",
        kept_until=draft.kept_until,
    )


def check_last_day(day: date, today: date) -> None:
    """Refuse a last day that no purpose can have.

    Raises:
        ImportDraftError: it is over, or so far away that nobody would look again.
    """
    last = today + timedelta(days=LONGEST_PURPOSE_DAYS)
    if not today <= day <= last:
        raise ImportDraftError(
            "kept_until",
            f"Choose a last day from {today.isoformat()} to {last.isoformat()}: whether it is still needed "
            "is looked at once a year.",
        )


def _check_notice(draft: ImportDraft, today: date, zone: ZoneInfo) -> None:
    if draft.noticed is None:
        raise ImportDraftError(
            "noticed",
            "A photograph inside a home needs notice before it is taken: say on which day it was given.",
        )
    last = today if draft.taken is None else draft.taken.astimezone(zone).date()
    if draft.noticed > last:
        raise ImportDraftError("noticed", "Notice was to be given before it was taken, not after.")


def _line(field: str, text: str, ask: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > LONGEST_IMPORT_LINE or not clean.isprintable():
        raise ImportDraftError(field, f"{ask}, in 1 to {LONGEST_IMPORT_LINE} characters.")
    return clean


def _maybe(field: str, text: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > LONGEST_IMPORT_LINE or not clean.isprintable():
        said = f"Use at most {LONGEST_IMPORT_LINE} characters, all of which can be shown."
        raise ImportDraftError(field, said)
    return clean


def _text(field: str, text: str, ask: str) -> str:
    clean = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not clean or len(clean) > LONGEST_IMPORT_TEXT or not clean.replace("\n", "").isprintable():
        raise ImportDraftError(field, f"{ask}, in 1 to {LONGEST_IMPORT_TEXT} characters.")
    return clean
