"""Imports lie encrypted, in the spool too, and any span of them can be read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.imported import pieces as module
from fleet.footage.imported.pieces import ImportReader, ImportWriter, spooled_reader
from fleet.footage.imported.sealing import (
    ImportFile,
    import_key_info,
    open_piece,
    seal_import_key,
    seal_piece,
)
from fleet.footage.store.spool import Spool, Spooled, TooLargeError
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import Recipient, generate_private_key

KEY, NAME = bytes(range(32)), "5e" * 8
SMALL = 16


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> object:
    """Pieces of a few bytes, so that small files have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", SMALL)
        patch.setattr(module, "pieces_in", lambda size: -(-size // SMALL))
        yield


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Spool:
    return Spool(tmp_path_factory.mktemp("spool"))


def written(spool: Spool, blocks: list[bytes], file: ImportFile = ImportFile.ORIGINAL) -> ImportWriter:
    writer = ImportWriter(spool, KEY, NAME, file, limit=10_000)
    for each in blocks:
        writer.write(each)
    return writer


def reader(pieces: tuple[Spooled, ...], size: int, file: ImportFile = ImportFile.ORIGINAL) -> ImportReader:
    return ImportReader(spooled_reader(pieces), size, KEY, NAME, file)


@given(
    blocks=st.lists(st.binary(max_size=40), max_size=6), start=st.integers(0, 200), length=st.integers(0, 99)
)
def test_whatever_is_written_is_read(spool: Spool, blocks: list[bytes], start: int, length: int) -> None:
    whole = b"".join(blocks)
    writer = written(spool, blocks)
    try:
        found = reader(writer.finish(), writer.size)
        assert found.read(start, length) == whole[start : start + length]
        assert b"".join(found.blocks(0, writer.size)) == whole
    finally:
        writer.close()


def test_no_plaintext_is_in_the_spool(tmp_path: Path) -> None:
    # proves F2
    writer = written(Spool(tmp_path), [b"the tenant's front door, " * 4])
    pieces = writer.finish()
    lies = b"".join(each.path.read_bytes() for each in pieces)
    assert len(pieces) > 1
    assert b"tenant" not in lies
    assert b"door" not in lies
    writer.close()
    assert not list(tmp_path.iterdir())


def test_the_beginning_can_be_written_last_and_nothing_else(spool: Spool) -> None:
    writer = written(spool, [bytes(3 * SMALL)])
    writer.write_at(4, b"late")
    writer.write_at(writer.size, b"end")
    with pytest.raises(ValueError, match="internal error"):
        writer.write_at(SMALL, b"x")
    found = reader(writer.finish(), writer.size)
    assert found.read(0, 9) == b"\0\0\0\0late\0"
    assert found.read(3 * SMALL, 9) == b"end"
    writer.close()


def test_a_file_that_is_too_large_ends(spool: Spool) -> None:
    writer = ImportWriter(spool, KEY, NAME, ImportFile.COPY, limit=20)
    writer.write(bytes(20))
    with pytest.raises(TooLargeError):
        writer.write(b"x")
    writer.close()


def test_a_piece_passes_for_no_other() -> None:
    # proves F2
    sealed = seal_piece(KEY, NAME, ImportFile.ORIGINAL, 1, b"door")
    assert open_piece(KEY, NAME, ImportFile.ORIGINAL, 1, sealed) == b"door"
    others = (
        (NAME, ImportFile.ORIGINAL, 2, sealed),
        (NAME, ImportFile.COPY, 1, sealed),
        ("5f" * 8, ImportFile.ORIGINAL, 1, sealed),
        (NAME, ImportFile.ORIGINAL, 1, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    )
    for name, file, number, data in others:
        with pytest.raises(KeysError):
            open_piece(KEY, name, file, number, data)


def test_a_key_opens_by_the_vault_for_its_import_alone() -> None:
    private = generate_private_key()
    to = Recipient("vault", private.public_bytes())
    sealed = seal_import_key(KEY, NAME, to)
    assert private.decrypt(sealed, import_key_info(NAME)) == KEY
    assert len(sealed) <= 2048
    assert hashlib.sha256(KEY).digest() not in sealed
    with pytest.raises(KeysError):
        private.decrypt(sealed, import_key_info("5f" * 8))
