"""How much processor time and memory processes have used, from ``/proc/PID/stat`` (proc_pid_stat(5))."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Fields of the line after the name in brackets: the 14th and 15th of the whole.
UTIME, STIME = 11, 12
SESSION = 3
KIBIBYTE = 1024


def processor_s(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that processes used so far; one that is gone counts nothing."""
    ticks = 0
    for pid in pids:
        try:
            line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            # It ended just now.
            continue
        fields = line.rpartition(")")[2].split()
        ticks += int(fields[UTIME]) + int(fields[STIME])
    return ticks / os.sysconf("SC_CLK_TCK")


def most_memory(pids: Iterable[int]) -> int | None:
    """Return the most memory that processes held in RAM, each at its own worst moment, in bytes.

    From ``VmHWM`` in ``/proc/PID/status`` (proc_pid_status(5)); None when none of them is there any more.
    """
    found = []
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        found += [int(line.split()[1]) * KIBIBYTE for line in lines if line.startswith("VmHWM:")]
    return sum(found) if found else None


def session_of(leader: int) -> tuple[int, ...]:
    """Return the processes of the session that a process leads, itself first."""
    members = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if int(line.rpartition(")")[2].split()[SESSION]) == leader:
                members.append(int(folder.name))
    return tuple(sorted(members, key=lambda pid: (pid != leader, pid)))
