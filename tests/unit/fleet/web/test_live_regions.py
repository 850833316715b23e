"""An open page calls itself live: what tells of cameras or officers follows what changes of them."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import ID, Scene

OFFICER = "Officer Seventeen"
SAID = {"state": "ready", "prerecord_s": 100.0, "made": 4171, "firmware": "9.9.9", "battery_percent": 9}
FOLLOWED = {OFFICER: "officer", "9 %": "camera", "4171": "camera", "9.9.9": "camera", "of at most": "camera"}
"""What a page may show, and the topic that tells that it has changed."""
NEVER_CLOSED = frozenset({"meta", "link", "input", "img", "br", "rect", "line", "use"})


class Regions(HTMLParser):
    """Finds what stands in which parts of a page that follow the stream."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in NEVER_CLOSED:
            self.open.append((tag, dict(attrs).get("data-live") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What ends where it begins holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = {each for each, _ in self.open}
        if {"main"} <= inside and not inside & {"form", "h1", "option", "script"}:
            self.found.append((" ".join(topics for _, topics in self.open), data))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services) as client,
    ):
        found = Scene(services, clock, client)
        camera, officer = found.camera(status=SAID), found.officer(OFFICER)
        found.assign(camera, officer)
        found.held(officer_id=officer, assignment_id=f"a-{camera}-{officer}", wearer_basis="signed")
        yield found


@pytest.mark.parametrize(
    "path", ["/", "/cameras", "/cameras/cam-01", "/hand-out", "/recordings", f"/recordings/{ID}", "/officers"]
)
def test_what_an_open_page_tells_follows_what_changes_of_it(scene: Scene, path: str) -> None:
    # proves F8
    regions = Regions()
    regions.feed(scene.page(path))
    told = [
        (topics, text, topic)
        for topics, text in regions.found
        for word, topic in FOLLOWED.items()
        if word in text
    ]
    assert told, "the page tells something of this"
    assert [each for each in told if each[2] not in each[0].split()] == []


def test_a_code_that_is_shown_stays_and_a_fleet_that_became_full_is_noticed(scene: Scene) -> None:
    # proves F8
    open_page = 'id="add" data-live="camera"'
    assert open_page in scene.page("/cameras")
    headers = {"Authorization": f"Bearer {scene.tokens['all']}", "Accept": "text/html"}
    shown = scene.client.post("/cameras/codes", headers=headers)
    assert shown.status_code == 201
    assert open_page not in shown.text
