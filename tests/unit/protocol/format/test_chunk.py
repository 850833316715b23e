"""Chunks: sealing, opening, and what a header may say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.cbor import Reader, encode
from protocol.footage.format.chunk import (
    ChunkRecord,
    header_value,
    take_chunk,
    take_header,
)
from protocol.footage.format.errors import FormatError, KeysError
from protocol.footage.format.model import ChunkHeader, ClockLabel, Gap, GapCause, PartHeader, PlainPart, Track
from protocol.footage.format.segment import read_segment
from protocol.footage.format.sizes import FIRST_PREVIOUS
from protocol.footage.sealing.opening import open_track
from protocol.footage.sealing.sealed_chunk import seal_chunk
from tests.support.media.recordings import SECOND_NS, Take, make_identity, plain_chunk, record

RUN = bytes(range(16))
KEYS = {Track.VIDEO: b"v" * 32, Track.AUDIO: b"a" * 32}

times = st.integers(0, 2**63 - 1)
gaps = st.builds(
    Gap, track=st.sampled_from(Track), start_ns=times, duration_ns=times, cause=st.sampled_from(GapCause)
)
labels = st.builds(
    ClockLabel,
    utc_us=st.integers(-(2**63), 2**63 - 1),
    synchronised=st.booleans(),
    error_us=st.none() | times,
)
digests = st.binary(min_size=32, max_size=32)


def part_headers(track: Track) -> st.SearchStrategy[PartHeader]:
    codecs = st.sampled_from(["avc1.42C01E", "mp4a.40.2", "hvc1.1.6.L93.B0"])
    return st.builds(
        PartHeader, track=st.just(track), codec=codecs, length=st.integers(16, 2**24), digest=digests
    )


headers = st.builds(
    ChunkHeader,
    camera=st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True).filter(
        lambda name: name != "fleet"
    ),
    run=st.binary(min_size=16, max_size=16),
    seq=times,
    previous=digests,
    start_ns=times,
    duration_ns=st.integers(1, 2 * SECOND_NS),
    label=labels,
    parts=st.tuples(part_headers(Track.VIDEO), part_headers(Track.AUDIO))
    | st.tuples(part_headers(Track.AUDIO)),
    gaps=st.lists(gaps, max_size=3).map(tuple),
)


def sealed(**changes: object) -> ChunkRecord:
    chunk = replace(plain_chunk(5 * SECOND_NS), **changes)  # type: ignore[arg-type]  # fields of PlainChunk
    made = seal_chunk(
        chunk,
        camera="cam-01",
        run=RUN,
        seq=3,
        previous=FIRST_PREVIOUS,
        keys=KEYS,
        sign=make_identity().signer,
    )
    read = take_chunk(Reader(made.record))
    assert read.header == made.header
    assert read.digest == made.digest
    return read


@given(headers)
def test_a_header_reads_as_it_was_written(header: ChunkHeader) -> None:
    assert take_header(encode(header_value(header))) == header


def test_parts_open_to_what_was_sealed() -> None:
    chunk, plain = sealed(), plain_chunk(5 * SECOND_NS)
    for part in plain.parts:
        assert open_track(chunk, part.track, KEYS[part.track]) == part.data


def test_ciphertext_holds_no_plaintext() -> None:  # proves C1
    chunk = sealed()
    assert all(b"plain" not in bytes(part) for part in chunk.parts.values())


def test_video_comes_before_audio_in_whatever_order_it_is_given() -> None:
    backwards = tuple(reversed(plain_chunk(5 * SECOND_NS).parts))
    assert [part.track for part in sealed(parts=backwards).header.parts] == [Track.VIDEO, Track.AUDIO]


def test_a_part_opens_in_its_own_place_only() -> None:
    chunk = sealed()
    moved = (
        replace(chunk, header=replace(chunk.header, seq=4)),
        replace(chunk, header=replace(chunk.header, camera="cam-02")),
        replace(chunk, header=replace(chunk.header, run=bytes(16))),
        replace(chunk, parts={Track.VIDEO: chunk.parts[Track.AUDIO]}),
    )
    for other in moved:
        with pytest.raises(KeysError, match=r"the video of chunk \d does not open"):
            open_track(other, Track.VIDEO, KEYS[Track.VIDEO])


def test_a_wrong_key_and_changed_bytes_read_alike() -> None:
    chunk = sealed()
    changed = replace(chunk, parts={Track.VIDEO: memoryview(bytes(len(chunk.parts[Track.VIDEO])))})
    messages = set()
    for each, key in ((chunk, b"x" * 32), (changed, KEYS[Track.VIDEO])):
        with pytest.raises(KeysError) as caught:
            open_track(each, Track.VIDEO, key)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_a_track_that_is_not_there_cannot_be_opened() -> None:
    silent = sealed(parts=plain_chunk(5 * SECOND_NS).parts[:1])
    with pytest.raises(KeysError, match="chunk 3 has no audio"):
        open_track(silent, Track.AUDIO, KEYS[Track.AUDIO])


@pytest.mark.parametrize("keys", [{}, {Track.VIDEO: b"short", Track.AUDIO: b"a" * 32}])
def test_sealing_needs_a_key_for_each_track(keys: dict[Track, bytes]) -> None:
    with pytest.raises(KeysError, match="video needs a key of 32 bytes"):
        seal_chunk(
            plain_chunk(0),
            camera="cam-01",
            run=RUN,
            seq=0,
            previous=FIRST_PREVIOUS,
            keys=keys,
            sign=make_identity().signer,
        )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"duration_ns": 0}, "a chunk of 0 ns"),
        ({"duration_ns": 2 * SECOND_NS + 1}, "a chunk of 2000000001 ns"),
        ({"parts": (PlainPart(Track.VIDEO, "not a codec", b""),)}, "'not a codec' is not a codec string"),
        (
            {"parts": (PlainPart(Track.VIDEO, "avc1", b""), PlainPart(Track.VIDEO, "avc1", b""))},
            "at most once",
        ),
        ({"gaps": (Gap(Track.AUDIO, 0, 0, GapCause.PRIVATE),) * 65}, "65 items are more than the 64"),
    ],
)
def test_a_camera_cannot_write_what_a_verifier_would_refuse(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        sealed(**changes)


def test_the_largest_part_fits_and_a_larger_one_does_not() -> None:
    def video(size: int) -> tuple[PlainPart, ...]:
        return (PlainPart(Track.VIDEO, "avc1", bytes(size)),)

    assert sealed(parts=video(16 * 2**20 - 16)).header.parts[0].length == 16 * 2**20
    with pytest.raises(FormatError, match="a part of 16777217 bytes"):
        sealed(parts=video(16 * 2**20 - 15))


def test_every_key_seals_one_part_only() -> None:
    take: Take = record(live=3)
    assert len(set(take.keys.values())) == len(take.keys)


def test_a_part_shorter_than_its_header_says_is_refused_at_its_place() -> None:
    take = record()
    name = min(take.segments)
    chunk = read_segment(take.files[name]).chunks[0]
    data = bytearray(take.files[name])
    at = chunk.part_offsets[Track.VIDEO] - 1  # the last byte of the part's length
    data[at] -= 1
    with pytest.raises(FormatError, match="expected") as caught:
        read_segment(data)
    assert chunk.offset < caught.value.offset < chunk.end
