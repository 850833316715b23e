"""What has arrived of an incident when the camera's link is cut: ``python -m benchmarks.incident [--quick]``.

The camera's own recorder, shelf and link send 8 Mbit/s of footage over TLS to a fleet of its own process. A
proxy between the two passes on so many bits a second, and nothing at all from the last cut on. The fleet is
asked over its API for what it plays at that moment, and each part is fetched as a player does: a second
counts when its picture plays. What is on its way counts for nothing, as with a camera that is smashed.

The footage is prepared: there is no sensor and no encoder here, so that the figures are the order's and not
the machine's. Until it is cut a link does not know when that will be, so one press gives the figures of all
cuts.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from device.config.sections import LinkSection, StorageSection
from device.link.link import Link
from protocol.messages.status import Status
from protocol.mode import Mode
from simulator.network.endpoint import Endpoint
from simulator.network.proxy import Network
from tests.support.camera.recorders import Bench
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera
from tests.support.media.parts import footage_chunk
from tests.support.media.recordings import SECOND_NS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RATES_KBIT, QUICK_RATES_KBIT = (2_000, 10_000, 50_000), (2_000, 10_000)
CUTS_S, QUICK_CUTS_S = (10, 20, 40), (10,)
WINDOW_S = 60
PART_BYTES = 490_000
"""Of picture and of sound each: 8 Mbit/s with all that is sent beside them."""
SEGMENT_CHUNKS = StorageSection().segment_chunks


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what the fleet plays.

    Attributes:
        cut_s: Seconds after the press.
        filmed: Seconds filmed since the press.
        viewing: The viewing's id.
        arrived: The chunks of which the playlist names the picture.
    """

    cut_s: int
    filmed: int
    viewing: str
    arrived: tuple[int, ...]


class Filming:
    """A recorder that is given a second of footage every second."""

    def __init__(self, root: Path, camera: Camera) -> None:
        root.mkdir()
        self.bench = Bench(
            root,
            window_s=WINDOW_S,
            settings={"storage": {"segment_chunks": SEGMENT_CHUNKS}},
            identity=camera.test_identity,
        )
        self.bench.boot()
        self.filmed = 0
        for _ in range(WINDOW_S + 1):
            self.second()

    def second(self) -> None:
        """A second of footage comes from the encoder."""
        start = self.bench.clock.now_ns
        self.bench.clock.now_ns += SECOND_NS
        self.bench.recorder.push(footage_chunk(start, size=PART_BYTES))
        self.filmed += 1

    @contextmanager
    def going_on(self) -> Iterator[float]:
        """Press, and go on in real time; gives the instant of the press."""
        ended = threading.Event()
        self.filmed = 0
        self.bench.recorder.cut = lambda: None
        pressed = time.monotonic()
        if not self.bench.press().ok:
            raise SystemExit("The press was not taken.")

        def feed() -> None:
            while not ended.wait(max(0.0, pressed + self.filmed + 1 - time.monotonic())):
                self.second()

        thread = threading.Thread(target=feed, name="filming")
        thread.start()
        try:
            yield pressed
        finally:
            ended.set()
            thread.join()


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: Camera and fleet keep their state in folders of their own below it.
        quick: Fewer links, and one cut.
    """
    rates, cuts = (QUICK_RATES_KBIT, QUICK_CUTS_S) if quick else (RATES_KBIT, CUTS_S)
    title = f"What plays of an incident when the link is cut: 8 Mbit/s of footage, {WINDOW_S} s of pre-record"
    figures = Figures(title, this_machine(folder))
    with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-incident-") as scratch:
        for rate in rates:
            root = Path(scratch) / str(rate)
            root.mkdir()
            figures.take(f"the link of {rate // 1000} Mbit/s", measure(root, rate, cuts))
    figures.notes += [
        "Seconds count from the press: -1 is the last before it, 0 the first after it.",
        "Filmed: since the press. Plays: of those filmed since. Before: from before the press.",
    ]
    return figures


def measure(root: Path, rate_kbit: int, cuts: Sequence[int]) -> list[dict[str, object]]:
    """Press on one link, look at the fleet at each cut, and cut the link at the last."""
    for name in ("fleet", "camera"):
        (root / name).mkdir()
    with Fleet(root / "fleet") as fleet, Network() as network:
        camera = Camera.enrol(fleet, root / "camera")
        filming = Filming(root / "recorder", camera)
        line = network.line()
        here = network.forward(line, Endpoint("127.0.0.1", fleet.ports["cameras"]))
        line.slow(rate_kbit)
        link = Link(
            replace(camera.identity, cameras_url=f"https://127.0.0.1:{here.port}"),
            LinkSection(),
            filming.bench.shelf,
            state=root / "camera",
            status=lambda: Status(camera=camera.id, session="own", state=Mode.READY),
            on_desired=lambda _: None,
            on_recipients=lambda _: None,
        )
        link.start()
        looks = []
        try:
            with filming.going_on() as pressed:
                for cut in cuts:
                    time.sleep(max(0.0, pressed + cut - time.monotonic()))
                    looks.append(look(fleet, cut, filming))
                line.cut()
        finally:
            link.stop()
        return [_row(fleet, rate_kbit, each) for each in looks]


def look(fleet: Fleet, cut_s: int, filming: Filming) -> Look:
    """Ask the fleet what it plays at this moment."""
    filmed = filming.filmed
    recordings = fleet.api.get("/recordings").raise_for_status().json()
    if not recordings:
        return Look(cut_s, filmed, "", ())
    path = f"/recordings/{recordings[0]['id']}/viewings"
    answer = fleet.api.post(path, json={"purpose": "A benchmark of the link"})
    if answer.status_code == httpx.codes.CONFLICT:  # nothing of it can be shown yet
        return Look(cut_s, filmed, "", ())
    viewing = str(answer.raise_for_status().json()["viewing"])
    playlist = fleet.api.get(f"/viewings/{viewing}/video.m3u8").raise_for_status().text
    seqs = re.findall(r"^video/(\d+)\.m4s$", playlist, re.MULTILINE)
    return Look(cut_s, filmed, viewing, tuple(int(seq) for seq in seqs))


def _row(fleet: Fleet, rate_kbit: int, look: Look) -> dict[str, object]:
    """Fetch every part that a look named, as a player does, and say which seconds they are."""
    for seq in look.arrived:
        fleet.api.get(f"/viewings/{look.viewing}/video/{seq}.m4s").raise_for_status()
    seconds = [seq - WINDOW_S - 1 for seq in look.arrived]
    return {
        "Mbit/s": rate_kbit // 1000,
        "cut s": look.cut_s,
        "filmed s": look.filmed,
        "plays s": sum(second >= 0 for second in seconds),
        "before s": sum(second < 0 for second in seconds),
        "seconds that play": _runs(seconds),
    }


def _runs(seconds: Sequence[int]) -> str:
    """Seconds in words: those that follow each other together."""
    runs: list[list[int]] = []
    for second in sorted(seconds):
        if runs and runs[-1][1] == second - 1:
            runs[-1][1] = second
        else:
            runs.append([second, second])
    return ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in runs) or "nothing"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="What has arrived of an incident when the link is cut.")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    parser.add_argument("--quick", action="store_true", help="two links, one cut")
    asked = parser.parse_args()
    figures = run(Path(tempfile.gettempdir()), quick=asked.quick)
    figures.show()
    if asked.json is not None:
        figures.write(asked.json)
    if figures.failed:
        sys.exit(3)


if __name__ == "__main__":
    main()
