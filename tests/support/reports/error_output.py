"""All that an error may end up as: its words, a traceback with every variable, a line in a log."""

from __future__ import annotations

import io
import logging
import traceback
from types import TracebackType

from rich.console import Console
from rich.traceback import Traceback


def told(error: BaseException, below: str) -> str:
    """Every way in which programs print an error, one after the other.

    Args:
        error: The error, as it was caught.
        below: The file whose own frames are left out: that of the test, which knows the secret.
    """
    kind, trace = type(error), _from_below(error.__traceback__, below)
    error = error.with_traceback(trace)
    console = Console(file=io.StringIO(), width=100_000)
    shown = Traceback.from_exception(
        kind, error, trace, show_locals=True, locals_max_length=100_000, locals_max_string=100_000
    )
    console.print(shown)
    plain = traceback.TracebackException(kind, error, trace, capture_locals=True)
    return "\n".join([str(error), repr(error), *plain.format(), console.file.getvalue(), _logged(error)])  # type: ignore[attr-defined]  # a StringIO


def _from_below(trace: TracebackType | None, below: str) -> TracebackType | None:
    while trace is not None and trace.tb_frame.f_code.co_filename == below:
        trace = trace.tb_next
    return trace


def _logged(error: BaseException) -> str:
    record = logging.LogRecord(
        "log", logging.ERROR, "", 0, "%s %r", (error, error), (type(error), error, error.__traceback__)
    )
    return logging.Formatter().format(record)
