"""The archive's stream: what was written comes back, and nothing that was changed does."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.backup.errors import ArchiveError
from fleet.backup.manifest import Manifest, is_path
from fleet.backup.sealed_stream import HEAD, NAME_BYTES, SealedReader, SealedWriter
from protocol.footage.sealing.keys import Recipient, generate_private_key
from tests.support.tries import tries

KEY = generate_private_key()
TO = Recipient("Recovery key", KEY.public_bytes())
BLOCK = 64


def sealed(data: bytes, *, parts: int = 1, name: bytes | None = None) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, TO, name or os.urandom(NAME_BYTES), block=BLOCK)
    step = max(1, -(-len(data) // parts))
    for at in range(0, len(data), step):
        writer.write(data[at : at + step])
    writer.finish()
    return file.getvalue()


def opened(stream: bytes) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(stream), KEY)).read()


def blocks(stream: bytes) -> tuple[bytes, list[bytes]]:
    """The beginning of a stream, and its blocks with their lengths."""
    at = len(HEAD) + NAME_BYTES + 32
    found = []
    while at < len(stream):
        length = 4 + int.from_bytes(stream[at : at + 4], "big")
        found.append(stream[at : at + length])
        at += length
    return stream[: len(HEAD) + NAME_BYTES + 32], found


@settings(max_examples=tries(40), deadline=None)
@given(st.binary(max_size=5 * BLOCK), st.integers(1, 7))
def test_what_was_written_comes_back(data: bytes, parts: int) -> None:
    stream = sealed(data, parts=parts)
    assert opened(stream) == data
    assert len(data) < 16 or data not in stream


def test_nothing_of_a_full_block_is_held_back() -> None:
    for length in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK):
        data = bytes(range(length % 256)) + bytes(length - length % 256)
        assert opened(sealed(data)) == data


LONG = sealed(bytes(3 * BLOCK + 5), name=bytes(NAME_BYTES))


@settings(max_examples=tries(80), deadline=None)
@given(st.integers(0, len(LONG) - 1), st.integers(1, 255))
def test_a_changed_byte_is_found(at: int, by: int) -> None:
    changed = bytearray(LONG)
    changed[at] ^= by
    with pytest.raises(ArchiveError):
        opened(bytes(changed))


def test_a_stream_that_is_cut_off_is_found_wherever() -> None:
    for end in range(0, len(LONG), 97):
        with pytest.raises(ArchiveError):
            opened(LONG[:end])
    head, parts = blocks(LONG)
    for count in range(len(parts)):  # at the end of a block, too
        with pytest.raises(ArchiveError):
            opened(head + b"".join(parts[:count]))


def test_blocks_are_neither_left_out_nor_swapped_nor_taken_from_another_stream() -> None:
    head, parts = blocks(LONG)
    other = blocks(sealed(bytes(3 * BLOCK + 5)))[1]
    for wrong in (
        [parts[1], parts[0], *parts[2:]],
        [parts[0], *parts[2:]],
        [*parts, parts[-1]],
        [other[0], *parts[1:]],
    ):
        with pytest.raises(ArchiveError):
            opened(head + b"".join(wrong))


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(ArchiveError, match="is sealed to the recovery key"):
        SealedReader(io.BytesIO(LONG), generate_private_key())
    with pytest.raises(ArchiveError, match="no archive"):
        SealedReader(io.BytesIO(b"PK" + LONG), KEY)


@settings(max_examples=tries(200))
@given(st.text(alphabet="ab./\\ \0~-_", max_size=12))
def test_a_path_stays_below_its_folder(text: str) -> None:
    # proves F6
    if is_path(text):
        assert not text.startswith("/")
        assert not {"", ".", ".."} & set(text.split("/"))


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"kind": "lapel backup", "version": 1}', b'{"kind": "lapel backup", "version": 2}'],
)
def test_what_is_no_list_is_refused(text: bytes) -> None:
    # proves F6
    with pytest.raises(ArchiveError):
        Manifest.from_json(text)
