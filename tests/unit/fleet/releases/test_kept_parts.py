"""Masked parts as they are kept: opened by the key of what they stand for, and as that part alone."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.errors import MediaError
from fleet.footage.store import names
from fleet.releases.packages.kept_parts import open_masked_part, seal_masked_part

KEY, BOUND = bytes(range(32)), b"a part of a release"
PLACE = names.Place("cam-01", 7)
RELEASE, APPROVED = "0123456789abcdef", "ab" * 32


@given(content=st.binary(max_size=200), key=st.binary(min_size=32, max_size=32), bound=st.binary(max_size=80))
def test_what_is_sealed_opens_again_and_two_are_never_the_same(
    content: bytes, key: bytes, bound: bytes
) -> None:
    # proves F10
    sealed = seal_masked_part(content, key, bound, os.urandom)
    assert open_masked_part(sealed, key, bound) == content
    assert seal_masked_part(content, key, bound, os.urandom) != sealed


@given(at=st.integers(0, 60), flipped=st.integers(1, 255))
def test_nothing_else_opens_it(at: int, flipped: int) -> None:
    # proves F10
    sealed = bytearray(seal_masked_part(b"a masked part of a copy, as it was made", KEY, BOUND, os.urandom))
    for key, bound in ((bytes(32), BOUND), (KEY, b"a part of another release")):
        with pytest.raises(MediaError, match="not what was kept"):
            open_masked_part(bytes(sealed), key, bound)
    sealed[at] ^= flipped
    with pytest.raises(MediaError, match="not what was kept"):
        open_masked_part(bytes(sealed), KEY, BOUND)
    with pytest.raises(MediaError, match="not what was kept"):
        open_masked_part(bytes(sealed[:at]), KEY, BOUND)


def test_they_lie_beside_their_recording() -> None:
    # proves F3
    key = names.masked_key(PLACE, RELEASE, APPROVED, 12, "video")
    assert key == f"recordings/cam-01/00000007/masked/{RELEASE}/{APPROVED}/00000000000000000012.video"
    assert key.startswith(names.masked_prefix(PLACE, RELEASE))
    assert key.startswith(f"{names.recording_prefix(PLACE)}/"), "they go with it"


@pytest.mark.parametrize(
    ("release", "approved", "seq", "track"),
    [
        ("../../other", APPROVED, 1, "video"),
        (RELEASE, "..", 1, "video"),
        (RELEASE, APPROVED, -1, "video"),
        (RELEASE, APPROVED, 2**64, "video"),
        (RELEASE, APPROVED, 1, "../video"),
    ],
)
def test_what_is_no_part_has_no_key(release: str, approved: str, seq: int, track: str) -> None:
    with pytest.raises(ValueError, match="internal error"):
        names.masked_key(PLACE, release, approved, seq, track)
