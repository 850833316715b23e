"""What cameras signed of consent, given out as files, byte for byte as it came: so anybody can verify it.

Who takes them is in the audit log with what was taken (F4). Nothing is opened for it: they hold no footage. A
camera's events that went with their visits are not among them, which shows as numbers that are not here.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.service import get_camera
from fleet.core.actor import Actor
from fleet.visits.models import CameraConsent
from fleet.visits.service import get_visit
from protocol.units import MIB

MOST_FILES: Final = 1000
"""So many go out at once; how many are left is said."""
MOST_BYTES: Final = 16 * MIB
"""More than these do not go out at once either: some are of 64 KiB."""
_MARK: Final = 16
_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class SignedFiles:
    """Files of consent events.

    Attributes:
        files: Each by its name, in the order of camera and number.
        left: How many more there are.
    """

    files: Sequence[tuple[str, bytes]]
    left: int

    def to_zip(self) -> bytes:
        """Return them as one archive, the same for the same files."""
        whole = io.BytesIO()
        with ZipFile(whole, "w", ZIP_STORED) as archive:
            for name, data in self.files:
                archive.writestr(ZipInfo(name), data)
        return whole.getvalue()


def take_of_visit(session: Session, visit: str, by: Actor) -> SignedFiles:
    """Return what cameras signed that belongs to a visit.

    Raises:
        ProblemError: 404 there is no such visit.
    """
    get_visit(session, visit)
    return _taken(session, CameraConsent.visit_id == visit, visit, by)


def take_of_camera(session: Session, camera: str, first: int, by: Actor) -> SignedFiles:
    """Return what a camera signed from a number of its own on, as far as it is kept.

    Raises:
        ProblemError: 404 there is no such camera.
    """
    get_camera(session, camera)
    own = (CameraConsent.camera_id == camera) & (CameraConsent.number >= first)
    return _taken(session, own, camera, by)


def take_unplaced(session: Session, by: Actor) -> SignedFiles:
    """Return what cameras signed of which no visit is known."""
    return _taken(session, CameraConsent.visit_id.is_(None), "no known visit", by)


def _taken(session: Session, which: ColumnElement[bool], of: str, by: Actor) -> SignedFiles:
    order = CameraConsent.camera_id, CameraConsent.number, CameraConsent.digest
    query = select(CameraConsent).where(which).order_by(*order).limit(MOST_FILES)
    files: list[tuple[str, bytes]] = []
    size = 0
    for row in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        size += len(row.signed)
        if files and size > MOST_BYTES:
            break
        files.append((_name(row), row.signed))
    total = session.scalar(select(func.count()).select_from(CameraConsent).where(which)) or 0
    found = SignedFiles(files, total - len(files))
    record(session, by, "visits:consent:export", of, detail={"files": len(files), "left": found.left})
    return found


def _name(row: CameraConsent) -> str:
    """Return a name that no two events share, also where a camera signed two with one number."""
    return f"{row.camera_id}-{row.number:08d}-{row.digest[:_MARK]}.cbor"
