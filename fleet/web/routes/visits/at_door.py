"""Reading what cameras know of what was said on a visit, for the pages that show it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fleet.cameras.commanding.issuing import commands_by_id
from fleet.visits.models import ConsentEntry
from fleet.visits.signed.events import signed_of
from fleet.web.views.visits.signed import linked_words
from fleet.web.views.visits.visit import CamerasPart


def cameras_part(session: Session, entries: Sequence[ConsentEntry], *, yours: bool = False) -> CamerasPart:
    """Return what cameras were asked of these entries, and what they signed; only reads."""
    signed = signed_of(session, [each.id for each in entries])
    asked = [each.command_id for each in entries if each.command_id is not None]
    return CamerasPart(linked_words(signed), commands_by_id(session, asked), signed, yours)
