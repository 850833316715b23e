"""What is done with cameras, inside the caller's transaction: codes, enrolment, renewal, revocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.models import CameraCertificate, CameraRow, EnrolmentCodeRow
from fleet.cameras.rules import camera_id, limit_sentence, room_for_another
from fleet.cameras.services import CameraServices
from fleet.cameras.wearers import Wearers
from fleet.core.actor import Actor, camera_actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.errors import SigningRequestError
from fleet.core.one_time import CodeState, code_state, is_ahead
from fleet.core.problems import ProblemError, not_found
from fleet.organisation.models import GroupKind
from fleet.organisation.service import joinable
from fleet.people.secrets import digest, new_id, new_secret
from fleet.pki.request import Issued, requested_key

CODE_BYTES = 15  # 120 bits: 20 characters to copy, and nothing to guess
MOST_REPEATS = 20
"""So often one code is answered again: each is an entry of the audit log."""


def create_code(
    session: Session, cameras: CameraServices, *, by: Actor, minutes: int | None = None
) -> tuple[str, datetime]:
    """Make a one-time enrolment code; return what a person copies to the camera, and when it ends.

    It is ``SECRET.FINGERPRINT``: the second half lets the camera know the right authority before it trusts
    any.

    Raises:
        ProblemError: 409 when the fleet is full already; 503 no number can be given.
    """
    _check_room(session, cameras)
    cameras.numbers.check()
    secret = new_secret(cameras.core.random, CODE_BYTES)
    moment = now(session)
    expires = moment + timedelta(minutes=minutes or cameras.core.config.cameras.code_minutes)
    row = EnrolmentCodeRow(
        id=new_id(cameras.core.random),
        digest=digest(secret),
        created=moment,
        created_by=by.label,
        expires=expires,
        used=None,
        camera_id=None,
    )
    session.add(row)
    record(session, by, "cameras:code:create", row.id)
    return f"{secret}.{cameras.authority.fingerprint}", expires


def enrol(
    session: Session, cameras: CameraServices, *, code: str, request_pem: str, address: str = ""
) -> tuple[CameraRow, Issued]:
    """Turn a code and a signing request into an enrolled camera and its certificate.

    The same code with the same key gives the same again while the code lives: the answer may have been lost.
    ``address`` is where the camera is, for the log.

    Raises:
        ProblemError: 404 unknown code, 410 expired, 409 used or the fleet is full, 422 the request is not
            acceptable, 503 no number can be given.
    """
    take_turn(session, Turn.ENROLMENT)
    found = _find_code(session, code)
    if found.used is not None:
        return _repeat(session, found, request_pem, address)
    _check_room(session, cameras)
    _check_key(request_pem)
    number = cameras.numbers.take(session)
    name, moment = camera_id(number), now(session)
    issued = _issue(session, cameras, request_pem, name)
    camera = CameraRow(
        id=name,
        number=number,
        name=f"Camera {number}",
        enrolled=moment,
        certificate_expires=issued.expires,
        revoked=None,
        seen=None,
        status=None,
        reported=None,
    )
    session.add(camera)
    session.flush()
    _keep(session, camera, issued)
    found.used, found.camera_id, found.certificate_pem = moment, name, issued.pem
    by = camera_actor(name).at(address)
    record(session, by, "cameras:camera:enrol", name, detail={"certificate": issued.sha256})
    announce(session, "camera", name)
    announce(session, "desired", name)
    return camera, issued


def renew(
    session: Session, cameras: CameraServices, *, camera: str, request_pem: str, address: str = ""
) -> Issued:
    """Issue the camera's next certificate; the present one stays good until it ends.

    ``address`` is where the camera is, for the log.

    Raises:
        ProblemError: 422 the request is not acceptable.
    """
    row = get_camera(session, camera)
    issued = _issue(session, cameras, request_pem, camera)
    row.certificate_expires = issued.expires
    _keep(session, row, issued)
    record(
        session,
        camera_actor(camera).at(address),
        "cameras:certificate:renew",
        camera,
        detail={"certificate": issued.sha256},
    )
    announce(session, "camera", camera)
    return issued


def revoke(session: Session, *, camera: str, by: Actor, purpose: str) -> CameraRow:
    """Refuse a camera from now on, on both channels; revoking twice is one revocation.

    Who wears it is not looked at: ``take_out_of_service`` does both.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    row = get_camera(session, camera, lock=True)
    if row.revoked is None:
        row.revoked, row.online = now(session), False
        record(session, by, "cameras:camera:revoke", camera, purpose)
        announce(session, "revoked", camera)
        announce(session, "camera", camera)
        announce(session, "presence", camera)  # what is said of its recordings is another thing from now on
    return row


