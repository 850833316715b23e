"""What programs send about requests, and what they are told of one."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from fleet.core.bodies import RequestBody
from fleet.requests.cases import clock_of, outcome_of
from fleet.requests.models import RequestCase
from fleet.requests.rules.draft import LONGEST_TEXT, RequestDraft
from fleet.requests.rules.kinds import RequestKind
from fleet.requests.rules.sending import Decision
from fleet.requests.sending import LetterDraft


class NewRequest(RequestBody):
    """A request as it is written down; the fields of an organisation are of police, solicitors and courts."""

    kind: RequestKind
    received: date
    channel: str = Field(max_length=20)
    name: str = Field(max_length=1000)
    contact: str = Field(max_length=LONGEST_TEXT)
    what: str = Field(max_length=2 * LONGEST_TEXT)
    owner: str = Field(max_length=1000)
    acts_for: str = Field("", max_length=1000)
    organisation: str = Field("", max_length=1000)
    rank: str = Field("", max_length=1000)
    theirs: str = Field("", max_length=1000)
    necessity: str = Field("", max_length=2 * LONGEST_TEXT)
    signed: date | None = None
    named: date | None = None

    @property
    def draft(self) -> RequestDraft:
        """What is asked for."""
        return RequestDraft(**self.model_dump())


class NewLetter(RequestBody):
    """A letter to be sent: which, what it says, how it goes, and what an answer decides."""

    letter: str = Field(max_length=40)
    words: str = Field("", max_length=20_000)
    method: str = Field(max_length=1000)
    outcome: str = Field("", max_length=40)
    exemption: str = Field("", max_length=40)
    basis: str = Field("", max_length=40)
    condition: str = Field("", max_length=40)
    otherwise: str = Field("", max_length=2000)

    @property
    def draft(self) -> LetterDraft:
        """What is to be sent."""
        decision = Decision(self.outcome, self.exemption, self.basis, self.condition, self.otherwise)
        return LetterDraft(self.letter, self.words, self.method, decision)


class NewSearch(RequestBody):
    """A search as it is written down."""

    where: str = Field(max_length=2 * LONGEST_TEXT)
    how: str = Field(max_length=2 * LONGEST_TEXT)
    enough: str = Field(max_length=2 * LONGEST_TEXT)


class NoteBeside(RequestBody):
    """What the person says is wrong with a recording."""

    text: str = Field(max_length=2 * LONGEST_TEXT)


class Came(RequestBody):
    """That something came: on which day, and what was shown, without a copy of it.

    With ``waived`` it did not come, and ``how`` is why nobody doubts it any longer; a question is answered.
    """

    on: date
    how: str = Field("", max_length=1000)
    waived: bool = Field(False, strict=True)


class LinkedRecording(RequestBody):
    """A recording that a request is about."""

    recording: str = Field(max_length=100)


class LinkedImport(RequestBody):
    """An import that a request is about, by its id."""

    imported: str = Field(max_length=40)


class Closing(RequestBody):
    """How a request is closed: with its answer, or without one and why."""

    unanswered: bool = Field(False, strict=True)
    why: str = Field("", max_length=2000)


class WhyReopened(RequestBody):
    """Why a request is opened again."""

    why: str = Field(max_length=2000)


class LetterOfApi(BaseModel):
    """A letter as it was sent; ``sha256`` is of its text in UTF-8."""

    id: str
    letter: str
    template_version: int
    text: str
    sha256: str
    dated: date
    kept_by: str
    method: str


class KeptUntil(RequestBody):
    """Until which day something is kept, and why."""

    until: date
    why: str = Field(max_length=2000)


class RequestOfApi(BaseModel):
    """A request and its clock; ``due`` is none while that waits or stands still, and ``why`` says why."""

    id: str
    reference: str
    kind: RequestKind
    received: date
    owner: str
    clock: str
    starts: date | None
    due: date | None
    extend_by: date | None
    why: list[str]
    acknowledged: date | None
    answered: date | None
    outcome: str | None
    exemption: str | None
    closed: datetime | None

    @classmethod
    def of(cls, row: RequestCase) -> RequestOfApi:
        """Return what a row says, and its clock; who asks is on the page alone."""
        clock = clock_of(row)
        return cls(
            id=row.id,
            reference=row.reference,
            kind=RequestKind(row.kind),
            received=row.received,
            owner=row.owner,
            clock=clock.state,
            starts=clock.starts,
            due=clock.due,
            extend_by=clock.extend_by,
            why=list(clock.words),
            acknowledged=row.acknowledged,
            answered=row.answered,
            outcome=outcome_of(row),
            exemption=row.exemption,
            closed=row.closed,
        )
