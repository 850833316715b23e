from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.references.rules.code import (
    LENGTH,
    LONGEST_TYPED,
    RANDOM_BYTES,
    CodeTypoError,
    new_code,
    read_code,
    shown,
)

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)
PLACES = st.integers(0, LENGTH - 1)


def code_of(random: bytes) -> str:
    return new_code(lambda size: random[:size])


@given(RANDOM)
def test_a_code_is_read_however_it_is_typed(random: bytes) -> None:
    # proves F10
    code = code_of(random)
    assert len(code) == LENGTH
    assert set(code) <= set(LETTERS)
    spaced = " ".join(code.lower())
    alike = code.replace("0", "o").replace("1", "l")
    for typed in (code, shown(code), spaced, alike, shown(code).replace("-", "\N{EN DASH}"), f"\t{code}\n"):
        assert read_code(typed) == code


@given(RANDOM, RANDOM)
def test_all_of_its_75_bits_count(one: bytes, other: bytes) -> None:
    kept = (1 << 75) - 1
    same = int.from_bytes(one, "big") & kept == int.from_bytes(other, "big") & kept
    assert (code_of(one) == code_of(other)) is same


@pytest.mark.parametrize("bit", range(75))
def test_each_bit_makes_another_code(bit: int) -> None:
    assert code_of((1 << bit).to_bytes(RANDOM_BYTES, "big")) != code_of(bytes(RANDOM_BYTES))


@given(RANDOM, PLACES, st.sampled_from(LETTERS))
def test_one_wrong_character_is_noticed(random: bytes, place: int, letter: str) -> None:
    # proves F10
    code = code_of(random)
    typed = code[:place] + letter + code[place + 1 :]
    if typed == code:
        assert read_code(typed) == code
        return
    with pytest.raises(CodeTypoError, match="mistyped"):
        read_code(typed)


@given(RANDOM, PLACES, PLACES)
def test_two_that_changed_places_are_noticed(random: bytes, one: int, other: int) -> None:
    # proves F10
    letters = list(code_of(random))
    letters[one], letters[other] = letters[other], letters[one]
    typed = "".join(letters)
    if typed == code_of(random):
        return
    with pytest.raises(CodeTypoError, match="mistyped"):
        read_code(typed)


@pytest.mark.parametrize("typed", ["", " ", "A" * 15, "A" * 17, "0" * (LONGEST_TYPED + 1), "\x00" * 16 + "A"])
def test_what_is_too_short_or_too_long_is_told_so(typed: str) -> None:
    with pytest.raises(CodeTypoError, match="has 16 letters and digits"):
        read_code(typed)


@pytest.mark.parametrize("typed", ["U" * 16, "\N{FULLWIDTH DIGIT ONE}" * 16, "\x00" * 16, "../../etc/passwd"])
def test_what_no_code_has_is_told_so(typed: str) -> None:
    with pytest.raises(CodeTypoError, match="letters and digits alone"):
        read_code(typed)


@given(st.text(max_size=LONGEST_TYPED))
def test_whatever_is_typed_is_a_code_or_told_why_not(typed: str) -> None:
    # proves F6
    try:
        code = read_code(typed)
    except CodeTypoError:
        return
    assert read_code(shown(code)) == code
