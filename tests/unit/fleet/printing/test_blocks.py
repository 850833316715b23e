from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.printing.blocks import HeadingBlock, ListBlock, ParagraphBlock, PrintedPage, read_text, words_of

LETTER = """# When we come
On Tuesday 3 March 2026, at 10:00.
Flat 4, 12 High Street

- you may say no
-  you may change your mind

Yours"""


def test_headings_lists_and_lines_are_told_apart() -> None:
    assert read_text(LETTER) == (
        HeadingBlock("When we come"),
        ParagraphBlock(("On Tuesday 3 March 2026, at 10:00.", "Flat 4, 12 High Street")),
        ListBlock(("you may say no", "you may change your mind")),
        ParagraphBlock(("Yours",)),
    )


def test_a_text_follows_a_list_without_an_empty_line() -> None:
    assert read_text("- one\nthen") == (ListBlock(("one",)), ParagraphBlock(("then",)))
    assert read_text("then\n- one") == (ParagraphBlock(("then",)), ListBlock(("one",)))


def test_nothing_else_means_anything() -> None:
    text = "#no *heading* `of` <b>mine</b> $x$ #let x = 1"
    assert read_text(text) == (ParagraphBlock((text,)),)


def test_what_cannot_be_seen_is_left_out_and_letters_are_composed() -> None:
    assert read_text("Zoe\u0308\x07 \u202eevil\u202c\tand\u200d") == (
        ParagraphBlock(("Zoë evil and\u200d",)),
    )


def test_an_empty_text_has_no_blocks() -> None:
    assert read_text(" \n\n\t\n") == ()


@given(st.text())
def test_a_text_that_was_read_says_the_same_when_it_is_read_again(text: str) -> None:
    blocks = read_text(text)
    again = read_text(words_of(blocks))
    assert read_text(words_of(again)) == again


def test_urdu_begins_on_the_right() -> None:
    assert PrintedPage("x", "y", (), "ur").is_right_to_left
    assert not PrintedPage("x", "y", (), "pl").is_right_to_left
