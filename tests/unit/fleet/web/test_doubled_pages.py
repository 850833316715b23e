"""A camera of which two devices exist: no page tells the word of one of them as the camera's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services
from tests.support.pages.scene import Scene

STATUS = {
    "state": "ready",
    "prerecord_s": 100.0,
    "battery_percent": 9,
    "storage_free_bytes": 40,
    "storage_total_bytes": 100,
    "made": 4,
    "upload": {"recordings": 2, "bytes_left": 9, "current": 3},
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clock = TestClock()
    with (
        fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as services,
        dashboard_client(services, workers=False) as client,
    ):
        yield Scene(services, clock, client)


def text_of(page: str) -> str:
    page = re.sub(
        r'<section class="panel" aria-labelledby="attention">.*?</section>', " ", page, flags=re.DOTALL
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("is_out", [True, False], ids=["out", "in"])
def test_no_page_tells_one_device_s_word_as_the_camera_s(scene: Scene, is_out: bool) -> None:
    # proves F8
    scene.clear()
    now = scene.clock()
    camera = scene.camera(status=STATUS, doubled_since=now, doubled_last=now)
    if is_out:
        scene.assign(camera, scene.officer())
    for path in ("/", "/cameras", f"/cameras/{camera}"):
        page = text_of(scene.page(path))
        assert "Two devices or more" in page, path
        for word in ("1:40", "9 %", "60 %", "Sending recording 3"):
            assert word not in page, (path, word)
        if path != "/cameras":
            assert "One of its devices said last: Ready." in page
    about = text_of(scene.page(f"/cameras/{camera}"))
    assert "4, as one of its devices said last" in about
    assert "2 recordings, as one of its devices said last" in about
    hand_out = text_of(scene.page("/hand-out"))
    assert ("Two devices or more have used its identity." in hand_out) is not is_out
    assert "ready to go" not in hand_out
    assert "60 %" not in hand_out
