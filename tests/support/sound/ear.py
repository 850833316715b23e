"""What is heard in the chunks of a capture, as they come."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import av
import numpy as np

from protocol.footage.format.model import PlainChunk, Track
from tests.support.media.clapper import NS

PATIENCE_S = 60
LOUD = 0.02


class Ear:
    """Takes a camera's chunks and says what is heard in them."""

    def __init__(self) -> None:
        self.chunks: list[PlainChunk] = []
        self.troubles: list[str] = []
        self._changed = threading.Condition()

    def take(self, chunk: PlainChunk) -> None:
        with self._changed:
            self.chunks.append(chunk)
            self._changed.notify_all()

    def trouble(self, sentence: str) -> None:
        with self._changed:
            self.troubles.append(sentence)
            self._changed.notify_all()

    def wait(self, until: Callable[[], object], what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(until, PATIENCE_S), (what, self.troubles)

    def loud_after(self, boot_ns: int) -> int | None:
        """When the first sound after a time begins; None while there is none."""
        later = (chunk for chunk in self.chunks if chunk.start_ns + chunk.duration_ns > boot_ns)
        return next((at for chunk in later if (at := _loud(chunk)) is not None and at > boot_ns), None)


def _loud(chunk: PlainChunk) -> int | None:
    for part in chunk.parts:
        if part.track is not Track.AUDIO:
            continue
        with av.open(io.BytesIO(part.data), "r") as container:
            for frame in container.decode(audio=0):
                loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > LOUD)
                if len(loud) and frame.time is not None:
                    return round((frame.time + float(loud[0]) / frame.sample_rate) * NS)
    return None
