"""What a backup folder says to be deleted since an archive was made, by the fleet's own certificates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.footage.store import names
from protocol.footage.deletion import read_deletion
from protocol.footage.format.errors import FootageError


@dataclass(frozen=True, slots=True)
class DeletedSince:
    """What was deleted.

    Attributes:
        prefixes: of the objects of these recordings and imports, each with a slash at its end.
        left: what is left of them, by the keys of the objects.
    """

    prefixes: tuple[str, ...]
    left: tuple[str, ...]

    def covers(self, key: str) -> bool:
        """Say whether an object is of a deleted recording or import."""
        return bool(self.prefixes) and key.startswith(self.prefixes)


def find_deleted(objects: Path, authority: bytes) -> DeletedSince:
    """Look through the objects of a backup folder.

    Args:
        objects: the folder that they are in.
        authority: the certificate of the fleet's authority, as DER: others' certificates delete nothing.

    Raises:
        OSError: something cannot be read.
    """
    places, imports = set(), set()
    files = sorted(each for each in (objects / names.DELETED).rglob("*") if each.is_file())
    keys = {each.relative_to(objects).as_posix(): each for each in files}
    for key, path in keys.items():
        place = names.place_of_certificate(key)
        if place is not None and _is_of(path.read_bytes(), place, authority):
            places.add(place)
        name = names.import_of_certificate(key)
        if name is not None and _is_of_import(path.read_bytes(), name, authority):
            imports.add(name)
    prefixes = sorted(
        [f"{names.recording_prefix(each)}/" for each in places]
        + [f"{names.import_prefix(each)}/" for each in imports]
    )
    left = (
        {names.import_certificate_key(each) for each in imports}
        | {names.certificate_key(each) for each in places}
        | {names.deleted_receipt_key(each) for each in places}
    )
    return DeletedSince(tuple(prefixes), tuple(sorted(left & set(keys))))


def _is_of(data: bytes, place: names.Place, authority: bytes) -> bool:
    try:
        found = read_deletion(data)
    except FootageError:
        return False
    said = (found.said.get("camera"), found.said.get("number"), found.said.get("apart"))
    return said == (place.camera, place.number, place.apart) and found.authority == authority


def _is_of_import(data: bytes, name: str, authority: bytes) -> bool:
    try:
        found = read_deletion(data)
    except FootageError:
        return False
    return found.said.get("import") == name and found.authority == authority
