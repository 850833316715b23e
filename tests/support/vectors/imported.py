"""What a fleet gives away of an import, as signed files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from protocol.footage.format.signing import ed25519_signer
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import RELEASE_NAME, sign_release
from protocol.footage.statement import Said
from tests.support.media.recordings import TestIdentity

FILES: Final = {"README.txt": b"Read this", "clip.mp4": b"A clip"}
SAID: Final[Mapping[str, Said]] = {
    "import": "5e" * 8,
    "import_reference": "IMP-2027-0001",
    "file": "clip.mp4",
    "noted_sha256": hashlib.sha256(FILES["clip.mp4"]).hexdigest(),
    "released_to": "DC 12",
}


def digests(files: Mapping[str, bytes]) -> list[SegmentDigest]:
    """Return what a statement says of files."""
    return [SegmentDigest(name, len(data), hashlib.sha256(data).digest()) for name, data in files.items()]


def signed_import(
    identity: TestIdentity, files: Mapping[str, bytes] = FILES, **said: Said
) -> dict[str, bytes]:
    """Return the files with the fleet's statement of them; what is said to be "gone" is left out of it."""
    chain = (identity.receipts_certificate, identity.authority)
    about = {name: value for name, value in {**SAID, **said}.items() if value != "gone"}
    statement = sign_release(about, tuple(digests(files)), ed25519_signer(identity.receipts_key), chain)
    return {**files, RELEASE_NAME: statement.encode()}
