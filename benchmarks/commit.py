"""How long a press takes until its recording is durable, by window: ``python -m benchmarks.commit``.

Chunks as large as a camera's (8 Mbit/s: 1 MB a second), the real recorder, the real disk. Two cases for each
window: the disk as it is, and a disk held to 20 MB/s to which footage is written all the time, as fast as it
takes it.

The promise (C4) is that neither the window nor the disk's speed matters: a commit links files and writes
keys.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from benchmarks._support.figures import Distribution, Figures
from benchmarks._support.machine import this_machine
from device.storage.durable import remove_folder
from protocol.footage.format.model import PlainChunk, PlainPart, Track
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import Call, WatchedFilesystem

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOWS_S = (30, 180, 1800)
QUICK_WINDOWS_S = (30, 180)
CHUNK_BYTES = 1_000_000
SLOW_BYTES_PER_S = 20_000_000
SLICE = 64 * 1024
SEGMENT_CHUNKS = 8
MS = 1000


@dataclass
class SlowDisk(WatchedFilesystem):
    """The real disk behind a bus of limited speed: writes wait for one another, a slice at a time."""

    bytes_per_s: float = float("inf")
    _bus: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, name: str, path: Path, size: int = 0, file: int | None = None) -> int | None:
        """Count the operation; a write waits for its share of the bus and takes one slice."""
        super().watch(name, path, size, file)
        if name != "write" or self.bytes_per_s == float("inf"):
            return None
        taken = min(size, SLICE)
        with self._bus:
            time.sleep(taken / self.bytes_per_s)
        return taken


class Footage:
    """Chunks of the size that a camera makes."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._video = secrets.token_bytes(CHUNK_BYTES)
        self._audio = secrets.token_bytes(8_000)

    def second(self) -> None:
        """One second passes, on the bench's own clock."""
        bench = self._bench
        start = bench.clock.now_ns
        bench.clock.now_ns += SECOND_NS
        parts = (
            PlainPart(Track.VIDEO, "avc1.42C01E", self._video),
            PlainPart(Track.AUDIO, "mp4a.40.2", self._audio),
        )
        bench.recorder.push(PlainChunk(start, SECOND_NS, bench.clock.label(), parts))


@contextmanager
def writing_all_the_time(footage: Footage) -> Iterator[None]:
    """Footage comes without a pause, from another thread, as from a capture."""
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            footage.second()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def measure(folder: Path, window_s: int, rounds: int, *, slow: bool, progress: Progress) -> dict[str, object]:
    """Fill a window, then press again and again; one row of figures."""
    disk = SlowDisk()
    bench = Bench(
        folder, window_s=window_s, disk=disk, settings={"storage": {"segment_chunks": SEGMENT_CHUNKS}}
    )
    bench.boot()
    footage = Footage(bench)
    bench.recorder.cut = (lambda: None) if slow else footage.second
    task = progress.add_task(f"{window_s:5d} s window: filling", total=window_s + rounds)
    for _ in range(window_s):
        footage.second()
        progress.advance(task)
    progress.update(task, description=f"{window_s:5d} s window: pressing")
    disk.bytes_per_s = SLOW_BYTES_PER_S if slow else float("inf")
    took, written, links = [], [], []
    with writing_all_the_time(footage) if slow else _quiet():
        for _ in range(rounds):
            if not slow:  # so that segments are as long as a camera's; the stop adds the last chunk
                for _ in range(SEGMENT_CHUNKS - 1):
                    footage.second()
            seconds, calls = press(bench, disk)
            took.append(seconds * MS)
            written.append(sum(call.size for call in calls if call.path.name == "ledger.cbor"))
            links.append(sum(call.name == "link" for call in calls))
            progress.advance(task)
    bench.recorder.close()
    ms = Distribution.of(took)
    return {
        "window": f"{window_s} s",
        "disk": "20 MB/s" if slow else "free",
        "p50": ms.p50,
        "p90": ms.p90,
        "p99": ms.p99,
        "max": ms.max,
        "presses": ms.count,
        "bytes": max(written),
        "links": max(links),
    }


def press(bench: Bench, disk: SlowDisk) -> tuple[float, list[Call]]:
    """Press once, stop, and remove the recording; the time of the press and what it did."""
    before = len(disk.calls)
    began = time.perf_counter()
    outcome = bench.press()
    seconds = time.perf_counter() - began
    calls = [call for call in disk.calls[before:] if "recordings" in call.path.parts]
    if not outcome.ok or outcome.number is None:
        raise SystemExit(outcome.sentence)
    bench.stop()
    remove_folder(disk, bench.folders.recording(outcome.number))
    disk.calls.clear()
    return seconds, calls


@contextmanager
def _quiet() -> Iterator[None]:
    yield


def run(folder: Path, *, quick: bool) -> Figures:
    """Measure every window in both cases.

    Args:
        folder: Where to write; its disk is the one that is measured.
        quick: Fewer presses and no 1800 s window.
    """
    figures = Figures("From the press to a durable recording, in ms", this_machine(folder))
    rounds = 60 if quick else 300
    with Progress(transient=True) as progress:
        for slow in (False, True):
            for window_s in QUICK_WINDOWS_S if quick else WINDOWS_S:
                with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-commit-") as name:
                    count = rounds // 5 if slow else rounds
                    figures.rows.append(measure(Path(name), window_s, count, slow=slow, progress=progress))
    figures.notes.append("The bytes are the ledger's: its open record, sealed keys, the press. No footage.")
    return figures


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="How long a press takes until its recording is durable.")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="the disk to measure"
    )
    parser.add_argument("--json", type=Path, help="keep the figures here")
    parser.add_argument("--quick", action="store_true", help="fewer presses, no 1800 s window")
    asked = parser.parse_args()
    figures = run(asked.folder, quick=asked.quick)
    figures.show()
    if asked.json is not None:
        figures.write(asked.json)


if __name__ == "__main__":
    main()
