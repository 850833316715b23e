"""``lapel-verify FOLDER``: says whether a recording is as the camera signed it. No key is needed.

Exit status: 0 when every byte is as signed (also with gaps, or cut off by a power loss), 1 when anything was
altered, 2 when the input cannot be judged at all.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from cryptography.utils import CryptographyDeprecationWarning
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from protocol.footage.report import GapResult, Report, seconds
from protocol.footage.verify import verify_recording
from protocol.verify.authorities import read_authorities
from protocol.verify.folder import Folder, UnusableFolderError

ALTERED = 1
UNUSABLE = 2
_SHOWN = 20
_GAPS_IN_SENTENCE = 3
LONG_BYTES = 64 * 2**20

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of one recording, with its ledger.cbor.")
    ],
    authority: Annotated[
        list[Path] | None,
        typer.Option(help="Certificate of an authority to trust, PEM or DER. May be given more than once."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    """Verify a recording: every byte, without any key.

    Exit status: 0 as the camera signed it, 1 altered, 2 unusable input.
    """
    try:
        authorities = [der for path in authority or [] for der in _load_authorities(path)]
        report = verify_folder(Folder(folder), authorities)
    except UnusableFolderError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNUSABLE) from error
    typer.echo(json.dumps(report.to_json(), indent=2) if as_json else "\n".join(_lines(report)))
    raise typer.Exit(0 if report.ok else ALTERED)


def main() -> None:
    """Run the command line."""
    # A damaged certificate may have a serial number below one: cryptography warns, the report says more.
    warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)
    app()


def _load_authorities(path: Path) -> list[bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UnusableFolderError(f"the authority's certificate {path} cannot be read: {reason}.") from error
    try:
        return read_authorities(data)
    except ValueError as error:
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


def _lines(report: Report) -> list[str]:
    lines = [report.sentence]
    if len(report.findings) > 1:
        lines += _listed([finding.sentence for finding in report.findings])
    if report.ok and len(report.gaps) > _GAPS_IN_SENTENCE:
        lines += _listed([_placed(gap, report.first_ns or 0) for gap in report.gaps])
    lines += list(report.notes)
    if report.camera is not None:
        asked, held = seconds(report.asked_ns or 0), seconds(report.prerecord_ns or 0)
        lines.append(
            f"Recording {report.number} of {report.camera}: {held} of pre-record held, {asked} asked for."
        )
    return [*lines, *_authority_lines(report)]


def _listed(sentences: list[str]) -> list[str]:
    hidden = len(sentences) - _SHOWN
    more = [f"  - and {hidden} more; --json lists them all"] if hidden > 0 else []
    return [f"  - {sentence}" for sentence in sentences[:_SHOWN]] + more


def _placed(gap: GapResult, first_ns: int) -> str:
    return f"at {seconds(max(0, gap.start_ns - first_ns))}: {gap.sentence}"


def _authority_lines(report: Report) -> list[str]:
    if report.authority is None:
        return []
    mark = f"SHA-256 {report.authority}"
    if report.authority_checked:
        return [f"The camera's certificate was issued by the authority that you gave ({mark})."]
    return [
        f"The issuing authority was not pinned ({mark}).",
        "Compare that with the fleet's own, or give its certificate with --authority:",
        "otherwise this shows only that the recording is consistent, not whose it is.",
    ]
