"""Gives recordings their folders, once the press has been answered, and shows them on the shelf then.

Rules:

- A recording is safe before it is published; until then nobody is shown it (see ``device.storage.claim``).
- What fails is said as a fault and tried again, the oldest recording first. It costs no acknowledgement.
- Segments that a recording claims stay in the ring until its folder has them.

It decides nothing about recordings. Who answers presses calls ``publish`` afterwards, and with every tick.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.errors import StorageError, StorageFullError, storage_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.recording.recording import OpenRecording
    from device.shelf import Shelf
    from device.storage.segment import ClosedSegment
    from device.storage.space import Reserve
    from protocol.messages.uploads import Ended


log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Unpublished:
    """A recording that waits for its folder, how it has ended meanwhile, and whether it was given up."""

    recording: OpenRecording
    ended: Ended | None = None
    given_up: bool = False


class Publisher:
    """The recordings that have no folder yet. It belongs to the one thread that deals with messages.

    Attributes:
        failing: Whether the last try failed.
    """

    def __init__(
        self,
        shelf: Shelf,
        reserve: Reserve,
        closed: Callable[[str], ClosedSegment | None],
        fail: Callable[[Exception], None],
    ) -> None:
        """Nothing to do yet.

        Args:
            shelf: Is shown every recording that has its folder.
            reserve: Room for a full card.
            closed: Finds a segment of the ring that is complete, by its name.
            fail: Told what could not be done.
        """
        self.failing = False
        self._shelf = shelf
        self._reserve = reserve
        self._closed = closed
        self._fail = fail
        self._waiting: list[_Unpublished] = []

    @property
    def claimed(self) -> frozenset[str]:
        """Segments that have to stay in the ring."""
        return frozenset(name for each in self._waiting for name in each.recording.claimed)

    def take(self, recording: OpenRecording) -> None:
        """A recording is safe: it gets its folder when ``publish`` is called."""
        self._waiting.append(_Unpublished(recording))

    def show(self, recording: OpenRecording, ended: Ended | None = None) -> None:
        """A recording has changed, and maybe ended: show it, if it is published."""
        waits = self._find(recording)
        if waits is not None:
            waits.ended = ended
        if recording.published:
            self._shelf.put(recording.shelved(ended))

    def give_up(self, recording: OpenRecording) -> None:
        """A recording is left as it is. It has ended for the shelf only if what it holds is sure by now."""
        waits = self._find(recording)
        if waits is not None:
            waits.given_up = True
        self.show(recording, _left(recording))

    def publish(self) -> None:
        """Give those that wait their folders, as far as the card lets it.

        Never raises: what goes wrong costs the folder until the next try, and never the filming.
        """
        while self._waiting:
            waits = self._waiting[0]
            try:
                self._with_room(waits.recording)
            except Exception as error:  # noqa: BLE001 - the recording is safe, and filming goes on
                self._note(error, waits)
                return
            self._waiting.pop(0)
            self._show_waiting(waits)
        self.failing = False

    def _note(self, error: Exception, waits: _Unpublished) -> None:
        """A try has failed: say so. An error of our own is logged, once for each row of failures."""
        if isinstance(error, OSError):
            error = storage_error(error, operation="read", path=waits.recording.folder)
        if not self.failing and not isinstance(error, StorageError):
            log.error("A recording could not be published.", exc_info=error)
        self.failing = True
        self._show_waiting(waits)
        self._fail(error)

    def _show_waiting(self, waits: _Unpublished) -> None:
        for name in waits.recording.segments:
            if (segment := self._closed(name)) is not None:
                waits.recording.segment_closed(segment)
        if waits.given_up:
            waits.ended = _left(waits.recording)
        self.show(waits.recording, waits.ended)

    def _with_room(self, recording: OpenRecording) -> None:
        """Publish one; on a full card, release the reserve and try again.

        Raises:
            StorageError: The card does not take it now.
        """
        try:
            recording.publish()
        except StorageFullError:
            if not self._reserve.release():
                raise
            recording.publish()

    def _find(self, recording: OpenRecording) -> _Unpublished | None:
        return next((each for each in self._waiting if each.recording is recording), None)


def _left(recording: OpenRecording) -> Ended | None:
    """How a recording that is left as it is has ended, as far as that is sure."""
    return "cut off" if recording.abandon() else None
