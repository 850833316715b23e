"""What a fleet says of a release, and signs: of what it is, to whom it was given, and which files it has.

A statement (``protocol.footage.statement``) whose member is ``release``. This much is read here, and whatever
else a fleet says of a release (why, by whose approval, what was withheld and for which reason) stands beside:

- ``recording`` and ``camera``: the recording's id in hex, and the camera's id; of what no camera of the fleet
  made, ``import`` in their place: the id in hex under which it was imported;
- ``files``: each file of the folder but this one, with ``name``, ``size`` in bytes and ``sha256`` in hex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protocol.footage.format.errors import ReleaseError
from protocol.footage.format.signing import Domain, Signer
from protocol.footage.format.sizes import DIGEST_BYTES
from protocol.footage.receipt import SegmentDigest
from protocol.footage.statement import Said, StatementKind, read_statement, sign_statement

RELEASE_NAME: Final = "release.json"
"""The file name of what is said of a release, in its folder."""
MOVIE_NAME: Final = "movie.mp4"
"""The file name of the film that anybody can play."""
LONGEST: Final = 4_000_000
MAX_FILES: Final = 70_000
_KIND: Final = StatementKind(
    member="release",
    kind="lapel release",
    version=1,
    domain=Domain.RELEASE,
    words="the statement of a release",
    signs="releases",
    longest=LONGEST,
    error=ReleaseError,
)


@dataclass(frozen=True, slots=True)
class Release:
    """A release as its fleet signed it.

    Attributes:
        camera: The camera's id; empty of an import.
        recording: The recording's id in hex; empty of an import.
        files: Every file that goes with it.
        said: All that is said.
        authority: The DER of the authority's certificate under which it was signed.
        imported: The import's id in hex; empty of a recording.
    """

    camera: str
    recording: str
    files: tuple[SegmentDigest, ...]
    said: Mapping[str, Said]
    authority: bytes
    imported: str = ""


def sign_release(
    said: Mapping[str, Said],
    files: tuple[SegmentDigest, ...],
    signer: Signer,
    certificates: tuple[bytes, ...],
) -> str:
    """Return what is said of a release, as a file.

    Args:
        said: All but the files; with ``camera`` and ``recording``, or with ``import``.
        files: Every other file of the release.
        signer: Signs with the key of the first certificate.
        certificates: DER, the signer's first, the authority's last.

    Raises:
        ReleaseError: It lacks what every reader asks for.
    """
    listed: list[Said] = [
        {"name": each.name, "size": each.size, "sha256": each.sha256.hex()} for each in files
    ]
    _read({**said, "files": listed}, b"")  # refuses here what every reader would refuse later
    return sign_statement(_KIND, {**said, "files": listed}, signer, certificates)


def read_release(data: bytes) -> Release:
    """Read what is said of a release, and check its signature and whose it is.

    Raises:
        ReleaseError: It is none.
        SignatureError: It was changed after it was signed.
        CertificateError: The chain does not hold, or names another signer than a fleet's.
    """
    found = read_statement(_KIND, data)
    return _read(found.said, found.authority)


def _read(said: Mapping[str, Said], authority: bytes) -> Release:
    named, listed = [said.get(name) for name in ("camera", "recording", "import")], said.get("files")
    camera, recording, imported = (each if isinstance(each, str) else "" for each in named)
    is_one = imported != "" if named[:2] == [None, None] else named[2] is None and _are_texts(named[:2])
    if not is_one or not isinstance(listed, list):
        raise ReleaseError("it does not say of which recording or import it is, and which files it has")
    if len(listed) > MAX_FILES:
        raise ReleaseError(f"it names more than {MAX_FILES} files")
    files = tuple(_file(each) for each in listed)
    if len({each.name for each in files}) != len(files):
        raise ReleaseError("it names a file twice")
    return Release(camera, recording, files, said, authority, imported)


def _are_texts(values: list[Said]) -> bool:
    return all(isinstance(each, str) for each in values)


def _file(said: Said) -> SegmentDigest:
    if isinstance(said, Mapping):
        name, size, digest = said.get("name"), said.get("size"), said.get("sha256")
        if isinstance(name, str) and type(size) is int and size >= 0 and isinstance(digest, str):
            try:
                sha256 = bytes.fromhex(digest)
            except ValueError:
                sha256 = b""
            if len(sha256) == DIGEST_BYTES and name != RELEASE_NAME:
                return SegmentDigest(name, size, sha256)
    raise ReleaseError("it names a file without its size and SHA-256")
