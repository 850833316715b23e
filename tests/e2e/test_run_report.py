"""The page of a run, as a person opens it from a disk: on laptop and phone, light and dark, accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from simulator.report.page import as_page
from tests.support.network.accessible import check_access
from tests.support.network.browser import browser
from tests.support.run_report import full_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Literal

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1366, 1920])
def test_the_page_of_a_run(
    chromium: Browser, tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    file = tmp_path / "report.html"
    file.write_text(as_page(full_report()), encoding="utf-8")
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(file.as_uri())

    expect(page.get_by_role("heading", level=1)).to_have_text("Two cameras & a cut line")
    expect(page.get_by_role("img", name="cam-01: 1 recording")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [file.as_uri()]
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    check_access(page)
    context.close()
