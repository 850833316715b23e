"""The authority's keys at rest: what opens one, and that any bytes are read or refused."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.errors import StateError
from fleet.pki.certificates import build_root
from fleet.pki.sealed_key import (
    KeyOpener,
    OtherSecretError,
    SealedKey,
    UnreadableKeyError,
    open_authority_key,
    seal_authority_key,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET, WORDS = bytes(range(32)), b"five words drawn by lot"


@cache
def key(which: int = 1) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(which + 7, ec.SECP256R1())


@cache
def sealed(opener: KeyOpener = KeyOpener.KEY_FILE) -> SealedKey:
    certificate = build_root(key(), name="Root", now=NOW, days=10)
    secret = SECRET if opener is KeyOpener.KEY_FILE else WORDS
    return seal_authority_key(key(), certificate, secret, os.urandom, opener=opener, cost=2)


@pytest.mark.parametrize(("opener", "secret"), [(KeyOpener.KEY_FILE, SECRET), (KeyOpener.PASSPHRASE, WORDS)])
def test_a_key_opens_by_its_secret_alone(opener: KeyOpener, secret: bytes) -> None:
    again = SealedKey.from_json(sealed(opener).to_json())
    assert again == sealed(opener)
    opened = open_authority_key(again, secret)
    assert opened.private_numbers() == key().private_numbers()
    for other in (secret + b"x", secret[:-1], b"", bytes(32)):
        with pytest.raises(OtherSecretError):
            open_authority_key(again, other)


def test_nothing_of_the_key_is_in_the_file() -> None:
    number = key().private_numbers().private_value.to_bytes(32, "big")
    text = sealed().to_json()
    assert b"PRIVATE" not in text
    for value in json.loads(text).values():
        with contextlib.suppress(ValueError):
            assert number not in base64.b64decode(str(value))


def test_a_key_is_bound_to_its_certificate_and_to_how_it_is_opened() -> None:
    other = build_root(key(2), name="Root", now=NOW, days=10)
    for changed in (
        replace(sealed(), certificate=other),
        replace(sealed(), opener=KeyOpener.PASSPHRASE, cost=2),
        replace(sealed(KeyOpener.PASSPHRASE), opener=KeyOpener.KEY_FILE, cost=0),
    ):
        for secret in (SECRET, WORDS):
            with pytest.raises(OtherSecretError):
                open_authority_key(changed, secret)
    with pytest.raises(UnreadableKeyError, match="another key"):
        sealed().with_certificate(other)
    later = build_root(key(), name="Root", now=NOW, days=20)
    assert open_authority_key(sealed().with_certificate(later), SECRET).public_key() == key().public_key()


@pytest.mark.parametrize("passphrase", [b"", b"short", b"x" * 15, b"x" * 1025])
def test_a_passphrase_is_long_enough(passphrase: bytes) -> None:
    with pytest.raises(StateError, match="needs 16 to 1024"):
        seal_authority_key(
            key(), sealed().certificate, passphrase, os.urandom, opener=KeyOpener.PASSPHRASE, cost=2
        )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def read_or_refused(data: bytes) -> None:
    """A file comes with a medium from elsewhere: it is read, or refused in the one way; and never opens."""
    try:
        found = SealedKey.from_json(data)
    except UnreadableKeyError:
        return
    if found != sealed() and found.cost in {0, 2}:
        try:
            assert open_authority_key(found, SECRET).public_key() == key().public_key()
        except OtherSecretError:
            return


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


@given(st.sampled_from(sorted(json.loads(sealed().to_json()))), VALUES)
def test_any_field_may_be_anything(name: str, value: object) -> None:
    read_or_refused(json.dumps(json.loads(sealed().to_json()) | {name: value}).encode())


@given(st.data())
def test_any_changed_byte_is_refused_or_means_nothing(data: st.DataObject) -> None:
    changed = bytearray(sealed().to_json())
    changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(changed))


def test_a_file_that_is_too_long_is_not_read() -> None:
    with pytest.raises(UnreadableKeyError, match="too long"):
        SealedKey.from_json(b" " * 70_000)
