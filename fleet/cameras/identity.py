"""Which camera is asking: the dependency of every route on the cameras listener, and of the broker (L1).

Rules:
- TLS has verified the chain before a request exists; the name in the certificate is the camera;
- a certificate counts if it is on record: one that this fleet issued and has forgotten, as after a backup was
  restored, may be another device's;
- enrolled and not revoked is asked of the database at each request, so revocation takes effect at once;
- one that has ended is good for asking for the next, and for nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from cryptography import x509
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select

from fleet.audit.refusing.refusals import Refusals
from fleet.audit.services import AUDIT
from fleet.cameras.models import CameraCertificate, CameraRow
from fleet.core.actor import Actor, camera_actor
from fleet.core.problems import ProblemError
from fleet.core.services import CORE, Services
from fleet.people.sessions import origin_of
from fleet.pki.authority import camera_name


async def camera_identity(request: Request) -> CameraRow:
    """Return the camera that sends this request, with a certificate that is good now.

    Raises:
        ProblemError: as ``camera_to_renew``; 403 when the certificate has ended.
    """
    return await _identity(request, find_camera)


async def camera_to_renew(request: Request) -> CameraRow:
    """Return the camera that sends this request, whether or not its certificate has ended.

    Raises:
        ProblemError: 401 without a certificate, 403 when the camera is not enrolled or is revoked, or the
            certificate is not on record.
    """
    return await _identity(request, find_enrolled)


async def _identity(request: Request, find: Callable[[Services, bytes], CameraRow]) -> CameraRow:
    return await run_in_threadpool(_identity_now, request, find)


def check_camera_again(request: Request) -> None:
    """Look again at the camera that sends this request; for a worker thread, once its body has come.

    Raises:
        ProblemError: as ``camera_identity``.
    """
    _identity_now(request, find_camera)


def _identity_now(request: Request, find: Callable[[Services, bytes], CameraRow]) -> CameraRow:
    certificate: bytes | None = getattr(request.state, "peer_certificate", None)
    if certificate is None:
        raise ProblemError(
            401, "certificate_needed", "This address answers cameras only, by their certificate."
        )
    try:
        return find(CORE(request), certificate)
    except ProblemError as problem:
        write_refusal(AUDIT(request).refusals, certificate, origin_of(request).address, problem)
        raise


def write_refusal(refusals: Refusals, certificate: bytes, address: str, problem: ProblemError) -> None:
    """Write down that whoever showed a certificate (DER) was refused."""
    name = camera_name(certificate) or ""
    who = camera_actor(name).at(address)
    refusals.write(who, "cameras:camera:refuse", name, detail={"code": problem.code})


def find_camera(services: Services, certificate: bytes) -> CameraRow:
    """Return the camera whose certificate (DER) it is, which TLS has checked already but for its times.

    Raises:
        ProblemError: as ``find_enrolled``; 403 the certificate has ended, or has not begun.
    """
    camera, now = find_enrolled(services, certificate), services.clock()
    shown = x509.load_der_x509_certificate(certificate)
    begins, ends = shown.not_valid_before_utc, shown.not_valid_after_utc
    if begins <= now <= ends:
        return camera
    name, when = camera.id, f"{ends if now > ends else begins:%Y-%m-%d}"
    if now > ends:
        code, detail = (
            "certificate_ended",
            f"This certificate of camera {name} ended on {when}; ask for the next.",
        )
    else:
        code, detail = "certificate_early", f"This certificate of camera {name} is not good before {when}."
    # The next one is shown on a connection of its own.
    raise ProblemError(403, code, detail, headers={"Connection": "close"})


def find_enrolled(services: Services, certificate: bytes) -> CameraRow:
    """Return the camera whose certificate (DER) it is, whenever that ends.

    Raises:
        ProblemError: 403 the camera is not enrolled or is revoked, or the certificate is not on record.
    """
    name = camera_name(certificate)
    with services.readers() as session:
        camera = session.get(CameraRow, name) if name is not None else None
        query = select(CameraCertificate.serial).where(
            CameraCertificate.camera_id == name,
            CameraCertificate.sha256 == hashlib.sha256(certificate).hexdigest(),
        )
        is_known = session.scalar(query) is not None
    if camera is None:
        raise ProblemError(
            403, "camera_unknown", f"Camera {name} is not enrolled in this fleet; enrol it with a code."
        )
    if camera.revoked is not None:
        raise ProblemError(403, "camera_revoked", f"Camera {name} was revoked; enrol it anew with a code.")
    if not is_known:
        detail = (
            f"This certificate of camera {name} is not on record here; enrol the camera anew with a code."
        )
        raise ProblemError(403, "certificate_unknown", detail)
    return camera


RenewingDep = Annotated[CameraRow, Depends(camera_to_renew)]
"""The camera that asks for its next certificate, perhaps with one that has ended; detached."""

CameraDep = Annotated[CameraRow, Depends(camera_identity)]
"""The camera that sends the request; detached from any session."""


def actor_for(camera: CameraRow) -> Actor:
    """Return the camera as an actor for the audit log."""
    return camera_actor(camera.id)
