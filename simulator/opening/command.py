"""``lapel-simulator open``: judges the footage of a folder, tells of it, and writes its reports."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from cryptography.utils import CryptographyDeprecationWarning

from protocol.footage.format.errors import CertificateError
from protocol.verify.authorities import read_authorities
from protocol.verify.folder import Folder, UnusableFolderError
from simulator.errors import ScenarioError
from simulator.opening.judge import judge_recording
from simulator.opening.key_file import read_key
from simulator.report.draft import Draft
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import report_on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.interrupt import Interruption
    from simulator.report.files import ReportFiles

NAME = "open"
TITLE = "Footage of a camera, opened and held against the footage format"


def open_footage(
    folder: Path,
    key: Path,
    authority: Path | None,
    files: ReportFiles,
    *,
    say: Callable[[str], None],
    complain: Callable[[str], None],
) -> int:
    """Judge a recording's folder and return the exit status.

    Args:
        folder: The recording's folder.
        key: A file with a private key that it was sealed to.
        authority: Certificates of the authorities that its signer must come from; None to leave that open.
        files: Where reports go.
        say: Gets each line for the person at the terminal.
        complain: Gets why there is no verdict, where there is none.

    Raises:
        ScenarioError: The folder, the key or the authority cannot be used, or a report cannot be written.
    """
    private, authorities = read_key(key), _authorities(authority)
    try:
        found = Folder(folder)
    except UnusableFolderError as error:
        raise ScenarioError(str(error)) from error
    draft = Draft(NAME, TITLE, "", (), 0, versions(), machine(), clock())

    def judge(stopping: Interruption, progress: Progress) -> None:
        del stopping  # it is over in moments
        progress.doing("Opening")
        # A damaged certificate may have a serial number below one: cryptography warns, the report says more.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            draft.checks = judge_recording(found, private, authorities)

    return report_on(draft, files, judge, say=say, complain=complain)


def _authorities(file: Path | None) -> list[bytes]:
    if file is None:
        return []
    try:
        return read_authorities(file.read_bytes())
    except OSError as error:
        raise ScenarioError(f"The authority {file} cannot be read: {error.strerror}.") from error
    except CertificateError as error:
        raise ScenarioError(f"{file} is not a certificate in PEM or DER form.") from error
