"""What went wrong as one sentence on standard error, and the exit status that says so."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def sentences() -> Iterator[None]:
    """Say what went wrong in one sentence, and end with the right status.

    Raises:
        typer.Exit: Something went wrong.
    """
    try:
        yield
    except SimulatorError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_status) from error
    except OSError as error:
        typer.echo(f"The simulator cannot go on: {error}.", err=True)
        raise typer.Exit(SimulatorError.exit_status) from error
    except Exception as error:
        # One of our own errors, which is no verdict about what was to be judged.
        logging.getLogger(__name__).exception("The simulator ended in an error of its own.")
        raise typer.Exit(SimulatorError.exit_status) from error


def have_nothing_to_say() -> None:
    """Drop what is still to be said to somebody who does not listen any more, or to a full disk.

    Python would try once more at its end, and have the program end with a status of its own (120).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
