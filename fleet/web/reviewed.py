"""Reading reviews into what pages show. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import GONE, Recording
from fleet.imagery.models import ImportRow
from fleet.review.history import MOST_SHOWN, entries_of, of_recording
from fleet.review.looks import OF_IMPORTS
from fleet.review.models import Review, ViewingReview
from fleet.review.queue import ReviewFilter, find_reviews
from fleet.review.rules.closing import WAITING, ReviewState
from fleet.review.service import get_review, is_own, signer_of, signing_facts
from fleet.web import recorded
from fleet.web.facts import LookFacts
from fleet.web.views.recordings import Row, row
from fleet.web.views.reviews.looks import LookRow, look_row
from fleet.web.views.reviews.one import (
    DoneLine,
    FoundView,
    NameView,
    ReviewReason,
    done_lines,
    found_view,
    lot_words,
    name_views,
    reason_lines,
)
from fleet.web.views.reviews.queue import ReviewRow, review_row
from fleet.web.views.search import PAGE
from fleet.web.zone import local, site_zone


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One review, as its page shows it.

    Attributes:
        head: what it is of, and how far it has come.
        reasons: why.
        found: what was found; None before that.
        picked: what was found, as the form's boxes have it.
        action: what is done about it, as the form has it.
        text: in their own words.
        version: the number of what was found.
        names: the two names.
        done: what was done, the newest first.
        more_done: whether there is more than that.
        looks: who looked at the recording.
        more_looks: whether more did than that.
        lot: what its lot was.
        is_waiting: whether somebody still has to do something.
        is_closed: whether both have signed.
        can_ask: whether it can be put among the reviews, or again.
        is_own: whether whoever looks is the officer who is recorded.
    """

    head: ReviewRow
    reasons: tuple[ReviewReason, ...]
    found: FoundView | None
    picked: frozenset[str]
    action: str
    text: str
    version: int
    names: tuple[NameView, ...]
    done: tuple[DoneLine, ...]
    more_done: bool
    looks: tuple[LookFacts, ...]
    more_looks: bool
    lot: str
    is_waiting: bool
    is_closed: bool
    can_ask: bool
    is_own: bool


def review_list(session: Session, wanted: ReviewFilter, skip: int) -> tuple[tuple[ReviewRow, ...], int]:
    """Return a page of the reviews that fit, and how many fit in all."""
    today, zone = local(now(session)).date(), site_zone()
    found, total = find_reviews(session, wanted, today=today, zone=zone, skip=skip, limit=PAGE)
    return review_rows(session, found), total


def review_rows(session: Session, reviews: Sequence[Review]) -> tuple[ReviewRow, ...]:
    """Show reviews with their recordings, in their order."""
    moment = now(session)
    own = [each.recording for each in reviews if each.recording is not None]
    shown = {
        made.id: row(facts, moment) for made, facts in zip(own, recorded.several(session, own), strict=True)
    }
    return tuple(review_row(each, _of(each, shown), moment) for each in reviews)


def review_page(session: Session, recording: str, actor: Actor) -> ReviewPage:
    """Return one review as ``actor`` sees it.

    Raises:
        ProblemError: 404 there is no such recording; 409 the rules have not looked at it yet.
    """
    review, made = get_review(session, recording), get(session, recording)
    signer, facts = signer_of(session, actor), signing_facts(session, review, made)
    moment: datetime = now(session)
    entries = entries_of(session, of_recording(review.id), most=MOST_SHOWN + 1)
    looks, more_looks = recorded.looks(session, made)
    kept = review.findings or {}
    return ReviewPage(
        head=review_rows(session, [review])[0],
        reasons=reason_lines(review, moment),
        found=found_view(review),
        picked=frozenset(str(each) for each in kept.get("found", ())),
        action=str(kept.get("action", "")),
        text=str(kept.get("text", "")),
        version=review.version,
        names=name_views(review, signer, facts),
        done=done_lines(entries[:MOST_SHOWN], moment),
        more_done=len(entries) > MOST_SHOWN,
        looks=looks,
        more_looks=more_looks,
        lot=lot_words(review),
        is_waiting=review.state in WAITING,
        is_closed=review.state == ReviewState.CLOSED,
        can_ask=review.state not in WAITING and made.state not in GONE,
        is_own=is_own(signer, made),
    )


def look_rows(session: Session, looks: Sequence[ViewingReview]) -> tuple[LookRow, ...]:
    """Show viewings with what their recordings and imports are called, in their order."""
    moment = now(session)
    imports = {each.recording for each in looks if each.entry.action in OF_IMPORTS}
    wanted = {each.recording for each in looks} - imports
    query = select(Recording).where(Recording.recording.in_(wanted))
    names = {row.public_id: f"{row.camera_id} · {row.number}" for row in session.scalars(query)}
    if imports:
        query_imports = select(ImportRow.id, ImportRow.reference).where(ImportRow.id.in_(imports))
        names |= {name: f"Import {reference}" for name, reference in session.execute(query_imports)}
    return tuple(look_row(each, names.get(each.recording, each.recording), moment) for each in looks)


def _of(review: Review, shown: dict[int, Row]) -> Row | None:
    return shown.get(review.recording_id) if review.recording_id is not None else None
