"""What is said of the vault's files, in the state in which each sentence would be false (F8)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.vault.errors import VaultError
from fleet.vault.files import ByHand, VaultFiles
from fleet.vault.keybox import LONGEST_SECRET, SHORTEST_SECRET

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> VaultFiles:
    return VaultFiles(tmp_path, tmp_path / "key-file", is_own_key_file=False)


def refusal(files: VaultFiles) -> str:
    with pytest.raises(VaultError) as error:
        files.secret()
    return str(error.value)


def test_a_key_file_that_cannot_be_read_says_why(files: VaultFiles) -> None:
    # proves F8
    assert (
        refusal(files) == f"The vault's key file {files.key_file} cannot be read: No such file or directory."
    )
    files.key_file.mkdir()
    assert refusal(files) == f"The vault's key file {files.key_file} cannot be read: Is a directory."


@pytest.mark.parametrize("size", [0, SHORTEST_SECRET - 1, LONGEST_SECRET + 1])
def test_a_key_file_of_a_wrong_length_says_how_long_it_is(files: VaultFiles, size: int) -> None:
    # proves F8
    files.key_file.write_bytes(b"x" * size)
    files.key_file.chmod(0o600)
    assert f"holds {size} bytes;" in refusal(files)


def test_a_key_file_is_called_open_to_others_only_while_it_is(files: VaultFiles) -> None:
    # proves F8
    files.key_file.write_bytes(b"x" * SHORTEST_SECRET + b"\r\n")
    files.key_file.chmod(0o640)
    assert refusal(files) == f"The vault's key file {files.key_file} is open to others; give it mode 0600."
    files.key_file.chmod(0o600)
    assert files.secret() == b"x" * SHORTEST_SECRET
    files.key_file.write_bytes(b"x" * 31 + b"\n")
    assert files.secret() == b"x" * 31 + b"\n", "32 random bytes may end like a line"


def test_a_locked_key_that_cannot_be_read_says_why(files: VaultFiles) -> None:
    # proves F8
    with pytest.raises(VaultError, match=r"sealing-key\.json cannot be read: No such file"):
        files.box()


def test_who_sealed_the_vault_is_known_only_where_a_note_says_so(files: VaultFiles) -> None:
    # proves F8
    assert files.by_hand() is None
    files.note_by_hand(ByHand("Jane", NOW, "n"))
    assert files.by_hand() == ByHand("Jane", NOW, "n")
    [note] = files.folder.iterdir()
    note.write_text("{}")
    with pytest.raises(VaultError, match="which says that the vault was sealed by hand, cannot be read"):
        files.by_hand()
    files.forget_by_hand()
    assert files.by_hand() is None
