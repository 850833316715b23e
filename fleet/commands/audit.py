"""``lapel-fleet audit``: making checkpoints, and checking the log without the service.

``verify``, ``prove`` and ``check-proof`` need no state folder: whoever has a copy of the database and a
checkpoint runs them on a machine of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from fleet.audit.check import LogCheck
from fleet.audit.checkpoints.checkpoint import SignedCheckpoint
from fleet.audit.checkpoints.note import NoteError
from fleet.audit.checkpoints.places import signed_in
from fleet.audit.checkpoints.proof import ConsistencyProof, InclusionProof, entry_json, parse_proof
from fleet.audit.export_check import ExportCheck, ExportResult
from fleet.audit.judging import ALTERED, UNKNOWN_SIGNER, judge, judge_export, unsigned
from fleet.audit.log import check_entries
from fleet.audit.merkle.proofs import ProofError, RangeHashes, consistency_ranges, inclusion_ranges
from fleet.audit.offline import (
    UnusableInputError,
    is_export,
    open_export,
    open_log,
    read_checkpoints,
    read_keys,
)
from fleet.audit.rows import UnreadableEntryError
from fleet.commands.audit_table import same_table
from fleet.commands.sentences import sentences
from fleet.core.config import load_config
from fleet.core.database import SQLITE_NAME
from fleet.server.compose import FleetServices, build_services
from protocol.verify.text import printable

app = typer.Typer(help="The audit log and its checkpoints.", no_args_is_help=True)

StateOption = Annotated[Path, typer.Option("--state", help="State folder.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration; STATE/fleet.toml when left out.", show_default=False),
]
LogOption = Annotated[
    str,
    typer.Option(
        "--log",
        metavar="FILE|URL",
        help="SQLite file or PostgreSQL URL of the fleet's database, or log.jsonl of an export.",
    ),
]
CheckpointOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE|FOLDER",
        help="Checkpoint, or a folder of them; may be given several times.",
    ),
]
KeyOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Key that must have signed the checkpoints: a line as “lapel-fleet audit key” prints it, or the "
        "certificate checkpoints.pem. May be given several times.",
        show_default=False,
    ),
]
OutOption = Annotated[Path | None, typer.Option("--out", help="File for the proof.", show_default=False)]

_VERIFY = """Say whether an audit log is the one that checkpoints were made of.

Nothing is trusted but the checkpoints, and of these none that a given key has not signed. Exit status: 0
the log holds; 1 something was changed, removed, put in or cut off, or a checkpoint is not by the key; 2
something cannot be read; 4 the log holds, and no key was given.
"""


@app.command(help=_VERIFY)
def verify(
    log: LogOption,
    checkpoint: CheckpointOption = None,
    key: KeyOption = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Table that came with an export: the same entries?", show_default=False),
    ] = None,
) -> None:
    """Judge a log, print one sentence and end with its status."""
    with sentences():
        checkpoints = read_checkpoints(checkpoint or ())
        if is_export(log):
            _verify_export(Path(log), checkpoints, key or (), csv)
        if not checkpoints:
            raise UnusableInputError(
                "Give a checkpoint with --checkpoint: nothing else shows what was logged."
            )
        keys = read_keys(key or (), checkpoints)
        _stop_at(unsigned(checkpoints, keys))
        with open_log(log) as entries:
            result = check_entries(entries, [each.checkpoint for each in checkpoints])
        judgement = judge(result, has_keys=bool(keys))
        _say(judgement.sentence)
        raise typer.Exit(judgement.status)


@app.command()
def prove(
    log: LogOption,
    checkpoint: Annotated[Path, typer.Option("--checkpoint", help="Checkpoint that the proof is about.")],
    entry: Annotated[
        int | None, typer.Option("--entry", min=1, help="Number of the entry to prove.", show_default=False)
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", help="Older checkpoint that the log went on from.", show_default=False),
    ] = None,
    out: OutOption = None,
) -> None:
    """Write a proof that an entry is in the log, or that a log only grew between two checkpoints."""
    with sentences():
        if (entry is None) == (since is None):
            raise UnusableInputError("Give either --entry or --since.")
        (signed,) = read_checkpoints([checkpoint])
        older = read_checkpoints([since])[0] if since is not None else None
        proof = _prove(log, signed, entry, older)
        if out is None:
            typer.echo(proof.text().decode(), nl=False)
        else:
            out.write_bytes(proof.text())
            _say(f"The proof is in {out}.")


@app.command("check-proof")
def check_proof(
    proof: Annotated[Path, typer.Argument(help="The proof.")],
    since: Annotated[
        Path | None,
        typer.Option(
            "--since", help="Older checkpoint, for a proof that a log only grew.", show_default=False
        ),
    ] = None,
    key: KeyOption = None,
) -> None:
    """Check a proof; exit status as of “verify”. Of an entry, the entry is printed."""
    with sentences():
        found = parse_proof(proof.read_bytes())
        older = read_checkpoints([since]) if since is not None else []
        if isinstance(found, ConsistencyProof) and not older:
            raise UnusableInputError("This proof goes on from an older checkpoint: give it with --since.")
        checkpoints = [found.signed, *older]
        keys = read_keys(key or (), checkpoints)
        _stop_at(unsigned(checkpoints, keys))
        size = found.signed.checkpoint.size
        try:
            if isinstance(found, InclusionProof):
                typer.echo(printable(entry_json(found.check())))
                sentence = f"Entry {found.index + 1} is in the log that the checkpoint of {size} was made of."
            else:
                found.check(older[0].checkpoint)
                sentence = f"The log of {size} entries begins with the {found.old} of the older checkpoint."
        except ProofError as error:
            _stop_at(f"The proof does not hold: {error}.")
            return
        _say(
            sentence if keys else f"{sentence} No key was given, so nothing shows whose the checkpoints are."
        )
        raise typer.Exit(0 if keys else UNKNOWN_SIGNER)


@app.command("checkpoint")
def make_checkpoint(state: StateOption, config: ConfigOption = None) -> None:
    """Make a checkpoint now, beside those that the service makes, and print it."""
    with sentences():
        services = _services(state, config)
        try:
            made = services.audit.schedule.maker.make()
        finally:
            services.database.close()
        typer.echo(made.signed.note.decode(), nl=False)


@app.command("key")
def print_key(state: StateOption, config: ConfigOption = None) -> None:
    """Print the key that checks this fleet's checkpoints: give it to whoever keeps them."""
    with sentences():
        services = _services(state, config)
        services.database.close()
        typer.echo(services.audit.schedule.maker.signer.key.text)


