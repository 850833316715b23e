"""Makes the pictures of the README anew: ``python -m tests.support.pages.readme_pictures``.

They are of the real service in a real browser, on a laptop and on a phone. All that is filmed is drawn (the
simulator's made scene), officers are numbers, and cameras that are not filmed with only speak. Whoever runs
it looks at what it made before it is committed.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Page, expect

from protocol.footage.ledger.event_record import EventKind
from simulator.demo_stack import DemoPlan, open_demo_stack
from simulator.sources.choose import SourceKind
from tests.support.fleet.desk import Desk, Speaker
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera, evidence_office, watch
from tests.support.fleet.sending import send
from tests.support.media import recordings
from tests.support.media.media import MediaTake, Picture, make_media
from tests.support.network.browser import LAPTOP, PHONE, browser, visitor

IMAGES = Path(__file__).parents[3] / "docs" / "images"
PRERECORD_S, SECONDS = 180, 209
SHOWN_S = "169.5"
DRAWN = Picture(640, 360, 10, drawn=True)
CAMERAS, WORN, FILMING = 15, 9, 5
TALL = (LAPTOP[0], 1180)


def main() -> None:
    """Make them all."""
    with TemporaryDirectory() as folder:
        _dashboard(Path(folder) / "desk")
        _bench(Path(folder) / "bench")
    sys.stdout.write(f"Look at each picture in {IMAGES}.\n")


def _dashboard(folder: Path) -> None:
    with evidence_office(folder) as desk, ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        began_us = time.time_ns() // 1000 - (SECONDS + 90) * 1_000_000
        patch.setattr(recordings, "UTC_US", began_us - recordings.BOOT_NS // 1000)
        filming = [evidence_camera(desk, f"Officer {number}") for number in range(1, FILMING + 1)]
        with sqlite3.connect(
            desk.fleet.state / "fleet.sqlite3"
        ) as database:  # they have had them for two hours
            database.execute("UPDATE assignments SET started = datetime(started, '-2 hours') || '.000000'")
        shown = _incident(desk, filming[0])
        for each in filming[1:]:
            _short(desk, each)
        speakers = [stack.enter_context(desk.speaking(each.files)) for each in filming]
        worn = [each.assignment for each in filming]
        for number in range(FILMING + 1, CAMERAS + 1):
            speaker = stack.enter_context(desk.speaking(desk.camera()))
            speakers.append(speaker)
            if number <= WORN:
                worn.append(desk.hand_out(speaker.camera.id, desk.officer(f"Officer {number}")))
        for number, speaker in enumerate(speakers, 1):
            _speak(speaker, number, worn[number - 1] if number <= WORN else None)
        _press(speakers[5], worn[5])
        for size in (LAPTOP, PHONE):
            _today(desk, size)
            _recording(desk, shown, size)


def _incident(desk: Desk, camera: EvidenceCamera) -> str:
    """Send a recording of three minutes from before the press, in which something happens."""
    media = make_media(seconds=SECONDS, picture=DRAWN)
    take = MediaTake(camera.identity, seed=1, number=1, media=media)
    for _ in range(PRERECORD_S):
        take.chunk()
    take.press(asked_s=PRERECORD_S, assignment=camera.assignment)
    for second in range(PRERECORD_S, SECONDS):
        take.live()
        if second in (PRERECORD_S + 12, PRERECORD_S + 22):
            take.event(EventKind.BOOKMARK)
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    return take.recording.hex()


def _short(desk: Desk, camera: EvidenceCamera) -> None:
    number = int(camera.identity.camera[-2:])
    media = make_media(
        seconds=20, picture=DRAWN, start_ns=recordings.BOOT_NS + number * 40 * recordings.SECOND_NS
    )
    take = MediaTake(camera.identity, seed=number, number=1, media=media)
    assert send(desk.fleet, camera.files, take.record(prerecord=9, assignment=camera.assignment)) == "receipt"


def _speak(speaker: Speaker, number: int, worn: str | None, **more: object) -> None:
    """Say what a camera says on a quiet day; the battery of one is low, and one stands in its dock."""
    made = 1 if number <= FILMING else 0
    speaker.say(
        **{
            "state": "docked" if number == 8 else "ready" if worn else "standby",
            "assignment": worn,
            "prerecord_s": 179.1 if worn and number != 8 else 0.0,
            "battery_percent": 9 if number == 7 else 60 + number,
            "storage_free_bytes": 90,
            "storage_total_bytes": 100,
            "made": made,
            "upload": {"recordings": 0, "bytes_left": 0},
            **more,
        }
    )


def _press(speaker: Speaker, worn: str) -> None:
    _speak(speaker, 6, worn, state="recording", recording=1, made=1)
    speaker.tell_of_opened(assignment=worn)


def _today(desk: Desk, size: tuple[int, int]) -> None:
    with desk.elsewhere(size=size) as context:
        page = context.new_page()
        page.goto("/")
        expect(page.locator("#strip")).to_contain_text("Officer 6 is recording")
        expect(page.locator("#live-status")).to_contain_text("Live")
        _keep(page, "today", size, whole=size == LAPTOP)


def _recording(desk: Desk, name: str, size: tuple[int, int]) -> None:
    with desk.elsewhere(size=TALL if size == LAPTOP else size) as context:
        page = context.new_page()
        page.goto(f"/recordings/{name}")
        watch(page)
        page.keyboard.press("k")
        page.get_by_role("slider", name="Place in the footage").fill(SHOWN_S)
        expect(page.locator("#footage")).to_have_js_property("seeking", value=False)
        expect(page.locator("[data-phase]")).to_contain_text("Before the press: 0:1")
        page.locator("#player").evaluate("player => player.scrollIntoView({ block: 'start' })")
        _keep(page, "recording", size)


def _bench(folder: Path) -> None:
    plan = DemoPlan(folder, 6, None, 0, 1, SourceKind.SYNTHETIC, {})
    with (
        open_demo_stack(plan, _Quiet(), threading.Event()) as stack,
        browser(folder / "browser") as chromium,
        visitor(chromium, stack.bench_url) as context,
    ):
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto("/")
        expect(page.locator("#line")).to_have_text("Live")
        tile = page.locator("#cam-02")
        tile.locator("[data-action=press]").click()
        expect(tile).to_have_attribute("data-state", "recording")
        tile.locator("[data-action=bookmark]").click()
        expect(tile.locator(".said")).to_contain_text("Bookmarked")
        _keep(page, "bench", LAPTOP, whole=True)


class _Quiet:
    """Progress that nobody looks at."""

    def doing(self, words: str, *, of: int = 0) -> None: ...

    def failed(self) -> None: ...

    def done(self) -> None: ...


def _keep(page: Page, name: str, size: tuple[int, int], *, whole: bool = False) -> None:
    path = IMAGES / f"{name}{'-phone' if size == PHONE else ''}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")


if __name__ == "__main__":
    main()