def take_out_of_service(
    session: Session, wearers: Wearers, *, camera: str, by: Actor, purpose: str
) -> CameraRow:
    """Revoke a camera and take it back, so that whoever wore it can have another one.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    row = revoke(session, camera=camera, by=by, purpose=purpose)
    wearers.release(session, camera=camera, by=by, reason="the camera was revoked")
    return row


def set_site(session: Session, *, camera: str, site: str, by: Actor) -> CameraRow:
    """Say at which site a camera is kept, or at none where ``site`` is empty; the same again changes nothing.

    Raises:
        ProblemError: 404 there is no such camera or site; 409 the site is retired.
    """
    row = get_camera(session, camera, lock=True)
    before, after = row.site_id, joinable(session, GroupKind.SITE, site, row.site_id)
    if after != before:
        row.site_id = after
        record(
            session, by, "cameras:camera:site", camera, detail={"before": before or "", "site": after or ""}
        )
        announce(session, "camera", camera)
    return row


def get_camera(session: Session, camera: str, *, lock: bool = False) -> CameraRow:
    """Return a camera; with ``lock`` as it is now, and nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 when there is no such camera.
    """
    # What refers to a camera may be written meanwhile: its number does not change.
    row = session.get(CameraRow, camera, with_for_update={"key_share": True} if lock else None)
    if row is None:
        raise not_found(f"camera {camera}")
    return row


def list_cameras(session: Session, *, revoked: bool = False) -> Sequence[CameraRow]:
    """Return the cameras in the order of their numbers; revoked ones only when asked for."""
    query = select(CameraRow).order_by(CameraRow.number)
    return session.scalars(query if revoked else query.where(CameraRow.revoked.is_(None))).all()


def change_desired(session: Session, camera: str) -> None:
    """Count a change of what the camera is told to do, and have it published once this is committed."""
    session.execute(
        update(CameraRow).where(CameraRow.id == camera).values(desired_version=CameraRow.desired_version + 1)
    )
    announce(session, "desired", camera)


def _find_code(session: Session, code: str) -> EnrolmentCodeRow:
    """Return a code that is good, or was used."""
    secret = code.strip().partition(".")[0]
    found = session.scalars(
        select(EnrolmentCodeRow).where(EnrolmentCodeRow.digest == digest(secret))
    ).one_or_none()
    if found is None:
        raise ProblemError(
            404, "enrolment_code_unknown", "This fleet knows no such enrolment code; check that it is whole."
        )
    moment = now(session)
    state = code_state(made=found.created, expires=found.expires, used=found.used, now=moment)
    if state is CodeState.EXPIRED:
        ended = f"expired at {found.expires:%Y-%m-%d %H:%M} UTC"
        why = "was made by a clock that was ahead" if is_ahead(found.created, moment) else ended
        detail = f"This enrolment code {why}; ask an administrator for a new one."
        raise ProblemError(410, "enrolment_code_expired", detail)
    return found


def _repeat(
    session: Session, found: EnrolmentCodeRow, request_pem: str, address: str
) -> tuple[CameraRow, Issued]:
    """Answer a camera again as it was answered before; whoever shows another key is refused."""
    camera, pem = session.get(CameraRow, found.camera_id), found.certificate_pem
    moment = now(session)
    is_in_time = moment < found.expires and not is_ahead(found.created, moment)
    is_in_time = is_in_time and found.repeats < MOST_REPEATS
    if camera is None or camera.revoked is not None or pem is None or not is_in_time:
        raise _used(found)
    issued = Issued.read(pem)
    try:
        is_same = requested_key(request_pem).public_bytes_raw() == issued.key
    except SigningRequestError as error:
        raise ProblemError(422, "signing_request_refused", str(error)) from error
    if not is_same:
        raise _used(found)
    found.repeats += 1
    record(session, camera_actor(camera.id).at(address), "cameras:enrolment:repeat", camera.id)
    return camera, issued


def _check_key(request_pem: str) -> None:
    """Refuse what no certificate is made of, before a number is taken for it."""
    try:
        requested_key(request_pem)
    except SigningRequestError as error:
        raise ProblemError(422, "signing_request_refused", str(error)) from error


def _used(found: EnrolmentCodeRow) -> ProblemError:
    detail = f"This enrolment code was used for {found.camera_id}; ask an administrator for a new one."
    return ProblemError(409, "enrolment_code_used", detail)


def _check_room(session: Session, cameras: CameraServices) -> None:
    enrolled = (
        session.scalar(select(func.count()).select_from(CameraRow).where(CameraRow.revoked.is_(None))) or 0
    )
    limit = cameras.core.config.cameras.limit
    if not room_for_another(enrolled=enrolled, limit=limit):
        raise ProblemError(409, "camera_limit", limit_sentence(limit, enrolled), limit=limit)


def _issue(session: Session, cameras: CameraServices, request_pem: str, camera: str) -> Issued:
    try:
        return cameras.authority.issue_camera(
            request_pem, camera=camera, now=now(session), days=cameras.core.config.cameras.certificate_days
        )
    except SigningRequestError as error:
        raise ProblemError(422, "signing_request_refused", str(error)) from error


def _keep(session: Session, camera: CameraRow, issued: Issued) -> None:
    session.add(
        CameraCertificate(
            serial=issued.serial,
            camera_id=camera.id,
            sha256=issued.sha256,
            issued=now(session),
            expires=issued.expires,
        )
    )
