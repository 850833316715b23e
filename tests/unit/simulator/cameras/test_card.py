"""A virtual card answers as a kernel does, and counts what is on it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from simulator.cameras.card import CardConditions, VirtualCard


def card(root: Path, **conditions: object) -> VirtualCard:
    return VirtualCard(root, CardConditions(**conditions), "seed")  # type: ignore[arg-type]


def written(disk: VirtualCard, path: Path, size: int) -> int:
    file = disk.create(path)
    try:
        return file.write(bytes(size))
    finally:
        file.close()


def test_a_card_in_good_order_is_the_disk(tmp_path: Path) -> None:
    disk = card(tmp_path)
    assert written(disk, tmp_path / "a", 1000) == 1000
    assert disk.space(tmp_path).total > 10**6


def test_a_card_of_a_size_takes_so_much_and_no_more(tmp_path: Path) -> None:
    disk = card(tmp_path, size_bytes=1000)
    assert written(disk, tmp_path / "a", 600) == 600
    assert (disk.space(tmp_path).total, disk.space(tmp_path).free) == (1000, 400)
    assert written(disk, tmp_path / "b", 600) == 400  # a short write, as POSIX has it
    with pytest.raises(OSError, match="No space") as full:
        written(disk, tmp_path / "c", 1)
    assert full.value.errno == errno.ENOSPC
    disk.unlink(tmp_path / "a")
    assert disk.space(tmp_path).free == 600


def test_a_file_of_two_names_is_there_until_both_are_gone(tmp_path: Path) -> None:
    disk = card(tmp_path, size_bytes=1000)
    written(disk, tmp_path / "a", 600)
    disk.link(tmp_path / "a", tmp_path / "b")
    disk.unlink(tmp_path / "a")
    assert disk.space(tmp_path).free == 400
    disk.unlink(tmp_path / "b")
    assert disk.space(tmp_path).free == 1000


def test_what_was_there_before_counts(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(bytes(700))
    assert card(tmp_path, size_bytes=1000).space(tmp_path).free == 300


def test_a_full_card_has_what_is_left_of_it(tmp_path: Path) -> None:
    disk = card(tmp_path)
    written(disk, tmp_path / "a", 600)
    disk.change(CardConditions(free_bytes=50))
    assert disk.space(tmp_path).free == 50
    assert written(disk, tmp_path / "b", 100) == 50


def test_room_that_is_kept_back_is_taken(tmp_path: Path) -> None:
    disk = card(tmp_path, size_bytes=1000)
    file = disk.create(tmp_path / "reserve")
    file.allocate(900)
    assert disk.space(tmp_path).free == 100
    with pytest.raises(OSError, match="No space"):
        file.allocate(2000)
    file.truncate(0)
    file.close()
    assert disk.space(tmp_path).free == 1000


def test_a_failing_and_a_read_only_card_say_so(tmp_path: Path) -> None:
    failing, closed = card(tmp_path, failing=1.0), card(tmp_path, read_only=True)
    for disk, number in ((failing, errno.EIO), (closed, errno.EROFS)):
        with pytest.raises(OSError, match="a") as refused:
            written(disk, tmp_path / "a", 1)
        assert refused.value.errno == number
    (tmp_path / "there").write_bytes(b"x")
    assert closed.read(tmp_path / "there") == b"x"


def test_the_same_seed_fails_the_same(tmp_path: Path) -> None:
    def fails(seed: str) -> list[bool]:
        disk = VirtualCard(tmp_path, CardConditions(failing=0.5), seed)
        found = []
        for _ in range(40):
            try:
                disk.sync_dir(tmp_path)
                found.append(False)
            except OSError:
                found.append(True)
        return found

    assert fails("one") == fails("one")
    assert True in fails("one")
    assert False in fails("one")
