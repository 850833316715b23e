"""The files of a release of one recording, made of the sealed footage as they are asked for (F8, F10).

Nothing of them rests anywhere: whoever gives them out makes them again, and the same recording, plan and
words give the same bytes every time. A part that is not left alone never has its ciphertext in a file: the
ledger carries its sealed key (``protocol.footage.released``).
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fleet.footage.media.fragment import read_part
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.releases.rules.cover import README_NAME
from fleet.releases.rules.plan import ChosenSpan, PlannedPart, ReleasePlan, plan_release
from protocol.footage.format.model import ChunkHeader, Track
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.released.release import MOVIE_NAME
from protocol.footage.released.released_part import WITHHELD, ReleasedPart, Treatment
from protocol.footage.released.released_segment import released_name, write_released_segment


@dataclass(frozen=True, slots=True)
class PackedWords:
    """What a release of a recording says: its page, and the title of its movie."""

    page: str
    title: str


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of a release: its name, and what gives its content, block by block."""

    name: str
    blocks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file: its name, its bytes, its SHA-256 and its CRC-32."""

    name: str
    size: int
    sha256: bytes
    crc32: int


def plan_of(opened: OpenedRecording, chosen: list[ChosenSpan]) -> ReleasePlan:
    """Return what is released of a recording, on the times that its player shows."""
    timeline = opened.arrived.timeline
    parts = [
        PlannedPart(span.chunk.seq, track, span.start_ns, span.start_ns + span.duration_ns)
        for track, spans in timeline.tracks.items()
        for span in spans
        if span.chunk is not None and span.part is not None
    ]
    return plan_release(parts, chosen)


def packed_files(
    opened: OpenedRecording,
    store: FootageStore,
    segments: list[str],
    plan: ReleasePlan,
    words: PackedWords,
) -> list[PackedFile]:
    """Return the files of a release but its statement, in their order in the package.

    Args:
        opened: the recording, which stays open for as long as blocks are asked for.
        store: where it lies.
        segments: the names of all its segments.
        plan: what becomes of each part.
        words: what it says.
    """
    place = opened.arrived.summary.place

    def treat(header: ChunkHeader, track: Track) -> ReleasedPart:
        if plan.treatment(header.seq, track) is not Treatment.UNTOUCHED:
            return WITHHELD
        content, key = opened.part_with_key(header.seq, track)
        return ReleasedPart(Treatment.UNTOUCHED, content, key)

    def ledger() -> Iterator[bytes]:
        yield store.read(names.whole_ledger_key(place))

    def segment(name: str) -> Callable[[], Iterator[bytes]]:
        def blocks() -> Iterator[bytes]:
            yield write_released_segment(store.read(names.segment_key(place, name)), treat)

        return blocks

    def page() -> Iterator[bytes]:
        yield words.page.encode("utf-8")

    return [
        PackedFile(README_NAME, page),
        PackedFile(LEDGER_NAME, ledger),
        *(PackedFile(released_name(each), segment(each)) for each in segments),
        PackedFile(MOVIE_NAME, lambda: _movie(opened, plan, words.title)),
    ]


def measure(file: PackedFile) -> FileFacts:
    """Make a file once, and return what is known of it."""
    sha256, crc, size = hashlib.sha256(), 0, 0
    for block in file.blocks():
        sha256.update(block)
        crc = zlib.crc32(block, crc)
        size += len(block)
    return FileFacts(file.name, size, sha256.digest(), crc)


def _movie(opened: OpenedRecording, plan: ReleasePlan, title: str) -> Iterator[bytes]:
    builder = MovieBuilder()
    for data in _untouched(opened, plan):
        builder.add(read_part(data))
    opening = opened.arrived.ledger.open
    comment = f"{title}. Of recording {opening.recording.hex()} of {opening.camera}."
    yield builder.header(Description(title=title, comment=comment, created=None))
    for data in _untouched(opened, plan):
        yield read_part(data).payload


def _untouched(opened: OpenedRecording, plan: ReleasePlan) -> Iterator[bytes]:
    for seq, chunk in sorted(opened.arrived.timeline.chunks.items()):
        for part in chunk.parts:
            if plan.treatment(seq, part.track) is Treatment.UNTOUCHED:
                yield opened.part(seq, part.track)
