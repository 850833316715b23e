"""``lapel-fleet backup`` and ``restore``: everything that the fleet keeps, elsewhere, and back again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from fleet.audit.checkpoints.places import FolderPlace, signed_in
from fleet.audit.judging import judge
from fleet.audit.log import check_entries
from fleet.audit.offline import open_log
from fleet.backup.enrolled import AfterRestore
from fleet.backup.errors import BackupError
from fleet.backup.making import BackupMaker, archives, forget_older
from fleet.backup.restoring import CONFIG_KEPT, Restored, restore
from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.passphrase import PassphraseOption, read_passphrase
from fleet.commands.restored import ENDED, GOOD_AGAIN, end_what_may_be_over
from fleet.commands.sentences import sentences
from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.core.database import SQLITE_NAME, utc_now
from fleet.health.backups import ANEW, without_copy_words
from fleet.recovery.key_file import LONGEST_FILE, open_key
from fleet.recovery.rebuilding import write_vault
from fleet.server.compose import build_services
from protocol.units import MIB

RECOVERED = "vault.recovered"
FootageOption = Annotated[
    bool, typer.Option("--footage/--no-footage", help="With the footage, or without it.")
]


class _Steps:
    """Says how far something has come, each tenth of it."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._said = -1

    def __call__(self, done: int, total: int) -> None:
        tenth = 10 if total == 0 else done * 10 // total
        if tenth != self._said:
            self._said = tenth
            typer.echo(f"{self._what}: {done / MIB:.1f} of {total / MIB:.1f} MiB.", err=True)


def backup(
    state: StateOption,
    to: Annotated[Path, typer.Option(help="Backup folder, on another disk; made when it is missing.")],
    config: ConfigOption = None,
    *,
    footage: FootageOption = True,
    keep: Annotated[int, typer.Option(min=1, help="How many archives the folder keeps, the newest.")] = 30,
) -> None:
    """Make a backup, beside the running service too, sealed to the recovery key."""
    with opened(state, config) as services:
        maker = BackupMaker(services, services.authority, services.footage.store, config)
        done = maker.make(to, by=OPERATOR, with_footage=footage, progress=_Steps("Footage"))
        gone = forget_older(to, keep)
        size = f"{done.written.size / MIB:.1f} MiB"
        typer.echo(f"{done.archive}: {size}, SHA-256 {done.written.sha256}, {done.manifest.entries} entries.")
        if done.manifest.footage is None:
            typer.echo("No footage is in this backup: keep the footage store itself safe.")
        else:
            count = len(done.manifest.footage)
            typer.echo(f"Footage: {count} objects of {services.footage.store.where}, as they were sealed.")
        for key, place in sorted(done.manifest.left_out.items()):
            typer.echo(f"Not in it: what {key} names, {_plain(place)}; keep that yourself.")
        if done.manifest.without_copy:
            typer.echo(f"Attention: {without_copy_words(len(done.manifest.without_copy))} {ANEW}")
        if gone:
            typer.echo(f"Older archives that were deleted: {len(gone)}.")


def restore_backup(
    source: Annotated[Path, typer.Option("--from", help="Backup folder, or one archive in it.")],
    state: Annotated[Path, typer.Option("--state", help="New state folder, which is not there yet.")],
    key: Annotated[Path, typer.Option("--key", help="File of the recovery key's private half.")],
    passphrase_fd: PassphraseOption = None,
    *,
    footage: FootageOption = True,
) -> None:
    """Make a state folder of a backup and check all of it; ends with 3 where its audit log does not hold."""
    with sentences():
        archive = _newest(source)
        with key.open("rb") as file:
            private = open_key(file.read(LONGEST_FILE), read_passphrase(passphrase_fd))
        steps = _Steps("Footage")
        done = restore(
            archive,
            private,
            state,
            by=OPERATOR,
            at=utc_now(),
            with_footage=footage,
            progress=steps,
            end=end_what_may_be_over,
        )
        typer.echo(f"{archive} of {done.manifest.made:%Y-%m-%d %H:%M} UTC is restored in {state}.")
        _say_what_is_left(done, state)
        for line in (*camera_lines(done), ENDED, GOOD_AGAIN):
            typer.echo(line)
        _say_of_vault(done, state)
        status = _check_log(state)
        if done.footage is None:
            _forget_empty(state / "footage")
        raise typer.Exit(status)


