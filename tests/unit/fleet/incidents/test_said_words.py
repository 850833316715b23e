"""By what a word is found in what was written: any part of it, without case and accents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.incidents.rules.said_words import (
    KEPT,
    MOST_PIECES,
    MOST_WORDS,
    SHORTEST,
    asked_pieces,
    asked_words,
    folded,
    left_words,
    pieces_of,
)


def test_so_many_words_and_no_more_are_looked_for() -> None:
    words = [f"w{number}" for number in range(MOST_WORDS + 2)]
    assert asked_words(" ".join(words)) == tuple(words[:-2])
    assert left_words(" ".join(words)) == tuple(words[-2:])
    assert left_words(" ".join(words[:MOST_WORDS] * 3)) == ()
    one = "\ufdfa" * (MOST_PIECES // 3 + 1)  # each is four words, once it is taken apart
    assert len(asked_pieces(one)) > MOST_PIECES
    assert (asked_words(f"a {one} b"), left_words(f"a {one} b")) == (("a",), (one, "b"))


def is_found(word: str, text: str) -> bool:
    pieces, asked = pieces_of(text), asked_pieces(word)
    return bool(asked) and all(any(each.startswith(part) for each in pieces) for part in asked)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("boiler", "About the BOILER."),
        ("oil", "About the boiler."),
        ("BOILER.", "About the boiler."),
        ("2026-0007", "See INC-2026-0007, please"),
        ("12", "Flat 12b"),
        ("bo", "About"),
        ("it", "So it was"),
        ("cafe", "At the Café"),
        ("CAFÉ", "at the cafe"),
        ("strasse", "Lange Straße"),
        ("ﬁre", "A fire"),
        ("燃えて", "鍋が燃えている"),
        ("Ἀθήνα", "αθηνα"),
        ("x" * (KEPT + 9), "y" * 30 + "x" * (KEPT + 20)),
        ("the", "a\nthe\tb"),
    ],
)
def test_a_word_is_found_by_any_part_of_it(word: str, text: str) -> None:
    assert is_found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("boilers", "About the boiler."),
        ("ut", "About"),  # the last two letters alone
        ("%", "anything_at all"),
        ("_", "anything at all"),
        ("\u0301", "at all"),
    ],
)
def test_nothing_else_is(word: str, text: str) -> None:
    assert not is_found(word, text)


@given(st.text(max_size=60) | st.text("ab", min_size=KEPT, max_size=3 * KEPT), st.data())
def test_every_part_that_is_long_enough_finds_what_it_is_of(text: str, data: st.DataObject) -> None:
    words = [word for word in folded(text).split() if len(word) >= SHORTEST]
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    start = data.draw(st.integers(0, len(word) - SHORTEST))
    end = data.draw(st.integers(start + SHORTEST, len(word)))
    assert is_found(word[start:end], text)


@pytest.mark.parametrize("length", range(KEPT - 2, 3 * KEPT + 4))
def test_a_word_of_any_length_is_found_by_all_of_it_and_by_its_end(length: int) -> None:
    word = "".join(chr(ord("a") + place % 26) for place in range(length))
    for start in range(length - SHORTEST + 1):
        assert is_found(word[start:], f"See {word}")
    assert not is_found(f"{word}!", f"See {word}")
    assert not is_found(f"!{word}", f"See {word}")


@given(st.text(max_size=200))
def test_pieces_are_short_and_hold_no_space(text: str) -> None:
    for piece in pieces_of(text):
        assert 1 <= len(piece) <= KEPT
        assert piece.split() == [piece]


def test_words_that_are_asked_for_are_each_there_once() -> None:
    assert asked_words("  the door  the Door ") == ("the", "door", "Door")
    assert asked_words(" ") == ()
