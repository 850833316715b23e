"""The form that describes an import, as it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Form

from fleet.imagery.rules.draft import ImportDraft
from fleet.web.forms import clean_moment

Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class ImportForm:
    """What was typed."""

    kind: str = ""
    source: str = ""
    basis: str = ""
    purpose: str = ""
    taken: str = ""
    taken_says: str = ""
    place: str = ""
    at_home: str = ""
    noticed: str = ""
    notice: str = ""
    kept_until: str = ""
    incident: str = ""

    @property
    def draft(self) -> ImportDraft:
        """What it says; a day or a time that is none is none."""
        return ImportDraft(
            kind=self.kind,
            source=self.source,
            basis=self.basis,
            purpose=self.purpose,
            taken=clean_moment(self.taken) if self.taken else None,
            taken_says=self.taken_says,
            place=self.place,
            at_home=bool(self.at_home),
            noticed=day_of(self.noticed),
            notice=self.notice,
            kept_until=day_of(self.kept_until),
        )


def import_form_of(  # noqa: PLR0917 - FastAPI gives them by name
    kind: Line = "",
    source: Line = "",
    basis: Line = "",
    purpose: Text = "",
    taken: Line = "",
    taken_says: Line = "",
    place: Line = "",
    at_home: Line = "",
    noticed: Line = "",
    notice: Line = "",
    kept_until: Line = "",
    incident: Line = "",
) -> ImportForm:
    """Read the form."""
    return ImportForm(
        kind,
        source,
        basis,
        purpose,
        taken,
        taken_says,
        place,
        at_home,
        noticed,
        notice,
        kept_until,
        last_part(incident),
    )


ImportFormDep = Annotated[ImportForm, Depends(import_form_of)]


def day_of(text: str) -> date | None:
    """Return a day as a browser's field sends it; None for none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def last_part(address: str) -> str:
    """Return the id at the end of a page's address, or the id itself."""
    return address.strip().rstrip("/").rpartition("/")[2]
