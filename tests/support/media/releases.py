"""Releases of the small recordings of ``tests.support.media.recordings``, as a fleet would make them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.model import ChunkHeader, Track
from protocol.footage.format.segment import read_segment
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import MOVIE_NAME, RELEASE_NAME, sign_release
from protocol.footage.released.released_part import WITHHELD, ReleasedPart, Treatment
from protocol.footage.released.released_segment import released_name, write_released_segment
from protocol.footage.sealing.part import PartContext, open_part
from protocol.footage.statement import Said
from tests.support.media.recordings import Take

Choose = Callable[[int, Track], Treatment]


def releases(take: Take, choose: Choose, **said: Said) -> dict[str, bytes]:
    """Return the folder of a release.

    Args:
        take: The recording.
        choose: What to do with a part, by its chunk's number and its track.
        said: What the fleet says beside what it has to.
    """
    files = {LEDGER_NAME: bytes(take.ledger), MOVIE_NAME: b"a film"}
    for name, data in take.segments.items():
        chunks = {chunk.header.seq: chunk for chunk in read_segment(data).chunks}

        def treat(header: ChunkHeader, track: Track, chunks: dict[int, ChunkRecord] = chunks) -> ReleasedPart:
            return _treated(take, chunks[header.seq], track, choose(header.seq, track))

        files[released_name(name)] = write_released_segment(bytes(data), treat)
    return signed(take, files, **said)


def signed(take: Take, files: Mapping[str, bytes], **said: Said) -> dict[str, bytes]:
    """Return the files of a release with what the fleet says of them, signed now."""
    kept = {name: data for name, data in files.items() if name != RELEASE_NAME}
    listed = tuple(
        SegmentDigest(name, len(data), hashlib.sha256(data).digest()) for name, data in sorted(kept.items())
    )
    identity = take.identity
    about: dict[str, Said] = {"camera": identity.camera, "recording": take.recording.hex(), **said}
    chain = (identity.receipts_certificate, identity.authority)
    statement = sign_release(about, listed, ed25519_signer(identity.receipts_key), chain)
    return {**kept, RELEASE_NAME: statement.encode()}


def _treated(take: Take, chunk: ChunkRecord, track: Track, treatment: Treatment) -> ReleasedPart:
    header = chunk.header
    if treatment is Treatment.WITHHELD:
        return WITHHELD
    if treatment is Treatment.CHANGED:
        return ReleasedPart(treatment, b"changed %d" % header.seq)
    key = take.keys[header.seq, track]
    context = PartContext(header.camera, header.run, header.seq, track)
    return ReleasedPart(treatment, open_part(chunk.parts[track], key, context), key)
