"""Certificates renew themselves before they end."""

from __future__ import annotations

from datetime import timedelta

from device.link.identity.identity import load_identity
from device.storage.filesystem import PosixFilesystem
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
