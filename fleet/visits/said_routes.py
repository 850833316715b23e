"""The HTTP API of what is said about visits, for programs: notices before them, and consent on them.

An officer's own page is of its own (``fleet.web.routes.visits.mine``): what a program writes down is kept as
what a program said, by the name of its token.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.officer_link import officer_of
from fleet.printing.blocks import PrintedPage, words_of
from fleet.visits.asking import ask_camera
from fleet.visits.consent import PAGE, PROGRAM, SaidAtDoor, entries_of, give_reason, note_consent
from fleet.visits.models import ConsentEntry, TenancyVisit, VisitNotice
from fleet.visits.notices import note_sent, notice_page, notices_of
from fleet.visits.rules.draft import LONGEST_WHY
from fleet.visits.rules.when import words_of_when
from fleet.visits.service import get_visit
from fleet.visits.texts import LandlordText

router = APIRouter(prefix="/api/v1", tags=["visits"])

SEES = [Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]


class NoticeText(BaseModel):
    """What a notice says: its title, who sends it, and its words; ``version`` counts the landlord's texts."""

    title: str
    sender: str
    language: str
    version: int
    large: bool
    text: str


class SentNotice(NoticeText):
    """A notice as it was sent: how, when, who noted it, and of which time and place it told."""

    id: str
    way: str
    sent: datetime
    sent_by: str
    planned: datetime
    place: str

    @classmethod
    def of(cls, row: VisitNotice) -> Self:
        """Read it."""
        return cls.model_validate(row, from_attributes=True)


class NewSentNotice(RequestBody):
    """How and when a notice was sent, and whether it was the one in large print."""

    way: str = Field(max_length=20)
    sent: AwareDatetime
    large: bool = False


class EntryOfConsent(BaseModel):
    """What was said of being recorded: when, how it came, who wrote it down, and why where that is asked.

    ``command_id`` names the command by which the officer's camera was asked to do it and sign it,
    ``not_asked`` says why none was, and ``signed_by`` which camera signed it upon that.
    """

    id: str
    number: int
    kind: str
    at: datetime
    arrived: datetime
    way: str
    said_by: str
    wording: str
    reason: str
    reason_at: datetime | None
    reason_by: str | None
    command_id: str | None
    not_asked: str
    signed_by: str | None

    @classmethod
    def of(cls, row: ConsentEntry) -> Self:
        """Read it."""
        return cls.model_validate(row, from_attributes=True)


class NewEntryOfConsent(RequestBody):
    """What was said; ``at`` is now where it is left out, and the same ``mark`` again changes nothing.

    With ``ask_camera`` the officer of the visit says it themselves, and the camera that they have is asked to
    do it and sign it; ``sent`` is when it was sent, by the clock of ``at``.
    """

    kind: str = Field(max_length=20)
    reason: str = Field("", max_length=LONGEST_WHY)
    at: AwareDatetime | None = None
    mark: str = Field("", max_length=64, pattern="^[A-Za-z0-9]*$")
    wording: str = Field("", max_length=14)
    why: str = Field("", max_length=40)
    sent: AwareDatetime | None = None
    ask_camera: bool = False


class ReasonOfConsent(RequestBody):
    """Why somebody was recorded without consent, said afterwards."""

    reason: str = Field(max_length=LONGEST_WHY)


@router.get("/visits/{visit}/notice", dependencies=SEES)
def get_notice(visit: str, session: SessionDep, services: ServicesDep, *, large: bool = False) -> NoticeText:
    """Return the notice of a visit as it would be sent now."""
    page, text = _notice(session, services, get_visit(session, visit), large=large)
    return NoticeText(
        title=page.title,
        sender=page.sender,
        language=page.language,
        version=text.version,
        large=page.large,
        text=words_of(page.blocks),
    )


@router.get("/visits/{visit}/notices", dependencies=SEES)
def get_notices(visit: str, session: SessionDep) -> list[SentNotice]:
    """List the notices of a visit as they were sent, the last in front."""
    row = get_visit(session, visit)
    return [SentNotice.of(each) for each in notices_of(session, [row.id]).get(row.id, ())]


@router.post("/visits/{visit}/notices", status_code=201)
def post_notice(
    visit: str, body: NewSentNotice, session: SessionDep, services: ServicesDep, actor: Planner
) -> SentNotice:
    """Note that the notice of now was sent, with all that it said."""
    page, text = _notice(session, services, get_visit(session, visit), large=body.large)
    kept = note_sent(
        session,
        services.random,
        visit=visit,
        page=page,
        text=text,
        way=body.way,
        sent=body.sent,
        by=actor,
    )
    return SentNotice.of(kept)


@router.get("/visits/{visit}/consent", dependencies=SEES)
def get_consent(visit: str, session: SessionDep) -> list[EntryOfConsent]:
    """List what was said of being recorded on a visit, in the order in which it was said."""
    row = get_visit(session, visit)
    return [EntryOfConsent.of(each) for each in entries_of(session, [row.id]).get(row.id, ())]


@router.post("/visits/{visit}/consent", status_code=201)
def post_consent(
    visit: str, body: NewEntryOfConsent, session: SessionDep, services: ServicesDep, actor: Planner
) -> EntryOfConsent:
    """Write down what was said of being recorded on a visit, and have the officer's camera asked."""
    row = get_visit(session, visit)
    officer = _officer_of(session, row, actor) if body.ask_camera else None
    way = PROGRAM if officer is None else PAGE
    said = SaidAtDoor(
        body.kind,
        body.reason,
        body.at,
        body.mark,
        body.wording,
        way,
        sent=body.sent,
        why=body.why,
        shown=services.clock(),  # a program that leaves out when says that it is now
    )
    entry = note_consent(session, services.random, said, visit=row, by=actor)
    if officer is not None:
        ask_camera(session, services.random, entry, said, officer=officer, by=actor)
    return EntryOfConsent.of(entry)


@router.post("/visits/{visit}/consent/{entry}/reason")
def post_reason(
    visit: str, entry: str, body: ReasonOfConsent, session: SessionDep, actor: Planner
) -> EntryOfConsent:
    """Say afterwards why somebody was recorded without consent."""
    row = get_visit(session, visit)
    return EntryOfConsent.of(give_reason(session, visit=row, entry=entry, reason=body.reason, by=actor))


def _officer_of(session: Session, row: TenancyVisit, actor: Actor) -> str:
    """Return the officer of a visit, where it is they who ask.

    Raises:
        ProblemError: 403 it is somebody else, or a program.
    """
    officer = officer_of(session, actor)
    if officer is None or officer.id != row.officer_id:
        detail = "The officer of a visit alone asks their camera for something, signed in as themselves."
        raise ProblemError(403, "not_their_visit", detail)
    return officer.id


def _notice(
    session: Session, services: Services, row: TenancyVisit, *, large: bool
) -> tuple[PrintedPage, LandlordText]:
    when = words_of_when(row.planned, services.config.site.time_zone)
    return notice_page(session, row, services.config.landlord, when, large=large)
