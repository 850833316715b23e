r"""Lines of a log that nobody outside can write: control characters are shown, and a line has an end.

What a camera, a browser or a broker sent may stand in a message. With a line break in it a stranger could
write lines of their own, with an escape sequence (ECMA-48) change what a terminal shows of earlier ones, and
without an end fill the disk (CWE-117, CWE-779).

Rules:

- the message of a record is one line: line breaks and control characters are written as ``\\n`` or ``\\x1b``;
- of a traceback each line begins with ``TRACE``, so none can pass for a record;
- no line has more than ``LONGEST`` bytes of UTF-8, and a traceback no more than ``MOST_LINES``: what was left
  out is counted in its place.

It does not look for secrets: ``protocol.addresses`` does.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

log = logging.getLogger(__name__)

LONGEST = 2_000
"""Bytes of a line, its end not counted."""
MOST_LINES = 200
"""Lines of a traceback; Python itself shortens what only repeats."""
TRACE = "  | "

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls (C0, C1, DEL), line breaks of Unicode, what turns the direction of text, and half characters."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def on_one_line(text: str) -> str:
    """Show control characters and line breaks of a text instead of sending them to a terminal or a file."""
    return _UNSEEN.sub(lambda found: _shown(found[0]), text)


def cut(line: str) -> str:
    """Shorten a line to ``LONGEST`` bytes at most, and say in it how many characters it had more."""
    if len(line.encode("utf-8", "replace")) <= LONGEST:
        return line
    kept = line.encode("utf-8", "replace")[: LONGEST - 50].decode("utf-8", "ignore")
    return f"{kept} … ({len(line) - len(kept)} characters more)"


def indented(trace: str) -> str:
    """Write a traceback so that each of its lines is known as one."""
    lines = trace.split("\n")
    left_out = len(lines) - MOST_LINES
    if left_out > 0:
        half = MOST_LINES // 2
        lines = [*lines[:half], f"… ({left_out} lines more)", *lines[-half:]]
    return "\n".join(cut(TRACE + on_one_line(each)) for each in lines)


def _shown(letter: str) -> str:
    number = ord(letter)
    return _SHORT.get(letter) or (f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}")  # noqa: PLR2004 - Latin-1 ends there


def _as_it_is(text: str) -> str:
    return text


class LineFormatter(logging.Formatter):
    """Formats as ``logging`` does, but each record is one line, followed by its traceback if it has one."""

    def __init__(self, layout: str, clean: Callable[[str], str] = _as_it_is) -> None:
        """Prepare it.

        Args:
            layout: A line's form, as ``logging.Formatter`` takes it.
            clean: Leaves out of a message or a traceback what nobody is to read.
        """
        super().__init__(layout)
        self._clean = clean

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its traceback if it has one."""
        record.message = on_one_line(self._clean(record.getMessage()))
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        told = [cut(self.formatMessage(record))]
        if record.exc_info:
            told.append(indented(self._clean(self.formatException(record.exc_info))))
        elif record.exc_text:
            told.append(indented(self._clean(record.exc_text)))
        if record.stack_info:
            told.append(indented(self._clean(self.formatStack(record.stack_info))))
        return "\n".join(told)


def log_through(formatter: logging.Formatter, level: int) -> None:
    """Send everything that is logged to standard error, and errors that nobody caught with it.

    Args:
        formatter: Makes the lines.
        level: The least level that is written, as ``logging`` counts.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
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
