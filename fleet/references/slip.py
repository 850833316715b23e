"""A slip: a reference on paper, with what the landlord says of it, on one page."""

from __future__ import annotations

from dataclasses import replace

import segno

from fleet.core.sections.landlord import LandlordSection
from fleet.printing.blocks import PictureBlock, PrintedPage
from fleet.references.rules.code import shown
from fleet.visits.texts import LandlordText, filled

SAMPLE = "0" * 16
"""A code that is none: what is printed with it is to be looked at."""
_QUIET = 4
"""Modules that are left white around a code (ISO/IEC 18004)."""


def opened_by(address: str, code: str) -> str:
    """Return the link that a slip's QR code holds.

    The code stands behind the hash, which no browser sends: it reaches no log of a server and no Referer.
    """
    return f"{address}#{code}"


def qr_rows(link: str) -> tuple[str, ...]:
    """Return a QR code (ISO/IEC 18004) row by row, a 1 for what is dark."""
    matrix = segno.make(link, error="m", micro=False).matrix_iter(border=_QUIET)
    return tuple("".join("1" if each else "0" for each in row) for row in matrix)


def slip_page(
    text: LandlordText, code: str, *, landlord: LandlordSection, address: str, large: bool = False
) -> PrintedPage:
    """Return a slip as a page to print.

    Args:
        text: the approved text.
        code: the reference.
        landlord: whose it is.
        address: of the public page.
        large: in large print.

    Raises:
        ProblemError: 409 it is not set who the landlord is; 422 the text cannot be filled.
    """
    landlord.known("each slip")
    fields = {
        "code": shown(code),
        "address": address,
        "landlord": landlord.name,
        "contact": landlord.contact,
        "complaints": landlord.complaints or landlord.contact,
    }
    page = filled(text, fields, sender=landlord.name, large=large)
    picture = PictureBlock(qr_rows(opened_by(address, code)), f"QR code that opens {address}")
    return replace(page, blocks=(picture, *page.blocks))
