"""Where checkpoints are kept: places outside the database, in which nothing is ever replaced.

Rules:
- a checkpoint's file is made once; its name tells its size and the beginning of its root, so two that
  contradict each other stand beside each other and are both found;
- what lies there and is no checkpoint, or is signed by somebody else, is passed over: who can write there
  must not be able to stop the fleet from making checkpoints.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from fleet.audit.checkpoints.checkpoint import SignedCheckpoint, parse_checkpoint
from fleet.audit.checkpoints.note import LONGEST, NoteError, NoteKey
from fleet.core.errors import FleetError
from fleet.core.files import make_private_folder, write_new_file

log = logging.getLogger(__name__)

SUFFIX = ".checkpoint"


class PlaceError(FleetError):
    """A place of checkpoints cannot be used now."""


class CheckpointPlace(Protocol):
    """Keeps checkpoints.

    Attributes:
        where: the folder or address, for messages.
    """

    where: str

    def names(self) -> Sequence[str]:
        """Return the names of what is there, in order; raises ``PlaceError``."""

    def read(self, name: str) -> bytes:
        """Return a file, or its beginning where it is longer than a checkpoint; raises ``PlaceError``."""

    def put(self, name: str, data: bytes) -> None:
        """Make a file durably unless it is there; raises ``PlaceError``."""


class FolderPlace:
    """A folder of this machine, or one that is mounted from elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.where = str(folder)
        self._folder = folder

    def names(self) -> Sequence[str]:
        """Return the names of the checkpoints that are there, in order.

        Raises:
            PlaceError: the folder cannot be read.
        """
        try:
            if not self._folder.exists():
                return ()
            return sorted(each.name for each in self._folder.iterdir() if each.name.endswith(SUFFIX))
        except OSError as error:
            raise self._failed("read", error) from error

    def read(self, name: str) -> bytes:
        """Return a file.

        Raises:
            PlaceError: it cannot be read.
        """
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(LONGEST + 1)
        except OSError as error:
            raise self._failed("read", error) from error

    def put(self, name: str, data: bytes) -> None:
        """Make a file durably unless it is there.

        Raises:
            PlaceError: it cannot be made.
        """
        try:
            if not self._folder.exists():
                make_private_folder(self._folder)
            write_new_file(self._folder / name, data)
        except OSError as error:
            raise self._failed("written", error) from error

    def _failed(self, verb: str, error: OSError) -> PlaceError:
        what = error.strerror or str(error)
        return PlaceError(f"The folder of checkpoints {self.where} cannot be {verb}: {what}.")


def checkpoints_in(place: CheckpointPlace) -> list[SignedCheckpoint]:
    """Return what can be read as a checkpoint in a place, by size; nobody has asked who signed it.

    Raises:
        PlaceError: the place cannot be read.
    """
    found = []
    for name in place.names():
        try:
            found.append(parse_checkpoint(place.read(name)))
        except NoteError as error:
            log.warning("%s in %s is passed over: %s", name, place.where, error)
    return sorted(found, key=lambda each: each.checkpoint)


def signed_in(place: CheckpointPlace, keys: Iterable[NoteKey]) -> list[SignedCheckpoint]:
    """Return the checkpoints in a place that one of the keys has signed, by size.

    Raises:
        PlaceError: the place cannot be read.
    """
    trusted = tuple(keys)
    return [each for each in checkpoints_in(place) if is_by(each, trusted)]


def newest_signed(place: CheckpointPlace, keys: Iterable[NoteKey]) -> SignedCheckpoint | None:
    """Return the largest checkpoint in a place that one of the keys has signed; None when there is none.

    Raises:
        PlaceError: the place cannot be read.
    """
    trusted = tuple(keys)
    for name in reversed(place.names()):
        try:
            found = parse_checkpoint(place.read(name))
        except NoteError:
            continue
        if is_by(found, trusted):
            return found
    return None


def is_by(signed: SignedCheckpoint, keys: Iterable[NoteKey]) -> bool:
    """Say whether one of the keys has signed a checkpoint, and none is said to have that has not."""
    try:
        return signed.signed_by(keys)
    except NoteError:
        return False


def copy_missing(first: CheckpointPlace, second: CheckpointPlace) -> None:
    """Copy to a second place what of the first one is not there.

    Raises:
        PlaceError: one of them cannot be used.
    """
    there = set(second.names())
    for name in first.names():
        if name not in there:
            second.put(name, first.read(name))
