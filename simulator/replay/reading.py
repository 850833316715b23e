"""Reads what a kept run or a camera left behind: a kept folder, or the state folder of one camera.

Rule: nothing in the folder is changed, and what cannot be read is said and left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.storage.layout import CLAIM_SUFFIX, StateFolder, number_of
from protocol.footage.consent import MAX_CONSENT_BYTES, parse_consent
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_LEDGER_BYTES
from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.verify import verify_recording
from protocol.verify.folder import Folder, UnusableFolderError, read_at_most
from simulator.errors import ScenarioError
from simulator.replay.found import FoundCamera, FoundRecording

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from protocol.footage.consent import ConsentEvent

MOST_CAMERAS: Final = 100
MOST_RECORDINGS: Final = 1_000
"""So many recordings of a camera are read, the newest."""


def read_cameras(folder: Path, authorities: Sequence[bytes] = ()) -> tuple[FoundCamera, ...]:
    """Read every camera that left its state in a folder.

    Args:
        folder: What ``--keep`` kept, what a bench keeps, or a camera's own state folder.
        authorities: Authorities (DER) that their certificates must come from; none to leave that open.

    Raises:
        ScenarioError: It is no such folder, or holds no recording.
    """
    states = tuple(_states(folder))
    if not states:
        raise ScenarioError(
            f"{folder} is neither a kept run nor a camera's state folder: "
            "there is neither cameras/*/state nor recordings in it."
        )
    if len(states) > MOST_CAMERAS:
        raise ScenarioError(f"{folder} has {len(states)} cameras; a scenario has at most {MOST_CAMERAS}.")
    found = tuple(_camera(f"cam-{number:02d}", state, authorities) for number, state in enumerate(states, 1))
    if not any(each.recordings for each in found):
        said = "; ".join(said for each in found for said in each.unreadable)
        raise ScenarioError(f"No recording in {folder} can be read{': ' + said if said else ''}.")
    return found


def _states(folder: Path) -> Iterator[Path]:
    if (folder / "recordings").is_dir():
        yield folder
        return
    yield from sorted(each for each in folder.glob("cameras/*/state") if (each / "recordings").is_dir())


def _camera(name: str, state: Path, authorities: Sequence[bytes]) -> FoundCamera:
    layout = StateFolder(state)
    unreadable: list[str] = []
    recordings: dict[int, FoundRecording] = {}
    names = [(found, path) for path in layout.recordings.iterdir() if (found := number_of(path.name))]
    newest = sorted(names, key=lambda each: each[0])[-MOST_RECORDINGS:]
    if len(names) > len(newest):
        unreadable.append(f"{len(names) - len(newest)} older recordings were left out.")
    for (number, suffix), path in newest:
        if suffix not in {"", CLAIM_SUFFIX} or (suffix and number in recordings):
            continue
        try:
            recording = _claim(path) if suffix else _recording(path, authorities)
        except (FootageError, UnusableFolderError, OSError) as error:
            unreadable.append(f"{path.name} cannot be read: {str(error).rstrip('.')}.")
            continue
        if recording is not None:
            recordings[number] = recording
    signed = [number_of(each.name) for each in layout.receipts.glob("*")]
    receipts = {each[0] for each in signed if each is not None} - recordings.keys()
    consents = tuple(_consents(layout.consent, {each.run for each in recordings.values()}, unreadable))
    return FoundCamera(
        name,
        str(state),
        tuple(recordings[number] for number in sorted(recordings)),
        tuple(unreadable),
        tuple(sorted(receipts)),
        consents,
    )


def _consents(folder: Path, runs: Collection[bytes], unreadable: list[str]) -> Iterator[ConsentEvent]:
    """Read what was said at the door; of a run without a recording nobody knows when it was."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    if len(paths) > MOST_RECORDINGS:
        unreadable.append(f"{len(paths) - MOST_RECORDINGS} older consent events were left out.")
    for path in paths[-MOST_RECORDINGS:]:
        try:
            event = parse_consent(read_at_most(path, MAX_CONSENT_BYTES)).event
        except (FormatError, OSError) as error:
            unreadable.append(f"{path.name} is no consent event: {str(error).rstrip('.')}.")
            continue
        if event.run in runs:
            yield event
        else:
            unreadable.append(
                f"Consent event {event.number} says {event.said.kind}, in a run without a recording: when "
                "that was is not known."
            )


def _recording(folder: Path, authorities: Sequence[bytes]) -> FoundRecording:
    files = Folder(folder)
    data = files[LEDGER_NAME]
    ledger = read_ledger(data[: ledger_valid_prefix(data)])
    return FoundRecording(ledger, verify_recording(files, authorities=authorities), RECEIPT_NAME in files)


def _claim(file: Path) -> FoundRecording | None:
    """A press that is safe, and whose folder was yet to come; none where the file waits for one."""
    if not 0 < file.stat().st_size <= MAX_LEDGER_BYTES:
        return None
    data = file.read_bytes()
    whole = ledger_valid_prefix(data)
    if not whole:
        raise FormatError(0, "no whole record is in it")
    return FoundRecording(read_ledger(data[:whole]), None)
