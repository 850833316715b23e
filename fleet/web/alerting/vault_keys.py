"""Alerts of what a rotation of the vault's key leaves undone: cameras that do not follow, and rewrapping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.cameras.models import CameraRow
from fleet.core.actor import Role
from fleet.rewrapping.hanging import hanging
from fleet.rewrapping.standing import troubled, troubles
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.web.alerting.service import Around
from fleet.web.views.moments import count, moment

_ROLES = frozenset({Role.ADMINISTRATOR})
BEHIND = AlertKind(
    "vault.camera-behind",
    "A camera has not said that it seals to the vault's newest key",
    "{number} cameras have not said that they seal to the vault's newest key.",
    icon="key",
    roles=_ROLES,
)
HANGS = AlertKind(
    "vault.rewrapping-hangs",
    "Rewrapping does not go on",
    "{number} times rewrapping does not go on.",
    BAD,
    "key",
    roles=_ROLES,
    settles=timedelta(minutes=10),
)
FAILS = AlertKind(
    "vault.rewrapping-fails",
    "Recordings stay under an earlier key of the vault",
    "{number} times recordings stay under an earlier key of the vault.",
    icon="key",
    roles=_ROLES,
)
_FOLLOW = (
    "Dock it, or have it come into reach of the network: it asks for the newest key as it connects. One that "
    "will not come back is taken out of service."
)
_LOOK = "The service's log says more. Until it goes on, those recordings open by the earlier keys."
_READ = "The page names some and says why: put that right. Each is tried again an hour after it failed."


def vault_keys_source(
    around: Around, *, keys: Callable[[], tuple[VaultKeyInfo, ...]], follow: timedelta
) -> AlertSource:
    """Return the source of those alerts; a vault that never had another key has none.

    Args:
        around: has times said in the site's zone.
        keys: what is known of the vault's keys, the one that counts first.
        follow: how long a camera may take.
    """

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        current, *earlier = keys()
        if not earlier:
            return ()
        with around():
            return (*_behind(session, current, now, follow), *_rewrapping(session, now))

    return simple((BEHIND, HANGS, FAILS), find)


def _behind(
    session: Session, current: VaultKeyInfo, now: datetime, follow: timedelta
) -> tuple[AlertFinding, ...]:
    """Find the cameras in service that were to follow; one that was enrolled since was given the key then."""
    made = current.made
    if made is None or now - made < follow:
        return ()
    query = select(CameraRow.id, CameraRow.status).where(
        CameraRow.revoked.is_(None), CameraRow.enrolled <= made
    )
    found = []
    for camera, status in session.execute(query.order_by(CameraRow.number)):
        keys = None if status is None else status.get("sealed_to")
        if keys == [current.key_id]:
            continue
        last = "last said that it seals to another" if keys else "has not said what it seals to"
        words = f"The vault's newest key was made {moment(made, now).text}, and {camera} {last}."
        found.append(AlertFinding(BEHIND, camera, camera, words, _FOLLOW, "/vault", aspect=current.key_id))
    return tuple(found)


def _rewrapping(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
    found, late, number = [], hanging(session, now), troubled(session)
    if late is not None:
        asked = f"Rewrapping was last asked for {moment(late.since, now).text}, and did not get done since."
        why = f" The last attempt failed: {late.error}" if late.error else ""
        found.append(AlertFinding(HANGS, "rewrapping", "rewrapping", f"{asked}{why}", _LOOK, "/vault"))
    if number:
        ((name, why),) = troubles(session, most=1)
        verb = "stays" if number == 1 else "stay"
        words = (
            f"{count(number, 'recording').capitalize()} {verb} under an earlier key for now. Of {name}: {why}"
        )
        found.append(AlertFinding(FAILS, "recordings", "recordings", words, _READ, "/vault"))
    return tuple(found)
