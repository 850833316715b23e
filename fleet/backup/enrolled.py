"""Which cameras are to be enrolled anew after a restore, and why, as far as a backup tells. Pure.

Rules:
- a certificate counts for the fleet only if it is on record, so a camera that was given one since the backup
  was made is refused, and cannot ask for another by it;
- of what was given since nothing is in the backup. What shows it is footage beside the backup that is newer:
  whose camera the backup does not know, or that was signed under a certificate which is not on record;
- else a camera was given none before its own was due; from then on nobody can tell from here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

_EARLIER = timedelta(days=1)
"""A camera's clock may run before the fleet's by this, and a certificate begins before it is given."""


class AfterRestore(StrEnum):
    """What is to be done about a camera after a restore."""

    ANEW = "anew"
    UNKNOWN = "unknown"
    ON = "on"


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """A certificate as the backup has it on record; ``sha256`` in hex."""

    sha256: str
    issued: datetime
    expires: datetime

    @property
    def due(self) -> datetime:
        """From when on the camera may have asked for the next one: in the last third of its time."""
        return self.expires - (self.expires - self.issued) / 3 - _EARLIER


@dataclass(frozen=True, slots=True)
class EnrolledCamera:
    """A camera that is in service by the backup, with its certificates."""

    id: str
    certificates: tuple[KeptCertificate, ...]


@dataclass(frozen=True, slots=True)
class CameraAdvice:
    """What is known of one camera, and why, as words that follow its name."""

    camera: str
    advice: AfterRestore
    why: str


def advise(
    cameras: Sequence[EnrolledCamera],
    *,
    revoked: Iterable[str],
    shown: Mapping[str, str | None],
    now: datetime,
) -> tuple[CameraAdvice, ...]:
    """Say of each camera what is to be done.

    Args:
        cameras: those in service by the backup.
        revoked: those that are out of service by it, of which nothing is said.
        shown: the cameras of the footage beside the backup, each with the SHA-256 of the certificate in its
            newest recording there; None where that shows none.
        now: wall time.
    """
    known = {each.id for each in cameras}
    counted = Counter(one.sha256 for each in cameras for one in each.certificates)
    strange = sorted(set(shown) - known - set(revoked))
    since = "its footage is beside the backup, which does not know it: it was enrolled since"
    return (
        *(CameraAdvice(each, AfterRestore.ANEW, since) for each in strange),
        *(_advise(each, shown.get(each.id), counted, now) for each in cameras),
    )


def _advise(
    camera: EnrolledCamera, shown: str | None, counted: Mapping[str, int], now: datetime
) -> CameraAdvice:
    if not camera.certificates:
        return CameraAdvice(camera.id, AfterRestore.ANEW, "the backup has no certificate of it on record")
    on_record = {each.sha256 for each in camera.certificates}
    if any(counted[each] > 1 for each in on_record):
        why = "by the backup its certificate is another camera's too"
        return CameraAdvice(camera.id, AfterRestore.ANEW, why)
    if shown is not None and shown not in on_record:
        why = "its newest footage beside the backup has a certificate that the backup does not know"
        return CameraAdvice(camera.id, AfterRestore.ANEW, why)
    due = max(each.due for each in camera.certificates)
    if now >= due:
        why = f"it may have been given a certificate since {due:%Y-%m-%d}, which the backup would not know"
        return CameraAdvice(camera.id, AfterRestore.UNKNOWN, why)
    return CameraAdvice(
        camera.id, AfterRestore.ON, "its certificate is on record and was not due for another"
    )
