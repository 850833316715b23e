"""What a camera's process writes to its log, and that no line of it could open a camera or a stream.

Sentences are without such secrets already (``device.errors``); this is for what other libraries say, and for
the traceback of an error of our own, which quotes whatever it was handling. Standard output is none of its
business, and neither is what C libraries print: FFmpeg and OpenCV are told to be quiet where they are loaded.
"""

from __future__ import annotations

from protocol.addresses import without_secrets
from protocol.process.log_lines import LineFormatter, log_through


class SafeFormatter(LineFormatter):
    """Formats as ``protocol.process.log_lines`` does, and leaves out what could open a camera or a stream."""

    def __init__(self, layout: str) -> None:
        """Take a line's form, as ``logging.Formatter`` does."""
        super().__init__(layout, without_secrets)


def log_safely(level: int, layout: str) -> None:
    """Send everything that is logged to standard error, and errors that nobody caught with it.

    Args:
        level: The least level that is written, as ``logging`` counts.
        layout: A line's form, as ``logging.Formatter`` takes it.
    """
    log_through(SafeFormatter(layout), level)
