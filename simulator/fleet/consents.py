"""What cameras signed of consent at the door: each file on a card and at the fleet, verified."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile, ZipFile

from protocol.footage.consent import MAX_CONSENT_BYTES, parse_consent
from protocol.footage.format.errors import FormatError
from protocol.footage.verifying.chains.chain import ChainWeight
from protocol.footage.verifying.consents.verify_consents import verify_consents
from protocol.footage.verifying.report import Verdict
from simulator.errors import FleetServiceError
from simulator.files import whole_file
from simulator.oracle.facts.consents import ConsentPlace, FoundConsent, FoundConsents, FoundEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from protocol.footage.verifying.consents.consent_result import ConsentResult
    from simulator.fleet.api import FleetApi

log = logging.getLogger(__name__)

ON_A_PAGE: Final = "page"
"""How the fleet says that a word came from an officer's page, and not from a camera or a program."""
AT_FLEET: Final = "consent-at-fleet"
"""The folder beside a camera's state for what the fleet has of what the camera signed."""


def consent_copies(
    cameras: Mapping[str, Path | None], api: FleetApi, keep: Mapping[str, Path] | None = None
) -> FoundConsents:
    """Look at all that cameras signed of consent.

    Args:
        cameras: Where each keeps it, by what the fleet calls it; None of one whose card nobody here reads.
        api: The fleet. One that does not answer is part of what was found, and is not raised.
        keep: A folder for what the fleet has of a camera, by what the fleet calls it; none to keep nothing.
    """
    events: list[FoundConsent] = []
    breaks: dict[str, tuple[str, ...]] = {}
    trouble = ""
    for camera, folder in cameras.items():
        files: dict[tuple[ConsentPlace, str], bytes] = {}
        if folder is not None and folder.is_dir():
            for path in sorted(folder.iterdir()):
                files[ConsentPlace.CAMERA, path.name] = _read(path)
        if not trouble:
            try:
                held = _at_fleet(camera, api)
            except (FleetServiceError, BadZipFile, KeyError, ValueError) as error:
                trouble = str(error).rstrip(".")
            else:
                files.update({(ConsentPlace.FLEET, name): data for name, data in held.items()})
                if keep and camera in keep:
                    _keep(camera, held.values(), keep[camera])
        report = verify_consents(
            {f"{where} {name}": data for (where, name), data in files.items()}, authorities=[api.authority]
        )
        events += [
            _found(camera, where, name, result)
            for (where, name), result in zip(files, report.results, strict=True)
        ]
        breaks[camera] = tuple(
            each.sentence for each in report.chain if each.weight is not ChainWeight.REMARK
        )
    unread = frozenset(camera for camera, folder in cameras.items() if folder is None)
    return FoundConsents(tuple(events), _said(breaks), unread, trouble)


def keep_consents(cameras: Mapping[str, Path], api: FleetApi) -> None:
    """Keep what the fleet has of what cameras signed of consent: each camera lets go of all but its newest.

    Args:
        cameras: A folder for each, by what the fleet calls it.
        api: The fleet. One that does not answer keeps nothing else from its end, and is said in the log.
    """
    for camera, folder in cameras.items():
        try:
            held = _at_fleet(camera, api)
        except (FleetServiceError, BadZipFile, KeyError, ValueError) as error:
            log.warning("What %s signed of consent and the fleet has is not kept here: %s", camera, error)
            return
        _keep(camera, held.values(), folder)


def _keep(camera: str, files: Iterable[bytes], folder: Path) -> None:
    """Write consent events under their own numbers; what a fleet calls them is no name for a file here."""
    for data in files:
        try:
            entry = parse_consent(data)
        except FormatError:
            continue
        if entry.event.camera != camera:
            continue
        file = folder / f"{entry.event.number:08d}-{entry.digest.hex()[:16]}.cbor"
        try:
            folder.mkdir(exist_ok=True)
            with whole_file(file) as output:
                output.write(data)
        except OSError as error:
            log.warning("What %s signed of consent cannot be kept in %s: %s", camera, folder, error.strerror)
            return


def _at_fleet(camera: str, api: FleetApi) -> dict[str, bytes]:
    """Return all that the fleet keeps of what a camera signed, by the names that it gives it."""
    found: dict[str, bytes] = {}
    first, more = 1, True
    while more:
        data, more = api.consent_files(camera, first)
        before = len(found)
        with ZipFile(BytesIO(data)) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    found[name] = file.read(MAX_CONSENT_BYTES + 1)
        # Two may have one number, so the last is asked for once more.
        first = max((int(name.split("-")[-2]) for name in found), default=first)
        more = more and len(found) > before
    return found


def entries_of(visits: Iterable[str], api: FleetApi) -> Mapping[str, FoundEntry] | None:
    """Return what the fleet has of words on visits, by visit and entry; None where it could not be asked."""
    found: dict[str, FoundEntry] = {}
    try:
        for visit in visits:
            for each in api.ask("GET", f"/visits/{visit}/consent"):
                if each["way"] == ON_A_PAGE:
                    entry = FoundEntry(str(each["kind"]), str(each["wording"]), each["signed_by"])
                    found[f"{visit}/{each['id']}"] = entry
    except FleetServiceError:
        return None
    return found


def _read(path: Path) -> bytes:
    """Read a file; one that cannot be read is none that anybody could verify."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_CONSENT_BYTES + 1)
    except OSError:
        return b""


def _found(camera: str, where: ConsentPlace, name: str, result: ConsentResult) -> FoundConsent:
    entry = result.entry
    if entry is None or result.verdict is not Verdict.INTACT:
        return FoundConsent(camera, where, name, result.problem or str(result.verdict))
    event = entry.event
    if event.camera != camera:
        return FoundConsent(camera, where, name, f"{event.camera} signed it")
    recording = None if event.recording is None else event.recording.hex()
    return FoundConsent(camera, where, name, "", event.number, event.said, recording, entry.digest.hex())


def _said(breaks: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return {camera: tuple(each) for camera, each in breaks.items() if each}
