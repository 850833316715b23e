"""The root apart from what issues, with a real broker: who gets in, and after which key."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner, Result

from fleet.cli import app
from fleet.pki.certificates import CAMERA, build_leaf
from protocol.footage.receipt import RECEIPT_NAME
from protocol.messages.enrolment import read_certificates
from protocol.verify.cli import app as verifier
from tests.support.fleet.authorities import make_one_of_before
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, keep_camera, start_fleet
from tests.support.fleet.made_state import lay_out_tables
from tests.support.fleet.sending import enrol_identity, send
from tests.support.media.recordings import record
from tests.support.network.mqtt import until
from tests.support.network.tls import turned_away

pytestmark = pytest.mark.broker

PASSPHRASE = b"five words drawn by lot\n"


def run(*words: str | Path, given: bytes = PASSPHRASE) -> Result:
    """Run a command, with a passphrase at a file descriptor of its own."""
    reading, writing = os.pipe()
    try:
        os.write(writing, given)
        os.close(writing)
        here = [str(each).replace("FD", str(reading)) for each in words]
        return CliRunner().invoke(app, ["authority", *here])
    finally:
        os.close(reading)


def by_nobody(folder: Path, camera: EnrolledCamera) -> EnrolledCamera:
    """A certificate for a camera's name, by a key of nobody's under the issuing authority's name."""
    folder.mkdir()
    issuing = x509.load_der_x509_certificate(read_certificates(camera.certificate_file.read_text())[1])
    key = Ed25519PrivateKey.generate()
    forged = build_leaf(
        issuing,
        ec.generate_private_key(ec.SECP256R1()),
        key.public_key(),
        kind=CAMERA,
        name=camera.id,
        now=datetime.now(UTC),
        days=1,
    )
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in (forged, issuing)).decode()
    return keep_camera(folder, camera.id, pem, key)


def listener_takes(fleet: RunningFleet, camera: EnrolledCamera) -> bool:
    """Whether the cameras' listener serves a camera."""
    try:
        with fleet.camera_api(camera) as client:
            return client.get("/api/v1/camera/desired").is_success
    except httpx.TransportError:
        return False


def broker_takes(fleet: RunningFleet, camera: EnrolledCamera) -> bool:
    """Whether the broker lets a camera in."""
    return not turned_away(fleet.context(camera), fleet.mqtt_port)


def check_trust(fleet: RunningFleet, folder: Path, *, seed: int = 1) -> EnrolledCamera:
    """A camera is let in, its footage gets a receipt, and the root alone shows whose both are."""
    camera, identity = enrol_identity(fleet, folder)
    forger = by_nobody(folder / "forged", camera)
    assert len(identity.certificates) == 3
    assert listener_takes(fleet, camera)
    assert broker_takes(fleet, camera)
    assert not listener_takes(fleet, forger)
    assert not broker_takes(fleet, forger)
    take = record(identity, seed=seed)
    assert send(fleet, camera, take) == "receipt"
    copy = folder / "copy"
    copy.mkdir()
    with fleet.camera_api(camera) as client:
        receipt = client.get(f"/api/v1/camera/recordings/{take.number}/receipt").raise_for_status()
    for name, data in {**take.files, RECEIPT_NAME: receipt.content}.items():
        (copy / name).write_bytes(data)
    judged = CliRunner().invoke(verifier, [str(copy), "--authority", str(fleet.authority)])
    assert judged.exit_code == 0, judged.output
    assert "Intact" in judged.output
    return camera


def revoke(fleet: RunningFleet, camera: EnrolledCamera) -> None:
    """Revoke a camera, and see that both turn it away."""
    with fleet.api() as api:
        api.post(f"/api/v1/cameras/{camera.id}/revoke", json={"purpose": "lost"}).raise_for_status()
    until(lambda: not broker_takes(fleet, camera))
    with fleet.camera_api(camera) as client:
        assert client.get("/api/v1/camera/desired").json()["code"] == "camera_revoked"


def use_key_file(state: Path, secret: Path) -> None:
    """Name another key file in the configuration, and have the keys encrypted under it."""
    secret.touch(0o600)
    secret.write_bytes(os.urandom(32))
    with (state / "fleet.toml").open("a") as config:
        config.write(f'\n[authority]\nkey_file = "{secret}"\n')
    changed = run("change-key-file", "--state", state, "--from", state / "pki" / "key-file")
    assert changed.exit_code == 0, changed.output
    assert "Keys that were encrypted anew: 5. " in changed.output, "the root is away"
    (state / "pki" / "key-file").unlink()


