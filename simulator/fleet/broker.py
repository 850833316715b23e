"""The broker of a fleet that the simulator started: a process of its own, which can hang or be killed.

The fleet starts it again when it dies, and cannot know when it hangs; so a kill is an outage of a moment, and
a hang is one for as long as it is wanted.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from simulator.errors import FleetServiceError

PROGRAM = "mosquitto"


class BrokerProcess:
    """One broker, by its process id."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def hang(self) -> None:
        """Have it do nothing; its connections stay."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Have it go on where it was."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it without warning."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError as error:
            raise FleetServiceError("The fleet's broker ended by itself.") from error


def broker_of(fleet: int) -> BrokerProcess:
    """Return the broker that a fleet's process started.

    Raises:
        FleetServiceError: It has none just now.
    """
    for pid in _children(fleet):
        try:
            name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            # It ended just now.
            continue
        if name == PROGRAM:
            return BrokerProcess(pid)
    raise FleetServiceError("The fleet has no broker just now.")


def _children(pid: int) -> tuple[int, ...]:
    """The processes that a process started, from every thread of it (proc_pid_task(5))."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, file.read_text(encoding="ascii").split())
        except OSError:
            continue
    return tuple(found)
