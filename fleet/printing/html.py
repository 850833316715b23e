"""A page as an HTML document of its own, which says the same as its PDF and prints on A4.

It has no script and fetches nothing. ``HTML_POLICY`` is the content security policy that it is sent with: it
allows its one style sheet, by its digest, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from fleet.printing.blocks import (
    HeadingBlock,
    ListBlock,
    ParagraphBlock,
    PictureBlock,
    PrintedPage,
    TextBlock,
)

_STYLE = (
    "@page{size:A4;margin:20mm 22mm}"
    "body{max-width:38em;margin:2em auto;padding:0 1em;font:12.5pt/1.5 'Noto Sans',Arial,sans-serif;"
    "color:#000;background:#fff}"
    "body.large{font-size:18pt}"
    "h1{font-size:1.35em;line-height:1.25}h2{font-size:1em;margin-top:1.4em}"
    ".picture{width:45mm}"
    "p,li{overflow-wrap:anywhere}"
    "@media print{body{max-width:none;margin:0;padding:0}}"
)
HTML_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


def html_of(page: PrintedPage) -> str:
    """Return a page as a whole document."""
    direction = "rtl" if page.is_right_to_left else "ltr"
    sender = f"<p>{escape(page.sender)}</p>" if page.sender else ""
    return (
        f'<!doctype html><html lang="{escape(page.language)}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head>"
        f'<body class="{"large" if page.large else "plain"}"><main>{sender}<h1>{escape(page.title)}</h1>'
        f"{''.join(map(_html, page.blocks))}</main></body></html>\n"
    )


def _html(block: TextBlock) -> str:
    match block:
        case HeadingBlock(text):
            return f'<h2 dir="auto">{escape(text)}</h2>'
        case ParagraphBlock(lines):
            return f'<p dir="auto">{"<br>".join(map(escape, lines))}</p>'
        case ListBlock(items):
            return "".join(("<ul>", *(f'<li dir="auto">{escape(each)}</li>' for each in items), "</ul>"))
        case PictureBlock():
            return f'<div class="picture">{block.svg()}</div>'
