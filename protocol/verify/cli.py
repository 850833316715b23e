"""``lapel-verify FOLDER``: says whether a recording is as the camera signed it. No key is needed.

``protocol.verify.status`` says what each exit status means.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from cryptography.utils import CryptographyDeprecationWarning
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from protocol.footage.format.errors import CertificateError
from protocol.footage.verifying.released.import_report import ImportReport
from protocol.footage.verifying.released.release_report import ReleaseReport
from protocol.footage.verifying.report import JsonValue, Report
from protocol.footage.verifying.verify import verify_recording
from protocol.units import MIB
from protocol.verify import status
from protocol.verify.authorities import read_authorities
from protocol.verify.consents import consents_in, judge_consents
from protocol.verify.deletion import JudgedDeletion, is_certificate, judge_deletion
from protocol.verify.folder import Folder, UnusableFolderError, reason_of
from protocol.verify.release import (
    is_import,
    is_release,
    judge_import,
    judge_release,
    lines_of_import,
    lines_of_release,
)
from protocol.verify.several import Several, judge_all, recordings_in
from protocol.verify.text import lines_of, lines_of_several, printable

LONG_BYTES = 64 * MIB

_STATUSES = "; ".join(f"{number}: {meaning}" for number, meaning in status.MEANING.items())

_HELP = f"""Say whether a recording is, byte for byte, as the camera signed it. No key is needed.

Of several recordings, or a folder of them, each is judged, and whether they fit each other: whether one
between them is missing, was put in, or was signed twice. A file alone is taken for a fleet's certificate
that it deleted a recording, or for a consent event: what was said at a door of being recorded. Of consent
events, by file or by folder, it says who signed them, when, what was said and to which recording, whether
one between them is missing, and whether two have one number. Of a release, what a fleet gave somebody of a
recording, it says how much of picture and sound is as the camera signed it, how much was changed, and how
much withheld. Of a release of what was imported it says whether its digest is as the fleet noted: no camera
signed that.

Exit status, of several the worst: {_STATUSES}.
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(help=_HELP)
def verify(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="The folder of one recording, with its ledger.cbor, or a folder of such folders; the file "
            "of a certificate of deletion; or files or folders of consent events.",
        ),
    ],
    authority: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificate of an authority to trust, in PEM or DER form. May be given more than once.",
        ),
    ] = None,
    *,
    chunks: Annotated[bool, typer.Option("--chunks", help="List every chunk as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    """Judge what is given, print what was found and end with its status."""
    try:
        authorities = [der for path in authority or [] for der in _load_authorities(path)]
        if len(folders) == 1 and is_certificate(folders[0]):
            _say(judge_deletion(folders[0], authorities), as_json=as_json)
        found = _judge(folders, authorities, chunks=chunks, as_json=as_json)
    except UnusableFolderError as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(status.UNUSABLE) from error
    typer.echo(json.dumps(found.as_object, indent=2) if as_json else "\n".join(found.lines))
    raise typer.Exit(found.status)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of all that was given: in words, for programs, and as a status."""

    lines: list[str]
    as_object: dict[str, JsonValue]
    status: int


def _judge(folders: list[Path], authorities: list[bytes], *, chunks: bool, as_json: bool) -> _Found:
    """Judge recordings, what cameras signed of consent, or both."""
    of = {folder: consents_in(folder) for folder in folders}
    consents = list(dict.fromkeys(each for folder in folders for each in of[folder]))
    found = list(
        dict.fromkeys(
            each
            for folder in folders
            for each in recordings_in(folder)
            if each != folder or not of[folder]  # a path without recordings stands for itself
        )
    )
    if not consents:
        if found == folders and len(found) == 1:
            return _one(Folder(found[0]), authorities, chunks=chunks)
        return _several(found, authorities, chunks=chunks, as_json=as_json)[0]
    if not found:
        told = judge_consents(consents, authorities)
        return _Found(told.lines, told.to_json(), told.status)
    recordings, several = _several(found, authorities, chunks=chunks, as_json=as_json)
    told = judge_consents(consents, authorities, several.named)
    both = status.worst([recordings.status, told.status])
    as_object: dict[str, JsonValue] = {**recordings.as_object, "status": both, "consent": told.to_json()}
    return _Found([*recordings.lines, *told.lines], as_object, both)


def _one(folder: Folder, authorities: list[bytes], *, chunks: bool) -> _Found:
    """Judge one recording, or one release."""
    if is_import(folder):
        imported = judge_import(folder, authorities)
        return _Found(lines_of_import(imported), imported.to_json(), status.of_import(imported))
    if is_release(folder):
        released = judge_release(folder, authorities)
        lines = lines_of_release(released, chunks=chunks)
        return _Found(lines, released.to_json(), status.of_release(released))
    report = verify_folder(folder, authorities)
    return _Found(lines_of(report, chunks=chunks), report.to_json(), status.OF_VERDICT[report.verdict])


def _several(
    found: list[Path], authorities: list[bytes], *, chunks: bool, as_json: bool
) -> tuple[_Found, Several]:
    several = judge_all(found, lambda folder: _report(Folder(folder), authorities), chunks=chunks or as_json)
    return _Found(lines_of_several(several, chunks=chunks), several.to_json(), several.status), several


def _report(folder: Folder, authorities: list[bytes]) -> Report | ReleaseReport | ImportReport:
    if is_import(folder):
        return judge_import(folder, authorities)
    if is_release(folder):
        return judge_release(folder, authorities)
    return verify_folder(folder, authorities)


def _say(judged: JudgedDeletion, *, as_json: bool) -> NoReturn:
    lines = (printable(line) for line in judged.lines)
    typer.echo(json.dumps(judged.to_json(), indent=2) if as_json else "\n".join(lines))
    raise typer.Exit(judged.status)


def main() -> None:
    """Run the command line."""
    # A damaged certificate may have a serial number below one: cryptography warns, the report says more.
    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)
    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a letter must not cost the verdict
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app()


def _load_authorities(path: Path) -> list[bytes]:
    try:
        return read_authorities(path.read_bytes())
    except OSError as error:
        message = f"the authority's certificate {path} cannot be read: {reason_of(error)}."
        raise UnusableFolderError(message) from error
    except CertificateError as error:
        raise UnusableFolderError(f"{path} is not a certificate in PEM or DER form.") from error


def verify_folder(folder: Folder, authorities: list[bytes]) -> Report:
    """Verify a folder, with a progress bar on stderr when it is long and someone is watching."""
    if folder.size < LONG_BYTES or not sys.stderr.isatty():
        return verify_recording(folder, authorities=authorities)
    columns = (TextColumn("Verifying"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("verify", total=folder.size)
        return verify_recording(
            folder, authorities=authorities, progress=lambda count: progress.advance(task, count)
        )
