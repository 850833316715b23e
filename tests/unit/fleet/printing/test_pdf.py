from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from fleet.printing import pdf
from fleet.printing.blocks import HeadingBlock, ListBlock, ParagraphBlock, PictureBlock, PrintedPage
from fleet.printing.errors import FontsMissingError, NotPrintableError
from fleet.printing.pdf import FONTS, MOST_LARGE, pdf_of
from fleet.web import vendor
from tests.support.tries import tries

MADE = datetime(2026, 3, 3, 10, tzinfo=UTC)
NAMES = "Zoë Łukasz Ştefan Nguyễn Ångström Ελένη Олександр"
BLOCKS = (
    HeadingBlock("When we come"),
    ParagraphBlock((NAMES, "Flat 4, 12 High Street")),
    ListBlock(("you may say no", "and change your mind")),
)
PAGE = PrintedPage("A visit to your home", "Northwick Homes", BLOCKS)


def read(page: PrintedPage, *, most: int = 1) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(page, made=MADE, most=most)))


def text_of(reader: PdfReader) -> str:
    return "\n".join(each.extract_text() for each in reader.pages)


def test_a_page_says_all_that_it_was_given_on_one_sheet_of_a4() -> None:
    reader = read(PAGE)
    (sheet,) = reader.pages
    assert [round(float(each)) for each in sheet.mediabox[2:]] == [595, 842]
    said = text_of(reader)
    for words in (
        "Northwick Homes",
        "A visit to your home",
        "When we come",
        *NAMES.split(),
        "you may say no",
    ):
        assert words in said


def test_it_is_tagged_for_screen_readers() -> None:
    reader = read(replace(PAGE, language="pl"))
    root = reader.trailer["/Root"]
    assert isinstance(root, DictionaryObject)
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]) == "pl"
    assert reader.metadata is not None
    assert reader.metadata.title == "A visit to your home"
    described = root["/Metadata"]
    assert isinstance(described, StreamObject)
    assert b"pdfuaid:part" in described.get_data()  # ISO 14289-1


def test_the_same_page_is_the_same_file() -> None:
    assert pdf_of(PAGE, made=MADE) == pdf_of(PAGE, made=MADE)


@pytest.mark.parametrize(
    "words", ["اردو میں خط", "নমস্কার", "नमस्ते", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ", "નમસ્તે", "வணக்கம்", "ሰላም", "שלום", "您好先生"]
)
def test_the_scripts_of_tenants_are_in_the_fonts(words: str) -> None:
    pdf_of(PrintedPage("x", "", (ParagraphBlock((words,)),)), made=MADE)


@pytest.mark.parametrize(("letter", "named"), [("😀", "😀"), ("\ue000", "U+E000")])
def test_a_character_without_a_shape_is_refused_by_name(letter: str, named: str) -> None:
    page = PrintedPage("x", "", (ParagraphBlock((f"Dear {letter} tenant",)),))
    with pytest.raises(NotPrintableError, match=re.escape(f"no font here has “{named}”")):
        pdf_of(page, made=MADE)


@pytest.mark.parametrize(("letter", "named"), [("\0", "U+0000"), ("\ufeff", "U+FEFF")])
def test_a_character_that_an_accessible_pdf_may_not_have_is_refused_by_name(letter: str, named: str) -> None:
    page = PrintedPage("x", "", (ParagraphBlock((f"Dear{letter}tenant",)),))
    with pytest.raises(NotPrintableError, match=re.escape(f"no accessible PDF may have “{named}”")):
        pdf_of(page, made=MADE)


def test_what_was_typed_is_shown_and_not_done() -> None:
    typed = '#panic("x") *bold* $x$ #read("/etc/passwd") \\ @ref <b> ~ -- \\u{7}'
    page = PrintedPage(typed, typed, (HeadingBlock(typed), ParagraphBlock((typed,)), ListBlock((typed,))))
    assert text_of(read(page)).count('#panic("x") *bold* $x$') == 5


def test_what_does_not_fit_on_one_page_is_refused_and_not_cut() -> None:
    long = replace(PAGE, blocks=BLOCKS * 12)
    with pytest.raises(NotPrintableError, match="does not fit on one page"):
        pdf_of(long, made=MADE)
    assert len(read(long, most=3).pages) in {2, 3}


def test_large_print_is_larger_and_may_take_more_pages() -> None:
    long = replace(PAGE, blocks=BLOCKS * 7, large=True)
    assert 1 < len(read(long).pages) <= MOST_LARGE
    with pytest.raises(NotPrintableError, match=f"does not fit on {MOST_LARGE} pages"):
        pdf_of(replace(long, blocks=BLOCKS * 40), made=MADE)


def test_an_empty_page_is_a_page() -> None:
    assert len(read(PrintedPage("x", "", ())).pages) == 1


def test_fonts_that_are_missing_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    pdf._fonts.cache_clear()
    try:
        with pytest.raises(FontsMissingError, match="The fonts for printing are missing"):
            pdf_of(PAGE, made=MADE)
    finally:
        pdf._fonts.cache_clear()


def test_the_fonts_are_put_where_they_are_looked_for() -> None:
    assert vendor.FONTS == FONTS
    assert {each.name for each in FONTS.iterdir()} == set(vendor.FONT_FILES.values())


@settings(max_examples=tries(60))
@given(st.text(max_size=200))
def test_any_text_is_set_or_refused_in_a_sentence(text: str) -> None:
    page = PrintedPage("x", "y", (ParagraphBlock((text,)),))
    try:
        made = pdf_of(page, made=MADE)
    except NotPrintableError as error:
        made = str(error).encode()
    assert made.startswith((b"%PDF-", b"It cannot be printed: ", b"It does not fit on one page"))


def test_a_clock_that_has_microseconds_dates_a_page_to_the_second() -> None:
    exact = datetime(2026, 3, 3, 10, 0, 0, 123_456, tzinfo=UTC)
    assert pdf_of(PAGE, made=exact) == pdf_of(PAGE, made=MADE)


def test_a_picture_is_set_with_its_words_for_whoever_does_not_see_it() -> None:
    made = pdf_of(replace(PAGE, blocks=(PictureBlock(("10", "01"), "QR code that opens a page"),)), made=MADE)
    words = b"QR code that opens a page"
    assert words in made or words.decode().encode("utf-16-be") in made
