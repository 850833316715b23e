"""``lapel-fleet authority split`` and ``rejoin``: one authority of before made a root, and back."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.commands.authority_keys import forget_issuing, key_store_of, note_of_authority
from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.passphrase import PassphraseOption, read_passphrase
from fleet.commands.sentences import sentences
from fleet.core.errors import StateError
from fleet.core.state import locked_state
from fleet.pki.root import root_away
from fleet.pki.splitting import is_split, rejoin, split

YesOption = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@dataclass(frozen=True, slots=True)
class CamerasBelow:
    """The cameras in service, whose certificates one authority issued.

    Attributes:
        versions: how many said each version when they were last heard; of an empty one none was said.
        last: when the last of their newest certificates ends; None where there is no camera.
    """

    versions: tuple[tuple[str, int], ...]
    last: datetime | None

    @property
    def count(self) -> int:
        """How many."""
        return sum(count for _, count in self.versions)


def cameras_below(session: Session) -> CamerasBelow:
    """Return the cameras in service."""
    rows = session.scalars(select(CameraRow).where(CameraRow.revoked.is_(None))).all()
    versions = Counter(str((row.status or {}).get("firmware", "")) for row in rows)
    last = max((row.certificate_expires for row in rows), default=None)
    return CamerasBelow(tuple(sorted(versions.items())), last)


def split_words(cameras: CamerasBelow, this: str) -> Iterator[str]:
    """Say what a split does, to how many, what has to be so before, and the way back.

    Args:
        cameras: those in service.
        this: this version.
    """
    yield (
        "One authority issues by itself here, so its key has to lie on this machine. Split, it is the root, "
        "whose key can be taken away, and an issuing authority in its name issues."
    )
    if cameras.last is None:
        yield "No camera is in service."
    else:
        whose = "1 camera is" if cameras.count == 1 else f"{cameras.count} cameras are"
        yield (
            f"{whose} in service. What they have stays good, the last of it until {cameras.last:%Y-%m-%d}; "
            "each gets its next certificate from the issuing authority, and none is enrolled anew."
        )
        said = ", ".join(f"{name or 'not known'}: {count}" for name, count in cameras.versions)
        yield f"Their versions, as they said when they were last heard: {said}. This is {this}."
    yield (
        "Upgrade first each camera whose version has no “lapel-fleet authority split”: it takes no such "
        "certificate, and is refused once its own has ended, until it is upgraded."
    )
    yield (
        "Give this version of lapel-verify to whoever verifies: an older one calls footage that is recorded "
        "under the next certificates altered."
    )
    yield "Of several processes, stop all, and copy STATE/pki to the others before they start again."
    yield "The way back: lapel-fleet authority rejoin. What the issuing authority signed counts then, too."


def split_authority(state: StateOption, config: ConfigOption = None, *, yes: YesOption = False) -> None:
    """Make a root of the one authority of a fleet of before, with an issuing authority below it.

    The service is stopped meanwhile. It may be cut off at any moment, and is then done again.
    """
    with sentences():
        store = key_store_of(state, config)
        if is_split(store) and store.split_file.exists():
            typer.echo("It was split before; nothing was changed.")
            return
        with opened(state, config) as services, services.readers() as session:
            for line in split_words(cameras_below(session), version("lapel")):
                typer.echo(line)
        _confirm("Split it now?", yes=yes)
        with locked_state(state):
            forget_issuing(state, config)
            made = split(store, datetime.now(UTC))
        typer.echo(f"It is split. The issuing authority is good until {made.not_valid_after_utc:%Y-%m-%d}.")
        typer.echo("Start the service, and take the root's key away: lapel-fleet authority take-root.")
    note_of_authority(state, config, "fleet:authority:split")


def join(
    state: StateOption,
    config: ConfigOption = None,
    root: Annotated[
        Path | None,
        typer.Option(
            help="File that take-root wrote; none while the root's key is here.", show_default=False
        ),
    ] = None,
    passphrase_fd: PassphraseOption = None,
    *,
    yes: YesOption = False,
) -> None:
    """Undo a split: have the one authority issue by itself again, with the service stopped."""
    with sentences():
        store = key_store_of(state, config)
        if not is_split(store):
            raise StateError("This fleet's authority issues by itself already.")
        typer.echo("The root's key has to lie on this machine again, and signs the next certificates itself.")
        typer.echo(
            "What the issuing authority has signed stays good. Its key is deleted here; a copy of it can "
            "sign until its certificate ends."
        )
        typer.echo("The way back: lapel-fleet authority split, which makes another issuing key.")
        _confirm("Undo the split now?", yes=yes)
        with locked_state(state):
            away = None if root is None else root_away(store, root, read_passphrase(passphrase_fd))
            forget_issuing(state, config)
            rejoin(store, away)
        typer.echo("It issues by itself again. Start the service.")
    note_of_authority(state, config, "fleet:authority:rejoin")


def _confirm(question: str, *, yes: bool) -> None:
    """Go on if somebody says so.

    Raises:
        StateError: there is no terminal to ask, and nobody said so before.
        Abort: somebody said no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise StateError("Nothing was changed: there is no terminal to ask; say --yes to do it.")
    typer.confirm(question, abort=True)
