"""The sentences of alerts that are found besides what Today says of cameras and recordings. Pure.

Each is true at the moment for which it is made, and holds no name that somebody typed but in ``words``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.alerts.rules.finding import AlertFinding
from fleet.health.reading import AuthorityEnd
from fleet.retention.deletion.going import Notices
from fleet.vault.sealed import Sealed
from fleet.web.views.claims import Claim, say
from fleet.web.views.desk.kinds import (
    AUTHORITY,
    CLOCK_DOUBTED,
    DELETION_DUE,
    DELETION_STUCK,
    DISK,
    HOLD_OVERDUE,
    LEFT_OUT,
    NOT_ARRIVED,
    VAULT_SEALED,
)
from fleet.web.views.desk.sealing import sealed
from fleet.web.views.kept import HoldView
from fleet.web.views.moments import count, moment, size
from fleet.web.views.retention.deletion import notice_words

_STEP = "Dock that camera, or bring it into reach; if that does not help, keep it as it is."
_STEP_GONE = (
    "That camera is out of service: enrol it again so that it can send it, or say here what became of it."
)


@dataclass(frozen=True, slots=True)
class MissingNumbers:
    """The recordings of a camera that have not arrived.

    Attributes:
        camera: whose.
        numbers: the first of them.
        more: how many there are besides.
        is_gone: whether that camera is out of service.
    """

    camera: str
    numbers: tuple[int, ...]
    more: int
    is_gone: bool


def not_arrived(missing: MissingNumbers) -> tuple[AlertFinding, ...]:
    """Say of each number that it has not arrived (L3), and how many there are that are not listed."""
    camera, step = missing.camera, _STEP_GONE if missing.is_gone else _STEP
    link = f"/cameras/{camera}"
    found = [
        AlertFinding(
            NOT_ARRIVED,
            f"{camera}/{number}",
            f"{camera}, {number}",
            say(Claim.NOT_ARRIVED, recordings=f"Recording {number}", camera=camera, verb="has"),
            step,
            link,
        )
        for number in missing.numbers
    ]
    if missing.more > 0:
        recordings = f"{count(missing.more, 'more recording')}"
        verb = "has" if missing.more == 1 else "have"
        text = say(Claim.NOT_ARRIVED, recordings=recordings, camera=camera, verb=verb)
        found.append(
            AlertFinding(
                NOT_ARRIVED, f"{camera}/more", f"{camera}, more", text, step, link, aspect=str(missing.more)
            )
        )
    return tuple(found)


def vault_sealed(state: Sealed, now: datetime) -> AlertFinding:
    """Say that the vault is sealed."""
    need = sealed(state, now)
    return AlertFinding(VAULT_SEALED, "vault", "vault", need.text, need.step, need.link)


def disk_low(free: int, total: int, least_percent: int) -> AlertFinding | None:
    """Say that less of the disk is free than there should be; None where there is enough.

    Args:
        free: bytes that are free.
        total: bytes that there are.
        least_percent: what should be free.
    """
    if total <= 0 or free * 100 >= total * least_percent:
        return None
    percent = free * 100 // total
    words = f"{size(free)} of the service's disk are free, {percent} %."
    step = (
        "Tell whoever runs this service to make room: a disk that is full takes nothing in. Cameras keep "
        "what they have meanwhile."
    )
    return AlertFinding(DISK, "disk", "disk", words, step, "/alerts")


def authority_ends(end: AuthorityEnd, now: datetime) -> AlertFinding:
    """Say when the fleet's authority ends, or what issues in its name."""
    verb = "ended" if end.at <= now else "ends"
    whose = "issuing" if end.is_issuing else "own"
    words = f"The certificate of the fleet's {whose} authority {verb} {moment(end.at, now).text}."
    step = "Tell whoever runs this service: from then on no camera can connect."
    if end.is_issuing:
        step = "Tell whoever runs this service to renew it by the root: from then on no camera can connect."
    return AlertFinding(AUTHORITY, "authority", "authority", words, step, "/cameras")


def hold_overdue(hold: HoldView) -> AlertFinding:
    """Say that a hold should have been looked at."""
    words = f"The hold on {hold.of[0].lower()}{hold.of[1:]} {hold.review}."
    if not hold.of.startswith("Recording"):
        words = f"The hold on {hold.of} {hold.review}."
    step = f"{hold.owner} answers for it: see whether it is still needed, and end it or place it anew."
    return AlertFinding(HOLD_OVERDUE, hold.id, hold.of, words, step, hold.link)


def deletion_due(found: Notices) -> AlertFinding:
    """Say that recordings that show an incident are to be deleted, two weeks before the first of them."""
    step = "Look at them, and hold what is still needed; what nobody holds goes."
    days = "\n".join(day.isoformat() for day in found.days)
    return AlertFinding(
        DELETION_DUE, "recordings", "deletion", notice_words(found), step, "/retention/deletion", aspect=days
    )


def deletion_stuck(number: int) -> AlertFinding:
    """Say that deletions do not get done."""
    verb = "has" if number == 1 else "have"
    words = f"{count(number, 'deletion').capitalize()} {verb} failed again and again."
    step = "The page says why: put that right, and have them tried again."
    return AlertFinding(DELETION_STUCK, "deletions", "deletion", words, step, "/retention/deletion#stuck")


def clock_doubted(sentence: str) -> AlertFinding:
    """Say that nothing is deleted, for the service's clock was moved."""
    step = "If the clock is wrong, have it put right before that; if it is right, nothing is to be done."
    return AlertFinding(CLOCK_DOUBTED, "clock", "clock", sentence, step, "/retention/deletion")


def left_out(number: int) -> AlertFinding:
    """Say that there are more recordings that are late or refused than are looked at."""
    words = f"{count(number, 'recording')} that are late or refused are not looked at: there are too many."
    step = "See to those that are listed; others take their places."
    return AlertFinding(LEFT_OUT, "recordings", "recordings", words, step, "/recordings?state=arriving")


def all_not_arrived(missing: Sequence[MissingNumbers]) -> tuple[AlertFinding, ...]:
    """Say it of several cameras."""
    return tuple(finding for each in missing for finding in not_arrived(each))
