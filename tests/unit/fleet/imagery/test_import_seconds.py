"""Clips cut into seconds: whatever was imported, each second decodes alone, and none of it is believed."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.footage.media.fragment import read_part
from fleet.footage.timeline.chunks import ChunkRef, from_json, to_json
from fleet.footage.timeline.timeline import lay_out
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.movie import copy_movie
from fleet.imagery.reading.seconds import PART_HEAD, PICTURES, SOUND, TICKS, cut_movie
from fleet.imagery.reading.supervised import read_supervised
from fleet.imagery.rules.formats import HEAD, format_of
from fleet.imagery.seconds.collecting import PartsCollector
from fleet.redaction.making.decoded import decoded_pictures, decoded_sound
from protocol.footage.format.model import Track
from tests.support.media.imported import clip

SECOND = 1_000_000_000


def copied(data: bytes) -> bytes:
    kind, file = format_of(data[:HEAD]), io.BytesIO()
    assert kind is not None
    copy_movie(io.BytesIO(data), file, kind, ReadingLimits())
    return file.getvalue()


def cut(copy: bytes, limits: ReadingLimits | None = None) -> tuple[ReadFacts, bytes]:
    file = io.BytesIO()
    return cut_movie(io.BytesIO(copy), file, limits or ReadingLimits()), file.getvalue()


def collected(data: bytes, step: int = 1 << 20) -> tuple[ChunkRef, ...]:
    collector = PartsCollector(lambda: None)
    for at in range(0, len(data), step):
        collector.take(at, data[at : at + step])
    return collector.chunks()


KINDS: dict[str, dict[str, Any]] = {
    "mp4": {"sound": "aac", "tone": True},
    "mp4 without sound": {},
    "avi whose sound comes first": {"container": "avi", "codec": "mpeg4", "sound": "mp3"},
    "transport stream": {"container": "mpegts", "codec": "mpeg2video", "sound": "mp2", "rate": 25},
    "matroska of jpegs": {"container": "matroska", "codec": "mjpeg"},
    "a picture every two seconds": {"rate": 1, "pictures": 3},
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_second_of_each_kind_of_clip_decodes_alone(kind: str) -> None:
    # proves F6
    made: dict[str, Any] = {"pictures": 25, **KINDS[kind]}
    facts, data = cut(copied(clip(**made)))
    chunks = collected(data)
    assert [each.seq for each in chunks] == list(range(len(chunks)))
    times: list[int] = []
    for chunk in chunks:
        for place in chunk.parts:
            part_data = data[place.offset : place.offset + place.length]
            part = read_part(part_data)
            if place.track is Track.AUDIO:
                heard = list(decoded_sound(part_data))
                assert sum(each.shape[-1] for _, each in heard) == 1024 * len(part.samples)
                continue
            shown = list(decoded_pictures(part_data, part))
            assert all(chunk.seq <= each.tick / TICKS < chunk.seq + 1 for each in shown)
            times += [each.tick for each in shown]
    assert times == sorted(set(times))
    assert facts.duration_s is not None
    assert abs(facts.duration_s - made["pictures"] / made.get("rate", 10)) < 0.2
    timeline = lay_out(from_json("", to_json(chunks)), frozenset(Track))
    assert timeline.starts_ns == 0
    assert abs(timeline.duration_ns / SECOND - facts.duration_s) < 0.1


def test_the_confined_process_cuts_as_it_is_cut_here() -> None:
    # proves F9
    copy, file = copied(clip(pictures=15, sound="aac")), bytearray()

    def write(offset: int, data: bytes) -> None:
        assert offset == len(file)
        file.extend(data)

    def read(offset: int, length: int) -> bytes:
        return copy[offset : offset + length]

    facts = read_supervised(len(copy), read, write, ReadingLimits(seconds=60), "seconds")
    assert (facts.has_sound, collected(bytes(file))) == (True, collected(cut(copy)[1]))


def test_what_cannot_be_cut_is_refused_in_a_sentence() -> None:
    copy = copied(clip(pictures=30))
    for changed, limits, said in (
        (copy[: len(copy) // 2], ReadingLimits(), "cannot be cut into seconds|no pictures that can"),
        (copy, ReadingLimits(pixels=100), "100 pixels|million pixels"),
        (copy, ReadingLimits(minutes=0), "longer than 0 minutes"),
    ):
        with pytest.raises(ReadingRefusedError, match=said):
            cut(changed, limits)


@given(st.integers(1, 4000))
@settings(max_examples=20)
def test_where_the_parts_lie_does_not_depend_on_how_they_come(step: int) -> None:
    assert collected(WRITTEN, step) == WHOLE


@given(st.integers(0, 10_000), st.integers(0, 7))
@settings(max_examples=60)
def test_nothing_that_a_reading_process_writes_is_believed(at: int, bit: int) -> None:
    # proves F9
    changed = bytearray(WRITTEN)
    changed[at % len(changed)] ^= 1 << bit
    try:
        chunks = collected(bytes(changed))
    except ReadingRefusedError:
        return
    ends = sorted((each.offset, each.length) for chunk in chunks for each in chunk.parts)
    for (start, length), (following, _) in zip(ends, [*ends[1:], (len(changed), 0)], strict=True):
        assert start + length <= following


@pytest.mark.parametrize(
    "head",
    [
        (2, 0, SECOND, 10),
        (PICTURES, 0, 0, 10),
        (PICTURES, 90_000, SECOND, 10),
        (PICTURES, 0, 61 * SECOND, 10),
        (PICTURES, 0, SECOND, 17 << 20),
        (SOUND, 0, SECOND, 3),
    ],
)
def test_a_part_that_cannot_be_is_refused(head: tuple[int, int, int, int]) -> None:
    collector = PartsCollector(lambda: None)
    with pytest.raises(ReadingRefusedError):
        collector.take(0, PART_HEAD.pack(*head) + bytes(min(head[3], 100)))
    with pytest.raises(ReadingRefusedError):
        PartsCollector(lambda: None).chunks()
    with pytest.raises(ReadingRefusedError):
        collector.take(5, b"")


def test_a_second_that_comes_twice_is_refused() -> None:
    _, _, _, size = struct.unpack_from(">BIQI", WRITTEN)
    first = WRITTEN[: PART_HEAD.size + size]
    with pytest.raises(ReadingRefusedError):
        collected(first + first)


_, WRITTEN = cut(copied(clip(pictures=15, sound="aac")))
WHOLE = collected(WRITTEN)
