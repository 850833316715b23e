"""What a press meets in a benchmark: a disk behind a slow bus, and footage as large as a camera's."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.footage.format.model import PlainChunk, PlainPart, Track
from protocol.units import KIB
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import WatchedFilesystem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.camera.recorders import Bench

CHUNK_BYTES = 1_000_000
SLICE = 64 * KIB


@dataclass
class SlowDisk(WatchedFilesystem):
    """The real disk behind a bus of limited speed: writes wait for one another, a slice at a time."""

    bytes_per_s: float = float("inf")
    _bus: threading.Lock = field(default_factory=threading.Lock)

    def watch(self, name: str, path: Path, size: int = 0, file: int | None = None) -> int | None:
        """Count the operation; a write waits for its share of the bus and takes one slice."""
        super().watch(name, path, size, file)
        if name != "write" or self.bytes_per_s == float("inf"):
            return None
        taken = min(size, SLICE)
        with self._bus:
            time.sleep(taken / self.bytes_per_s)
        return taken


class Footage:
    """Chunks of the size that a camera makes."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._video = secrets.token_bytes(CHUNK_BYTES)
        self._audio = secrets.token_bytes(8_000)

    def second(self) -> None:
        """One second passes, on the bench's own clock."""
        bench = self._bench
        start = bench.clock.now_ns
        bench.clock.now_ns += SECOND_NS
        parts = (
            PlainPart(Track.VIDEO, "avc1.42C01E", self._video),
            PlainPart(Track.AUDIO, "mp4a.40.2", self._audio),
        )
        bench.recorder.push(PlainChunk(start, SECOND_NS, bench.clock.label(), parts))


@contextmanager
def writing_all_the_time(footage: Footage) -> Iterator[None]:
    """Footage comes without a pause, from another thread, as from a capture."""
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            footage.second()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
