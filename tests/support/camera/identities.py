"""An enrolled camera without a fleet: the identity of a identity from ``tests.support.media.recordings``."""

from __future__ import annotations

import ssl
from pathlib import Path

from device.link.identity.identity import CameraIdentity, save_identity
from device.storage.filesystem import PosixFilesystem
from protocol.messages.enrolment import EnrolmentResponse, RecipientKey
from tests.support.media.recordings import TestIdentity, make_identity


def answer_for(
    identity: TestIdentity, *, cameras_url: str = "https://127.0.0.1:1", mqtt_port: int = 1
) -> EnrolmentResponse:
    """What a fleet would have answered to the camera of a test identity."""
    return EnrolmentResponse(
        camera=identity.camera,
        certificate_pem="".join(map(ssl.DER_cert_to_PEM_cert, identity.certificates[:-1])),
        authority_pem=ssl.DER_cert_to_PEM_cert(identity.authority),
        recipients=(RecipientKey.of(identity.recipient),),
        cameras_url=cameras_url,
        mqtt_host="127.0.0.1",
        mqtt_port=mqtt_port,
    )


def enrol_without_fleet(
    state: Path, identity: TestIdentity | None = None, **addresses: object
) -> CameraIdentity:
    """Make the camera whose state folder is ``state`` an enrolled one."""
    identity = identity or make_identity()
    answer = answer_for(identity, **addresses)  # type: ignore[arg-type]  # the addresses of answer_for, passed on
    return save_identity(state, answer, identity.camera_key, PosixFilesystem())
