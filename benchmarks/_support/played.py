"""What the demonstration's cameras lose while a browser plays on the same machine.

The first camera is pressed and stopped, and its recording is played in Debian's Chromium. Meanwhile some
others record. In the end every camera is pressed and stopped, so that its recording holds what it filmed
meanwhile, as far back as its pre-record reaches.

A gap is what the camera stated as missing, or what the verifier found to be, of picture or of sound.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from benchmarks.watch import pages, wait_for_picture
from device.control import ask
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from benchmarks.watch import Places
    from protocol.footage.verifying.report import Report

RECORDING = 3
"""So many cameras record while the browser plays."""

_SHORT_S = 3

_SHOWN = """
() => {
  const video = document.querySelector("#footage"), quality = video.getVideoPlaybackQuality();
  return [video.currentTime, quality.totalVideoFrames, quality.droppedVideoFrames];
}
"""


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it.

    Attributes:
        recordings: How many there are, of all cameras.
        filmed_s: How long they are together.
        gaps: In them, each of one track.
        missing_s: How long the gaps are together.
        asked_s: How long the browser was to play.
        played_s: How much of the recording it played in that time.
        pictures: How many pictures it decoded.
        dropped: Of these, how many came too late to be shown.
    """

    recordings: int
    filmed_s: float
    gaps: int
    missing_s: float
    asked_s: float
    played_s: float
    pictures: int
    dropped: int


def play(folder: Path, places: Places, cameras: int, seconds: int) -> Played:
    """Play, and count what the cameras lost.

    Args:
        folder: The demonstration's: its state is below it.
        places: Where the demonstration is; nobody has an account there yet.
        cameras: How many it has.
        seconds: How long the browser plays; less than the pre-record, or it comes to an end.
    """
    state = folder / "state" / "cameras"
    names = [f"cam-{number:02d}" for number in range(1, cameras + 1)]
    with pages(folder, places) as (desk, _):
        _record(state, names[0])
        _open(desk, names[0])
        for name in names[1 : 1 + RECORDING]:
            _do(state, name, "press")
        from_s, pictures, dropped = desk.evaluate(_SHOWN)
        began = time.perf_counter()
        time.sleep(seconds)
        until_s, *counted = desk.evaluate(_SHOWN)
        took = time.perf_counter() - began
    for name in names[1 : 1 + RECORDING]:
        _do(state, name, "stop")
    for name in names:
        _record(state, name)
    reports = [report for name in names for report in _reports(state / name)]
    gaps = [gap for report in reports for gap in report.gaps]
    return Played(
        recordings=len(reports),
        filmed_s=sum(report.duration_ns or 0 for report in reports) / NS_PER_S,
        gaps=len(gaps),
        missing_s=sum(gap.duration_ns for gap in gaps) / NS_PER_S,
        asked_s=took,
        played_s=until_s - from_s,
        pictures=counted[0] - pictures,
        dropped=counted[1] - dropped,
    )


def _open(desk: Page, camera: str) -> None:
    """Have the browser play the newest recording of a camera."""
    desk.goto("/recordings")
    expect(desk.locator("#live-status")).to_contain_text("Live")
    link = desk.get_by_role("link", name=re.compile(rf"\b{camera}\b")).first
    link.wait_for()
    desk.goto(link.get_attribute("href") or "")
    desk.get_by_text(re.compile("^Intact")).wait_for()
    desk.locator("#watch input[name=choice]").first.check()
    desk.get_by_role("button", name="Watch", exact=True).click()
    wait_for_picture(desk)


def _record(state: Path, camera: str) -> None:
    """Make a short recording, the pre-record before it."""
    _do(state, camera, "press")
    time.sleep(_SHORT_S)  # the length of the recording
    _do(state, camera, "stop")


def _do(state: Path, camera: str, command: str) -> None:
    answer = ask(state / camera / "state" / "control.sock", command)
    if not answer.get("ok"):
        raise RuntimeError(f"{camera}: {answer}")


def _reports(camera: Path) -> Iterator[Report]:
    for folder in sorted((camera / "state" / "recordings").glob("[0-9]*[0-9]")):
        yield verify_recording({path.name: path.read_bytes() for path in folder.iterdir()})
