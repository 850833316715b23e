"""Has the simulator's program fork its fleet, where its environment says so; see ``programs.forking``.

Python imports this module when it starts, where this folder is on its path (``site``).
"""

from __future__ import annotations

import sys
from pathlib import Path

if any(Path(word).name == "lapel-simulator" for word in sys.orig_argv[1:2]):
    from tests.support.programs.simulated import fork_fleets

    fork_fleets()
