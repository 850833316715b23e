"""A new key for the vault, from the command to the camera: what was recorded before and after it opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from device.link.identity.identity import load_identity
from device.storage.filesystem import PosixFilesystem
from fleet.cli import app
from fleet.core.config import FleetConfig
from fleet.vault.files import VaultFiles
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually

pytestmark = pytest.mark.broker


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with Fleet(tmp_path / "fleet") as running:
        yield running


def test_a_camera_seals_to_the_new_key_and_both_recordings_open(fleet: Fleet, tmp_path: Path) -> None:
    # proves F7
    camera = Camera.enrol(fleet, tmp_path / "camera")
    (old,) = camera.identity.recipients
    camera.record(1)
    link = camera.link()
    link.start()
    try:
        camera.wait_for_receipts(1)
        assert camera.sealed_to == [], "it seals to that key already"
        fleet.stop()
        done = CliRunner().invoke(app, ["vault", "rotate", "--state", str(fleet.state)])
        assert done.exit_code == 0, done.stderr
        (new,) = [VaultFiles.of(fleet.state, FleetConfig()).box()]
        assert old.public_key == new.earlier[0].public_key
        fleet.start()
        link.hint()
        eventually(lambda: len(camera.sealed_to) > 0, "the new key")
    finally:
        link.stop()
    camera.identity = load_identity(camera.state, PosixFilesystem())
    assert [each.public_key for each in camera.identity.recipients] == [new.public_key]
    camera.record(2)
    link = camera.link()
    link.start()
    try:
        camera.wait_for_receipts(1, 2)
        assert len(camera.sealed_to) == 1, "and goes on with it after a restart"
    finally:
        link.stop()
    found = fleet.api.get("/recordings", params={"camera": camera.id}).raise_for_status().json()
    assert len(found["recordings"] if isinstance(found, dict) else found) == 2
    assert "cannot be opened" not in fleet.log
