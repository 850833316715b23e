"""From the press to the picture, as a person at the dashboard sees it: ``python -m benchmarks.watch``.

The demonstration as a newcomer starts it, fifteen virtual cameras that encode for real, and Debian's Chromium
on the same machine. One camera after the other is pressed on the bench, stopped, and watched; each figure is
taken from the click to what the page shows.

It says nothing about a network between them: all is on one machine, which is also what makes it slow.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from benchmarks._support.figures import Distribution, Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from benchmarks._support.readme import figure, measured_on, table
from tests.support.network.browser import LAPTOP, browser, visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

CAMERAS, QUICK_CAMERAS = 15, 4
ROUNDS, QUICK_ROUNDS = 7, 3
LIVE_S = 5
TOLERANCE = 0.5
"""Fifteen encoders share the processors with the browser: nothing here comes twice the same."""
WORDS = {
    "press to its row on the dashboard": ("the press on the bench", "its row on the dashboard"),
    "stop to the picture, watched at the stop": ("the stop, with Watch clicked at once", "the picture plays"),
    "stop to the words Intact": ("the stop", '"Intact": all of it is here and verified'),
    "Watch to the picture, once verified": ("Watch, on a verified recording", "the picture plays"),
}
READY = "Ctrl-C stops everything."
PATIENCE_MS = 60_000
PASSWORD = "four random words here"  # noqa: S105 - of a fleet that lives for a minute

_SHOWN = """
() => new Promise(resolve => {
  const video = document.querySelector("#footage");
  const look = () => (video.currentTime > 0.05 && video.getVideoPlaybackQuality().totalVideoFrames > 0)
    ? resolve(true) : setTimeout(look, 10);
  look();
})
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the demonstration is: its process, dashboard, bench, and the link that makes its first user."""

    pid: int
    dashboard: str
    bench: str
    setup: str


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: The demonstration keeps its state in a folder of its own below it.
        quick: Fewer cameras and rounds.
    """
    cameras, rounds = (QUICK_CAMERAS, QUICK_ROUNDS) if quick else (CAMERAS, ROUNDS)
    figures = Figures(f"From the press to the picture, {cameras} cameras", this_machine(folder))
    page_s: list[float] = []
    took: dict[str, list[float]] = {what: [] for what in WORDS}
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix="lapel-watch-") as scratch,
        demonstration(Path(scratch), cameras) as places,
        pages(Path(scratch), places) as (desk, bench),
    ):
        for number in range(1, rounds + 1):
            page_s.append(_page(desk))
            _round(desk, bench, f"cam-{number:02d}", took)
    for what, seconds in took.items():
        spread = Distribution.of(seconds)
        figures.rows.append(
            {"what": what, "median s": spread.p50, "slowest s": spread.max, "count": spread.count}
        )
        figures.ratios.append(Ratio(f"{what} / a page", tuple(seconds), tuple(page_s), TOLERANCE))
    figures.notes.append(f"{rounds} recordings with 180 s of pre-record and about {LIVE_S} s more.")
    return figures


def readme(kept: Mapping[str, Any]) -> str:
    """The README's part, from figures that were kept."""
    rows = [
        (*WORDS[each["what"]], figure(each["median s"], "s"), figure(each["slowest s"], "s"))
        for each in kept["rows"]
    ]
    shown = table(("from", "to", "median", "slowest"), rows)
    count = kept["rows"][0]["count"]
    return (
        f"{shown}\n\n{count} recordings, each sent as about 190 files of a second, by a camera that "
        f"gives way to the\nbrowser; verified and opened, as the first of its camera. {measured_on(kept)}"
    )


@contextlib.contextmanager
def demonstration(folder: Path, cameras: int) -> Iterator[Places]:
    """Run ``lapel-simulator demo`` for the length of the block.

    Raises:
        RuntimeError: It did not start; what it said is the message.
    """
    command = [str(Path(sys.executable).with_name("lapel-simulator")), "demo"]
    options = ["--cameras", str(cameras), "--state", str(folder / "state")]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield _places(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def _places(process: subprocess.Popen[str]) -> Places:
    said = ""
    for line in process.stdout or ():
        said += line
        if READY in line:
            break
    found = [re.search(rf"{name} +(http\S+)", said) for name in ("Dashboard", "Bench", "Set-up")]
    if process.poll() is not None or not all(found):
        raise RuntimeError(said)
    return Places(process.pid, *(match[1] for match in found if match))


@contextlib.contextmanager
def pages(folder: Path, places: Places) -> Iterator[tuple[Page, Page]]:
    """Open the dashboard, signed in, and the bench."""
    expect.set_options(timeout=PATIENCE_MS)
    with (
        browser(folder / "browser", whole=True) as chromium,
        visitor(chromium, places.dashboard, size=LAPTOP) as person,
    ):
        person.set_default_timeout(PATIENCE_MS)
        desk, bench = person.new_page(), person.new_page()
        desk.goto(places.setup)
        desk.get_by_label("Your name").fill("Safety desk")
        desk.get_by_label("Password", exact=True).fill(PASSWORD)
        desk.get_by_label("Password again").fill(PASSWORD)
        desk.get_by_role("button", name="Make the account").click()
        bench.goto(places.bench)
        yield desk, bench


def _page(desk: Page) -> float:
    """How long the dashboard takes for a page of little: what everything here is compared with."""
    began = time.perf_counter()
    desk.goto("/officers")
    return time.perf_counter() - began


def _round(desk: Page, bench: Page, camera: str, took: dict[str, list[float]]) -> None:
    row, at_stop, intact, verified = took.values()
    desk.goto("/recordings")
    expect(desk.locator("#live-status")).to_contain_text("Live")
    tile = bench.locator(f"#{camera}")
    expect(tile).to_have_attribute("data-state", "ready")
    tile.locator("[data-action=press]").click()
    pressed = time.perf_counter()
    link = desk.get_by_role("link", name=re.compile(rf"\b{camera}\b")).first
    link.wait_for()  # it looks at every picture that the page draws; ``expect`` would ask every now and then
    row.append(time.perf_counter() - pressed)

    desk.goto(link.get_attribute("href") or "")
    desk.locator("#watch input[name=choice]").first.check()
    bench.wait_for_timeout(LIVE_S * 1000)  # the length of the recording, not a wait for anything
    tile.locator("summary").click()
    tile.get_by_role("button", name="Stop at once").click()
    stopped = time.perf_counter()
    desk.get_by_role("button", name="Watch", exact=True).click()
    wait_for_picture(desk)
    at_stop.append(time.perf_counter() - stopped)
    desk.get_by_text(re.compile("^Intact")).wait_for()
    intact.append(time.perf_counter() - stopped)

    desk.goto(desk.url.split("?")[0])
    desk.locator("#watch input[name=choice]").first.check()
    desk.get_by_role("button", name="Watch", exact=True).click()
    asked = time.perf_counter()
    wait_for_picture(desk)
    verified.append(time.perf_counter() - asked)


def wait_for_picture(desk: Page) -> None:
    """Wait until a picture is shown and time goes on: Watch was the only click."""
    desk.locator("#footage").wait_for(state="attached")
    desk.evaluate(_SHOWN)


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
