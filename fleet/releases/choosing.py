"""What there is to choose from for a release, and which recordings can be released."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.restricting.import_restrictions import refuse_restricted_import
from fleet.footage.restricting.restrictions import refuse_restricted
from fleet.imagery.models import ImportRow
from fleet.imagery.service import get_held
from fleet.releases.rules.draft import Choices
from fleet.releases.subjects import Released
from fleet.requests.rules.bases import LandlordKind, bases_of, conditions_of
from fleet.requests.rules.kinds import RequestKind
from fleet.retention.models import Erasure


def choices_of(services: Services) -> Choices:
    """Return the lawful bases and the conditions that this landlord chooses from."""
    landlord = LandlordKind(services.config.landlord.kind)
    conditions = {
        each.id: None if each.basis is None else str(each.basis)
        for kind in RequestKind
        for each in conditions_of(kind, landlord)
    }
    return Choices([str(each) for each in bases_of(landlord)], conditions)


def why_not_let_out(session: Session, rows: Sequence[Released]) -> str:
    """Return why nothing of what is released goes out now, a sentence; empty where it can."""
    try:
        refuse_footage(session, rows)
    except ProblemError as problem:
        return problem.detail
    return ""


def refuse_footage(session: Session, rows: Sequence[Released]) -> None:
    """Refuse to release what cannot be let out.

    Raises:
        ProblemError: 403 a recording or import is restricted; 409 not all of it is here, and of a recording
            verified, or it is to be erased; 410 it was deleted.
    """
    for row in rows:
        if not isinstance(row, Recording):
            _refuse_import(session, row)
            continue
        refuse_gone(row)
        refuse_restricted(session, row)
        name = f"Recording {row.number} of {row.camera_id}"
        if session.get(Erasure, row.id) is not None:
            raise ProblemError(409, "is_erased", f"{name} is to be erased upon a request.")
        if row.state != RecordingState.HELD:
            detail = f"{name} is not here and verified as a whole; only what is can be released."
            raise ProblemError(409, "not_held", detail)


def _refuse_import(session: Session, row: ImportRow) -> None:
    get_held(session, row.id)
    refuse_restricted_import(session, row.id)
    if row.ended is not None:
        raise ProblemError(409, "is_erased", f"Import {row.reference} is to be deleted, as somebody decided.")
