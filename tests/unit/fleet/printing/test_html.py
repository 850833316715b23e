from __future__ import annotations

import base64
import hashlib
import re

from fleet.printing.blocks import HeadingBlock, ListBlock, ParagraphBlock, PictureBlock, PrintedPage
from fleet.printing.html import HTML_POLICY, html_of

PAGE = PrintedPage(
    "A visit <b>",
    "Homes & Co",
    (HeadingBlock("When"), ParagraphBlock(("Flat 4", "<script>x</script>")), ListBlock(("one", "two"))),
    "en",
)


def test_it_says_what_it_was_given_as_text() -> None:
    said = html_of(PAGE)
    assert "<title>A visit &lt;b&gt;</title>" in said
    assert "<h1>A visit &lt;b&gt;</h1>" in said
    assert "<p>Homes &amp; Co</p>" in said
    assert '<p dir="auto">Flat 4<br>&lt;script&gt;x&lt;/script&gt;</p>' in said
    assert '<ul><li dir="auto">one</li><li dir="auto">two</li></ul>' in said


def test_its_policy_allows_its_style_and_nothing_else() -> None:
    (style,) = re.findall(r"<style>(.*)</style>", html_of(PAGE))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in HTML_POLICY
    assert "default-src 'none'" in HTML_POLICY


def test_language_direction_and_size_are_said() -> None:
    said = html_of(PrintedPage("x", "", (), "ur", large=True))
    assert '<html lang="ur" dir="rtl">' in said
    assert '<body class="large">' in said
    assert '<html lang="en" dir="ltr">' in html_of(PAGE)
    assert '<body class="plain">' in html_of(PAGE)


def test_a_picture_is_drawn_and_named() -> None:
    page = PrintedPage("Slip", "Landlord", (PictureBlock(("10", "01"), 'QR "code" <x>'),))
    found = html_of(page)
    assert 'aria-label="QR &quot;code&quot; &lt;x&gt;"' in found
    assert 'viewBox="0 0 2 2"' in found
    assert 'd="M0 0h1v1h-1zM1 1h1v1h-1z"' in found
