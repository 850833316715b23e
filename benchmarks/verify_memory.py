"""How much memory verifying takes, by length and by size: ``python -m benchmarks.verify_memory``.

``lapel-verify``'s work in a process of its own, over recordings on disk: a minute of a camera's size (about
8 MB a segment), and four hours with parts of two kilobytes, of which the ledger is the largest file. What is
reported is the most that the process ever held (``VmHWM``), the interpreter and its libraries included.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from protocol.units import MIB
from tests.support.media.recordings import record

MB = 1_000_000
HOURS_CHUNKS, QUICK_CHUNKS = 4 * 3600, 1200
CHILD = """
import re, sys
from pathlib import Path
from protocol.footage.verifying.verify import verify_recording
from protocol.verify.folder import Folder
report = verify_recording(Folder(Path(sys.argv[1])))
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) * 1024, report.verdict)
"""


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: Where the recordings are written, about 150 MB, and removed again.
        quick: Verify twenty minutes in the place of four hours.
    """
    figures = Figures("The memory that verifying takes", this_machine(folder))
    least = 0.0
    long = QUICK_CHUNKS if quick else HOURS_CHUNKS
    for what, chunks, size in (
        ("nothing but a few chunks", 4, 40),
        ("a minute at 8 Mbit/s", 60, 500_000),
        (f"{long // 60} minutes of small chunks", long, 2000),
    ):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            total, largest = _write(Path(place), chunks, size)
            peak = _peak(place)
        figures.rows.append(
            {
                "what": what,
                "chunks": chunks,
                "MB on disk": total / MB,
                "largest file MB": largest / MB,
                "memory MiB": peak / MIB,
            }
        )
        if least:
            figures.ratios.append(Ratio(f"memory, {what} / a few chunks", (float(peak),), (least,)))
        least = least or float(peak)
    return figures


def _write(folder: Path, chunks: int, size: int) -> tuple[int, int]:
    before = min(chunks // 2, 180)
    files = record(prerecord=before, live=chunks - before, per_segment=8, size=size).files
    for name, data in files.items():
        (folder / name).write_bytes(data)
    sizes = [len(data) for data in files.values()]
    return sum(sizes), max(sizes)


def _peak(folder: str) -> int:
    command = [sys.executable, "-c", CHILD, folder]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(maxsplit=1)
    if said[1].strip() != "consistent, signer unknown":
        raise RuntimeError(f"internal error: the recording is {said[1]}")
    return int(said[0])


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
