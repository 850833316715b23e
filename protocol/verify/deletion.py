"""A certificate of deletion, judged for a person: whose it is, and what it says, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.deletion import LONGEST, is_deletion, read_deletion
from protocol.footage.format.errors import CertificateError, DeletionError, SignatureError
from protocol.verify import status
from protocol.verify.folder import UnusableFolderError, reason_of
from protocol.verify.said import lines_of_said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protocol.footage.statement import Said

_HOLDS: Final = {
    0: "The certificate of deletion is as the fleet signed it.",
    status.SIGNER_UNKNOWN: "The certificate of deletion holds together, but it is not known whose it is: "
    "give the fleet's certificate with --authority.",
    status.OTHER_AUTHORITY: "The certificate of deletion was signed under an authority that was not given.",
}


@dataclass(frozen=True, slots=True)
class JudgedDeletion:
    """What was found of a certificate of deletion: the exit status, a sentence, and what it says."""

    status: int
    sentence: str
    said: Mapping[str, Said]

    @property
    def lines(self) -> list[str]:
        """The sentence, then what it says, a line each."""
        return [self.sentence, *lines_of_said(self.said)]

    def to_json(self) -> dict[str, Said]:
        """All of it as JSON."""
        return {"status": self.status, "sentence": self.sentence, "certificate": self.said or None}


def is_certificate(path: Path) -> bool:
    """Say whether a path is a file that looks like a certificate of deletion, valid or not."""
    if not path.is_file():
        return False
    try:
        return is_deletion(_read(path))
    except UnusableFolderError:
        return False


def judge_deletion(path: Path, authorities: Sequence[bytes]) -> JudgedDeletion:
    """Judge a certificate of deletion.

    Args:
        path: its file.
        authorities: DER of those that are trusted.

    Raises:
        UnusableFolderError: the file cannot be read, or is no certificate of deletion.
    """
    try:
        found = read_deletion(_read(path))
    except DeletionError as error:
        raise UnusableFolderError(f"{path} is no certificate of deletion: {error}.") from error
    except (SignatureError, CertificateError) as error:
        return JudgedDeletion(status.ALTERED, f"Not as the fleet signed it: {error}.", {})
    if not authorities:
        ends = status.SIGNER_UNKNOWN
    else:
        ends = 0 if found.authority in authorities else status.OTHER_AUTHORITY
    return JudgedDeletion(ends, _HOLDS[ends], found.said)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST + 1)
    except OSError as error:
        raise UnusableFolderError(f"{path} cannot be read: {reason_of(error)}.") from error
