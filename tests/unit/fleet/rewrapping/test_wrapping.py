"""A recording's own key: it opens its table, for the one vault key that it is wrapped under, and no other."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.vault.rotation.wrapping import (
    KEY_BYTES,
    WrappedKey,
    new_recording_key,
    open_table,
    seal_table,
    table_name,
    unwrap,
    wrap,
)
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.sealing.keys import generate_private_key

VAULT, OTHER = generate_private_key(), generate_private_key()
BOUND = b"b" * 32
PLACES = st.tuples(st.integers(0, 2**63), st.sampled_from(Track))
KEYS = st.dictionaries(PLACES, st.binary(min_size=32, max_size=32), max_size=20)


@given(KEYS, st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES), st.data())
def test_what_was_put_under_a_key_comes_back_and_no_changed_byte_of_it_does(
    keys: dict[tuple[int, Track], bytes], key: bytes, data: st.DataObject
) -> None:
    # proves F3
    table = seal_table(keys, key, BOUND)
    assert open_table(table, key, BOUND) == keys
    assert seal_table(dict(reversed(keys.items())), key, BOUND) == table, "the same keys are the same bytes"
    at = data.draw(st.integers(0, len(table) - 1))
    changed = table[:at] + bytes([table[at] ^ 1]) + table[at + 1 :]
    for wrong in (
        (changed, key, BOUND),
        (table, bytes([key[0] ^ 1]) + key[1:], BOUND),
        (table, key, b"c" * 32),
        (b"", key, BOUND),
    ):
        with pytest.raises(KeysError):
            open_table(*wrong)


def test_a_key_is_wrapped_for_one_key_of_the_vault_and_one_recording() -> None:  # proves F3
    key = new_recording_key(secrets.token_bytes)
    wrapped = wrap(key, VAULT, BOUND, secrets.token_bytes)
    assert (wrapped.by, len(wrapped.wrapped), unwrap(wrapped, VAULT)) == (VAULT.key_id.hex(), 60, key)
    changed = wrapped.wrapped[:-1] + bytes([wrapped.wrapped[-1] ^ 1])
    for wrong, private in (
        (wrapped, OTHER),
        (WrappedKey(wrapped.by, changed, BOUND), VAULT),
        (WrappedKey(wrapped.by, wrapped.wrapped, b"c" * 32), VAULT),
        (WrappedKey(wrapped.by, b"", BOUND), VAULT),
    ):
        with pytest.raises(KeysError):
            unwrap(wrong, private)
    assert table_name(key) != table_name(new_recording_key(secrets.token_bytes))
    assert key.hex() not in table_name(key)


def test_two_tables_under_one_key_share_no_nonce() -> None:
    key = secrets.token_bytes(32)
    one, two = ({(1, Track.VIDEO): bytes([each]) * 32} for each in (1, 2))
    assert seal_table(one, key, BOUND)[:12] != seal_table(two, key, BOUND)[:12]
    with pytest.raises(KeysError, match="has 3 bytes"):
        seal_table({(1, Track.VIDEO): b"abc"}, key, BOUND)
