"""The figures that long runs leave for the promise table: ``docs/figures/NAME.json``.

One file a run, ``{"machine": ..., "date": ..., "promises": {"C3": "one sentence"}}``: what was counted, on
which machine and on which day. ``tests.support.promises`` reads every file there.
"""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "figures"
CPU_FACTS = Path("/proc/cpuinfo")


def keep(name: str, promises: Mapping[str, str], folder: Path = FOLDER) -> Path:
    """Write the figures of a run.

    Args:
        name: What ran, such as ``crash``: the file's name.
        promises: For the number of each promise, what was seen, without a full stop.
        folder: Where to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    found = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "promises": dict(promises)}
    path.write_text(json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def machine() -> str:
    """The machine in a few words: cores, processor, system. It names no host."""
    return f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}"


def _processor() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown processor"
