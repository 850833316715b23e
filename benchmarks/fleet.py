"""What a fleet bears, each beside its limit in the same run: ``python -m benchmarks.fleet [--quick]``.

- Uploads: one camera over TLS to a fleet in a process of its own, and the same bytes to a TLS server in
  Python that does the same durable work (``_support.bearing.sink``).
- Messages: cameras announce recordings, all at once; from the first word until the last row, and whether one
  is lost that the broker acknowledged (``_support.bearing.spoken``). The limit is its own acknowledgement.
- Verifying: what the fleet does with a recording that has arrived, and SHA-256 over the same bytes.
- Pages: processor time of Today, Recordings, a search and one recording, at three sizes, with the exponent
  that fits (``_support.bearing.growth``).
- The first picture: requests until it plays (``_support.bearing.first_picture``).

``hostile``, ``lists``, ``queues``, ``verify`` and ``watch`` look at parts of this more closely. Uploads and
messages need the machine to themselves; the rest is processor time. A goal that is missed is said, and no
failure: a message that is lost is one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._support.bearing import filled, first_picture, spoken, uploading, verifying
from benchmarks._support.bearing.growth import exponent
from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from benchmarks._support.readme import measured_on, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

MB = 1_000_000
SHARE_GOAL = 0.7
UPLOAD_GOAL_MBS = 250
MESSAGES_GOAL = 3000
PAGE_GOAL_MS = 30
REQUESTS_GOAL = 3
BULK_BYTES, SECOND_BYTES = 8 * MB, 1 * MB
"""Of a segment: eight seconds of footage, and one, as a camera cuts them unless it is told otherwise."""
TOLERANCE = 0.5
"""Client and server share the machine, and its disk is another's too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: the whole, and less of it."""

    rounds: int
    segments: tuple[tuple[int, int], ...]
    cameras: int
    speeches: int
    chunks: int
    sizes: tuple[int, ...]


