"""Which keys of a recording, and what of an import, went out with releases. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.footage.released.models import ReleasedImport, ReleasedKeys

HANDED_OVER: Final = "releases:recording:hand-over"
"""What the audit log calls it that footage of a recording was let out with a release."""
IMPORT_HANDED_OVER: Final = "releases:import:hand-over"
"""The same of an import."""


def released_of(session: Session, recording: int) -> Sequence[ReleasedKeys]:
    """Return what of a recording went out with its keys, the first in front."""
    query = select(ReleasedKeys).where(ReleasedKeys.recording_id == recording)
    return session.scalars(query.order_by(ReleasedKeys.first, ReleasedKeys.reference)).all()


def released_of_import(session: Session, name: str) -> Sequence[ReleasedImport]:
    """Return what of an import went out, the first in front."""
    query = select(ReleasedImport).where(ReleasedImport.import_id == name)
    return session.scalars(query.order_by(ReleasedImport.first, ReleasedImport.reference)).all()
