"""Rows for a spreadsheet, as CSV (RFC 4180). Pure.

Rule: what somebody typed must never be taken for a formula. A cell that begins with one of the characters
that spreadsheets act upon gets an apostrophe before it, which they show as text (OWASP: CSV injection); so
does one in which nothing but what cannot be seen comes before it, which some leave out as they read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_ACTED_UPON = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("12 Elm Road")
    ("'=HYPERLINK(1)", '12 Elm Road')
    """
    plain = text.replace("\x00", "")
    first = next((each for each in plain if each.isprintable() and not each.isspace()), "")
    is_acted_upon = plain.lstrip(" ").startswith(_ACTED_UPON) or first in _ACTED_UPON
    return f"'{plain}" if is_acted_upon else plain


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV, every cell between quotes."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()
