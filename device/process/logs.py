"""What a camera's process writes to its log, and that no line of it could open a camera or a stream.

Sentences are without such secrets already (``device.errors``); this is for what other libraries say, and for
the traceback of an error of our own, which quotes whatever it was handling. Standard output is none of its
business, and neither is what C libraries print: FFmpeg and OpenCV are told to be quiet where they are loaded.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from protocol.addresses import without_secrets

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)


class SafeFormatter(logging.Formatter):
    """Formats as usual, and leaves out what could open a camera or a stream."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its traceback if it has one."""
        return without_secrets(super().format(record))


def log_safely(level: int, layout: str) -> None:
    """Send everything that is logged to standard error, and errors that nobody caught with it.

    Args:
        level: The least level that is written, as ``logging`` counts.
        layout: A line's form, as ``logging.Formatter`` takes it.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter(layout))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _uncaught
    threading.excepthook = _in_a_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("Uncaught error.", exc_info=(kind, error, trace))


def _in_a_thread(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread is not None else "a thread"
    if args.exc_type is SystemExit or args.exc_value is None:
        return  # as threading's own does
    log.error("Uncaught error in %s.", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
