"""``python -m tests.harness.mutation.sentences.watch TESTS``: which conditions each asks, and the outcome.

A test that never sees a condition fail cannot die when it always holds: so of all tests a hunt tries few.
What was seen stands in ``.venv/conditions``, a file for each file of tests.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

from tests.harness.mutation.sentences.pytest_run import Tests, with_tests
from tests.harness.mutation.sentences.room import ROOT
from tests.harness.mutation.sentences.turning import TURNING

SEEN = ROOT / ".venv/conditions"


def tell(text: str) -> None:
    """Say how far it has come; what tests print goes nowhere."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def watch(tests: Tests) -> None:
    """Run every test and keep what each saw."""
    names = list(tests.names())
    found = dict[str, dict[str, object]]()
    for name, following in zip(names, [*names[1:], ""], strict=True):
        file = name.partition("::")[0]
        last = following.partition("::")[0] != file
        TURNING.seen.clear()
        before = time.process_time()
        passed = tests.passes(name, last=last)
        cost = time.process_time() - before
        if passed:
            seen = sorted([each, held] for each, held in TURNING.seen)
            found[name] = {"seconds": round(cost, 4), "seen": seen}
        else:
            tell(f"fails without any condition turned: {name}")
        if last:
            kept = SEEN / (file.replace("/", "-") + ".json")
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(found), encoding="utf-8")
            tell(f"{file}: {len(found)}")
            found = {}


def what_was_seen() -> Iterator[tuple[str, float, list[tuple[str, bool]]]]:
    """Yield each test with its cost in seconds and the conditions that it asked, with their outcomes."""
    for file in sorted(SEEN.glob("*.json")):
        for test, kept in json.loads(file.read_text(encoding="utf-8")).items():
            yield test, kept["seconds"], [(name, held) for name, held in kept["seen"]]


if __name__ == "__main__":
    with_tests(sys.argv[1:], watch)
