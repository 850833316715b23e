from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest
from obstore.store import LocalStore

from fleet.core.config import FootageSection
from fleet.core.errors import FleetConfigError
from fleet.footage.errors import NotCreateOnlyError, ObjectMissingError, StoreError
from fleet.footage.store.folder import folder_store
from fleet.footage.store.open_store import open_store
from fleet.footage.store.spool import ReservedError, Spool, Spooled, TooLargeError
from fleet.footage.store.store import FootageStore, Put, check_create_only


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


@pytest.fixture
def store(tmp_path: Path) -> FootageStore:
    return folder_store(tmp_path / "objects")


def put(store: FootageStore, spool: Spool, key: str, data: bytes) -> Put:
    with spool.keep(data) as incoming:
        return store.put(key, incoming.finish())


def test_an_object_is_created_once_and_never_replaced(
    store: FootageStore, spool: Spool, tmp_path: Path
) -> None:
    # proves L2
    assert put(store, spool, "a/b/c", b"one") is Put.CREATED
    assert put(store, spool, "a/b/c", b"one") is Put.SAME
    assert put(store, spool, "a/b/c", b"two") is Put.OTHER
    assert store.read("a/b/c") == b"one"
    assert store.read_range("a/b/c", 1, 2) == b"ne"
    assert [(each.key, each.size) for each in store.list("a")] == [("a/b/c", 3)]
    assert list((tmp_path / "spool").iterdir()) == []
    assert (tmp_path / "objects/a/b/c").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "objects/a").stat().st_mode & 0o777 == 0o700


def test_what_is_not_there_is_said(store: FootageStore, spool: Spool) -> None:
    with pytest.raises(ObjectMissingError, match="holds no object nothing"):
        store.read("nothing")
    with pytest.raises(ObjectMissingError, match="holds no object nothing"):
        store.read_range("nothing", 0, 1)
    put(store, spool, "short", b"abc")
    with pytest.raises(StoreError, match="short"):
        store.read_range("short", 1, 10)
    assert store.list("none") == ()


def test_of_identical_puts_at_once_one_creates(store: FootageStore, spool: Spool) -> None:
    outcomes: list[Put] = []
    barrier = threading.Barrier(8)

    def worker() -> None:
        barrier.wait()
        outcomes.append(put(store, spool, "same/key", b"x" * 100_000))

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Put.CREATED] + [Put.SAME] * 7


def test_bytes_are_synced_before_the_name_exists_and_the_name_before_the_answer(
    store: FootageStore, spool: Spool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # proves F7
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def traced_fsync(handle: int) -> None:
        steps.append(
            "sync " + str(Path(f"/proc/self/fd/{handle}").readlink().relative_to(tmp_path)).split("/")[0]
        )
        fsync(handle)

    def traced_link(source: Path, target: Path) -> None:
        steps.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", traced_fsync)
    monkeypatch.setattr(os, "link", traced_link)
    put(store, spool, "a/b", b"one")
    assert steps == ["sync spool", "sync objects", "link", "sync objects"]
    steps.clear()
    put(store, spool, "a/b", b"one")
    assert steps == [
        "sync spool",
        "link",
        "sync objects",
    ]  # the process that linked it may have died before its sync


def test_a_body_that_is_too_large_leaves_nothing(spool: Spool, tmp_path: Path) -> None:
    with spool.receive(10) as incoming:
        incoming.write(b"x" * 6)
        with pytest.raises(TooLargeError):
            incoming.write(b"x" * 6)
    assert list((tmp_path / "spool").iterdir()) == []


# proves F9
def test_what_is_kept_of_the_disk_no_body_takes_and_our_own_may(tmp_path: Path) -> None:
    left = 110
    spool = Spool(tmp_path / "spool", reserve=100, free=lambda _folder: left)
    with spool.receive(50) as incoming:
        incoming.write(b"x" * 10)
        with pytest.raises(ReservedError):
            incoming.write(b"x" * 11)
    left = 99
    with pytest.raises(ReservedError):
        spool.receive(50)
    with spool.keep(b"receipt") as own:
        assert own.finish().size == 7
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_crash_s_leftovers_go_at_the_next_start(spool: Spool, tmp_path: Path) -> None:
    incoming = spool.receive(10)
    incoming.write(b"half")
    incoming._file.close()  # as the kernel does for a killed process
    assert len(list((tmp_path / "spool").iterdir())) == 1
    again = Spool(tmp_path / "spool")
    assert (
        len(list((tmp_path / "spool").iterdir())) == 1
    )  # another command on the same folder disturbs nothing
    again.clear()
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_body_is_measured_and_digested(spool: Spool) -> None:
    with spool.receive(100) as incoming:
        incoming.write(b"abc")
        incoming.write(b"def")
        body = incoming.finish()
        assert (body.size, body.sha256) == (6, hashlib.sha256(b"abcdef").digest())
        assert body.read() == b"abcdef"


def test_a_store_that_overwrites_is_refused(spool: Spool, tmp_path: Path) -> None:
    def overwrite(key: str, body: Spooled) -> bool:
        """What some S3 servers do: the condition is ignored."""
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(body.read())
        return True

    store = FootageStore(LocalStore(tmp_path), "the careless store", overwrite)
    with pytest.raises(NotCreateOnlyError, match="overwrote an object that it was asked to create only"):
        check_create_only(store, spool, os.urandom)
    assert store.list("scratch") == ()


def test_a_store_that_holds_is_accepted_and_left_clean(tmp_path: Path) -> None:
    store, spool = open_store(FootageSection(), tmp_path)
    check_create_only(store, spool, os.urandom)
    assert store.list("") == ()


@pytest.mark.parametrize("address", ["http://x", "s3://", "s3://user:secret@bucket", "s3://bucket?x=1"])
def test_an_address_that_is_no_store_is_a_mistake_of_the_configuration(address: str, tmp_path: Path) -> None:
    with pytest.raises(FleetConfigError, match=r"footage\.store"):
        open_store(FootageSection(store=address), tmp_path)
