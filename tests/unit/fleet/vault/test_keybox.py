from __future__ import annotations

import contextlib
import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.vault.errors import VaultError
from fleet.vault.keybox import KeyBox, OpenedBy, VaultOpener, lock, unlock
from protocol.footage.sealing.keys import generate_private_key
from tests.support.tries import tries

CHEAP = 2
SECRET = b"thirty-two bytes of a key file.."


def test_what_was_locked_is_unlocked_by_its_secret_alone() -> None:
    private = generate_private_key()
    box = lock(private, "Evidence vault", SECRET, os.urandom, cost=CHEAP)
    assert unlock(KeyBox.from_json(box.to_json()), SECRET).to_bytes() == private.to_bytes()
    with pytest.raises(VaultError, match="its key file is not the one it was locked with"):
        unlock(box, SECRET[:-1] + b"?")


def test_the_private_key_is_not_in_the_file() -> None:
    private = generate_private_key()
    written = lock(private, "Evidence vault", SECRET, os.urandom, cost=CHEAP).to_json()
    for start in range(0, 96, 8):
        assert private.to_bytes()[start : start + 8] not in written


def test_a_public_key_that_was_exchanged_is_noticed() -> None:
    box = lock(generate_private_key(), "Evidence vault", SECRET, os.urandom, cost=CHEAP)
    other = generate_private_key().public_bytes()
    with pytest.raises(VaultError):
        unlock(replace(box, public_key=other), SECRET)


@settings(max_examples=tries(60))
@given(st.data())
def test_a_damaged_file_is_refused_or_harmless(data: st.DataObject) -> None:
    box = lock(generate_private_key(), "Evidence vault", SECRET, os.urandom, cost=CHEAP)
    written = bytearray(box.to_json())
    written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(VaultError):  # anything else is not suppressed, and fails the test
        assert unlock(KeyBox.from_json(bytes(written)), SECRET).public_bytes() == box.public_key


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"null", b'{"version": 1}', b"\xff"])
def test_what_is_no_box_is_said(text: bytes) -> None:
    with pytest.raises(VaultError, match="damaged"):
        KeyBox.from_json(text)


@pytest.mark.parametrize("opener", [VaultOpener(OpenedBy.PASSPHRASE), VaultOpener(OpenedBy.SHARES, 2, 77)])
def test_a_box_that_people_open_is_bound_to_how(opener: VaultOpener) -> None:
    private = generate_private_key()
    box = KeyBox.from_json(
        lock(private, "Evidence vault", SECRET, os.urandom, opener=opener, cost=CHEAP).to_json()
    )
    assert box.opener == opener
    assert unlock(box, SECRET).to_bytes() == private.to_bytes()
    for other in (VaultOpener(), VaultOpener(OpenedBy.PASSPHRASE, 3), VaultOpener(OpenedBy.SHARES, 1, 77)):
        with pytest.raises(VaultError):
            unlock(replace(box, opener=other), SECRET)
    for wrong in (b'"shares_needed": 17', b'"shares_needed": "two"', b'"opened_by": "key-file"'):
        name = wrong.split(b":")[0]
        lines = [wrong + b"," if name in line else line for line in box.to_json().splitlines()]
        with pytest.raises(VaultError, match="damaged"):
            KeyBox.from_json(b"\n".join(lines))


def test_a_newer_box_is_refused() -> None:
    box = lock(generate_private_key(), "Evidence vault", SECRET, os.urandom, cost=CHEAP)
    with pytest.raises(VaultError, match="does not know the format"):
        KeyBox.from_json(box.to_json().replace(b'"version": 1', b'"version": 4'))
