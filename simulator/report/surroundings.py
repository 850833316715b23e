"""What a run ran on: versions, commit, machine, clock. Never fails for what the system does not say."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from device.clock import SystemClock
from protocol.process.processors import processors
from simulator.report.report import ClockState, Machine, Versions

LIBRARIES = (
    "av",
    "cbor2",
    "cryptography",
    "fastapi",
    "httpx",
    "numpy",
    "opencv-python",
    "paho-mqtt",
    "pydantic",
    "sqlalchemy",
)
"""What results may depend on."""

ROOT = Path(__file__).resolve().parents[2]
GIT_S = 10


def versions() -> Versions:
    """Return what runs here."""
    commit = _git("rev-parse", "HEAD")
    changed = None if commit is None else _git("status", "--porcelain", "--untracked-files=no")
    return Versions(
        product=_version("lapel") or "unknown",
        commit=commit,
        modified=None if changed is None else bool(changed),
        python=platform.python_version(),
        libraries={name: found for name in LIBRARIES if (found := _version(name)) is not None},
    )


def machine() -> Machine:
    """Return what this is."""
    return Machine(
        name=platform.node(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=_processor(),
        cores=processors(),
        memory_bytes=_memory(),
        load=_load(),
    )


def clock() -> ClockState:
    """Return what the kernel says of the clock."""
    label = SystemClock().label()
    return ClockState(label.synchronised, label.error_us)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str | None:
    """Ask git about the folder that this program lies in, if it is a repository's own."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    try:
        done = subprocess.run(  # noqa: S603 - git itself, arguments of our own
            [git, "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False, timeout=GIT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model")))
    return next(named, "") or platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def _load() -> float | None:
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None
