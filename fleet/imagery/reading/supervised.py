"""Has a file read in a process of its own, within time, and says in one sentence what went wrong.

The process's messages on its standard error are thrown away: they would quote the file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from fleet.imagery.reading.channel import ChannelError, serve
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[3]
_MODULE = "fleet.imagery.reading.child"


def read_supervised(
    size: int,
    read: Callable[[int, int], bytes],
    write: Callable[[int, bytes], None],
    limits: ReadingLimits,
    work: str = "copy",
) -> ReadFacts:
    """Return what a file is, and write its copy, or that in seconds.

    Args:
        size: the file's length in bytes.
        read: returns a span of the file, by offset and length.
        write: takes a span of the copy, by its offset.
        limits: what the file may ask for.
        work: what is done, as ``child.ReadingWork`` names it.

    Raises:
        ReadingRefusedError: it is not imported; nobody was able to read it within the limits.
        Exception: whatever ``read`` or ``write`` raised.
    """
    ours, theirs = socket.socketpair()
    own = _Own()
    with ours, theirs:
        process = _started(theirs, size, limits, work)
        theirs.close()
        is_late = threading.Event()

        def late() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, late)
        timer.daemon = True
        timer.start()
        try:
            return serve(ours, own.noted(read), own.noted(write))
        except (ChannelError, OSError) as error:
            if own.failure is not None:
                raise
            if is_late.is_set() or _ran_out(process):
                raise ReadingRefusedError(
                    f"Reading the file and making its copy takes longer than {limits.seconds} seconds; "
                    "import a shorter clip, or one that was exported as MP4 with H.264."
                ) from error
            log.warning("A process that read a file to be imported ended by itself (%s).", process.returncode)
            raise ReadingRefusedError(
                "The file cannot be read: whoever reads it failed at it. Have it exported anew."
            ) from error
        finally:
            timer.cancel()
            process.kill()
            process.wait()


class _Own:
    """Knows whether a failure was the service's own, and not that of the process."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def noted(self, part: Callable[P, T]) -> Callable[P, T]:
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return part(*args, **kwargs)
            except Exception as error:
                self.failure = error
                raise

        return call


def _started(theirs: socket.socket, size: int, limits: ReadingLimits, work: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-P", "-m", _MODULE, limits.to_json(), str(size), work]
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(limits.pixels),
    }
    return subprocess.Popen(  # noqa: S603 - our own program, and nothing in its words is from outside
        words,
        stdin=theirs.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        close_fds=True,
    )


def _ran_out(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process that is gone was ended for the time that it took."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    return process.returncode == -signal.SIGXCPU
