"""Which recordings of a camera the fleet does not hold yet, and what arrived since the last look.

Rule: a camera's receipt is the fleet's signed word; what a recording's ledger says of its end is the
camera's.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.report import WITHOUT_END

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.bench.journal import BenchJournal
    from simulator.cameras.camera import VirtualCamera


class Arrivals:
    """Looks at what cameras keep, and writes down what the fleet has signed for. Thread-safe.

    Args:
        journal: Where it is written down.
    """

    def __init__(self, journal: BenchJournal) -> None:
        self._journal = journal
        self._lacking: dict[str, set[str]] = {}
        self._guard = threading.Lock()

    def waiting(self, camera: VirtualCamera) -> int:
        """Count a camera's recordings that the fleet has given no receipt for."""
        folders = camera.spec.recordings()
        lacking = {each.name for each in folders if not (each / RECEIPT_NAME).exists()}
        with self._guard:
            before = self._lacking.get(camera.name, set())
            self._lacking[camera.name] = lacking
        for each in folders:
            if each.name in before - lacking:
                self._journal.say(camera.name, arrived_in_words(each), "seen")
        return len(lacking)


def arrived_in_words(folder: Path) -> str:
    """Say that the fleet holds a recording, and whether it has an end."""
    said = f"The fleet holds recording {int(folder.name)}"
    with contextlib.suppress(OSError, FormatError):
        data = (folder / LEDGER_NAME).read_bytes()
        if read_ledger(data[: ledger_valid_prefix(data)]).close is None:
            return f"{said}. It has no end: {WITHOUT_END}."
        return f"{said}, from its beginning to its end."
    return f"{said}."
