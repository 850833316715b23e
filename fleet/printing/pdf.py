"""A page as an A4 PDF that screen readers read (PDF/UA-1, ISO 14289-1), set by Typst.

Rules:
- what people typed reaches the typesetter as data, never as markup, and it reads no file and no network;
- a character that none of the embedded fonts has is refused by name: a page with empty boxes goes to nobody;
- the same page with the same moment is the same file, byte for byte;
- a page that would be longer than asked is refused, and never cut.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from fleet.printing.blocks import (
    HeadingBlock,
    ListBlock,
    ParagraphBlock,
    PictureBlock,
    PrintedPage,
    TextBlock,
)
from fleet.printing.errors import FontsMissingError, NotPrintableError

FONTS = Path(__file__).parent / "fonts"
TYPESETTING = Path(__file__).parent / "page.typ"
MOST_LARGE = 4
"""Pages of one in large print, at most."""
_TOO_LONG = "longer than asked"
_NO_SHAPE = re.compile(r"the text `(.*)` could not be displayed")
_NOT_ALLOWED = re.compile(r"disallowed codepoint `(.*)`")
_BY_NUMBER = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_SIZE, _LARGE_SIZE = 12.5, 18
"""In points: RNIB's clear print is 12 and more, its large print 16 and more."""


def pdf_of(page: PrintedPage, *, made: datetime, most: int = 1) -> bytes:
    """Return a page as a PDF.

    Args:
        page: what it says.
        made: when, for the file's own date.
        most: how many sheets it may be; in large print it may be ``MOST_LARGE`` all the same.

    Raises:
        NotPrintableError: there is a character that no font has, or it is longer.
        FontsMissingError: the fonts were not installed.
    """
    allowed = max(most, MOST_LARGE) if page.large else most
    told = {
        "title": page.title,
        "sender": page.sender,
        "language": page.language,
        "size": _LARGE_SIZE if page.large else _SIZE,
        "most": allowed,
        "blocks": [_block(each) for each in page.blocks],
    }
    try:
        made_of = typst.compile(
            TYPESETTING.read_bytes(),
            font_paths=_fonts(),
            sys_inputs={"page": json.dumps(told)},
            pdf_standards=["ua-1"],
            timestamp=made.replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise _refusal(error, allowed) from error
    if not isinstance(made_of, bytes):
        raise TypeError("internal error: the typesetter gave no single file")
    return made_of


@cache
def _fonts() -> typst.Fonts:
    """Read the fonts once. Without them the typesetter would leave the text out and say nothing."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    if "Noto Sans" not in found.families():
        remedy = "run `npm ci` in fleet/web, then `python -m fleet.web.vendor`"
        raise FontsMissingError(f"The fonts for printing are missing: {remedy}.")
    return found


def _block(block: TextBlock) -> dict[str, object]:
    match block:
        case HeadingBlock(text):
            return {"kind": "heading", "lines": [text]}
        case ParagraphBlock(lines):
            return {"kind": "paragraph", "lines": list(lines)}
        case ListBlock(items):
            return {"kind": "list", "lines": list(items)}
        case PictureBlock(_, text):
            return {"kind": "picture", "lines": [text], "svg": block.svg()}


def _refusal(error: typst.TypstError, allowed: int) -> Exception:
    said = str(error)
    if _TOO_LONG in said:
        room = "one page" if allowed == 1 else f"{allowed} pages"
        return NotPrintableError(f"It does not fit on {room}: make the text shorter.")
    if shape := _NO_SHAPE.search(said):
        return NotPrintableError(
            f"It cannot be printed: no font here has “{_named(shape[1])}”. Write it otherwise."
        )
    if other := _NOT_ALLOWED.search(said):
        return NotPrintableError(
            f"It cannot be printed: no accessible PDF may have “{_named(other[1])}”. Write it otherwise."
        )
    return RuntimeError(f"internal error: the page was not set: {said}")


def _named(letters: str) -> str:
    """Name letters that the typesetter quotes, those without a shape by their number."""
    return _BY_NUMBER.sub(lambda each: f"U+{int(each[1], 16):04X}", letters).strip("\"'")[:20]
