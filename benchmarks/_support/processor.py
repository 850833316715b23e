"""What processes used of the processor and of memory, from ``/proc`` (proc(5)).

Other work on the machine takes time from a process; it takes little from these figures, which count only what
the process itself was given. A processor that is shared is also slower, which they do show.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Final

from protocol.units import KIB, NS_PER_S

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME, _PPID = 11, 12, 1  # fields after the name in brackets


def used_s(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = _stat(pid)
    return (int(fields[_UTIME]) + int(fields[_STIME])) / _TICKS


def foreign_threads_s() -> float:
    """Seconds that those threads of this process have used which are not Python's: x264's and OpenCV's."""
    own = {thread.native_id for thread in threading.enumerate()}
    total = 0
    for task in Path("/proc/self/task").iterdir():
        if int(task.name) not in own:
            try:
                total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
            except OSError:
                continue  # it ended just now
    return total / NS_PER_S


def resident_mb(pid: int | str = "self") -> float:
    """What a process holds in memory, in MB of a million bytes, shared pages included."""
    return _kib(Path(f"/proc/{pid}/status"), "VmRSS") * KIB / 1e6


def share_mb(pid: int) -> float:
    """What a process holds in memory with its part of what it shares with others (PSS), in MB."""
    return _kib(Path(f"/proc/{pid}/smaps_rollup"), "Pss") * KIB / 1e6


def children(pid: int) -> tuple[int, ...]:
    """The processes that a process started and that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int(_stat(int(entry.name))[_PPID])
            except OSError:
                continue  # it ended just now
            if parent == pid:
                found.append(int(entry.name))
    return tuple(sorted(found))


def command_line(pid: int) -> str:
    """What a process was started as; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def load() -> float:
    """How many tasks wanted a processor, on average over the last minute."""
    return os.getloadavg()[0]


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _kib(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(encoding="ascii"), re.MULTILINE)
    return int(found[1]) if found else 0