# proves L1, L2
def test_a_fleet_whose_root_is_away(tmp_path: Path) -> None:
    fleet, state, away = start_fleet(tmp_path), tmp_path / "state", tmp_path / "root.key"
    root, renew = fleet.authority.read_bytes(), ("renew-issuing", "--state", state, "--root", away)
    by_words = ("--passphrase-fd", "FD")
    try:
        first = check_trust(fleet, tmp_path)
        second = fleet.enrol(tmp_path)
        revoke(fleet, first)
        taken = run("take-root", "--state", state, "--out", away, *by_words)
        assert taken.exit_code == 0, taken.output
        assert "and in the state folder no more. Keep it twice, apart." in taken.output
        assert not (state / "pki" / "authority.key").exists()
        assert run(*renew, *by_words).exit_code != 0, "the service runs"
    finally:
        fleet.stop()

    wrong = run(*renew, *by_words, given=b"x" * 20)
    assert (wrong.exit_code, wrong.stderr.count("\n")) == (2, 1)
    assert "the passphrase is another" in wrong.stderr
    renewed = run(*renew, *by_words)
    assert renewed.exit_code == 0, renewed.output
    fleet = start_fleet(tmp_path)
    try:
        assert listener_takes(fleet, second), "the key that issued its certificate is the same"
        assert broker_takes(fleet, second)
        assert not broker_takes(fleet, first), "what was revoked stays so"
    finally:
        fleet.stop()

    replaced = run(*renew, "--new-key", *by_words)
    assert replaced.exit_code == 0, replaced.output
    assert "Cameras that were enrolled before are refused from the next start on" in replaced.output
    use_key_file(state, tmp_path / "elsewhere")
    fleet = start_fleet(tmp_path)
    try:
        assert fleet.authority.read_bytes() == root
        assert not listener_takes(fleet, second), "the old key issued its certificate"
        assert not broker_takes(fleet, second)
        third = fleet.enrol(tmp_path)
        assert listener_takes(fleet, third)
        assert broker_takes(fleet, third)
    finally:
        fleet.stop()

    (tmp_path / "elsewhere").unlink()
    refused = CliRunner().invoke(app, ["serve", "--state", str(state), "--any-port"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "key file of the authority" in refused.stderr


def test_a_fleet_of_before_goes_on_and_is_split_with_its_cameras_and_its_root_taken_away(
    tmp_path: Path,
) -> None:
    # proves L1, L2
    state = tmp_path / "state"
    (tmp_path / "token").write_text(lay_out_tables(state, datetime.now(UTC)))
    make_one_of_before(state / "pki", datetime.now(UTC) - timedelta(days=400))
    fleet = start_fleet(tmp_path)
    try:
        root = fleet.authority.read_bytes()
        camera, identity = enrol_identity(fleet, tmp_path)
        assert len(identity.certificates) == 2
        take = record(identity)
        assert listener_takes(fleet, camera)
        assert broker_takes(fleet, camera)
        assert send(fleet, camera, take) == "receipt"
        assert b"PRIVATE" not in (state / "pki" / "authority.key").read_bytes()
        taken = run("take-root", "--state", state, "--out", tmp_path / "root", "--passphrase-fd", "FD")
        assert (taken.exit_code, "no root apart" in taken.stderr) == (2, True)
        assert run("split", "--state", state, "--yes").exit_code == 2, "the service runs"
    finally:
        fleet.stop()

    asked = run("split", "--state", state)
    assert (asked.exit_code, "say --yes to do it" in asked.stderr) == (2, True)
    assert "1 camera is in service." in asked.output
    assert "lapel-fleet authority rejoin" in asked.output
    assert not (state / "pki" / "issuing.key").exists()
    assert run("split", "--state", state, "--yes").exit_code == 0
    assert "nothing was changed" in run("split", "--state", state, "--yes").output
    taken = run("take-root", "--state", state, "--out", tmp_path / "root", "--passphrase-fd", "FD")
    assert taken.exit_code == 0, taken.output
    fleet = start_fleet(tmp_path)
    try:
        assert fleet.authority.read_bytes() == root
        assert listener_takes(fleet, camera), "by the certificate that it had"
        assert broker_takes(fleet, camera)
        assert send(fleet, camera, take) == "receipt", "what was acknowledged is so still"
        check_trust(fleet, tmp_path / "since", seed=2)
    finally:
        fleet.stop()
    back = ("rejoin", "--state", state, "--root", tmp_path / "root", "--yes", "--passphrase-fd", "FD")
    assert run(*back).exit_code == 0
    assert run("rejoin", "--state", state, "--yes").exit_code == 2
