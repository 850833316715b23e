"""Whether the disks that a run writes to have room: a full one is no verdict, but what the run ran on failed.

Rules:

* A run does not begin where its fleet would take no footage.
* What was seen to be broken while there was less room than that says nothing of what was run, and is not
  evaluated. What held, held all the same.
* The card of a virtual camera is none of these disks: one that a scenario fills is as full as it says.
"""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from protocol.units import MIB
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from simulator.fleet.site import OtherFleet
    from simulator.report.draft import Draft

FLEET_MIB: Final = 1024
"""What a fleet keeps of its disk, unless it is configured otherwise: ``footage.reserve_mib``."""
CAMERAS_MIB: Final = 64
"""What cameras alone need."""
LOOK_S: Final = 0.25
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class FullDiskError(SimulatorError):
    """There is too little room to begin."""


def free_bytes(folder: Path) -> int:
    """Return how many bytes of a folder's disk may still be written."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@dataclass(slots=True)
class Room:
    """The room on the disks of some folders.

    Attributes:
        needed: How much each needs, in MiB.
        free: Returns how many bytes a folder's disk has left.
        least: The least that was seen of each, in bytes.
        refused: What a disk said that took nothing more; None for none.
    """

    needed: Mapping[Path, int]
    free: Callable[[Path], int] = free_bytes
    least: dict[Path, int] = field(default_factory=dict)
    refused: OSError | None = None

    def look(self) -> None:
        """See how much there is now."""
        for folder in self.needed:
            try:
                free = self.free(folder)
            except OSError:
                continue  # it is gone, or does not say; whoever needs it says so
            self.least[folder] = min(free, self.least.get(folder, free))

    def check(self) -> None:
        """See that there is enough to begin.

        Raises:
            FullDiskError: There is not.
        """
        self.look()
        for folder, free in self._short():
            self.least = {}  # it never began, so that nothing of it has to be taken back
            raise FullDiskError(
                f"The disk of {folder} has {free // MIB} MiB free, and a run needs {self.needed[folder]} MiB "
                "on it: make room there, or have its folder on another disk (--keep, or the variable TMPDIR)."
            )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again while the context lasts."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_S):
                self.look()

        watching = threading.Thread(target=watch, name="room", daemon=True)
        watching.start()
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                self.refused = error
            raise
        finally:
            over.set()
            watching.join()
            self.look()

    @property
    def trouble(self) -> str | None:
        """Which disk was full, in one sentence; None where none was."""
        again = "what did not hold is not evaluated. Make room on it, and run it again."
        for folder, free in self._short():
            least, needed = free // MIB, self.needed[folder]
            return f"The disk of {folder} was too full: {least} of {needed} MiB were left, and {again}"
        if self.refused is None:
            return None
        where = self.refused.filename or next(iter(self.needed))
        return f"The disk of {where} was full ({self.refused.strerror}), and {again}"

    def _short(self) -> Iterator[tuple[Path, int]]:
        for folder, least in self.least.items():
            if least < self.needed[folder] * MIB:
                yield folder, least

    def take_back(self, draft: Draft) -> None:
        """Have a run that did not hold end as its full disk has it end."""
        trouble = self.trouble
        if trouble is not None:
            draft.take_back(trouble)


def room_of(
    folder: Path, settings: Mapping[str, Mapping[str, Any]] | None = None, other: OtherFleet | None = None
) -> Room:
    """The room of a run in a folder.

    A fleet that is configured to keep more of its disk than usual is to refuse what comes: no failure.

    Args:
        folder: Where it keeps everything.
        settings: What the configuration of a fleet has that is started there.
        other: A fleet that is there already; None to start one.
    """
    if other is not None:
        return Room(dict.fromkeys([folder, other.reuse or folder], CAMERAS_MIB))
    reserve = (settings or {}).get("footage", {}).get("reserve_mib", FLEET_MIB)
    return Room({folder: min(int(reserve), FLEET_MIB)})
