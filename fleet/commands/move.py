"""``lapel-fleet move``: to PostgreSQL and an S3-compatible store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.sentences import sentences
from fleet.core.config import FleetConfig, load_config
from fleet.core.state import locked_state
from fleet.moving.move import Move, Moved
from fleet.moving.progress import MoveStep, Progress

EVERY_S = 2.0


def move(
    state: Annotated[Path, typer.Option("--state", help="State folder; its service is stopped.")],
    to: Annotated[
        Path,
        typer.Option("--to", help="Configuration as it is to be: with database.url and footage.store."),
    ],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", help="Configuration as it is; STATE/fleet.toml when left out.", show_default=False
        ),
    ] = None,
) -> None:
    """Copy a fleet into PostgreSQL, and footage that is in no S3 store into one; compare all of it."""
    with sentences():
        before, after = load_config(config, state), load_config(to, state)
        with locked_state(state):
            moved = Move(state, before, after, os.urandom, datetime.now(UTC)).run(_told(typer.echo))
        for line in summary(moved, after, config or state / "fleet.toml"):
            typer.echo(line)


def summary(moved: Moved, after: FleetConfig, used: Path) -> tuple[str, ...]:
    """Return what was moved, what to change, and how to go back."""
    objects = f"{moved.objects} objects ({moved.size} bytes) and " if moved.with_footage else ""
    copied = f"{objects}{moved.rows} rows"
    lines, named = ("two lines", "database.url and footage.store")
    footage = f"Footage is in {after.footage.store} now. Keep the old folder until a backup of that is tried."
    if not moved.with_footage:
        lines, named = "line", "database.url"
        footage = f"Footage stays in {after.footage.store}."
    log = f"The audit log's {moved.entries} entries hold against {moved.checkpoints} checkpoints."
    undo = (
        f"To go back before that: leave the configuration as it is. After that: take the {lines} out again; "
    )
    return (
        f"Copied and compared: {copied}. {log}",
        *moved.warnings,
        "Nothing was changed where it was. The last step is yours:",
        f"  1. In {used}, write {named} as in the configuration that was moved to.",
        "  2. Start the service. From then on it writes there alone.",
        f"{undo}what came since then is there alone.",
        footage,
    )


def _told(say: Callable[[str], None]) -> Progress:
    """Say how far it has come, each step at its beginning and then every few seconds."""
    last: list[tuple[MoveStep, float]] = []

    def progress(step: MoveStep, done: int, total: int) -> None:
        now = time.monotonic()
        if not last or last[-1][0] != step or now - last[-1][1] >= EVERY_S:
            last[:] = [(step, now)]
            share = f": {done} of {total}" if total > 1 else ""
            say(f"{step[:1].upper()}{step[1:]}{share}")

    return progress