def _forget_empty(folder: Path) -> None:
    """Remove what opening the folder has made, with nothing in it: the footage itself is put there."""
    for each in sorted(folder.rglob("*"), reverse=True):
        each.rmdir()
    folder.rmdir()


def _newest(source: Path) -> Path:
    if source.is_file():
        return source
    found = archives(source)
    if not found:
        raise BackupError(f"There is no archive in {source}.")
    return found[-1]


def _say_what_is_left(done: Restored, state: Path) -> None:
    if done.footage is None:
        typer.echo("Footage was left where it is: put it back, or have footage.store name it.")
    if done.config_aside:
        typer.echo(
            f"The database is SQLite now. The configuration is in {state / CONFIG_KEPT}: it names another "
            "database or store. Make fleet.toml of it before the service starts."
        )
    if done.manifest.without_copy:
        typer.echo(without_copy_words(len(done.manifest.without_copy)))
    for key, place in sorted(done.manifest.left_out.items()):
        typer.echo(f"Not in the backup: what {key} names, {_plain(place)}; put it there.")


def camera_lines(done: Restored) -> list[str]:
    """Return what is to be done about each camera, line by line, and what nobody can tell from a backup."""
    said = {
        AfterRestore.ANEW: "Enrol {} anew: {}.",
        AfterRestore.UNKNOWN: "Enrol {} anew if the fleet refuses it: {}.",
    }
    lines = [
        said[each.advice].format(each.camera, each.why)
        for advice in said
        for each in done.cameras
        if each.advice is advice
    ]
    going_on = [each.camera for each in done.cameras if each.advice is AfterRestore.ON]
    if going_on:
        lines.append(
            "With a certificate that the backup knows and that was not due for another: "
            f"{', '.join(going_on)}."
        )
    if not done.is_shown:
        lines.append("There is no footage beside the backup that would show more cameras or certificates.")
    lines.append(
        "The backup cannot tell which cameras were taken out of service since it was made: take those out "
        "again. Nor does it know of cameras that were enrolled since and of which nothing is beside it: "
        f"enrol those anew. Cameras that are enrolled from now on begin at {done.first_number}."
    )
    return lines


def _say_of_vault(done: Restored, state: Path) -> None:
    """Open the folder as the service does, and say whether footage opens."""
    services = build_services(load_config(None, state), state)
    try:
        is_sealed = services.vault.is_sealed()
    finally:
        services.database.close()
    if not is_sealed:
        typer.echo("The vault opens.")
        return
    write_vault(done.copies, state / RECOVERED, os.urandom)
    typer.echo(
        f"The vault is sealed. If what unseals it is lost, put {state / RECOVERED} in place of "
        f"{state / 'vault'}; else remove {state / RECOVERED}: whoever has it opens all footage."
    )


def _check_log(state: Path) -> int:
    """Say whether the audit log holds, and return the exit status."""
    services = build_services(load_config(None, state), state)
    try:
        maker = services.audit.schedule.maker
        checkpoints = signed_in(FolderPlace(state / "checkpoints"), [maker.signer.key])
    finally:
        services.database.close()
    with open_log(str(state / SQLITE_NAME)) as entries:
        result = check_entries(entries, [each.checkpoint for each in checkpoints])
    if checkpoints or result.broken is not None:
        typer.echo(judge(result, has_keys=True).sentence)
    else:
        typer.echo(
            f"No checkpoint is in the backup: that the {result.entries} entries of its audit log follow each "
            "other is all that is known of them. Check them by a checkpoint that is kept elsewhere."
        )
    return 0 if result.broken is None else 3


def _plain(place: str) -> str:
    """Return a place without what somebody may have written into an address."""
    return place.partition("://")[0] + "://…" if "://" in place else place
