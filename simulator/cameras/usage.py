"""How much processor time processes have used, from ``/proc/PID/stat`` (proc_pid_stat(5))."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Fields of the line after the name in brackets: the 14th and 15th of the whole.
UTIME, STIME = 11, 12


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
