"""The fleets of a simulator, forked: its own code starts them, and no program has to be loaded.

``simulator.fleet.service`` gets, in the place of ``subprocess``, what starts the same program with the same
words from the process that has loaded it (``forked``). Such a fleet leads its session, ends with its
simulator and answers to the same signals as one that was started as a program.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, ClassVar

from simulator.fleet import service
from tests.support.programs.forked import ForkedProcess, start


class Forking:
    """What ``simulator.fleet.service`` uses of ``subprocess``."""

    DEVNULL: ClassVar = subprocess.DEVNULL
    TimeoutExpired: ClassVar = subprocess.TimeoutExpired

    @staticmethod
    def Popen(  # noqa: N802 - its name there
        command: Sequence[str],
        *,
        stdout: IO[bytes],
        start_new_session: bool,
        **_: Any,  # noqa: ANN401 - what else it takes there
    ) -> ForkedProcess:
        return start(service.PROGRAM, _words(command), output=stdout, session=start_new_session)

    @staticmethod
    def run(
        command: Sequence[str],
        *,
        timeout: float,
        **_: Any,  # noqa: ANN401 - what else it takes there
    ) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            status = start(service.PROGRAM, _words(command), output=output, errors=errors).wait(timeout)
            output.seek(0)
            errors.seek(0)
            said, complained = output.read().decode(), errors.read().decode()
            return subprocess.CompletedProcess([*command], status, said, complained)


def fork_fleets() -> None:
    """Have this process's simulator fork its fleets, for good."""
    setattr(service, "subprocess", Forking)  # noqa: B010 - it is typed as the module


def _words(command: Sequence[str]) -> Sequence[str]:
    """What follows the program's name: what ties it to its parent comes before."""
    at = next(at for at, word in enumerate(command) if Path(word).name == service.PROGRAM)
    return command[at + 1 :]
