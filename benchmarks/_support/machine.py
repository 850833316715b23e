"""Names the machine that figures were measured on: without that a figure means nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Where figures come from."""

    processor: str
    cores: int
    memory_gib: float
    kernel: str
    filesystem: str
    python: str

    def __str__(self) -> str:
        return (
            f"{self.processor}, {self.cores} cores, {self.memory_gib:.1f} GiB; {self.filesystem}; "
            f"Linux {self.kernel}; Python {self.python}"
        )

    def to_json(self) -> dict[str, object]:
        """As it goes into a file of figures."""
        return asdict(self)


def this_machine(folder: Path) -> Machine:
    """Describe this machine.

    Args:
        folder: Where the benchmark writes: its filesystem is the one that is named.
    """
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(pages / 2**30, 1),
        kernel=platform.release().split("-")[0],
        filesystem=_filesystem(folder),
        python=platform.python_version(),
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model"}:
            return value.strip()
    return platform.machine()


def _filesystem(folder: Path) -> str:
    found = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(folder)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown filesystem"
