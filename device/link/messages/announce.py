"""Announces again what the fleet may have missed while there was no connection.

The recorder publishes news as it happens (``device.recording.news``). But a camera that was offline, or was
started again, has recordings of which the fleet never heard. So after each connect the newest ones without
a receipt are announced again.

Rules:

- Ids are made of the recording's id and the kind, so that announcing twice is harmless.
- The ledger is the record, and uploads account for every recording (L3); this makes pages quick, no more.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from protocol.footage.format.errors import FootageError
from protocol.messages.base import MAX_SHORT_TEXT
from protocol.messages.events import CameraEvent, NewsKind
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from device.shelf import ShelvedRecording
    from protocol.footage.ledger.ledger import Open
    from protocol.messages.uploads import Ended

log = logging.getLogger(__name__)

ANNOUNCED_AGAIN = 50
"""Most recordings that are announced again after a connect."""


def to_announce(recordings: Iterable[ShelvedRecording]) -> list[tuple[NewsKind, ShelvedRecording]]:
    """What is announced after a connect, oldest first."""
    waiting = sorted((each for each in recordings if not each.receipt), key=lambda each: each.number)
    items: list[tuple[NewsKind, ShelvedRecording]] = []
    for recording in waiting[-ANNOUNCED_AGAIN:]:
        items.append((NewsKind.RECORDING_OPENED, recording))
        if recording.ended is not None:
            items.append((NewsKind.RECORDING_CLOSED, recording))
    return items


def announcements(
    recordings: Iterable[ShelvedRecording], opening: Callable[[Path], Open], now_utc_us: int
) -> Iterator[CameraEvent]:
    """What is announced after a connect; a recording that cannot be read is said in the log instead.

    Args:
        recordings: Those on the camera.
        opening: Reads the first record of a recording, by its folder.
        now_utc_us: wall time, for ends that nobody noted.
    """
    for kind, recording in to_announce(recordings):
        try:
            first = opening(recording.folder)
        except (OSError, FootageError) as error:
            log.warning("recording %d cannot be announced: %s", recording.number, error)
            continue
        yield event(kind, first, now_utc_us, ended=recording.ended)


def event(kind: NewsKind, opening: Open, now_utc_us: int, *, ended: Ended | None = None) -> CameraEvent:
    """Put something that happened to a recording into words.

    Args:
        kind: what happened.
        opening: the first record of its ledger.
        now_utc_us: wall time, for what happened just now.
        ended: how the recording ended; told with its end alone.
    """
    recording = opening.recording.hex()
    opened = kind is NewsKind.RECORDING_OPENED
    return CameraEvent(
        id=f"{recording}-{kind.value}",
        kind=kind,
        camera=opening.camera,
        at_utc_us=max(0, opening.label.utc_us) if opened else now_utc_us,
        clock_synchronised=opening.label.synchronised if opened else None,
        number=opening.number,
        recording=recording,
        assignment=opening.assignment,
        trigger=opening.trigger[:MAX_SHORT_TEXT],
        marks=tuple(mark[:MAX_SHORT_TEXT] for mark in opening.marks),
        prerecord_s=opening.held_ns / NS_PER_S,
        asked_s=opening.asked_ns / NS_PER_S,
        ended=ended if kind is NewsKind.RECORDING_CLOSED else None,
    )
