"""What was approved to be hidden in a recording of a release, as it is made and as it goes out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fleet.core.problems import ProblemError
from fleet.redaction.rules.plan import ApprovedPlan
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import approved_plan, copy_digest, get_redaction, redaction_of
from fleet.releases.subjects import Released, name_of


@dataclass(frozen=True, slots=True)
class ApprovedRedaction:
    """What was approved: the plan, and the SHA-256 of the copy of it, in hex."""

    plan: ApprovedPlan
    digest: str


def approved_redaction(session: Session, row: FootageRelease, of: Released) -> ApprovedRedaction | None:
    """Return what is hidden in a recording or an import; None where nothing was begun.

    Raises:
        ProblemError: 409 it is not what was approved.
    """
    if redaction_of(session, row.id, of) is None:
        return None
    found = get_redaction(session, row.id, of)
    try:
        if found.approved == copy_digest(row, found):
            return ApprovedRedaction(approved_plan(found), found.approved)
    except RedactionRefusalError:
        pass  # nothing that was approved is undecided
    detail = f"What is hidden in {name_of(of)} is not what was approved; draft the release again."
    raise ProblemError(409, "not_as_approved", detail)
