"""What programs send about releases, and what they are told of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, Field

from fleet.core.bodies import RequestBody
from fleet.releases.import_models import ImportFolder
from fleet.releases.models import ContinuityEntry, FootageRelease, ReleaseFolder
from fleet.releases.rules.continuity import ContinuityDraft
from fleet.releases.rules.draft import LONGEST_TEXT, MOST_SPANS, ChosenFootage, ReleaseDraft, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from fleet.releases.subjects import chosen_in, exhibits_of, imports_of, public_id, recordings_of, subject_of


class ApiSpan(RequestBody):
    """A span of a recording, in milliseconds after its start; ``to_ms`` is none for its end.

    ``recording`` may be the id of an import, too; a photograph goes whole, with its times left out.
    """

    recording: str = Field(max_length=100)
    from_ms: int = Field(0, ge=0, strict=True)
    to_ms: int | None = Field(None, ge=0, strict=True)
    tracks: TrackChoice = TrackChoice.BOTH


class NewRelease(RequestBody):
    """A release as it is drafted; ``request`` is the id of the request that it answers."""

    recipient: str = Field(max_length=1000)
    organisation: str = Field("", max_length=1000)
    purpose: str = Field(max_length=2 * LONGEST_TEXT)
    basis: str = Field(max_length=40)
    condition: str = Field("", max_length=40)
    withheld: str = Field(max_length=2 * LONGEST_TEXT)
    method: ReleaseMethod
    expires: date
    footage: list[ApiSpan] = Field(max_length=2 * MOST_SPANS)
    request: str = Field("", max_length=40)
    initials: str = Field("", max_length=40)

    @property
    def draft(self) -> ReleaseDraft:
        """What is to be released."""
        footage = tuple(
            ChosenFootage(each.recording, ChosenSpan(each.from_ms, each.to_ms, each.tracks))
            for each in self.footage
        )
        fields = {name: getattr(self, name) for name in type(self).model_fields if name != "footage"}
        return ReleaseDraft(**fields, footage=footage)


class WhyEnded(RequestBody):
    """Why a release is declined, withdrawn or revoked."""

    why: str = Field(max_length=2000)


class NewLink(RequestBody):
    """A link to be given out: for how many days, and for how many downloads."""

    days: int = Field(7, strict=True)
    times: int = Field(1, strict=True)


class LinkOfApi(BaseModel):
    """A link and its code, shown once."""

    url: str
    code: str


class ReceiptOfApi(RequestBody):
    """The receipt of whoever received a release."""

    on: date
    receipt: str = Field(max_length=2000)


class FolderOfApi(BaseModel):
    """What is made of one recording: how much of each track goes out untouched, is changed, and withheld.

    Of an import nothing is called untouched: what of it goes out is given, ``changed_ms`` of that with
    something hidden, and ``is_as_noted`` says whether it is the copy whose digest was noted at the import.
    """

    recording: str
    is_deleted: bool
    is_import: bool = False
    is_as_noted: bool = False
    given_ms: dict[str, int] = Field(default_factory=dict)
    untouched_ms: dict[str, int]
    changed_ms: dict[str, int]
    withheld_ms: dict[str, int]


class ExhibitOfApi(BaseModel):
    """The exhibit number of a recording or an import, and when it was given."""

    recording: str
    exhibit: str
    given: datetime


class NewContinuity(RequestBody):
    """What happened to a release where the service could not see it (``rules.continuity``).

    ``kind`` is ``corrected`` where ``corrects`` names an entry.
    """

    kind: str = Field(max_length=40)
    at: AwareDatetime
    holder: str = Field("", max_length=1000)
    taker: str = Field("", max_length=1000)
    how: str = Field("", max_length=1000)
    seal: str = Field("", max_length=1000)
    which_copy: str = Field("", max_length=40)
    words: str = Field("", max_length=1000)
    corrects: int | None = Field(None, strict=True)

    @property
    def draft(self) -> ContinuityDraft:
        """What is to be entered."""
        return ContinuityDraft(**{name: getattr(self, name) for name in type(self).model_fields})


class ContinuityOfApi(BaseModel):
    """An entry; ``is_seen`` says that the service wrote it, ``corrected_by`` which entries correct it."""

    number: int
    kind: str
    at: datetime
    entered: datetime
    entered_by: str
    is_seen: bool
    holder: str
    taker: str
    how: str
    seal: str
    which_copy: str
    words: str
    corrects: int | None
    corrected_by: list[int]

    @classmethod
    def of(cls, rows: Sequence[ContinuityEntry]) -> list[ContinuityOfApi]:
        """Return what the entries of a release say."""
        own = {name for name in cls.model_fields if name != "corrected_by"}
        return [
            cls(
                **{name: getattr(each, name) for name in own},
                corrected_by=[other.number for other in rows if other.corrects == each.number],
            )
            for each in rows
        ]


class ReleaseOfApi(BaseModel):
    """A release; ``trouble`` says why it could not be made."""

    id: str
    reference: str
    state: str
    recipient: str
    organisation: str
    purpose: str
    basis: str
    condition: str
    withheld: str
    method: str
    expires: date
    request: str
    drafted: datetime
    drafted_by: str
    decided: datetime | None
    decided_by: str
    why: str
    made: datetime | None
    done: int
    whole: int
    trouble: str
    handed: int
    first_handed: datetime | None
    received: date | None
    receipt: str
    revoked: datetime | None
    initials: str
    exhibits: list[ExhibitOfApi]
    footage: list[ApiSpan]
    folders: list[FolderOfApi]

    @classmethod
    def of(
        cls,
        row: FootageRelease,
        folders: Sequence[ReleaseFolder] = (),
        imported: Sequence[ImportFolder] = (),
    ) -> ReleaseOfApi:
        """Return what a row says, with what is made of it."""
        own = {name for name in cls.model_fields if name not in {"exhibits", "footage", "folders"}}
        given = {each.exhibit: each.given for each in row.exhibits}
        given |= {each.exhibit: each.given for each in row.import_exhibits}
        return cls(
            **{name: getattr(row, name) for name in own},
            exhibits=[
                ExhibitOfApi(recording=public_id(each), exhibit=exhibit, given=given[exhibit])
                for each, exhibit in exhibits_of(row)
            ],
            footage=[
                ApiSpan(
                    recording=public_id(subject_of(each)),
                    from_ms=each.from_ms,
                    to_ms=each.to_ms,
                    tracks=TrackChoice(each.tracks),
                )
                for each in chosen_in(row)
            ],
            folders=[*_folders(row, folders), *_import_folders(row, imported)],
        )


def _folders(row: FootageRelease, folders: Sequence[ReleaseFolder]) -> list[FolderOfApi]:
    of = {each.id: each for each in recordings_of(row)}
    return [
        FolderOfApi(
            recording=of[each.recording_id].public_id,
            is_deleted=of[each.recording_id].state == "deleted",
            untouched_ms=each.untouched,
            changed_ms=each.changed,
            withheld_ms=each.withheld,
        )
        for each in folders
    ]


def _import_folders(row: FootageRelease, folders: Sequence[ImportFolder]) -> list[FolderOfApi]:
    of = {each.id: each for each in imports_of(row)}
    return [
        FolderOfApi(
            recording=each.import_id,
            is_deleted=of[each.import_id].state == "deleted",
            is_import=True,
            is_as_noted=each.is_as_noted,
            untouched_ms={},
            given_ms=each.given_ms,
            changed_ms=each.changed_ms,
            withheld_ms=each.withheld_ms,
        )
        for each in folders
    ]
