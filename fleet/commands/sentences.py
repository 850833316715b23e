"""A user's error on the command line: one sentence on standard error, and a non-zero status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.errors import FleetError


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what a user can put right into a sentence."""
    try:
        yield
    except FleetError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from error
    except SQLAlchemyError as error:
        typer.echo(f"The database failed: {reason(error)}.", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"{error.filename or 'The system'} failed: {error.strerror or error}.", err=True)
        raise typer.Exit(1) from error
