from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.errors import StateError
from fleet.review.draw_key import FILE, Draw, open_key
from fleet.review.rules.draw import KEY_BYTES, LOT_BYTES, is_drawn, key_name, lot

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
DIGESTS = st.binary(min_size=32, max_size=32)


def digests(number: int) -> list[bytes]:
    return [hashlib.sha256(each.to_bytes(4, "big")).digest() for each in range(number)]


@given(key=KEYS, digest=DIGESTS)
def test_a_lot_is_drawn_again_by_whoever_has_the_key(key: bytes, digest: bytes) -> None:
    again = hmac.new(key, b"lapel review draw v1\x00" + digest, hashlib.sha256).digest()[:8]
    assert lot(key, digest) == again
    assert key_name(key) == hashlib.sha256(b"lapel review key v1\x00" + key).hexdigest()


@given(value=st.binary(min_size=LOT_BYTES, max_size=LOT_BYTES), share=st.floats(0, 1), more=st.floats(0, 1))
def test_a_larger_share_draws_all_that_a_smaller_one_does(value: bytes, share: float, more: float) -> None:
    assert not is_drawn(value, 0.0)
    assert is_drawn(value, 1.0)
    if is_drawn(value, min(share, more)):
        assert is_drawn(value, max(share, more))


def test_about_the_share_is_drawn_and_another_key_draws_others() -> None:
    first, second = bytes(KEY_BYTES), b"\x01" * KEY_BYTES
    drawn = [{each for each in digests(20_000) if is_drawn(lot(key, each), 0.1)} for key in (first, second)]
    assert all(1_800 < len(each) < 2_200 for each in drawn)
    both = len(drawn[0] & drawn[1])
    assert 120 < both < 280, "what one key draws says nothing of what another does"


def test_the_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    made = open_key(tmp_path, lambda size: b"k" * size)
    assert open_key(tmp_path, lambda size: b"other"[:1] * size) == made
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert made.hex() not in repr(Draw(made, 0.1))


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_key_that_is_not_whole_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(StateError, match="is not whole; put it back from a backup"):
        open_key(tmp_path, bytes)


def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StateError, match="cannot be used"):
        open_key(tmp_path, bytes)
