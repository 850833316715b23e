"""The samples of one track of a movie, gathered part by part, and their tables (ISO/IEC 14496-12 §8).

Rules:
- decode times are those of the camera's clock, relative to a common start: a gap in the footage stays a gap
  in the movie, as a sample that is shown until the next one comes;
- decode times grow by at least one tick: where the clocks of two parts overlap by a few ticks, the later
  sample is decoded a little later and shown when it says;
- a changed sample description (another SPS, another size) becomes a further entry, and samples name theirs.
"""

from __future__ import annotations  # array is generic for the type checker, and not yet in Python 3.11

import struct
from array import array
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import make, make_full

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fleet.footage.media.fragment import Initialisation, Part

_UNSIGNED_32 = 2**32


@dataclass(frozen=True, slots=True)
class Chunk:
    """Samples that lie side by side in the file.

    Attributes:
        samples: how many.
        description: which sample description they need, from 1.
        size: in bytes.
    """

    samples: int
    description: int
    size: int


@dataclass
class TrackTable:
    """What is known of one track's samples. ``add`` every part in order, then ask for the boxes.

    Attributes:
        initialisation: that of its first part.
        start: decode time of its first sample, in ticks of the camera's clock.
        chunks: where samples lie together, one per part.
    """

    initialisation: Initialisation
    start: int
    chunks: list[Chunk] = field(default_factory=list)
    _entries: dict[bytes, int] = field(default_factory=dict)
    _times: array[int] = field(default_factory=lambda: array("q"))
    _shown: array[int] = field(default_factory=lambda: array("q"))
    _sizes: array[int] = field(default_factory=lambda: array("L"))
    _sync: array[int] = field(default_factory=lambda: array("L"))
    _last: int = 0

    @classmethod
    def beginning_with(cls, part: Part) -> TrackTable:
        """Return the table of a track that begins with ``part``, which is still to be added."""
        return cls(part.initialisation, part.decode_time)

    @property
    def timescale(self) -> int:
        """Ticks per second."""
        return self.initialisation.timescale

    @property
    def duration(self) -> int:
        """Ticks from its first decode time to the end of its last sample."""
        return self._times[-1] + self._last if self._times else 0

    @property
    def first_shown(self) -> int:
        """Ticks from its first decode time to when its first sample is shown."""
        return self._shown[0] if self._shown else 0

    def add(self, part: Part) -> None:
        """Append the samples of the next part.

        Raises:
            MediaError: it counts time in other ticks, or is another kind of track.
        """
        first = self.initialisation
        if (part.initialisation.timescale, part.initialisation.handler) != (first.timescale, first.handler):
            raise MediaError("The camera changed how it counts time in the middle of a track.")
        entry = part.initialisation.sample_entry
        description = self._entries.setdefault(entry, len(self._entries) + 1)
        time = part.decode_time - self.start
        for sample in part.samples:
            at = max(time, self._times[-1] + 1) if self._times else time
            self._times.append(at)
            self._shown.append(time + sample.composition)
            self._sizes.append(sample.size)
            if sample.sync:
                self._sync.append(len(self._times))
            time += sample.duration
        self._last = max(part.samples[-1].duration, 1)
        self.chunks.append(Chunk(len(part.samples), description, len(part.payload)))

    def sample_table(self, offsets: Iterable[int]) -> bytes:
        """Return ``stbl`` for chunks that lie at ``offsets`` of the file."""
        return make(
            "stbl",
            make_full("stsd", 0, 0, struct.pack(">I", len(self._entries)), *self._entries),
            self._decode_times(),
            self._composition(),
            self._sync_samples(),
            self._chunk_runs(),
            make_full("stsz", 0, 0, struct.pack(">II", 0, len(self._sizes)), _words(self._sizes)),
            make_full("co64", 0, 0, struct.pack(">I", len(self.chunks)), _long_words(offsets)),
        )

    def _decode_times(self) -> bytes:
        durations = [later - earlier for earlier, later in pairwise(self._times)]
        return make_full("stts", 0, 0, _runs([*durations, self._last], "II"))

    def _composition(self) -> bytes:
        offsets = [shown - time for shown, time in zip(self._shown, self._times, strict=True)]
        if not any(offsets):
            return b""
        return make_full("ctts", 1, 0, _runs(offsets, "Ii"))

    def _sync_samples(self) -> bytes:
        if len(self._sync) == len(self._sizes):
            return b""  # ISO/IEC 14496-12 §8.6.2: without the box, every sample is one
        return make_full("stss", 0, 0, struct.pack(">I", len(self._sync)), _words(self._sync))

    def _chunk_runs(self) -> bytes:
        rows: list[tuple[int, int, int]] = []
        for number, chunk in enumerate(self.chunks, start=1):
            if not rows or rows[-1][1:] != (chunk.samples, chunk.description):
                rows.append((number, chunk.samples, chunk.description))
        packed = b"".join(struct.pack(">III", *row) for row in rows)
        return make_full("stsc", 0, 0, struct.pack(">I", len(rows)), packed)


def _runs(values: Iterable[int], form: str) -> bytes:
    """Pack values as runs of equal ones: how many, which."""
    runs = [(sum(1 for _ in group), value) for value, group in groupby(values)]
    if any(abs(value) >= _UNSIGNED_32 // (1 if form == "II" else 2) for _, value in runs):
        raise MediaError("A gap in the footage is too long for one file.")
    return struct.pack(">I", len(runs)) + b"".join(struct.pack(f">{form}", *run) for run in runs)


def _words(values: Iterable[int]) -> bytes:
    return b"".join(struct.pack(">I", value) for value in values)


def _long_words(values: Iterable[int]) -> bytes:
    return b"".join(struct.pack(">Q", value) for value in values)
