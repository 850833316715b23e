"""Receipts: what lets footage go, and what does not (C8)."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from device.errors import StorageError
from device.shelf import ReceiptRefusedError
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.verify import Verdict
from tests.support.camera.receipts import receipt_of, signed
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import make_identity
from tests.support.storage.disks import WatchedFilesystem, refuse


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


def recorded(tmp_path: Path, disk: WatchedFilesystem, after_receipt: str) -> Bench:
    """A camera with one recording."""
    bench = Bench(tmp_path, disk=disk, settings={"storage": {"after_receipt": after_receipt}})
    bench.boot()
    bench.seconds(6)
    bench.press()
    bench.second()
    bench.stop()
    return bench


def test_with_keep_the_receipt_lies_beside_the_footage(tmp_path: Path, disk: WatchedFilesystem) -> None:
    # proves C8
    bench = recorded(tmp_path, disk, "keep")
    receipt = signed(receipt_of(bench), bench.identity)
    bench.shelf.accept_receipt(1, receipt)
    assert bench.files(1)["receipt.cbor"] == receipt
    assert bench.folders.receipt(1).read_bytes() == receipt
    assert bench.shelf.recordings()[0].receipt
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT
    assert report.receipt
    bench.boot()
    assert bench.shelf.recordings()[0].receipt
    bench.shelf.accept_receipt(1, receipt)


def test_with_delete_the_receipt_is_durable_before_any_footage_goes(
    tmp_path: Path, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench = recorded(tmp_path, disk, "delete")
    disk.calls.clear()
    bench.shelf.accept_receipt(1, signed(receipt_of(bench), bench.identity))
    assert not bench.folders.recording(1).exists()
    assert bench.shelf.recordings() == ()
    steps = [(call.name, call.path.name) for call in disk.calls]
    kept = steps.index(("sync_dir", "receipts"))
    assert steps.index(("sync", "00000001.cbor.new")) < kept
    gone = [at for at, (name, _) in enumerate(steps) if name in {"unlink", "rmdir"}]
    assert min(gone) > kept
    # Else a power cut could bring a part of the recording back under its own name, and it read as altered.
    moved = steps.index(("rename", "00000001.gone"))
    assert moved < steps.index(("sync_dir", "recordings"), moved) < min(gone)


def test_the_number_of_a_recording_that_went_is_never_used_again(
    tmp_path: Path, disk: WatchedFilesystem
) -> None:
    bench = recorded(tmp_path, disk, "delete")
    opened = receipt_of(bench).open_digest
    bench.shelf.accept_receipt(1, signed(receipt_of(bench), bench.identity))
    bench.boot()
    bench.seconds(2)
    assert bench.press().number == 2
    assert read_ledger(bench.files(2)[LEDGER_NAME]).open.previous_open == opened


WRONG = {
    "number": lambda receipt: replace(receipt, number=2),
    "ledger": lambda receipt: replace(receipt, ledger_sha256=bytes(32)),
    "length": lambda receipt: replace(receipt, ledger_length=7),
    "open": lambda receipt: replace(receipt, open_digest=bytes(32)),
    "a segment less": lambda receipt: replace(receipt, segments=receipt.segments[1:]),
    "a segment's size": lambda receipt: replace(
        receipt, segments=(replace(receipt.segments[0], size=1), *receipt.segments[1:])
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_receipt_for_something_else_is_refused_and_the_footage_stays(
    what: str, tmp_path: Path, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench = recorded(tmp_path, disk, "delete")
    with pytest.raises(ReceiptRefusedError, match="stays"):
        bench.shelf.accept_receipt(1, signed(WRONG[what](receipt_of(bench)), bench.identity))
    assert bench.verify(1).verdict is Verdict.INTACT
    assert not bench.folders.receipt(1).exists()


def test_a_receipt_of_another_authority_or_with_a_changed_byte_is_refused(
    tmp_path: Path, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench = recorded(tmp_path, disk, "delete")
    receipt = signed(receipt_of(bench), bench.identity)
    forged = signed(receipt_of(bench), make_identity(seed=2))
    changed = receipt[:-10] + bytes([receipt[-10] ^ 1]) + receipt[-9:]
    for wrong in (forged, changed, b"", receipt + b"\0"):
        with pytest.raises(ReceiptRefusedError, match="does not verify"):
            bench.shelf.accept_receipt(1, wrong)
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_receipt_that_comes_before_the_end_is_refused(tmp_path: Path, disk: WatchedFilesystem) -> None:
    bench = recorded(tmp_path, disk, "delete")
    bench.press()
    with pytest.raises(ReceiptRefusedError, match="before the recording ended"):
        bench.shelf.accept_receipt(2, signed(receipt_of(bench, 2), bench.identity))


def test_a_receipt_for_what_is_not_here_is_nothing_to_do(tmp_path: Path, disk: WatchedFilesystem) -> None:
    bench = recorded(tmp_path, disk, "delete")
    bench.shelf.accept_receipt(9, b"whatever")
    assert len(bench.shelf.recordings()) == 1


@pytest.mark.parametrize("after_receipt", ["keep", "delete"])
@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("create", "receipts"),
        ("write", "receipts"),
        ("sync", "receipts"),
        ("rename", "receipts"),
        ("sync_dir", "receipts"),
        ("rename", "recordings"),
        ("unlink", "recordings"),
        ("rmdir", "recordings"),
        ("sync", "recordings"),
    ],
)
def test_whatever_fails_the_footage_or_a_durable_receipt_is_there_and_a_restart_settles_it(
    name: str, within: str, after_receipt: str, tmp_path: Path, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench = recorded(tmp_path, disk, after_receipt)
    receipt = signed(receipt_of(bench), bench.identity)
    disk.before = refuse(errno.EIO, name=name, within=within)
    try:
        bench.shelf.accept_receipt(1, receipt)
    except StorageError:
        if within == "receipts":
            assert bench.verify(1).verdict is Verdict.INTACT
        else:
            assert bench.folders.receipt(1).read_bytes() == receipt
    disk.before = lambda _: None
    bench.boot()
    held = bench.shelf.recordings()
    if bench.folders.receipt(1).exists():
        assert bool(held) == (after_receipt == "keep")
        assert [path.name for path in bench.folders.recordings.iterdir()] == ["00000001"] * len(held)
        assert not held or (held[0].folder / RECEIPT_NAME).read_bytes() == receipt
    else:
        assert not held[0].receipt
    for each in held:
        assert bench.verify(each.number).verdict is Verdict.INTACT
