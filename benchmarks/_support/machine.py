"""Names the machine that figures were measured on: without that a figure means nothing."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from protocol.process.processors import processors

IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})


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
        cores=processors(),
        memory_gib=round(pages / 2**30, 1),
        kernel=platform.release().split("-")[0],
        filesystem=_filesystem(folder),
        python=platform.python_version(),
    )


def load() -> float:
    """How many processes wanted a processor in the last minute: beside the cores it says how busy it was."""
    return round(os.getloadavg()[0], 2)


def commit() -> str | None:
    """The commit that is measured, with "+" where files differ from it; None outside a clone."""
    here = Path(__file__).parent
    found = _git(here, "rev-parse", "--short=12", "HEAD")
    changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    return None if found is None else found + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in {"model name", "Model"}:
            return value.strip()
    return platform.machine()


def _filesystem(folder: Path) -> str:
    found = subprocess.run(
        ["df", "--output=fstype", str(folder)], capture_output=True, text=True, check=False
    )
    return found.stdout.split()[-1] if found.returncode == 0 else "unknown filesystem"
