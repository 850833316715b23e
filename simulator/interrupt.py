"""Ctrl-C and its relatives, turned into an event that every wait looks at.

Rules:

* The first signal asks for an orderly end. The second Ctrl-C, for who cannot wait, ends the program where it
  stands; cameras notice that their simulator is gone and shut down by themselves.
* Once it is settled what a run came to, no signal changes it, nor the status that the program ends with. For
  a program that ends with that, this lasts until its process is gone, the end of the interpreter included.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_ends_when_settled: Final = threading.Event()


class Interruption(threading.Event):
    """An event that is set by a signal.

    Attributes:
        by: The first signal; it is known before the event is set.
        settled: Whether what comes now comes too late.
    """

    def __init__(self) -> None:
        super().__init__()
        self.by: int | None = None
        self.settled = False

    @property
    def asked(self) -> bool:
        """Whether a signal has come, even where the event is about to be set only now."""
        return self.by is not None

    def settle(self) -> None:
        """From here on no signal counts: what the run came to is about to be written, and stands."""
        self.settled = True


def end_when_settled() -> None:
    """This program does nothing more once it is settled what a run came to: it ends with that."""
    _ends_when_settled.set()


def ignore_from_here() -> None:
    """Have no signal change how this program ends, where it ends with what is settled now.

    Ignored by the kernel, and not by a handler: Python drops its handlers while it shuts down, and a signal
    that came then would end the process with a status that its report does not have.
    """
    if _ends_when_settled.is_set():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Give an event that is set by the first SIGINT, SIGTERM or SIGHUP while the context lasts."""
    asked = Interruption()

    def handle(number: int, _frame: FrameType | None) -> None:
        if asked.settled:
            return
        if asked.by is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.by = asked.by or number
        # In a thread of its own: the handler may have interrupted a wait that holds the event's lock.
        threading.Thread(target=asked.set, name="interrupt", daemon=True).start()

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield asked
    finally:
        if asked.settled and _ends_when_settled.is_set():
            ignore_from_here()
        else:
            for number, handler in before.items():
                signal.signal(number, handler)
