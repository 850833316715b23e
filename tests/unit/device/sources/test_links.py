"""Files that are several, one behind the other: each is found by the structure, and read by itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.links import FileSpan, LinkFile, links

MANY = 700


def page(*, first: bool, data: bytes = b"x" * 300) -> bytes:
    lengths = bytes([255, len(data) - 255])
    return b"OggS\0" + bytes([2 if first else 0]) + bytes(20) + bytes([len(lengths)]) + lengths + data


def box(kind: bytes, data: bytes = b"", *, long: bool = False) -> bytes:
    if long:
        return (1).to_bytes(4) + kind + (16 + len(data)).to_bytes(8) + data
    return (8 + len(data)).to_bytes(4) + kind + data


def tag(data: bytes) -> bytes:
    return b"\x09" + len(data).to_bytes(3) + bytes(7) + data + (11 + len(data)).to_bytes(4)


def riff(form: bytes, data: bytes) -> bytes:
    return b"RIFF" + (4 + len(data)).to_bytes(4, "little") + form + data + bytes(len(data) % 2)


def adts(rate: int, length: int = 40) -> bytes:
    head = bytes([0xFF, 0xF1, 0x40 | rate << 2, 0x80 | length >> 11, length >> 3 & 255, (length & 7) << 5, 0])
    return head + bytes(length - len(head))


def mp3(rate: int) -> bytes:
    """A frame of 64 kbit/s: of MPEG-1 with 44.1, 48 or 32 kHz."""
    length = 144 * 64_000 // (44_100, 48_000, 32_000)[rate]
    return bytes([0xFF, 0xFB, 0x50 | rate << 2, 0]) + bytes(length - 4)


OGG = page(first=True) + page(first=True) + page(first=False) * 3
MP4 = box(b"ftyp", b"isom") + box(b"moov", b"m" * 90) + box(b"mdat", b"OggSftypRIFF", long=True)
FLV = b"FLV\x01\x05\0\0\0\x09\0\0\0\0" + tag(b"FLV\x01") * 3
AVI = riff(b"AVI ", b"RIFF" * 9) + riff(b"AVIX", b"odd")
WAV = riff(b"WAVE", b"fmt ")
AAC, SLOW_AAC = adts(3) * 5, adts(6) * 5
MP3, SLOW_MP3 = mp3(0) * 5, b"ID3\x04\0\0\0\0\0\x0aten bytes " + mp3(2) * 5


@pytest.mark.parametrize("one", [OGG, MP4, FLV, AVI, WAV, AAC, MP3])
def test_one_file_is_none_of_several(one: bytes, tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(one)
    assert links(str(path)) == []


@pytest.mark.parametrize(
    "parts", [(OGG, OGG, OGG), (MP4, MP4), (FLV, FLV), (AVI, AVI), (AVI, WAV), (WAV, WAV)]
)
def test_each_file_of_several_is_found(parts: tuple[bytes, ...], tmp_path: Path) -> None:
    path = tmp_path / "several"
    path.write_bytes(b"".join(parts))
    found = links(str(path))
    assert [path.read_bytes()[link.begin : link.end] for link in found] == list(parts)


@pytest.mark.parametrize("parts", [(AAC, SLOW_AAC, AAC), (MP3, SLOW_MP3[20:], MP3)])
def test_bare_sound_begins_anew_with_each_other_rate(parts: tuple[bytes, ...], tmp_path: Path) -> None:
    path = tmp_path / "bare"
    path.write_bytes(b"".join(parts))
    assert [path.read_bytes()[link.begin : link.end] for link in links(str(path))] == list(parts)


def test_a_tag_between_two_songs_is_stepped_over(tmp_path: Path) -> None:
    path = tmp_path / "songs.mp3"
    path.write_bytes(MP3 + SLOW_MP3)
    assert [link.begin for link in links(str(path))] == [0, len(MP3) + 20]


@given(st.sampled_from([OGG, MP4, FLV, AVI, AAC, MP3, b""]), st.binary(max_size=60), st.integers(0, MANY))
def test_whatever_lies_in_a_file_its_parts_are_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, begin: bytes, noise: bytes, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes((begin + noise + begin)[:cut])
    found = links(str(path))
    if found:
        assert [link.begin for link in found] == [0, *(link.end for link in found[:-1])]
        assert found[-1].end == path.stat().st_size


def test_a_part_is_read_as_if_it_were_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before" + b"0123456789" + b"behind")
    file = LinkFile(str(path), FileSpan(6, 16))
    assert (file.read(4), file.tell(), file.read(), file.read(1)) == (b"0123", 4, b"456789", b"")
    assert (file.seek(-3, io.SEEK_END), file.read(100)) == (7, b"789")
    assert (file.seek(-2, io.SEEK_CUR), file.read(1), file.seek(-99), file.read(1)) == (8, b"8", 0, b"0")
    assert (file.seek(50), file.read(5)) == (50, b"")
    file.close()
    assert file.closed
