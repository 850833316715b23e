"""What a page to print is made of: blocks of plain text, and a plain text that says which. Pure.

A text is read line by line: a line that begins with ``# `` is a heading, lines that begin with ``- `` are a
list, an empty line ends a paragraph, and any other line end is kept, so that an address stays an address.
Nothing else means anything: what people typed into a field of a template is shown as they typed it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_HEADING, _ITEM = "# ", "- "
_PLAIN = "en"
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that turn the direction of what follows until another ends that."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left, by their ISO 639-1 codes."""


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """A heading of one line."""

    text: str


@dataclass(frozen=True, slots=True)
class ParagraphBlock:
    """A paragraph; each line is one of its own."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list with a point before each item."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureBlock:
    """A picture of black squares on white, such as a QR code.

    Attributes:
        rows: from above, each of the characters 0 and 1, where 1 is black.
        text: what it is, for whoever does not see it.
    """

    rows: tuple[str, ...]
    text: str

    def svg(self) -> str:
        """Return it as an SVG image without a size of its own."""
        squares = "".join(
            f"M{left} {top}h1v1h-1z"
            for top, row in enumerate(self.rows)
            for left, each in enumerate(row)
            if each == "1"
        )
        side = len(self.rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
            f'aria-label="{escape(self.text)}"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
            f'<path fill="#000" d="{squares}"/></svg>'
        )


TextBlock = HeadingBlock | ParagraphBlock | ListBlock | PictureBlock


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page to print.

    Attributes:
        title: what it is, which its first line says too.
        sender: from whom; it stands at the head of the page.
        blocks: what it says.
        language: of the text, by its ISO 639-1 code; it decides which way the lines run.
        large: whether it is in large print.
    """

    title: str
    sender: str
    blocks: tuple[TextBlock, ...]
    language: str = _PLAIN
    large: bool = False

    @property
    def is_right_to_left(self) -> bool:
        """Whether its lines begin on the right."""
        return self.language in RIGHT_TO_LEFT


def read_text(text: str) -> tuple[TextBlock, ...]:
    """Return the blocks of a plain text."""
    found: list[TextBlock] = []
    lines: list[str] = []
    items: list[str] = []

    def end() -> None:
        if lines:
            found.append(ParagraphBlock(tuple(lines)))
        if items:
            found.append(ListBlock(tuple(items)))
        lines.clear()
        items.clear()

    for line in map(clean_line, text.splitlines()):
        if line.startswith(_ITEM):
            if lines:
                end()
            items.append(line.removeprefix(_ITEM).strip())
        elif not line or line.startswith(_HEADING) or items:
            end()
            if line.startswith(_HEADING):
                found.append(HeadingBlock(line.removeprefix(_HEADING).strip()))
            elif line:
                lines.append(line)
        else:
            lines.append(line)
    end()
    return tuple(found)


def clean_line(line: str) -> str:
    """Return a line in composed letters, without what cannot be seen and without spaces at its ends."""
    composed = unicodedata.normalize("NFC", line.replace("\t", " "))
    return "".join(each for each in composed if not _is_control(each)).strip()


def words_of(blocks: Iterable[TextBlock]) -> str:
    """Return the blocks as a plain text again."""
    return "\n\n".join(map(_said, blocks))


def _said(block: TextBlock) -> str:
    match block:
        case HeadingBlock(text):
            return _HEADING + text
        case ParagraphBlock(lines):
            return "\n".join(lines)
        case ListBlock(items):
            return "\n".join(_ITEM + each for each in items)
        case PictureBlock(_, text):
            return text


def _is_control(letter: str) -> bool:
    """Whether it is a control, or turns the direction of what follows for good; joiners of letters stay."""
    return unicodedata.category(letter) == "Cc" or letter in DIRECTIONS
