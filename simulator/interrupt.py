"""Ctrl-C and its relatives, turned into an event that every wait looks at.

The first signal asks for an orderly end. The second, for who cannot wait, ends the program where it stands;
cameras notice that their simulator is gone and shut down by themselves.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption(threading.Event):
    """An event that is set by a signal.

    Attributes:
        by: The first signal; it is known before the event is set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.by: int | None = None

    @property
    def asked(self) -> bool:
        """Whether a signal has come, even where the event is about to be set only now."""
        return self.by is not None


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Give an event that is set by the first SIGINT, SIGTERM or SIGHUP while the context lasts."""
    asked = Interruption()

    def handle(number: int, _frame: FrameType | None) -> None:
        if asked.by is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.by = asked.by or number
        # In a thread of its own: the handler may have interrupted a wait that holds the event's lock.
        threading.Thread(target=asked.set, name="interrupt", daemon=True).start()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
