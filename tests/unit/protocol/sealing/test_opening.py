"""From files and a private key to plaintext."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from protocol.footage.format.errors import KeysError, NoLedgerError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.sealing.keys import generate_private_key
from protocol.footage.sealing.opening import (
    granted_tracks,
    iter_chunks,
    load_ledger,
    open_parts,
    segment_names,
)
from tests.support.media.recordings import SECOND_NS, Take, make_identity, plain_chunk, record

IDENTITY = make_identity()
TAKE = record(outside=1, prerecord=4, live=3)


def plaintext(take: Take, *tracks: Track) -> list[tuple[int, Track, bytes]]:
    """What the builder sealed, by chunk and track."""
    return [
        (chunk.header.seq, part.track, part.data)
        for chunk in take.chunks[take.first_seq :]
        for part in plain_chunk(chunk.header.start_ns).parts
        if part.track in (tracks or Track)
    ]


def test_gives_every_part_in_order() -> None:
    opened = [(part.header.seq, part.track, part.data) for part in open_parts(TAKE.files, IDENTITY.private)]
    assert opened == plaintext(TAKE)
    assert {part.codec for part in open_parts(TAKE.files, IDENTITY.private)} == {"avc1.42C01E", "mp4a.40.2"}


def test_gives_one_track_and_a_range() -> None:
    parts = open_parts(TAKE.files, IDENTITY.private, tracks=frozenset({Track.AUDIO}), first=3, last=5)
    assert [(part.header.seq, part.track) for part in parts] == [(seq, Track.AUDIO) for seq in (3, 4, 5)]


def test_a_cut_off_recording_gives_what_has_keys() -> None:
    take = record(closed=False)
    take.chunk()
    assert [chunk.header.seq for chunk in iter_chunks(take.files, read_ledger(take.ledger))] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert len(list(open_parts(take.files, IDENTITY.private))) == 10


def test_segments_are_asked_for_one_at_a_time() -> None:
    asked: list[str] = []

    class Lazy(Mapping[str, bytes]):
        def __getitem__(self, name: str) -> bytes:
            asked.append(name)
            return TAKE.files[name]

        def __iter__(self) -> Iterator[str]:
            return iter(TAKE.files)

        def __len__(self) -> int:
            return len(TAKE.files)

        def __contains__(self, name: object) -> bool:
            return name in TAKE.files

    parts = open_parts(Lazy(), IDENTITY.private)
    next(parts)
    assert asked == ["ledger.cbor", segment_names(TAKE.files)[0]]


def test_a_stranger_s_key_opens_nothing() -> None:  # proves C9
    stranger = generate_private_key()
    assert granted_tracks(read_ledger(TAKE.ledger), stranger) == frozenset()
    with pytest.raises(KeysError, match="none of those"):
        list(open_parts(TAKE.files, stranger))


def test_what_was_not_activated_cannot_be_opened() -> None:  # proves C2
    """The chunk before the recording lies in the first segment, and no ledger has its keys."""
    outside = [chunk.header.seq for chunk in TAKE.chunks[: TAKE.first_seq]]
    assert outside == [0]
    assert all(part.header.seq not in outside for part in open_parts(TAKE.files, IDENTITY.private, first=0))


def test_a_folder_without_ledger_is_not_a_recording() -> None:
    with pytest.raises(NoLedgerError, match=r"no ledger\.cbor in it"):
        load_ledger({})


def test_a_recording_of_an_hour_is_read_without_holding_it() -> None:
    take = record(prerecord=180, live=20, per_segment=8)
    assert len(list(open_parts(take.files, IDENTITY.private))) == 400
    assert take.chunks[-1].header.end_ns - take.chunks[1].header.start_ns == 200 * SECOND_NS
