"""How fast a recording is verified, beside hashing its bytes alone: ``python -m benchmarks.verify``.

Two hundred chunks as large as a camera's (8 Mbit/s), in memory. SHA-256 over the same bytes in the same run
is the floor: what the verifier takes beyond it is parsing, signatures and the rules.
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from protocol.footage.verifying.verify import Verdict, verify_recording
from tests.support.media.recordings import make_identity, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHUNKS = 200
QUICK_CHUNKS = 40
PART_BYTES = 500_000
ROUNDS = 7
MB = 1_000_000


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure, alternating the two so that both see the same machine.

    Args:
        folder: Names the machine's disk in the figures; nothing is written to it.
        quick: Use fewer chunks.
    """
    count = QUICK_CHUNKS if quick else CHUNKS
    files = record(prerecord=count - 20, live=20, per_segment=8, size=PART_BYTES).files
    size = sum(map(len, files.values()))
    took: dict[str, list[float]] = {"verify": [], "SHA-256 alone": []}
    for _ in range(ROUNDS):
        took["verify"].append(_timed(lambda: _verify(files)))
        took["SHA-256 alone"].append(_timed(lambda: _hash(files)))
    figures = Figures(f"Verifying {size / MB:.0f} MB in {count} chunks", this_machine(folder))
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        figures.rows.append({"what": name, "median ms": middle * 1000, "MB/s": size / MB / middle})
    ratio = statistics.median(took["verify"]) / statistics.median(took["SHA-256 alone"])
    figures.notes.append(
        f"Verifying takes {ratio:.2f} times as long as hashing the same bytes (medians of {ROUNDS})."
    )
    return figures


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _verify(files: Mapping[str, bytes]) -> None:
    verdict = verify_recording(files, authorities=[make_identity().authority]).verdict
    if verdict is not Verdict.INTACT:
        raise RuntimeError(f"internal error: the recording is {verdict}")


def _hash(files: Mapping[str, bytes]) -> None:
    for data in files.values():
        hashlib.sha256(data).digest()


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
