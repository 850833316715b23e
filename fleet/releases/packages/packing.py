"""The files of a release of one recording, made of the sealed footage as they are asked for (F8, F10).

No file of them rests anywhere: whoever gives them out makes them again, and the same recording, plan, masked
parts and words give the same bytes every time. A part that is not left alone never has its ciphertext in a
file: the ledger carries its sealed key (``protocol.footage.released``).
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fleet.footage.errors import MediaError
from fleet.footage.media.fragment import read_part
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.redaction.checking.movie_check import movie_findings
from fleet.releases.packages.zipped import ZipLayout, ZippedFile
from fleet.releases.rules.cover import README_NAME
from fleet.releases.rules.plan import ReleasePlan
from protocol.footage.format.model import ChunkHeader, Track
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.released.release import MOVIE_NAME
from protocol.footage.released.released_part import WITHHELD, ReleasedPart, Treatment
from protocol.footage.released.released_segment import released_name, write_released_segment
from protocol.units import MIB

LOOKED_EACH = 4 * MIB
"""After so much of a package on its way it is asked again whether it may go out."""


@dataclass(frozen=True, slots=True)
class PackedWords:
    """What a release of a recording says: its page, and the title of its movie."""

    page: str
    title: str


class ChangedParts(Protocol):
    """Gives what stands in the place of parts in which something is hidden."""

    def changed(self, seq: int, track: Track) -> bytes | None:
        """Return it; None where there is nothing."""


@dataclass(frozen=True, slots=True)
class PackedCopy:
    """What goes out of a recording.

    Attributes:
        opened: the recording, which stays open for as long as it is asked for.
        plan: what becomes of each part.
        parts: gives those that are changed; None where none is.
    """

    opened: OpenedRecording
    plan: ReleasePlan
    parts: ChangedParts | None = None

    def part(self, seq: int, track: Track) -> ReleasedPart:
        """Return a part as it is given away.

        Raises:
            RedactionError: it is to be changed, and cannot be.
            MediaError: it is none, or is to be changed and nothing of it is hidden.
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        treatment = self.plan.treatment(seq, track)
        if treatment is Treatment.WITHHELD:
            return WITHHELD
        if treatment is Treatment.UNTOUCHED:
            content, key = self.opened.part_with_key(seq, track)
            return ReleasedPart(treatment, content, key)
        made = None if self.parts is None else self.parts.changed(seq, track)
        if made is None:  # never the original in the place of what was to be hidden
            raise MediaError(f"Nothing is hidden in the {track} of chunk {seq}, where something was to be.")
        return ReleasedPart(treatment, made)

    def contents(self) -> Iterator[bytes]:
        """Give each part that is given away, in the order of the movie."""
        for seq, chunk in sorted(self.opened.arrived.timeline.chunks.items()):
            for each in chunk.parts:
                if self.plan.treatment(seq, each.track) is not Treatment.WITHHELD:
                    yield bytes(self.part(seq, each.track).content)


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


def packed_files(
    copy: PackedCopy, store: FootageStore, segments: list[str], words: PackedWords
) -> list[PackedFile]:
    """Return the files of a release but its statement, in their order in the package.

    Args:
        copy: what goes out of the recording.
        store: where it lies.
        segments: the names of all its segments.
        words: what it says.
    """
    place = copy.opened.arrived.summary.place

    def treat(header: ChunkHeader, track: Track) -> ReleasedPart:
        return copy.part(header.seq, track)

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
        PackedFile(MOVIE_NAME, lambda: _movie(copy, words.title)),
    ]


def measure(file: PackedFile) -> FileFacts:
    """Make a file once, and return what is known of it."""
    sha256, crc, size = hashlib.sha256(), 0, 0
    for block in file.blocks():
        sha256.update(block)
        crc = zlib.crc32(block, crc)
        size += len(block)
    return FileFacts(file.name, size, sha256.digest(), crc)


def found_in_movie(copy: PackedCopy, movie: PackedFile) -> list[str]:
    """Say what a movie holds beside the parts that are given away; nothing is found where that is nothing."""
    file = io.BufferedReader(BlockFile(movie.blocks()))
    return list(movie_findings(file, map(read_part, copy.contents())))


class BlockFile(io.RawIOBase):
    """What gives its content block by block, to be read as a file from its first byte to its last."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks, self._held = blocks, b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer, in the stubs
        """Fill a buffer as far as one block goes; return how many bytes that were, 0 at the end."""
        while not self._held:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._held = block
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._held))
        view[:count] = self._held[:count]
        self._held = self._held[count:]
        return count


def _movie(copy: PackedCopy, title: str) -> Iterator[bytes]:
    builder = MovieBuilder()
    for data in copy.contents():
        builder.add(read_part(data))
    opening = copy.opened.arrived.ledger.open
    comment = f"{title}. Of recording {opening.recording.hex()} of {opening.camera}."
    yield builder.header(Description(title=title, comment=comment, created=None))
    for data in copy.contents():
        yield read_part(data).payload


def sent_blocks(
    layout: ZipLayout, files: Sequence[tuple[ZippedFile, bytes, PackedFile]], goes_on: Callable[[], None]
) -> Iterator[bytes]:
    """Give an archive of files, each compared with what was signed, for as long as it may go out.

    Args:
        layout: of the archive.
        files: each with the SHA-256 that it has to have, in the layout's order.
        goes_on: raises once nothing more may go out; called before the first byte of a file, and again after
            each ``LOOKED_EACH`` bytes.

    Raises:
        MediaError: a file is not what was signed.
        ProblemError: as ``goes_on`` does.
    """
    unlooked = LOOKED_EACH
    for index, (facts, digest, file) in enumerate(files):
        yield layout.head(index)
        sha256, size = hashlib.sha256(), 0
        for block in file.blocks():
            if unlooked >= LOOKED_EACH:
                goes_on()
                unlooked = 0
            unlooked += len(block)
            sha256.update(block)
            size += len(block)
            if size <= facts.size:
                yield block
        if size != facts.size or sha256.digest() != digest:
            raise MediaError(f"{facts.name} is not what the fleet signed.")
    yield layout.tail
