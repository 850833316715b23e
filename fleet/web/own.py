"""Reading what one officer sees of themselves: their camera as it is now, and their recordings. Only reads.

It gives nothing of anybody else: of a camera it leaves out the recordings that it makes, sends and holds, for
those may be of who had it before; and nothing is read but by the officer's id.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.assignments.models import Assignment
from fleet.assignments.service import open_for_officer
from fleet.core.live import Hint
from fleet.core.problems import ProblemError
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording
from fleet.incidents.own_words import own_recording, own_words_of
from fleet.people.models import User
from fleet.review.models import Review
from fleet.review.rules.closing import WAITING, ReviewState
from fleet.visits.models import TenancyVisit
from fleet.web import recorded, sources
from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.incidents.incident import NoteView, own_word_views
from fleet.web.views.people.mine import OwnReview


def own_camera(session: Session, officer: str) -> CameraFacts | None:
    """Return the facts of the camera that an officer has now; None where they have none."""
    worn = open_for_officer(session, officer)
    if worn is None:
        return None
    facts = sources.one_camera(session, worn.camera_id)
    return replace(
        facts,
        recording=None,
        recording_of=None,
        recording_since=None,
        recording_heard=None,
        waiting=None,
        uploading=None,
        uploading_share=None,
        bytes_left=None,
    )


def own_recordings(
    session: Session, officer: str, *, skip: int, limit: int
) -> tuple[tuple[RecordingFacts, ...], int]:
    """Return a page of an officer's recordings, the newest first, and how many there are."""
    return recorded.search(session, recorded.Filter(officer=officer), skip=skip, limit=limit)


def one_of_own(
    session: Session, recording: str, officer: str
) -> tuple[RecordingFacts, OwnReview | None, tuple[NoteView, ...]]:
    """Return one recording of an officer, how far its review is, and what they wrote about it.

    Raises:
        ProblemError: 404 where there is none, or it is not theirs.
    """
    row = own_recording(session, recording, officer)
    return recorded.one(session, row), _review_of(session, row.id), own_word_views(own_words_of(session, row))


def is_own(session: Session, user: str, hint: Hint) -> bool:
    """Say whether what changed is shown on the pages of a user's own: their camera, or a recording of theirs.

    Which officer somebody is, and what is theirs, is asked anew each time: either may be another by now.
    """
    officer = session.scalar(select(User.officer_id).where(User.id == user))
    return officer is not None and _is_of(session, officer, hint)


def _is_of(session: Session, officer: str, hint: Hint) -> bool:
    match hint.topic:
        case "camera" | "presence":
            worn = open_for_officer(session, officer)
            return worn is not None and worn.camera_id == hint.subject
        case "assignment":
            whose = session.scalar(select(Assignment.officer_id).where(Assignment.id == hint.subject))
            return whose == officer
        case "recording":
            return not hint.subject or _is_recording_of(session, officer, hint.subject)  # none names all
        case "review":
            of = select(Recording.officer_id).join(Review, Review.recording_id == Recording.id)
            return session.scalar(of.where(Review.name == hint.subject)) == officer
        case "visit":
            return (
                session.scalar(select(TenancyVisit.officer_id).where(TenancyVisit.id == hint.subject))
                == officer
            )
        case _:
            return hint == Hint("officer", officer)


def _is_recording_of(session: Session, officer: str, recording: str) -> bool:
    try:
        return get(session, recording).officer_id == officer
    except ProblemError:  # its row is not there any more
        return False


def _review_of(session: Session, row: int) -> OwnReview | None:
    """How far the review of a recording is; None where it need not be reviewed, or nobody knows yet."""
    found = session.execute(select(Review.state, Review.closed).where(Review.recording_id == row)).first()
    if found is None or found.state not in {*WAITING, ReviewState.CLOSED}:
        return None
    return OwnReview(found.closed if found.state == ReviewState.CLOSED else None)
