"""How the process of a camera ends: asked once, in order, and for certain.

Rules:

- The first Ctrl-C or SIGTERM asks for the end; a second one ends the process where it stands.
- Once a camera is shut down, with its recording closed, its files synced and its keys zeroed, the process
  leaves without taking the interpreter and the libraries apart (docs/decisions/0013).
- An end that takes longer than all the waits of a shutdown together says where each thread is, and is over.
  It needs no interpreter for that: whatever hangs may hold its lock.

It is for the process that ``lapel-device run`` starts; a program that embeds a ``Camera`` ends as it likes.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENDING = (signal.SIGTERM, signal.SIGINT)

LONGEST_S = 120
"""More than the 108 s that a shutdown waits when card, sensors and network hang together."""

REPORT_S = 10
"""How long it may then take to say where the threads are: nobody may be reading it."""


@contextmanager
def waiting_for_the_end() -> Iterator[Callable[[], None]]:
    """Give a function that waits for the first Ctrl-C or SIGTERM.

    The signals are blocked in this thread, and so in every one made later, and wait for sigwait(3). A handler
    would run in this thread alone, which a signal that the system gave to another thread does not wake.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

    def wait() -> None:
        signal.sigwait(ENDING)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield wait
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def limit_the_end(longest_s: int = LONGEST_S) -> None:
    """From now on the process has so many seconds to end; then it says where each thread is, with status 1.

    What is said are files, lines and functions, never a value.
    """
    faulthandler.dump_traceback_later(longest_s, exit=True)
    signal.alarm(longest_s + REPORT_S)  # nothing handles SIGALRM, so the kernel ends the process by itself


def leave(status: int) -> NoReturn:
    """End the process here. Call it when nothing is left to be saved; what was said is still written."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody listens any more
            stream.flush()
    os._exit(status)
