"""What becomes of what a capture filmed: recorded, sent over the real link to a real fleet, receipted,
verified, and exported.

    with exporting(fleet, tmp_path) as export:
        shown = export(capture_source(...))
        shown.flashes, shown.tones, shown.verdict

Only the clock is by hand: it goes as far as the chunks do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av

from device.link.link import Link
from protocol.footage.format.model import PlainChunk, Track
from protocol.footage.verifying.verify import Report
from protocol.messages.status import Status
from protocol.mode import Mode
from tests.support.camera.recorders import Bench, HandClock
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import QUICK, Camera, eventually
from tests.support.media.clapper import NS
from tests.support.media.field import Filmed
from tests.support.media.shown import Shown

PRESS_AFTER = 2
"""Chunks before the press."""


@dataclass
class Exported(Shown):
    """A recording's export, and what its verifier said. Times are counted as those of ``Filmed``.

    Attributes:
        path: The MP4.
        begins_s: The recording's beginning, by the source's time.
        report: The verifier's.
    """

    path: Path
    begins_s: float
    report: Report

    def __post_init__(self) -> None:
        super().__init__(lambda _: av.open(str(self.path)), lambda: -self.begins_s)

    @property
    def has_sound(self) -> bool:
        with av.open(str(self.path)) as container:
            return bool(container.streams.audio)

    def missing(self, track: Track, longer_than: float = 0.1) -> list[tuple[float, float]]:
        """Begin and length of each gap of a track that the verifier tells of.

        Not what the player draws: it draws parts that a track lacks, and nothing that a part lacks in itself.
        """
        first_ns = self.report.first_ns or 0
        return [
            ((gap.start_ns - first_ns) / NS + self.begins_s, gap.duration_ns / NS)
            for gap in self.report.gaps
            if gap.track is track and gap.duration_ns > longer_than * NS
        ]


Export = Callable[[Filmed], Exported]


@contextmanager
def exporting(fleet: Fleet, folder: Path) -> Iterator[Export]:
    """Export what was filmed, each as a recording of a camera of its own."""
    made = 0

    def export(filmed: Filmed) -> Exported:
        nonlocal made
        made += 1
        root = folder / f"camera-{made}"
        (root / "recorder").mkdir(parents=True)
        camera = Camera.enrol(fleet, root / "link")
        bench = _recorded(filmed.chunks, root / "recorder", camera)
        link = Link(
            camera.identity,
            QUICK,
            bench.shelf,
            state=camera.state,
            status=lambda: Status(camera=camera.id, session="own", state=Mode.READY),
            on_desired=lambda _: None,
            on_recipients=lambda _: None,
        )
        link.start()
        try:
            eventually(lambda: all(each.receipt for each in bench.shelf.recordings()), "the receipt")
        finally:
            link.stop()
        begins_s = (filmed.chunks[0].start_ns - filmed.origin_ns) / NS
        return _exported(fleet, camera, root / "export.mp4", begins_s, bench.verify(1))

    yield export


def _recorded(chunks: list[PlainChunk], folder: Path, camera: Camera) -> Bench:
    """Press and stop a recorder that is given those chunks."""
    first = chunks[0]
    clock = HandClock(first.start_ns, first.label.utc_us - first.start_ns // 1000)
    bench = Bench(
        folder,
        window_s=600,
        settings={"storage": {"segment_chunks": 1}},
        identity=camera.test_identity,
        clock=clock,
    )
    bench.boot()
    waiting = list(chunks)

    def push() -> None:
        if waiting:
            chunk = waiting.pop(0)
            clock.now_ns = max(clock.now_ns, chunk.start_ns + chunk.duration_ns)
            bench.recorder.push(chunk)

    bench.recorder.cut = push  # a press and a stop wait for the chunk that they end
    for _ in range(min(PRESS_AFTER, len(chunks) - 2)):
        push()
    assert bench.press().ok
    while len(waiting) > 1:
        push()
    assert bench.stop().ok
    return bench


def _exported(fleet: Fleet, camera: Camera, path: Path, begins_s: float, report: Report) -> Exported:
    (recording,) = fleet.api.get("/recordings", params={"camera": camera.id}).raise_for_status().json()
    purpose = {"purpose": "A field test"}
    answer = fleet.api.post(f"/recordings/{recording['id']}/exports", json=purpose).raise_for_status()
    path.write_bytes(answer.content)
    return Exported(path, begins_s, report)
