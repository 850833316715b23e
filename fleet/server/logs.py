"""What the fleet's process writes to its log: one line for each record, which no stranger can shape.

The lines are ``protocol.process.log_lines``'; this says which records there are, and where they go.
"""

from __future__ import annotations

import logging

from protocol.process.log_lines import LineFormatter, log_through

LAYOUT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_NOISY = ("uvicorn", "alembic", "mqtt")


def log_to_standard_error(level: str) -> None:
    """Send everything that is logged to standard error, and errors that nobody caught with it.

    Args:
        level: The least level that is written: debug, info, warning or error.
    """
    log_through(LineFormatter(LAYOUT), logging.getLevelNamesMapping()[level.upper()])
    if level != "debug":
        for noisy in _NOISY:
            logging.getLogger(noisy).setLevel(logging.WARNING)
