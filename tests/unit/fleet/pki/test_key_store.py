"""The authority's keys on the disk: of a fleet of before, after any failure, and by which key file."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fleet.core.errors import StateError
from fleet.pki import key_secret
from fleet.pki.authority import Authority, open_authority
from fleet.pki.key_secret import KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.root import change_key_file
from protocol.footage.format.certificates import check_chain
from protocol.messages.enrolment import check_certificates
from tests.support.fleet.authorities import make_one_of_before
from tests.support.fleet.fleet import camera_request
from tests.support.fleet.power_cut import PowerCutError, failing_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def issue(authority: Authority) -> tuple[bytes, ...]:
    """Have it issue, and return the chain as a camera checks it."""
    _, request = camera_request()
    issued = authority.issue_camera(request, camera="cam-01", now=NOW, days=90)
    return check_certificates(issued.pem, authority.der)


def test_the_key_of_a_fleet_of_before_is_encrypted_and_its_trust_goes_on(tmp_path: Path) -> None:
    # proves L1
    root, _key = make_one_of_before(tmp_path / "pki", NOW)
    authority = open_authority(tmp_path / "pki", now=NOW)
    assert authority.certificate == authority.issuing == root
    assert not authority.has_issuing
    assert b"PRIVATE" not in authority.file("authority.key").read_bytes()
    assert len(issue(authority)) == 2
    authority.renew_own([], NOW)
    check_chain(authority.receipts_key()[1])
    again = open_authority(tmp_path / "pki", now=NOW + timedelta(days=1))
    assert not again.renew_own([], NOW)
    assert issue(again)[-1] == authority.der


# proves F7
def test_no_failure_leaves_a_fleet_of_before_without_a_key_that_can_be_read(tmp_path: Path) -> None:
    tried = 0
    for count in range(1, 100):
        folder = tmp_path / str(count) / "pki"
        root, _key = make_one_of_before(folder, NOW)
        with failing_at(count) as steps, suppress(PowerCutError):
            open_authority(folder, now=NOW)
        authority = open_authority(folder, now=NOW)
        assert (authority.certificate, len(issue(authority))) == (root, 2), steps
        assert b"PRIVATE" not in (folder / "authority.key").read_bytes()
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 6, "key file, key, and their folder"


# proves F7
def test_an_authority_that_was_being_made_is_finished(tmp_path: Path) -> None:
    tried = 0
    for count in range(1, 100):
        folder = tmp_path / str(count) / "pki"
        with failing_at(count) as steps, suppress(PowerCutError):
            open_authority(folder, now=NOW)
        before = [each.read_bytes() for each in folder.glob("authority.pem")]
        authority = open_authority(folder, now=NOW)
        assert len(issue(authority)) == 3, steps
        assert not before or before == [authority.file("authority.pem").read_bytes()]
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 12


# proves F7
def test_another_key_file_is_taken_whatever_fails(tmp_path: Path) -> None:
    tried = 0
    for count in range(1, 100):
        folder, new = tmp_path / str(count) / "pki", tmp_path / f"{count}.secret"
        new.touch(0o600)
        new.write_bytes(os.urandom(32))
        before = open_authority(folder, now=NOW)
        before.check_key()
        store, old = KeyStore(folder, KeySecret.of(folder, new)), KeySecret.of(folder, folder / "key-file")
        with failing_at(count) as steps, suppress(PowerCutError):
            change_key_file(store, old)
        change_key_file(store, old)
        old.path.unlink()
        after = open_authority(folder, now=NOW, secret=KeySecret.of(folder, new))
        after.check_key()
        store.open(store.read(store.root_file))
        assert issue(after)[1:] == issue(before)[1:], steps
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 6


def test_without_its_key_file_nothing_is_issued_and_the_sentence_says_which(tmp_path: Path) -> None:
    open_authority(tmp_path / "pki", now=NOW).renew_own([], NOW)
    (tmp_path / "pki" / "key-file").rename(tmp_path / "away")
    authority = open_authority(tmp_path / "pki", now=NOW)
    assert not authority.renew_own([], NOW), "what signs nothing needs no key file"
    with pytest.raises(StateError, match=r"key-file, cannot be read: .*authority.key_file"):
        authority.check_key()
    (tmp_path / "away").rename(tmp_path / "pki" / "key-file")
    authority.check_key()


@pytest.mark.parametrize(
    ("data", "mode", "reason"),
    [
        (bytes(31), 0o600, "holds 31 bytes"),
        (bytes(33), 0o600, "holds more; it has to hold 32 random bytes"),
        (b"", 0o600, "holds 0 bytes"),
        (bytes(32), 0o640, "can be read by others"),
        (bytes(32), 0o604, "can be read by others"),
        (bytes(32), 0o600, "is not the key file that it was encrypted under"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, data: bytes, mode: int, reason: str
) -> None:
    open_authority(tmp_path / "pki", now=NOW)
    other = tmp_path / "other"
    other.write_bytes(data)
    other.chmod(mode)
    with pytest.raises(StateError, match=reason):
        open_authority(tmp_path / "pki", now=NOW, secret=KeySecret.of(tmp_path / "pki", other)).check_key()


def test_a_credential_of_systemd_may_show_an_access_list_as_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_secret, "CREDENTIALS", tmp_path)
    file = tmp_path / "authority"
    file.write_bytes(bytes(32))
    file.chmod(0o440)
    assert KeySecret.of(tmp_path, file).read() == bytes(32)
    file.chmod(0o444)
    with pytest.raises(StateError, match="can be read by others"):
        KeySecret.of(tmp_path, file).read()


def test_keys_without_their_certificate_are_never_replaced(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "pki", now=NOW)
    authority.file("authority.pem").unlink()
    assert open_authority(tmp_path / "pki", now=NOW).der == authority.der, "the root's key has it beside it"
    authority.file("authority.pem").unlink()
    authority.file("authority.key").unlink()
    with pytest.raises(StateError, match="is missing, although its keys are there; restore"):
        open_authority(tmp_path / "pki", now=NOW)
    folder = tmp_path / "of-before"
    make_one_of_before(folder, NOW)
    plain = (folder / "authority.key").read_bytes()
    (folder / "authority.pem").unlink()
    with pytest.raises(StateError, match="is missing, although its keys are there; restore"):
        open_authority(folder, now=NOW)
    assert (folder / "authority.key").read_bytes() == plain


def test_a_key_of_another_authority_is_not_encrypted_in_the_place_of_ones_own(tmp_path: Path) -> None:
    make_one_of_before(tmp_path / "pki", NOW)
    stranger = ec.generate_private_key(ec.SECP256R1())
    pem = stranger.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "pki" / "authority.key").write_bytes(pem)
    with pytest.raises(StateError, match="is not the key of"):
        open_authority(tmp_path / "pki", now=NOW)
    assert (tmp_path / "pki" / "authority.key").read_bytes() == pem


def test_an_issuing_authority_beside_one_of_before_changes_nothing(tmp_path: Path) -> None:
    """Whoever can write the folder could put one there; such an authority may have none below it."""
    other = open_authority(tmp_path / "other", now=NOW)
    root, _key = make_one_of_before(tmp_path / "pki", NOW)
    (tmp_path / "pki" / "issuing.key").write_bytes(other.file("issuing.key").read_bytes())
    assert open_authority(tmp_path / "pki", now=NOW).issuing == root
    assert isinstance(root, x509.Certificate)
