"""The cameras of the footage in a backup folder, which may be newer than the archive that is restored."""

from __future__ import annotations

import hashlib
from pathlib import Path

from fleet.cameras.rules import camera_number
from fleet.footage.store import names
from fleet.pki.authority import camera_name
from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.ledger.ledger import Open, iter_ledger

_ENOUGH = MAX_BODY_BYTES + 1024


def shown_cameras(objects: Path) -> dict[str, str | None]:
    """Return each camera with the SHA-256, in hex, of the certificate that its newest recording carries.

    None where there is no recording whose ledger can be read, or it was made under another identity.

    Raises:
        OSError: the folder cannot be read.
    """
    found: dict[str, str | None] = {}
    for below in (objects / "recordings", objects / names.DELETED):
        if below.is_dir():
            found |= {each.name: None for each in below.iterdir() if camera_number(each.name) is not None}
    for camera in found:
        folder = objects / names.camera_prefix(camera)
        numbered = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
        places = [place for each in numbered if (place := names.place_below(camera, each.name)) is not None]
        if places:
            found[camera] = _certificate(objects, places[-1])
    return found


def _certificate(objects: Path, place: names.Place) -> str | None:
    for key in (names.whole_ledger_key(place), names.ledger_key(place, 0)):
        path = objects / key
        if not path.is_file():
            continue
        with path.open("rb") as file:
            data = file.read(_ENOUGH)
        try:
            record = next(iter_ledger(data)).record
            der = record.certificates[0] if isinstance(record, Open) else b""
            name = camera_name(der) if der else None
        except (FormatError, ValueError, IndexError):
            return None
        return hashlib.sha256(der).hexdigest() if name == place.camera else None
    return None
