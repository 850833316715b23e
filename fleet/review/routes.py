"""The HTTP API of reviews, for programs that read them; people write and sign on the pages (F5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.review.models import Review
from fleet.review.queue import ReviewFilter, find_reviews
from fleet.review.service import get_review

router = APIRouter(prefix="/api/v1", tags=["reviews"])

REVIEWS = [Depends(require(Permission.REVIEW))]
Word = Annotated[str, Query(max_length=40)]


class ReasonView(BaseModel):
    """Why a recording is to be reviewed, and since when."""

    kind: str
    words: str
    since: datetime


class SignatureView(BaseModel):
    """Who signed for one of the two names, and when."""

    role: str
    name: str
    at: datetime


class ReviewView(BaseModel):
    """The review of one recording; ``state`` is clear, open, found or closed."""

    recording: str
    camera: str
    number: int
    state: str
    reasons: list[ReasonView]
    queued: datetime | None
    due: date | None
    found: list[str]
    action: str | None
    text: str | None
    found_by: str | None
    found_at: datetime | None
    signatures: list[SignatureView]
    closed: datetime | None
    lot: str | None
    share: float | None
    key: str | None

    @classmethod
    def of(cls, row: Review) -> ReviewView:
        """Return what a row says."""
        findings = row.findings or {}
        signed = (
            ("head-of-safety", row.head_name, row.head_at),
            ("cctv-manager", row.manager_name, row.manager_at),
        )
        return cls(
            recording=row.name,
            camera=row.camera_id,
            number=row.number,
            state=row.state,
            reasons=[
                ReasonView(kind=kind, words=words, since=datetime.fromisoformat(since))
                for _, kind, words, since in row.reasons
            ],
            queued=row.queued,
            due=row.due,
            found=[str(each) for each in findings.get("found", ())],
            action=findings.get("action"),
            text=findings.get("text"),
            found_by=row.found_by,
            found_at=row.found_at,
            signatures=[
                SignatureView(role=role, name=name, at=at)
                for role, name, at in signed
                if name is not None and at is not None
            ],
            closed=row.closed,
            lot=None if row.lot is None else row.lot.hex(),
            share=row.share,
            key=row.key_name,
        )


@router.get("/reviews", dependencies=REVIEWS)
def get_reviews(
    session: SessionDep,
    services: ServicesDep,
    state: Word = "waiting",
    kind: Word = "",
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ReviewView]:
    """List reviews, the one due first in front; ``state`` is one of the words that the page has."""
    zone = services.config.site.time_zone
    today = services.clock().astimezone(zone).date()
    wanted = ReviewFilter(state, kind)
    found, _ = find_reviews(session, wanted, today=today, zone=zone, skip=skip, limit=limit)
    return [ReviewView.of(each) for each in found]


@router.get("/reviews/{recording}", dependencies=REVIEWS)
def get_one_review(recording: str, session: SessionDep) -> ReviewView:
    """Return the review of one recording."""
    return ReviewView.of(get_review(session, recording))
