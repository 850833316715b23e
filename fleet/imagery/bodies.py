"""What programs send about imports, and what they are told of one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from fleet.core.bodies import RequestBody
from fleet.imagery.models import ImportNote, ImportRow
from fleet.imagery.rules.draft import LONGEST_IMPORT_TEXT, ImportDraft
from fleet.imagery.rules.kinds import NOT_VERIFIED, ImportKind
from fleet.imagery.service import LONGEST_WHY
from fleet.incidents.rules.draft import LONGEST_NOTE
from fleet.retention.rules.keeping import Keeping
from fleet.vault.vault import LONGEST_PURPOSE


class NewImport(RequestBody):
    """An import as it is described; ``incident`` is the id of the incident that it belongs to."""

    kind: ImportKind
    source: str = Field(max_length=1000)
    basis: str = Field(max_length=40)
    purpose: str = Field(max_length=2 * LONGEST_IMPORT_TEXT)
    taken: AwareDatetime | None = None
    taken_says: str = Field("", max_length=1000)
    place: str = Field("", max_length=1000)
    at_home: bool = Field(default=False, strict=True)
    noticed: date | None = None
    notice: str = Field("", max_length=1000)
    kept_until: date | None = None
    incident: str = Field("", max_length=40)

    @property
    def draft(self) -> ImportDraft:
        """What is to be written down."""
        return ImportDraft(**self.model_dump(exclude={"incident"}))


class ImportLooked(RequestBody):
    """Why somebody looks at an import, or takes it out; it is kept in the audit log with their name."""

    purpose: str = Field(max_length=2 * LONGEST_PURPOSE)


class ImportKept(RequestBody):
    """Until which day an import is needed; none to have the period of CCTV clips decide."""

    until: date | None
    why: str = Field(max_length=2 * LONGEST_WHY)


class ImportEnded(RequestBody):
    """Why an import is deleted now."""

    why: str = Field(max_length=2 * LONGEST_WHY)


class ImportLinked(RequestBody):
    """The id of the incident that an import belongs to; empty for none."""

    incident: str = Field(max_length=40)


class ImportViewingOfApi(BaseModel):
    """A viewing of an import: its id, and the address of what is shown."""

    viewing: str
    media: str


class ImportOfApi(BaseModel):
    """An import; digests are SHA-256 in hex, of the file as it was sent and of the copy that is shown."""

    id: str
    reference: str
    state: str
    kind: str
    verified: bool
    said: str
    source: str
    basis: str
    purpose: str
    taken: datetime | None
    taken_says: str
    place: str
    at_home: bool
    noticed: date | None
    notice: str
    kept_until: date | None
    incident: str | None
    described: datetime
    described_by: str
    received: datetime | None
    received_by: str
    size: int
    sha256: str | None
    copy_size: int
    copy_sha256: str | None
    facts: dict[str, Any]
    last_day: date | None
    is_held: bool
    why_kept: str

    @classmethod
    def of(cls, row: ImportRow, kept: Keeping | None = None) -> ImportOfApi:
        """Return what a row says, with how long it is kept."""
        made = {"verified", "said", "incident", "sha256", "copy_sha256", "last_day", "is_held", "why_kept"}
        own = {name: getattr(row, name) for name in cls.model_fields if name not in made}
        return cls(
            **own,
            verified=False,
            said=NOT_VERIFIED,
            incident=row.incident_id,
            sha256=None if row.sha256 is None else row.sha256.hex(),
            copy_sha256=None if row.copy_sha256 is None else row.copy_sha256.hex(),
            last_day=None if kept is None else kept.until,
            is_held=kept is not None and kept.until is None,
            why_kept="" if kept is None else kept.reason,
        )


class NewImportNote(RequestBody):
    """A note about an import."""

    text: str = Field(max_length=LONGEST_NOTE)


class ImportNoteOfApi(BaseModel):
    """A note about an import: who wrote it, when, and what."""

    id: str
    author: str
    written: datetime
    text: str

    @classmethod
    def of(cls, row: ImportNote) -> ImportNoteOfApi:
        """Read it."""
        return cls(id=row.id, author=row.author, written=row.written, text=row.text)
