"""``lapel-verify FOLDER``: says whether a recording is as the camera signed it. No key is needed.

Exit status: 0 when every byte is as signed (also with gaps), 1 when anything was altered, 2 when the input
cannot be judged at all, 3 when every byte is as signed and nothing shows where the recording ended.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from cryptography.utils import CryptographyDeprecationWarning
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from protocol.footage.format.errors import CertificateError
from protocol.footage.verifying.report import Report, Verdict
from protocol.footage.verifying.verify import verify_recording
from protocol.units import MIB
from protocol.verify.authorities import read_authorities
from protocol.verify.folder import Folder, UnusableFolderError, reason_of
from protocol.verify.text import lines_of, printable

ALTERED = 1
UNUSABLE = 2
WITHOUT_END = 3
LONG_BYTES = 64 * MIB

_STATUS = {
    Verdict.INTACT: 0,
    Verdict.INTACT_WITH_GAPS: 0,
    Verdict.CUT_OFF: WITHOUT_END,
    Verdict.ALTERED: ALTERED,
}

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of one recording, with its ledger.cbor.")
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
    """Say whether a recording is, byte for byte, as the camera signed it. No key is needed.

    Exit status: 0 when it is, also with gaps; 1 when anything was altered; 2 when the input cannot be read; 3
    when it is, and nothing shows where it ended: a power cut, or somebody removing the end, look alike.
    """
    try:
        authorities = [der for path in authority or [] for der in _load_authorities(path)]
        report = verify_folder(Folder(folder), authorities)
    except UnusableFolderError as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(UNUSABLE) from error
    typer.echo(
        json.dumps(report.to_json(), indent=2) if as_json else "\n".join(lines_of(report, chunks=chunks))
    )
    raise typer.Exit(_STATUS[report.verdict])


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
