"""What a camera's process, and the fleet's, ask of the kernel so that their memory stays their own.

Rules:

- No core dump and no ptrace by the same user (``PR_SET_DUMPABLE`` 0, ``RLIMIT_CORE`` 0; prctl(2), core(5)).
- All memory is locked where the limit allows, so that no picture and no key reaches swap (C1).
- What the system refuses is said in one sentence each, never passed over.

It is for the processes that ``lapel-device run`` and ``lapel-fleet serve`` are; a program that embeds a
``Camera`` decides for itself. Programs that these start have their own memory, and ask for themselves.
"""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_SWAPS = Path("/proc/swaps")


def harden() -> tuple[str, ...]:
    """Protect this process; return one sentence for each protection that the system refused."""
    libc = ctypes.CDLL(None, use_errno=True)
    warnings = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        warnings.append("The kernel would not forbid debugging of this process: run it as a user of its own.")
    if not _lock_memory(libc) and _swap_in_use():
        warnings.append(
            "Memory could not be locked, so pictures and keys may reach swap: turn swap off or allow it "
            "(LimitMEMLOCK=infinity in the service file)."
        )
    return tuple(warnings)


def _lock_memory(libc: ctypes.CDLL) -> bool:
    """Lock all memory, now and later, as it is touched.

    Under a finite limit this would succeed now and make some later allocation fail, in the middle of a
    recording; so it is only asked for where there is none.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft != resource.RLIM_INFINITY and os.geteuid() != 0:
        return False
    return bool(libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0)


def _swap_in_use() -> bool:
    """Whether the system has any swap. A list that cannot be read counts as yes."""
    try:
        return len(_SWAPS.read_text(encoding="ascii").splitlines()) > 1
    except OSError:
        return True
