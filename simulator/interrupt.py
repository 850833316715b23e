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


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Give an event that is set by the first SIGINT, SIGTERM or SIGHUP while the context lasts."""
    asked = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        # In a thread of its own: the handler may have interrupted a wait that holds the event's lock.
        threading.Thread(target=asked.set, name="interrupt", daemon=True).start()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
