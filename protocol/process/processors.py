"""How many processors a process may use: not how many the machine has.

In a container or under systemd those are two numbers, and what is sized by the machine's takes all that the
process has. Rules:

- the mask that the kernel runs the process by counts (sched_getaffinity(2), cpusets included);
- so does each quota of its control groups up to the root, of version 2 (``cpu.max``) and of version 1
  (``cpu.cfs_quota_us``), rounded up: half a processor is one, for no work goes on without;
- what cannot be read, or is no number, limits nothing.

It is looked up when asked; a quota that changes later counts for who asks again. What other processes take
it does not know.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS: Final = Path("/sys/fs/cgroup")
_OWN: Final = Path("/proc/self/cgroup")
_PARTS: Final = 3
"""Of a line of /proc/self/cgroup: hierarchy, controllers, path (cgroups(7))."""


def processors(groups: Path = _GROUPS, own: Path = _OWN) -> int:
    """Return how many processors this process may use at a time, one at least.

    Args:
        groups: where control groups are mounted.
        own: the file that says in which this process is.
    """
    most = len(os.sched_getaffinity(0))
    for folder in _folders(groups, _read(own)):
        quota = quota_of(_read(folder / "cpu.max"))
        if quota is None:
            first, second = (_read(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
            quota = quota_of(f"{first} {second}")
        if quota is not None:
            most = min(most, quota)
    return max(1, most)


def quota_of(said: str) -> int | None:
    """Return how many processors ``quota period`` are, rounded up; None for no limit, or what says none.

    >>> quota_of("150000 100000"), quota_of("50000 100000"), quota_of("max 100000"), quota_of("-1 100000")
    (2, 1, None, None)
    """
    parts = said.split()
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):  # noqa: PLR2004
        return None
    quota, period = map(int, parts)
    return -(-quota // period) if quota and period else None


def _folders(groups: Path, own: str) -> Iterator[Path]:
    """Give the folder of each control group that limits the process, from its own up to the root.

    In a container the path may be the host's, where the root alone is the container's own.
    """
    for line in own.splitlines():
        parts = line.split(":", _PARTS - 1)
        if len(parts) != _PARTS:
            continue
        controllers, path = parts[1], PurePosixPath(parts[2].lstrip("/"))
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = groups / controllers if controllers else groups
        for each in (path, *path.parents):
            if ".." not in each.parts:
                yield root / each


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
