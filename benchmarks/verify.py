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
from benchmarks._support.ratio import Ratio
from benchmarks._support.readme import measured_on
from protocol.footage.verifying.verify import Verdict, verify_recording
from tests.support.media.recordings import make_identity, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

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
    ratio = Ratio("verify / SHA-256", tuple(took["verify"]), tuple(took["SHA-256 alone"]))
    figures.ratios.append(ratio)
    figures.notes.append(
        f"Verifying takes {ratio.value:.2f} times as long as hashing the same bytes (medians of {ROUNDS})."
    )
    return figures


def readme(kept: Mapping[str, Any]) -> str:
    """The README's part, from figures that were kept."""
    verify, _ = kept["rows"]
    ratio = kept["ratios"][0]
    return (
        f"{kept['title']} takes {verify['median ms']:.0f} ms ({verify['MB/s']:,.0f} MB/s), "
        f"{ratio['ratio']:.2f} times as long as\nSHA-256 alone over the same bytes in the same run; "
        f"medians of {len(ratio['over'])}.\n{measured_on(kept)}"
    )


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
