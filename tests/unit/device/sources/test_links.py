"""Files that are several, one behind the other: each is found by the structure, and read by itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.links import FileHead, FileSpan, LinkFile, links

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


def moov(*, own_lengths: bool) -> bytes:
    """Pictures with 12,800 ticks a second, 512 each, and sound with 48,000, 1,024 each, as track 1 and 2."""
    usual = [(1, 12_800, 512), (2, 48_000, 1_024)]
    tracks = b"".join(
        box(
            b"trak",
            box(b"tkhd", bytes(12) + number.to_bytes(4))
            + box(b"mdia", box(b"mdhd", bytes(12) + rate.to_bytes(4))),
        )
        for number, rate, _ in usual
    )
    trex = b"".join(
        box(b"trex", bytes(4) + number.to_bytes(4) + bytes(4) + (0 if own_lengths else length).to_bytes(4))
        for number, _, length in usual
    )
    return box(b"moov", tracks + box(b"mvex", trex))


def moof(at_ms: dict[int, int], *, own_lengths: bool, said: bool = True) -> bytes:
    """A fragment that begins then in each track, and lasts a second."""
    runs = b""
    for track, at in at_ms.items():
        rate, length, count = (12_800, 512, 25) if track == 1 else (48_000, 1_000, 48)
        head = box(b"tfhd", (0x20000).to_bytes(4) + track.to_bytes(4))
        time = box(b"tfdt", b"\1\0\0\0" + (at * rate // 1_000).to_bytes(8)) if said else b""
        own = (length.to_bytes(4) + bytes(4)) * count if own_lengths else b""
        flags = (0x301 if own_lengths else 0x1).to_bytes(4)
        runs += box(b"traf", head + time + box(b"trun", flags + count.to_bytes(4) + bytes(4) + own))
    return box(b"moof", box(b"mfhd", bytes(8)) + runs) + box(b"mdat", b"d" * 50)


def fragments(begins: list[dict[int, int]], *, own_lengths: bool = True, said: bool = True) -> list[bytes]:
    """A file of fragments: its head, and each of them."""
    head = box(b"ftyp", b"iso5") + moov(own_lengths=own_lengths)
    return [head, *(moof(each, own_lengths=own_lengths, said=said) for each in begins)]


def both(*at_ms: int) -> list[dict[int, int]]:
    return [{1: at, 2: at} for at in at_ms]


@pytest.mark.parametrize("own_lengths", [True, False])
@pytest.mark.parametrize("back_ms", [200, 500, 990, 1_500, 3_000])
def test_fragments_that_go_back_are_read_by_themselves_behind_their_head(
    own_lengths: bool, back_ms: int, tmp_path: Path
) -> None:
    path = tmp_path / "back.mp4"
    pieces = fragments(both(0, 1_000, 2_000, 3_000 - back_ms, 4_000 - back_ms), own_lengths=own_lengths)
    path.write_bytes(b"".join(pieces))
    head, before = len(pieces[0]), len(b"".join(pieces[:4]))
    first, second = links(str(path))
    assert first[:2] == (0, before)
    assert second == FileSpan(before, path.stat().st_size, FileHead(0, head))
    file = LinkFile(str(path), second)
    whole = b"".join(iter(lambda: file.read(700), b""))
    free = (1).to_bytes(4) + b"free" + (before - head).to_bytes(8)
    assert whole == pieces[0] + free + path.read_bytes()[head + len(free) :], "all lies where it does"
    for place in range(head - 3, head + len(free) + 3):
        file.seek(place)
        assert file.read(5) == whole[place : place + 5]
    file.close()


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        (both(0, 1_000, 2_000), True),
        (both(0, 1_000, 1_900), True),
        (both(0, 1_000, 9_000), True),
        ([*both(0, 1_000), {1: 2_000, 2: 1_000}], True),
        ([*both(0, 1_000), {2: 0}, {1: 2_000}], True),
        (both(0, 1_000, 0), False),
    ],
    ids=["in order", "back by what is no jump", "forwards", "one track alone", "a track lacks", "unsaid"],
)
def test_other_fragments_are_one_file(begins: list[dict[int, int]], said: bool, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    path.write_bytes(b"".join(fragments(begins, said=said)))
    assert links(str(path)) == []


@given(st.binary(max_size=200), st.integers(0, 3_000))
def test_damaged_fragments_are_looked_at_all_the_same(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    whole = b"".join(fragments(both(0, 1_000, 0, 1_000)))
    path.write_bytes(whole[:cut] + noise + whole[cut + len(noise) :])
    assert all(link.begin < link.end for link in links(str(path)))


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
