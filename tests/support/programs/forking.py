"""Simulators whose fleets are forked, for the length of a block.

    with forking_fleets():
        subprocess.run(["lapel-simulator", "run", ...])

It holds for this process and for each ``lapel-simulator`` that it starts. That a simulator finds and starts
the program itself is shown where this is not used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.fleet import service
from tests.support.programs.forked import ROOT, SERVER, running_server
from tests.support.programs.simulated import Forking

SITE = Path(__file__).with_name("site")


@contextmanager
def forking_fleets() -> Iterator[None]:
    """Have fleets be forked."""
    path = os.pathsep.join(filter(None, (str(SITE), str(ROOT), os.environ.get("PYTHONPATH"))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "subprocess", Forking)
        patch.setenv("PYTHONPATH", path)
        patch.setenv(SERVER, running_server())
        yield
