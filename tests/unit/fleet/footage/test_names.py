from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.store import names

GOOD = "00112233445566778899aabbccddeeff-00000012.seg"
SEVENTH = names.Place("cam-01", 7)


def test_a_segment_is_named_by_run_and_number() -> None:
    assert names.is_segment_name(GOOD)
    assert names.segment_key(SEVENTH, GOOD) == f"recordings/cam-01/00000007/segments/{GOOD}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x.seg",
        "a/b.seg",
        GOOD.upper(),
        GOOD + "\n",
        GOOD[1:],
        f"{GOOD}.seg",
        "%2e%2e",
        "ledger.cbor",
    ],
)
def test_another_name_makes_no_key(name: str) -> None:
    assert not names.is_segment_name(name)
    with pytest.raises(ValueError, match="internal error"):
        names.segment_key(SEVENTH, name)


@pytest.mark.slow
@given(st.text(max_size=60))
def test_no_text_leaves_the_recording_s_prefix(text: str) -> None:
    try:
        key = names.segment_key(names.Place(text, 1), GOOD)
    except ValueError:
        return
    assert key.count("/") == 4
    assert ".." not in key


def test_numbers_and_offsets_sort_as_text() -> None:
    keys = [names.ledger_key(SEVENTH, offset) for offset in (0, 9, 10, 123_456, 99_999_999_999)]
    assert keys == sorted(keys)
    with pytest.raises(ValueError, match="internal error"):
        names.ledger_key(SEVENTH, -1)
    with pytest.raises(ValueError, match="internal error"):
        names.recording_prefix(names.Place("cam-01", 10**9))


def test_a_recording_has_an_address_before_its_id_is_known() -> None:
    assert names.public_id(None, "cam-01", 7) == "cam-01.00000007"
    assert names.parse_fallback("cam-01.00000007") == ("cam-01", 7)
    assert names.public_id("ab" * 16, "cam-01", 7) == "ab" * 16
    assert names.parse_fallback("ab" * 16) is None
    assert names.is_recording_id("ab" * 16)
    assert not names.is_recording_id("AB" * 16)


def test_a_second_recording_of_a_number_is_kept_apart() -> None:
    other = names.Place("cam-01", 7, "ab" * 16)
    assert names.recording_prefix(other) == f"recordings/cam-01/00000007.{'ab' * 16}"
    assert not names.recording_prefix(other).startswith(f"{names.recording_prefix(SEVENTH)}/")
    with pytest.raises(ValueError, match="internal error"):
        names.recording_prefix(names.Place("cam-01", 7, "../x"))
