"""Asking an officer's camera to do what was said on their phone, and to sign it; joining what it signed.

Rules:
- an officer asks the camera that they have now, and nobody asks another one's: neither a program nor any
  other role asks a camera at all;
- what was said is kept first, in the same transaction, whatever becomes of the camera;
- an entry asks once, however often the phone sends it, and says of itself why it asked none;
- where no camera was asked to close its sensors although the officer has one, it is looked at whether it does
  (``not_followed``): what it said before counts for nothing, and of one that is not heard nothing is said;
- what a camera signs by a command is the other half of that entry where it says the same, and is of its
  visit: no second entry is made of it. Where it says something else, or was signed while somebody else had
  the camera, it is an entry of its own.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fleet.assignments.service import open_for_officer
from fleet.cameras.commanding.answering import note_signed
from fleet.cameras.commanding.issuing import CLOSING, AskedOfCamera, issue
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.rules import FOLLOWED as LOOKED_AT
from fleet.cameras.commanding.rules import OPENING
from fleet.cameras.devices import are_at_once
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, still_heard
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.people.secrets import Random
from fleet.visits.consent import PAGE, SaidAtDoor
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit
from fleet.visits.rules.asking import (
    FOLLOWED,
    WhyNoCamera,
    WornCamera,
    said_since,
    why_late,
    why_no_camera,
)
from fleet.visits.rules.consent import ConsentKind
from protocol.footage.consent import SaidOfConsent, WhyNotAsked
from protocol.messages.commands import ConsentCommand

_MOST_FOLLOWED = 1000
WAY = "command "
"""With this, and the command's id, a camera names a command as what it was given something by."""
_WORDING = re.compile(r"[a-z]{2,3} [1-9][0-9]{0,9}")
"""Which text was said, as a camera signs it: a version of the landlord's own; it refuses anything else."""


def ask_camera(
    session: Session, random: Random, entry: ConsentEntry, said: SaidAtDoor, *, officer: str, by: Actor
) -> CameraCommand | None:
    """Ask the officer's camera to do what was said, and to sign it.

    Args:
        session: the transaction in which the entry was kept.
        random: draws the command's id.
        entry: what was kept.
        said: the same as the phone sent it.
        officer: whose visit it is, and who speaks.
        by: who speaks, as a user.

    Returns:
        The command; None where none is issued, and the entry says why, or had asked before.
    """
    moment = now(session)
    if entry.way != PAGE or entry.command_id is not None or entry.not_asked:
        return None
    worn = open_for_officer(session, officer)
    camera = None if worn is None else session.get(CameraRow, worn.camera_id)
    kind, why = ConsentKind(entry.kind), said.why if said.why in set(WhyNotAsked) else ""
    found = None
    if camera is not None and camera.revoked is None:
        heard = still_heard(Presence(camera.online, camera.session, camera.seen), now=moment)
        found = WornCamera(heard, are_at_once(camera.doubled_last, moment))
    refused = why_no_camera(kind, why, found, why_late(said.at, said.sent, said.shown, moment))
    if refused is not None or worn is None or camera is None:
        entry.not_asked = str(refused or WhyNoCamera.NONE)
        if refused in FOLLOWED and SaidOfConsent(kind) in CLOSING:
            entry.follows = said_since(said.at, said.sent, moment)
        return None
    wanted = ConsentCommand(
        said=SaidOfConsent(kind),
        why=WhyNotAsked(why) if kind is ConsentKind.NOT_ASKED else None,
        wording=entry.wording if _WORDING.fullmatch(entry.wording) else "",
    )
    row = issue(session, random, AskedOfCamera(camera, wanted, worn.id, entry.visit_id), by=by)
    entry.command_id = row.id
    session.flush()
    return row


def not_followed(session: Session) -> Sequence[tuple[ConsentEntry, str]]:
    """Return what was to close a camera that was not asked and is worn now, with its name; the last of each.

    Not where by its word the camera has been private or docked since, heard or not, nor where something was
    said later on the same visit that opens its sensors or that a camera was asked to do, nor of one that was
    handed out since.
    """
    moment, found = now(session), dict[str, ConsentEntry]()
    query = (
        select(ConsentEntry, TenancyVisit.officer_id)
        .join(TenancyVisit, TenancyVisit.id == ConsentEntry.visit_id)
        .where(ConsentEntry.follows > moment - LOOKED_AT, ConsentEntry.follows <= moment)
        .order_by(ConsentEntry.follows.desc(), ConsentEntry.number.desc())
        .limit(_MOST_FOLLOWED)
    )
    worn = functools.cache(lambda officer: open_for_officer(session, officer))  # there are many of few
    closed = functools.cache(lambda camera: session.get_one(CameraRow, camera).closed_last)
    for entry, officer in session.execute(query):
        of, since = worn(officer), entry.follows
        if of is None or since is None or of.camera_id in found or of.started > since:
            continue
        last = closed(of.camera_id)
        if (last is None or last < since) and not _is_over(session, entry):
            found[of.camera_id] = entry
    return [(entry, camera) for camera, entry in found.items()]


def _is_over(session: Session, entry: ConsentEntry) -> bool:
    later = select(ConsentEntry.id).where(
        ConsentEntry.visit_id == entry.visit_id,
        ConsentEntry.number > entry.number,
        or_(ConsentEntry.kind.in_(sorted(map(str, OPENING))), ConsentEntry.command_id.is_not(None)),
    )
    return session.scalars(later.limit(1)).first() is not None


def joined_entry(session: Session, row: CameraConsent) -> ConsentEntry | None:
    """Return the entry of which a camera signed the other half, noted as such; None where there is none."""
    if not row.way.startswith(WAY):
        return None
    command = session.get(CameraCommand, row.way.removeprefix(WAY), with_for_update=True)
    if command is None or command.camera_id != row.camera_id or command.sent is None:
        return None
    if (row.assignment or "") != command.assignment:
        return None
    asked = ConsentCommand.model_validate(command.said).to_said()
    if (str(asked.kind), asked.why, asked.wording) != (row.kind, row.why, row.wording):
        return None
    query = select(ConsentEntry).where(ConsentEntry.command_id == command.id)
    entry = session.scalars(query.with_for_update(of=ConsentEntry)).one_or_none()
    if entry is None or entry.signed_by is not None:
        return None
    entry.signed_by = row.camera_id
    note_signed(session, command, row.number)
    return entry
