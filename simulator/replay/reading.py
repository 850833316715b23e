"""Reads what a kept run or a camera left behind: a kept folder, or the state folder of one camera.

Rule: nothing in the folder is changed, and what cannot be read is said and left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device.storage.layout import CLAIM_SUFFIX, StateFolder, number_of
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_LEDGER_BYTES
from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.verify import verify_recording
from protocol.verify.folder import Folder, UnusableFolderError
from simulator.errors import ScenarioError
from simulator.fleet.consents import AT_FLEET
from simulator.replay.axis import run_places
from simulator.replay.found import FoundCamera, FoundRecording
from simulator.replay.words import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path


MOST_CAMERAS: Final = 100
MOST_RECORDINGS: Final = 1_000
"""So many recordings of a camera are read, the newest."""


def read_cameras(
    folder: Path, authorities: Sequence[bytes] = (), beside: Mapping[str, bytes] | None = None
) -> tuple[FoundCamera, ...]:
    """Read every camera that left its state in a folder.

    Args:
        folder: What ``--keep`` kept, what a bench keeps, or a camera's own state folder.
        authorities: Authorities (DER) that their certificates must come from; none to leave that open.
        beside: Files of what they signed of consent, as a fleet gives them out.

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
    found = tuple(
        _with_words(_camera(f"cam-{number:02d}", state, authorities), state, authorities, beside or {})
        for number, state in enumerate(states, 1)
    )
    if not any(each.recordings or each.consents for each in found):
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
    return FoundCamera(
        name,
        str(state),
        tuple(recordings[number] for number in sorted(recordings)),
        tuple(unreadable),
        tuple(sorted(receipts)),
    )


def _with_words(
    camera: FoundCamera, state: Path, authorities: Collection[bytes], beside: Mapping[str, bytes]
) -> FoundCamera:
    """Add what was said at the door; of a run that lies nowhere nobody knows when it was."""
    unreadable = list(camera.unreadable)
    folders = (StateFolder(state).consent, state.parent / AT_FLEET)
    called = camera.called if camera.recordings else None
    words = words_of(folders, beside, called, authorities, unreadable)
    runs = run_places(camera.recordings, words)
    unreadable += [
        f"Consent event {each.number} says {each.said.kind}, in a run without a recording: when that was is "
        "not known."
        for each in words
        if each.run not in runs
    ]
    known = tuple(each for each in words if each.run in runs)
    return replace(camera, unreadable=tuple(unreadable), consents=known)


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