WHOLE = Plan(9, ((BULK_BYTES, 16), (SECOND_BYTES, 60)), 25, 5, 200, (1_000, 10_000, 100_000))
QUICK = Plan(3, ((BULK_BYTES, 6), (SECOND_BYTES, 20)), 15, 1, 40, (200, 2_000, 20_000))


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure, each beside its limit.

    Args:
        folder: Everything is kept in folders of their own below it: its disk is measured.
        quick: Fewer bytes, messages, recordings and rounds.
    """
    plan = QUICK if quick else WHOLE
    figures = Figures("What a fleet bears", this_machine(folder))
    with tempfile.TemporaryDirectory(dir=folder, prefix="lapel-fleet-") as scratch:
        root = Path(scratch)
        figures.take("uploads", uploads(figures, root / "uploads", plan))
        figures.take("messages", messages(figures, root / "messages", plan))
        figures.take("verifying", verification(figures, root / "verifying", plan))
        figures.take("pages", pages(figures, root, plan))
        figures.take("the first picture", requests(root / "picture"))
    figures.notes += [
        f"Uploads: {uploading.AT_ONCE} segments at the same time, as a camera sends them.",
        "Pages: processor time; the limit is the same page of the fewest recordings; growth is the exponent.",
    ]
    missed = [row["what"] for row in figures.rows if row["goal"] != "-" and row["met"] == "no"]
    figures.notes.append(f"Missed: {'; '.join(missed)}." if missed else "Every goal is met.")
    return figures


def row(what: str, measured: float, limit: float | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any cell
    """Return a row; every one has the same columns."""
    whether = {True: "yes", False: "no", None: "-"}[more.get("met")]
    return {
        "what": what,
        "measured": measured,
        "limit": limit,
        "share": more.get("share"),
        "growth": more.get("growth"),
        "goal": more.get("goal", "-"),
        "met": whether,
    }


def uploads(figures: Figures, root: Path, plan: Plan) -> Iterator[dict[str, Any]]:
    """Uploads, for large segments and for those of a second."""
    for (size, _), found in zip(
        plan.segments, uploading.measure(root, plan.segments, plan.rounds), strict=True
    ):
        of = f"segments of {size // MB} MB"
        ratio = Ratio(f"uploads / sink, {of}", found.fleet_s, found.sink_s, TOLERANCE)
        figures.ratios.append(ratio)
        ours, theirs = (found.size / MB / statistics.median(each) for each in (found.fleet_s, found.sink_s))
        share = 1 / ratio.value
        is_bulk = size == BULK_BYTES
        met = share >= SHARE_GOAL and ours >= UPLOAD_GOAL_MBS
        yield row(
            f"uploads MB/s, {of}",
            ours,
            theirs,
            share=share,
            goal=f"{UPLOAD_GOAL_MBS}, share {SHARE_GOAL}" if is_bulk else "-",
            met=met if is_bulk else None,
        )
        costs = [
            statistics.median(each) * 1000 / (found.size / MB)
            for each in (found.fleet_cpu_s, found.sink_cpu_s)
        ]
        yield row(f"their processor ms/MB, {of}", costs[0], costs[1], share=costs[1] / costs[0])
        if is_bulk and theirs < UPLOAD_GOAL_MBS:
            figures.notes.append(
                f"The sink itself takes in {theirs:.0f} MB/s here: {UPLOAD_GOAL_MBS} are out of reach."
            )


def messages(figures: Figures, root: Path, plan: Plan) -> Iterator[dict[str, Any]]:
    """Messages: how many a second, and how many are lost."""
    told = list(spoken.measure(root, plan.cameras, plan.speeches))
    figures.ratios.append(
        Ratio(
            "messages to the database / acknowledged by the broker",
            tuple(each.took_s for each in told),
            tuple(each.broker_s for each in told),
            TOLERANCE,
        )
    )
    each_s = statistics.median(each.kept / each.took_s for each in told)
    broker = statistics.median(each.acknowledged / each.broker_s for each in told)
    yield row(
        "messages a second",
        each_s,
        broker,
        share=each_s / broker,
        goal=f"{MESSAGES_GOAL}",
        met=each_s >= MESSAGES_GOAL,
    )
    yield row("messages a second of the fleet's processor", statistics.median(e.kept / e.cpu_s for e in told))
    lost = sum(each.lost for each in told)
    yield row("messages lost of those acknowledged", lost, goal="0", met=not lost)
    if lost:
        figures.failed = True
        figures.notes.append(f"{lost} messages are lost that the broker acknowledged, and none may be.")


def verification(figures: Figures, root: Path, plan: Plan) -> Iterator[dict[str, Any]]:
    """Verifying inside the fleet."""
    root.mkdir()
    found = verifying.measure(root, plan.chunks, plan.rounds)
    ratio = Ratio("verifying in the fleet / SHA-256", found.fleet_s, found.hash_s)
    figures.ratios.append(ratio)
    speeds = [found.size / MB / statistics.median(each) for each in (found.fleet_s, found.hash_s)]
    share = 1 / ratio.value
    yield row(
        f"verifying MB/s, {found.size / MB:.0f} MB",
        speeds[0],
        speeds[1],
        share=share,
        goal=f"share {SHARE_GOAL}",
        met=share >= SHARE_GOAL,
    )


def pages(figures: Figures, root: Path, plan: Plan) -> Iterator[dict[str, Any]]:
    """What pages cost, and how that grows."""
    few, many = min(plan.sizes), max(plan.sizes)
    for name, costs in filled.measure(root, plan.sizes, plan.rounds).items():
        figures.ratios.append(
            Ratio(f"{name}, {many:,} recordings / {few:,}", tuple(costs[many]), tuple(costs[few]), 0.2)
        )
        ms = {size: statistics.median(samples) * 1000 for size, samples in costs.items()}
        yield row(
            f"{name} ms, {many:,} recordings",
            ms[many],
            ms[few],
            share=ms[few] / ms[many],
            growth=exponent(costs),
            goal=f"{PAGE_GOAL_MS}",
            met=ms[many] < PAGE_GOAL_MS,
        )


def requests(root: Path) -> Iterator[dict[str, Any]]:
    """Requests until the first picture plays."""
    found = first_picture.measure(root)
    yield row(
        "requests to the first picture",
        found.requests,
        found.picture_alone,
        goal=f"{REQUESTS_GOAL}",
        met=found.requests <= REQUESTS_GOAL,
    )


def readme(kept: Mapping[str, Any]) -> str:
    """The README's part, from figures that were kept."""
    rows = [
        (
            each["what"],
            *(
                "" if each[name] is None else _digits(each[name])
                for name in ("measured", "limit", "share", "growth")
            ),
            each["goal"].replace("-", ""),
            each["met"].replace("-", ""),
        )
        for each in kept["rows"]
    ]
    shown = table(("what", "measured", "its limit", "share", "growth", "goal", "met"), rows)
    return f"{shown}\n\n{' '.join(kept['notes'])}\n{measured_on(kept)}"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.95 or value == int(value) else f"{value:.2f}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="What a fleet bears, each beside its limit.")
    parser.add_argument("--quick", action="store_true", help="less of everything, and less sure")
    figures = run(Path(tempfile.gettempdir()), quick=parser.parse_args().quick)
    figures.show()
    if figures.failed:
        sys.exit(3)


if __name__ == "__main__":
    main()
