"""Certificates renew themselves before they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from device.link.identity.identity import CameraIdentity, load_identity, save_identity, signing_request
from device.link.identity.resealing import answer_of
from device.storage.filesystem import PosixFilesystem
from fleet.cameras.models import CameraCertificate
from fleet.core.database import open_database, utc_now
from fleet.pki.authority import open_authority
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually


def test_a_certificate_renews_itself_and_keeps_its_key(fleet: Fleet, camera: Camera) -> None:
    before = camera.identity
    link = camera.link(ahead=timedelta(days=80))  # of 90
    link.start()
    try:
        card = PosixFilesystem()
        eventually(
            lambda: load_identity(camera.state, card).certificate != before.certificate, "a new certificate"
        )
        renewed = load_identity(camera.state, card)
        assert renewed.certificate.public_key() == before.certificate.public_key()
        assert renewed.camera == before.camera
        assert renewed.recipients == before.recipients
        camera.record()
        camera.wait_for_receipts(1)
        assert link.state().connected
    finally:
        link.stop()


def test_a_young_certificate_is_left_alone(camera: Camera) -> None:
    link = camera.link()
    link.start()
    try:
        camera.wait_for_desired(lambda each: each.camera == camera.id)
        eventually(lambda: link.state().connected, "a connection")
    finally:
        link.stop()
    assert load_identity(camera.state, PosixFilesystem()).certificate == camera.identity.certificate


def ended(fleet: Fleet, camera: Camera) -> CameraIdentity:
    """Have the camera lie in a drawer for longer than its certificate was good."""
    authority, begun = open_authority(fleet.state / "pki", now=utc_now()), utc_now() - timedelta(days=100)
    request = signing_request(camera.identity.key)
    issued = authority.issue_camera(request, camera=camera.id, now=begun, days=90)
    database = open_database("", fleet.state)
    with database.sessions.begin() as session:
        row = CameraCertificate(
            serial=issued.serial,
            camera_id=camera.id,
            sha256=issued.sha256,
            issued=begun,
            expires=issued.expires,
        )
        session.add(row)
    database.close()
    answer = answer_of(camera.identity, issued.pem)
    return save_identity(camera.state, answer, camera.identity.key, PosixFilesystem())


@pytest.mark.broker
def test_a_certificate_that_has_ended_is_renewed_and_its_recordings_arrive(
    fleet: Fleet, camera: Camera
) -> None:  # proves L1
    camera.identity = ended(fleet, camera)
    assert camera.identity.validity_problem(utc_now()) is not None
    camera.record()
    link = camera.link()
    link.start()
    try:
        camera.wait_for_receipts(1)
        eventually(lambda: link.state().connected, "a connection to the broker")
    finally:
        link.stop()
    renewed = load_identity(camera.state, PosixFilesystem())
    assert renewed.validity_problem(utc_now()) is None
    assert renewed.certificate.public_key() == camera.identity.certificate.public_key()
