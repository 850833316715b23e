"""How long a press takes until its recording is durable, by window: ``python -m benchmarks.commit``.

Chunks as large as a camera's (8 Mbit/s: 1 MB a second), the real recorder, the real disk. Two cases for each
window: the disk as it is, and a disk held to 20 MB/s to which footage is written all the time, as fast as it
takes it.

Beside each press, in the same round, stands the floor: one file with as many bytes as the press wrote, its
sync, and its folder's; and what sealing the window's keys takes. Nothing else grows with the window (C4).
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress

from benchmarks._support.figures import ENOUGH_FOR_P99, Distribution, Figures
from benchmarks._support.machine import IN_MEMORY, this_machine
from benchmarks._support.pressing import CHUNK_BYTES, Footage, SlowDisk, writing_all_the_time
from benchmarks._support.ratio import Ratio
from benchmarks._support.readme import figure, measured_on, table
from device.config.sections import StorageSection
from device.storage.durable import AppendFile, remove, remove_folder, sync_dir
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import iter_ledger
from protocol.footage.ledger.writer import LedgerWriter
from protocol.footage.sealing.keys import PART_KEY_BYTES, seal_key_range
from protocol.units import MIB
from tests.support.camera.recorders import Bench

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tests.support.storage.disks import Call

WINDOWS_S = (30, 180, 1800)
QUICK_WINDOWS_S = (30, 180)
SLOW_BYTES_PER_S = 20_000_000
SEGMENT_CHUNKS = StorageSection().segment_chunks
MS = 1000
SEALINGS = 50
TOLERANCE = 0.15
"""A sync takes more or less time from one run to the next, and the floor has two where a press has one."""


@dataclass
class Took:
    """What the presses of one row took, in ms, and what they did before they were answered."""

    presses: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    folders: list[float] = field(default_factory=list)
    written: int = 0


class Presser:
    """Presses again and again on one recorder.

    Attributes:
        took: What that took.
        opened: The first record of the ledger of the last press.
    """

    def __init__(self, bench: Bench, disk: SlowDisk) -> None:
        self.took = Took()
        self.opened = b""
        self._bench = bench
        self._disk = disk
        self._answered: list[Call] = []
        bench.recorder.news.listen(lambda _: self._hear())

    def press(self) -> None:
        """Press once beside the floor, wait for the folder, stop, and remove the recording."""
        bench, disk, took = self._bench, self._disk, self.took
        disk.calls.clear()
        self._answered.clear()
        began = time.perf_counter()
        outcome = bench.recorder.press()
        answered = time.perf_counter()
        bench.recorder.settle()
        followed = time.perf_counter()
        if not outcome.ok or outcome.number is None:
            raise SystemExit(outcome.sentence)
        calls = [call for call in self._answered if "recordings" in call.path.parts]
        if any(call.name == "link" for call in calls):
            raise SystemExit("A press made a link before it was answered (C4).")
        asked = {call.path: call.size for call in reversed(calls) if call.name == "write"}
        written = sum(asked.values())  # of each file the first: the next ask for what a slice left over
        took.presses.append((answered - began) * MS)
        took.folders.append((followed - began) * MS)
        took.written = max(took.written, written)
        took.floors.append(self._floor(secrets.token_bytes(written)) * MS)
        bench.stop()
        ledger = disk.read(bench.folders.ledger(outcome.number))
        self.opened = ledger[: next(iter_ledger(ledger)).end]
        remove_folder(disk, bench.folders.recording(outcome.number))

    def _hear(self) -> None:
        """The first news of a press is that it is safe: what was asked of the disk until then is its cost."""
        if not self._answered:
            self._answered = list(self._disk.calls)

    def _floor(self, data: bytes) -> float:
        """One durable file, and no more."""
        folder = self._bench.folders.root / "floor"
        folder.mkdir(exist_ok=True)
        path = folder / "file"
        began = time.perf_counter()
        file = AppendFile.create(self._disk, path)
        file.append(data)
        sync_dir(self._disk, folder)
        seconds = time.perf_counter() - began
        file.close()
        remove(self._disk, path)
        return seconds


def measure(
    folder: Path, window_s: int, rounds: int, *, slow: bool, progress: Progress
) -> tuple[dict[str, object], Ratio]:
    """Fill a window, then press again and again; one row of figures, and how many floors a press takes."""
    disk = SlowDisk()
    settings = {
        "storage": {"segment_chunks": SEGMENT_CHUNKS},
        "camera": {"window_mib": 2 * window_s * CHUNK_BYTES // MIB + 64},
    }
    bench = Bench(folder, window_s=window_s, disk=disk, settings=settings)
    bench.boot()
    footage, presser = Footage(bench), Presser(bench, disk)
    bench.recorder.cut = (lambda: None) if slow else footage.second
    task = progress.add_task(f"{window_s:5d} s window: filling", total=window_s + rounds)
    for _ in range(window_s + 2):
        footage.second()
        progress.advance(task)
    if (held_s := bench.recorder.status().prerecord_s) < window_s - 2:
        raise SystemExit(
            f"The ring holds {held_s:.0f} s of a window of {window_s} s: these are no figures of it."
        )
    progress.update(task, description=f"{window_s:5d} s window: pressing")
    disk.bytes_per_s = SLOW_BYTES_PER_S if slow else float("inf")
    with writing_all_the_time(footage) if slow else nullcontext():
        for _ in range(rounds):
            if not slow:  # so that segments are as long as a camera's; the stop adds the last chunk
                for _ in range(SEGMENT_CHUNKS - 1):
                    footage.second()
                bench.recorder.tick()  # as a camera does once a second
            presser.press()
            progress.advance(task)
    bench.recorder.close()
    figures = row(presser.took, window_s, sealing(bench, presser.opened, window_s), slow=slow)
    name = f"press / floor, {window_s} s, {figures['disk']}"
    return figures, Ratio(name, tuple(presser.took.presses), tuple(presser.took.floors), TOLERANCE)


def row(took: Took, window_s: int, sealing_ms: float, *, slow: bool) -> dict[str, object]:
    """One row of the table."""
    press, floor, folder = map(Distribution.of, (took.presses, took.floors, took.folders))
    return {
        "window": f"{window_s} s",
        "disk": "20 MB/s" if slow else "free",
        "p50": press.p50,
        "p99": press.p99,
        "max": press.max,
        "floor": floor.p50,
        "floor p99": floor.p99,
        "floors": press.p50 / floor.p50,
        "sealing": sealing_ms,
        "folder": folder.p50,
        "presses": press.count,
        "bytes": took.written,
    }


def sealing(bench: Bench, opened: bytes, chunks: int) -> float:
    """How long sealing the keys of so many chunks takes, and signing the record, in ms (median).

    Args:
        bench: Whose keys.
        opened: The first record of a ledger.
        chunks: How many.
    """
    keys = {track: bytearray(secrets.token_bytes(chunks * PART_KEY_BYTES)) for track in Track}
    took = []
    for _ in range(SEALINGS):
        writer = LedgerWriter.after(opened, bench.identity.signer)
        began = time.perf_counter()
        writer.append(
            seal_key_range(
                (bench.identity.recipient,),
                recording=bytes(16),
                first_seq=0,
                last_seq=chunks - 1,
                laid_out=keys,
            )
        )
        took.append((time.perf_counter() - began) * MS)
    return Distribution.of(took).p50


def run(folder: Path, *, quick: bool) -> Figures:
    """Measure every window in both cases.

    Args:
        folder: Where to write; its disk is the one that is measured.
        quick: Fewer presses and no 1800 s window; so few that the slowest hundredth says nothing.
    """
    machine = this_machine(folder)
    if machine.filesystem in IN_MEMORY:
        sys.exit(f"{folder} is in memory ({machine.filesystem}): name a folder on a disk with --folder.")
    figures = Figures("From the press to a durable recording, in ms", machine)
    rounds = 60 if quick else ENOUGH_FOR_P99
    with Progress(transient=True) as progress:
        for slow in (False, True):
            for window_s in QUICK_WINDOWS_S if quick else WINDOWS_S:
                with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-commit-") as name:
                    found, ratio = measure(Path(name), window_s, rounds, slow=slow, progress=progress)
                figures.rows.append(found)
                figures.ratios.append(ratio)
    figures.notes += [
        "Floor: one file of as many bytes, its sync and its folder's, in the same round (p50, p99).",
        "Floors: how many times the floor a press takes, both at p50.",
        "Sealing: the keys of the window, sealed and signed (p50).",
        "Folder: until the recording's folder is durable, too (p50).",
        "Bytes: what is written before the answer. No footage, and no link.",
    ]
    return figures


def readme(kept: Mapping[str, Any]) -> str:
    """The README's part, from figures that were kept."""
    rows: list[Sequence[str]] = [
        (
            each["window"],
            "free" if each["disk"] == "free" else f"held to {each['disk']}, footage being written",
            figure(each["p50"], "ms"),
            "-" if each["p99"] is None else figure(each["p99"], "ms"),
            figure(each["floor"], "ms"),
            f"{each['floors']:.1f} times",
            figure(each["bytes"] / 1000, "kB"),
        )
        for each in kept["rows"]
    ]
    columns = ("window", "disk", "p50", "p99", "floor, p50", "of the floor", "bytes written")
    free = [each for each in kept["rows"] if each["disk"] == "free"]
    least, most = (figure(each["sealing"], "ms") for each in (free[0], free[-1]))
    return (
        f"{table(columns, rows)}\n\n{kept['rows'][0]['presses']} presses a row. {measured_on(kept)}\n\n"
        f"It does not grow with the footage. With the window only the keys grow: sealing and signing them\n"
        f"takes {least} for half a minute and {most} for half an hour."
    )


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
