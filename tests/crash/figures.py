"""The figures of a whole ``make crash``, as ``docs/promises.md`` shows them."""

import json
from pathlib import Path

from tests.crash.killing import KillTally
from tests.crash.trial import Tally

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures" / "crash.json"


def by_promise(traced: Tally, killed: KillTally) -> dict[str, int]:
    """How often each promise was checked in all."""
    promises = sorted({*traced.checked, *killed.checked})
    return {each: traced.checked.get(each, 0) + killed.checked.get(each, 0) for each in promises}


def keep(traced: Tally, killed: KillTally) -> None:
    """Write them down; the promises page takes what has a promise's number."""
    states = f"{len(traced.states):,} crash states"
    figures = {
        promise: f"{count:,} checks over {states} and {killed.rounds:,} kills of a running camera, losses 0"
        for promise, count in by_promise(traced, killed).items()
    }
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")
