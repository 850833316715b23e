"""What went wrong as one sentence on standard error, and the exit status that says so."""

from __future__ import annotations

import logging
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
