"""Reads what was said at a door: on the camera, kept beside it, or given out by a fleet.

A camera lets go of what the fleet holds, but for the newest. So its own folder tells little; a run and a
bench keep what their fleet has beside it, and of a camera from the field the fleet gives out a ZIP.

Rule: what its camera did not sign is said and left out. Nobody is asked here, and nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile, ZipFile, is_zipfile

from protocol.footage.consent import MAX_CONSENT_BYTES
from protocol.footage.format.errors import FormatError
from protocol.footage.verifying.consents.verify_consents import verify_consents
from protocol.footage.verifying.report import Verdict
from protocol.verify.folder import read_at_most
from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from protocol.footage.consent import ConsentEvent

MOST_WORDS: Final = 10_000
"""So many files of a folder or a ZIP are read, the last by their names."""
ENDING: Final = ".cbor"


def given_out(file: Path) -> Mapping[str, bytes]:
    """Return the files of a ZIP that a fleet gives out, or of a folder of such files.

    Raises:
        ScenarioError: It is neither.
    """
    try:
        if file.is_dir():
            return dict(_in_folder(file, []))
        if not is_zipfile(file):
            raise ScenarioError(f"{file} is neither a ZIP of consent events nor a folder of them.")
        with ZipFile(file) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(ENDING))[-MOST_WORDS:]
            found = {}
            for name in names:
                with archive.open(name) as inside:
                    found[name] = inside.read(MAX_CONSENT_BYTES + 1)
            return found
    except (OSError, BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ScenarioError(f"{file} cannot be read: {str(error).rstrip('.')}.") from error


def words_of(
    folders: Sequence[Path],
    beside: Mapping[str, bytes],
    camera: str | None,
    authorities: Collection[bytes],
    unreadable: list[str],
) -> tuple[ConsentEvent, ...]:
    """Return what a camera signed of what was said, by number, each once.

    Args:
        folders: Where files of it are.
        beside: More files, of any camera.
        camera: What the fleet calls it; None for whose the newest on its own card is.
        authorities: Authorities (DER) that its certificates must come from; none to leave that open.
        unreadable: Takes one sentence for each that cannot be taken for the camera's.
    """
    files: dict[str, bytes] = {}
    for folder in folders:
        files.update(_in_folder(folder, unreadable))
    own = set(files)
    files.update({f"{name} as given": data for name, data in beside.items()})
    found: dict[bytes, ConsentEvent] = {}
    results = verify_consents(files, authorities=authorities).results
    if camera is None:
        newest = [each.entry.event for each in results if each.entry is not None and each.file in own]
        camera = max(newest, key=lambda each: each.number).camera if newest else ""
    for result in results:
        of_own = result.file in own
        if result.entry is None or result.verdict is Verdict.OTHER_AUTHORITY:
            said = result.problem or str(result.verdict)
            unreadable.append(f"{result.file} is no consent event of this camera: {said.rstrip('.')}.")
        elif result.entry.event.camera == camera:
            found[result.entry.digest] = result.entry.event
        elif of_own:
            unreadable.append(
                f"{result.file} is no consent event of this camera: {result.entry.event.camera} signed it."
            )
    return tuple(sorted(found.values(), key=lambda each: (each.number, each.at_ns)))


def _in_folder(folder: Path, unreadable: list[str]) -> Iterator[tuple[str, bytes]]:
    paths = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    if len(paths) > MOST_WORDS:
        unreadable.append(f"{len(paths) - MOST_WORDS} older consent events were left out.")
    for path in paths[-MOST_WORDS:]:
        try:
            yield f"{folder.name}/{path.name}", read_at_most(path, MAX_CONSENT_BYTES)
        except (FormatError, OSError) as error:
            unreadable.append(f"{path.name} is no consent event: {str(error).rstrip('.')}.")