@app.command("check")
def check_here(state: StateOption, config: ConfigOption = None) -> None:
    """As “verify”, of this fleet's own log by its own checkpoints and key, where they are kept."""
    with sentences():
        services = _services(state, config)
        maker = services.audit.schedule.maker
        services.database.close()
        checkpoints = signed_in(maker.places[0], [maker.signer.key])
        if not checkpoints:
            raise UnusableInputError(f"There is no checkpoint of this fleet in {maker.places[0].where}.")
        with open_log(services.config.database.url or str(state / SQLITE_NAME)) as entries:
            result = check_entries(entries, [each.checkpoint for each in checkpoints])
        judgement = judge(result, has_keys=True)
        _say(judgement.sentence)
        raise typer.Exit(judgement.status)


def _verify_export(
    path: Path, checkpoints: list[SignedCheckpoint], key_files: Iterable[Path], csv: Path | None
) -> NoReturn:
    """Judge an export, print one sentence and end with its status."""
    found: list[ExportResult] = []
    with open_export(path) as lines:
        try:
            check = ExportCheck(next(lines, b""))
        except NoteError as error:
            raise UnusableInputError(f"{path} cannot be used. {error}") from error
        every = [check.head.signed, *checkpoints]
        keys = read_keys(key_files, every)
        _stop_at(unsigned(every, keys))
        entries = check.run(lines, [each.checkpoint for each in checkpoints], found)
        same = True if csv is None else same_table(csv, entries)
        for _ in entries:
            pass
    judgement = judge_export(found[0], has_keys=bool(keys), same_table=same)
    _say(judgement.sentence)
    raise typer.Exit(judgement.status)


def _services(state: Path, config: Path | None) -> FleetServices:
    return build_services(load_config(config, state), state)


def _prove(
    log: str, signed: SignedCheckpoint, entry: int | None, older: SignedCheckpoint | None
) -> InclusionProof | ConsistencyProof:
    """Make a proof in one pass over the log, which must be the one that the checkpoint was made of."""
    told = signed.checkpoint
    check, leaf_data = LogCheck([told, *([older.checkpoint] if older is not None else [])]), b""
    try:
        if older is not None:
            wanted = RangeHashes(consistency_ranges(older.checkpoint.size, told.size))
        else:
            wanted = RangeHashes(inclusion_ranges((entry or 0) - 1, told.size))
        with open_log(log) as entries:
            for each, stored in entries:
                if check.entries == told.size or not check.add(each, stored):
                    break
                wanted.add(each.number - 1, each.leaf)
                leaf_data = each.leaf_data if each.number == entry else leaf_data
        path = _path(check, wanted)
    except (ProofError, UnreadableEntryError) as error:
        _stop_at(f"No proof can be made: {error}.")
        raise typer.Exit(ALTERED) from error
    if older is not None:
        proof = ConsistencyProof(older.checkpoint.size, path, signed)
        try:
            proof.check(older.checkpoint)
        except ProofError as error:
            _stop_at(f"No proof can be made: {error}.")
        return proof
    return InclusionProof((entry or 0) - 1, path, leaf_data, signed)


def _path(check: LogCheck, wanted: RangeHashes) -> tuple[bytes, ...]:
    """Return the hashes of a proof about a log that holds.

    Raises:
        ProofError: it does not, or it is too short.
    """
    broken = check.finish().broken
    if broken is not None:
        raise ProofError(f"the log does not hold ({broken.reason})")
    return tuple(wanted.hashes())


def _stop_at(fault: str | None) -> None:
    if fault is not None:
        typer.echo(printable(fault), err=True)
        raise typer.Exit(ALTERED)


def _say(sentence: str) -> None:
    typer.echo(printable(sentence))
