"""The fleet's own keys at rest: encrypted, each under its own name, and readable at every moment."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from fleet.core.errors import StateError
from fleet.core.files import write_file
from fleet.pki.authority import Authority, open_authority
from fleet.pki.key_secret import KeyFileMissingError, KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.own_keys import NAMES, OwnKeys
from fleet.pki.root import change_key_file
from fleet.pki.sealed_key import OtherSecretError
from fleet.server.tls import cameras_context, dashboard_context, service_context
from tests.support.fleet.power_cut import PowerCutError, failing_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = open_authority(tmp_path / "pki", now=NOW)
    made.renew_own(["localhost"], NOW)
    return made


def publics(authority: Authority) -> dict[str, bytes]:
    own = OwnKeys(authority.folder, KeySecret.of(authority.folder, None))
    return {name: public(own, name) for name in NAMES}


def public(own: OwnKeys, name: str) -> bytes:
    raw = own.read(name).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert raw
    return raw


def test_none_of_them_lies_there_as_it_is_and_each_is_used(authority: Authority) -> None:
    # proves L1
    for name in NAMES:
        lies = authority.own_keys.file(name).read_bytes()
        assert lies.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"), name
    for context in (dashboard_context, cameras_context, service_context):
        assert isinstance(context(authority), ssl.SSLContext)
    key, _ = authority.receipts_key()
    key.public_key().verify(key.sign(b"receipt"), b"receipt")
    signer = authority.checkpoints_key()
    signer.public_key().verify(signer.sign(b"checkpoint"), b"checkpoint")
    with pytest.raises(InvalidSignature):
        signer.public_key().verify(signer.sign(b"checkpoint"), b"another")


def test_one_does_not_open_under_the_name_of_another(authority: Authority) -> None:
    # proves L1
    own = authority.own_keys
    write_file(own.file("receipts"), own.file("checkpoints").read_bytes())
    with pytest.raises(OtherSecretError, match="is not the key file that it was encrypted under"):
        authority.receipts_key()


def test_those_of_a_fleet_of_before_are_encrypted_at_its_next_start_and_stay_the_same(
    authority: Authority,
) -> None:
    # proves L1
    before = publics(authority)
    for name in NAMES:
        key = authority.own_keys.read(name)
        write_file(
            authority.own_keys.file(name),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
    again = open_authority(authority.folder, now=NOW)
    assert isinstance(dashboard_context(again), ssl.SSLContext), "plain ones are taken meanwhile"
    assert not again.renew_own(["localhost"], NOW), "nothing is renewed"
    assert publics(again) == before
    assert all(again.own_keys.is_sealed(name) for name in NAMES)


def test_without_the_key_file_nothing_is_signed_and_what_signs_nothing_goes_on(authority: Authority) -> None:
    # proves L1
    (authority.folder / "key-file").rename(authority.folder.parent / "away")
    apart = open_authority(authority.folder, now=NOW)
    assert not apart.renew_own(["localhost"], NOW)
    assert apart.checkpoints_key().public_key() == authority.checkpoints_key().public_key()
    with pytest.raises(KeyFileMissingError):
        apart.checkpoints_key().sign(b"text")
    with pytest.raises(KeyFileMissingError):
        apart.receipts_key()
    key, _ = authority.receipts_key()
    assert key.sign(b"text"), "a service that runs goes on when the medium is taken out"


def test_they_go_with_the_key_file_that_is_named_anew_whatever_was_cut_off(tmp_path: Path) -> None:
    # proves F6
    folder, tried = tmp_path / "pki", 0
    made = open_authority(folder, now=NOW)
    made.renew_own(["localhost"], NOW)
    before = publics(made)
    for count in range(1, 60):
        new = tmp_path / f"key-{count}"
        new.touch(0o600)
        new.write_bytes(count.to_bytes(32, "big"))
        old = KeySecret.of(folder, folder / "key-file" if count == 1 else tmp_path / f"key-{count - 1}")
        store = KeyStore(folder, KeySecret.of(folder, new))
        with failing_at(count) as steps, suppress(PowerCutError):
            change_key_file(store, old)
        change_key_file(store, old)
        assert change_key_file(store, old) == 0
        own = OwnKeys(folder, store.secret)
        assert {name: public(own, name) for name in NAMES} == before, steps
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 12


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_said_to_be_none(authority: Authority, data: bytes) -> None:
    write_file(authority.own_keys.file("receipts"), data)
    with pytest.raises(StateError, match=r"receipts.key cannot be read; restore it"):
        authority.receipts_key()
    authority.own_keys.put("receipts", authority.own_keys.read("server"))
    with pytest.raises(StateError, match="is not an Ed25519 key"):
        authority.receipts_key()
