"""A release, judged from its folder: what a recipient can check alone, with no key of the fleet.

It is of a recording, whose ledger lies in it, or of what was imported, which has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import NoLedgerError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.released.release import RELEASE_NAME
from protocol.footage.verifying.released.verify_import import verify_import
from protocol.footage.verifying.released.verify_release import verify_release
from protocol.verify.folder import UnusableFolderError
from protocol.verify.said import lines_of_said
from protocol.verify.text import lines_of, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.released.release import Release
    from protocol.footage.verifying.released.import_report import ImportReport
    from protocol.footage.verifying.released.release_report import ReleaseReport
    from protocol.verify.folder import Folder

_LIMIT: Final = (
    "Untouched means whole seconds of a track: within one that was changed, and of the film beside it, there "
    "is the fleet's word alone."
)
_NOT_SHOWN: Final = {"files", "kind", "version"}


def judge_release(folder: Folder, authorities: Sequence[bytes]) -> ReleaseReport:
    """Judge the folder of a release.

    Raises:
        UnusableFolderError: A file cannot be read, or it is no release.
    """
    try:
        return verify_release(folder, digests=folder.digests(), authorities=authorities)
    except NoLedgerError as error:
        raise UnusableFolderError(f"{folder.path} cannot be judged: {error}.") from error


def judge_import(folder: Folder, authorities: Sequence[bytes]) -> ImportReport:
    """Judge the folder of a release of an import.

    Raises:
        UnusableFolderError: A file cannot be read, or it is the release of a recording without its ledger.
    """
    try:
        return verify_import(folder[RELEASE_NAME], folder.digests(), authorities=authorities)
    except NoLedgerError as error:
        raise UnusableFolderError(f"{folder.path} cannot be judged: {error}.") from error


def is_import(folder: Folder) -> bool:
    """Say whether a folder is given as a release of an import, valid or not: it has no ledger."""
    return RELEASE_NAME in folder and LEDGER_NAME not in folder


def is_release(folder: Folder) -> bool:
    """Say whether a folder is given as a release, valid or not."""
    return RELEASE_NAME in folder


def lines_of_release(found: ReleaseReport, *, chunks: bool = False) -> list[str]:
    """Return the lines that say what was found of a release, and what its fleet says of it."""
    return [*lines_of(found.report, chunks=chunks), *(printable(line) for line in _stated(found))]


def lines_of_import(found: ImportReport) -> list[str]:
    """Return the lines that say what was found of a release of an import, and what its fleet says of it."""
    return [printable(line) for line in (*found.lines, *_said(found.release))]


def _stated(found: ReleaseReport) -> Iterator[str]:
    yield _LIMIT
    yield from _said(found.release)


def _said(release: Release | None) -> Iterator[str]:
    if release is None:
        return
    yield "What the fleet signed of the release:"
    said = release.said
    yield from lines_of_said({name: said[name] for name in said if name not in _NOT_SHOWN}, "  ")
    yield f"  files: {len(release.files)}"
