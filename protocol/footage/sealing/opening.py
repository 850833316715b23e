"""From a recording's files and a private key to plaintext, chunk by chunk.

Rules:

- Parts come back in order, one segment in memory at a time, so a recording of hours costs no more than one of
  seconds. ``files`` may load lazily.
- Nothing is judged here but that keys open what they should: verify the recording first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.errors import KeysError, NoLedgerError
from protocol.footage.format.model import ChunkHeader, Track
from protocol.footage.format.segment import parse_segment_name, read_segment
from protocol.footage.ledger.ledger import LEDGER_NAME, Ledger, read_ledger
from protocol.footage.sealing.keys import PrivateKey, unseal_keys
from protocol.footage.sealing.part import PartContext, open_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.format.chunk import ChunkRecord


@dataclass(frozen=True, slots=True)
class OpenedPart:
    """One track of one chunk in plaintext: ``data`` is a self-initialising CMAF file."""

    header: ChunkHeader
    track: Track
    codec: str
    data: bytes


def load_ledger(files: Mapping[str, Buffer]) -> Ledger:
    """Read the ledger of a recording's folder.

    Raises:
        NoLedgerError: There is none.
        FormatError: It is not a ledger.
    """
    if LEDGER_NAME not in files:
        raise NoLedgerError(f"this is not a recording: there is no {LEDGER_NAME} in it")
    return read_ledger(files[LEDGER_NAME])


def segment_names(files: Mapping[str, Buffer]) -> tuple[str, ...]:
    """Return the names of the segment files, in the order of their chunks."""
    return tuple(sorted(name for name in files if parse_segment_name(name)))


def iter_chunks(
    files: Mapping[str, Buffer], ledger: Ledger, *, first: int | None = None, last: int | None = None
) -> Iterator[ChunkRecord]:
    """Give the chunks of the recording in order, those of the first segment that precede it left out.

    Args:
        files: The recording's files.
        ledger: Its ledger.
        first: The first chunk wanted, else the recording's first.
        last: The last chunk wanted, else the last that has keys.

    Raises:
        FormatError: A segment cannot be read.
    """
    start = max(ledger.open.first_seq, first or 0)
    held = ledger.keys[-1].last_seq if ledger.keys else ledger.open.first_seq - 1
    end = held if last is None else min(held, last)
    for name in segment_names(files):
        segment = read_segment(files[name])
        if segment.run.first_seq > end:
            return
        yield from (chunk for chunk in segment.chunks if start <= chunk.header.seq <= end)


def open_parts(
    files: Mapping[str, Buffer],
    private: PrivateKey,
    *,
    tracks: frozenset[Track] = frozenset(Track),
    first: int | None = None,
    last: int | None = None,
) -> Iterator[OpenedPart]:
    """Decrypt a recording's parts in order, the video of a chunk before its audio.

    Args:
        files: The recording's files.
        private: A recipient's private key.
        tracks: Which tracks to open; those that the recipient was not given are left out.
        first: The first chunk wanted, else the recording's first.
        last: The last chunk wanted, else its last.

    Raises:
        NoLedgerError: There is no ledger among the files.
        FormatError: A file cannot be read.
        KeysError: The key is no recipient's, or a part does not open.
    """
    ledger = load_ledger(files)
    keys = unseal_keys(ledger, private, first=first, last=last)
    granted = granted_tracks(ledger, private) & tracks
    for chunk in iter_chunks(files, ledger, first=first, last=last):
        yield from open_chunk(chunk, keys, granted)


def open_chunk(
    chunk: ChunkRecord, keys: Mapping[tuple[int, Track], Buffer], tracks: frozenset[Track] = frozenset(Track)
) -> Iterator[OpenedPart]:
    """Decrypt the wanted tracks of one chunk, with keys from ``unseal_keys``.

    Raises:
        KeysError: A wanted track that the chunk has comes without its key, or does not open.
    """
    header = chunk.header
    for part in header.parts:
        if part.track not in tracks:
            continue
        key = keys.get((header.seq, part.track))
        if key is None:
            raise KeysError(f"there is no key for the {part.track} of chunk {header.seq}")
        yield OpenedPart(header, part.track, part.codec, open_track(chunk, part.track, key))


def open_track(chunk: ChunkRecord, track: Track, key: Buffer) -> bytes:
    """Decrypt one track of a chunk.

    Raises:
        KeysError: The chunk lacks the track, or the key does not open it.
    """
    header = chunk.header
    if track not in chunk.parts:
        raise KeysError(f"chunk {header.seq} has no {track}")
    context = PartContext(header.camera, header.run, header.seq, track)
    return open_part(chunk.parts[track], key, context)


def granted_tracks(ledger: Ledger, private: PrivateKey) -> frozenset[Track]:
    """Return the tracks that a private key was given, none when it is no recipient."""
    key_id = private.key_id
    return next((each.tracks for each in ledger.open.recipients if each.key_id == key_id), frozenset())
