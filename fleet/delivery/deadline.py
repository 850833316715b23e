"""An end to a conversation as a whole: time limits for each answer let a byte at a time go on for ever."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

WHOLE_S = 60.0


@contextlib.contextmanager
def ended_after(seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut a connection that is still there so many seconds later: whoever waits on it gets an ``OSError``.

    Args:
        seconds: from now on.
        current: gives its socket; None while there is none.
    """

    def cut() -> None:
        found = current()
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
