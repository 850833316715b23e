"""Facts about recordings' files, and what is still to be sent."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from device.link.uploads.contents import BLOCK_BYTES, Contents
from device.link.uploads.plan import Ask, Known, SendSegment
from device.link.uploads.progress import View, upload_progress
from device.link.uploads.throttle import Meter
from device.shelf import ShelvedRecording
from device.storage.filesystem import PosixFilesystem
from protocol.footage.format.errors import FormatError
from protocol.messages.status import UploadProgress
from tests.support.camera.shelves import closed_segments
from tests.support.media.recordings import record


def on_card(folder: Path) -> ShelvedRecording:
    take = record(outside=0, prerecord=5, live=4, per_segment=2)
    for name, data in take.files.items():
        (folder / name).write_bytes(data)
    return ShelvedRecording(7, folder, len(take.ledger), closed_segments(take), "closed", receipt=False)


class CountingCard(PosixFilesystem):
    """A card that counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        self.reads += 1
        return super().read(path, offset, length)


def test_segments_that_begin_before_the_press_are_counted(tmp_path: Path) -> None:
    names = [segment.name for segment in on_card(tmp_path).closed_segments]
    contents = Contents(PosixFilesystem())
    assert contents.before_press(tmp_path, names) == 3  # five chunks before the press, two a segment
    assert [contents.before_press(tmp_path, names[:count]) for count in range(5)] == [0, 1, 2, 3, 3]


def test_a_few_segments_of_a_long_recording_are_read_to_find_the_press(tmp_path: Path) -> None:
    take = record(outside=0, prerecord=60, live=60, per_segment=1)
    for name, data in take.files.items():
        (tmp_path / name).write_bytes(data)
    card = CountingCard()
    assert Contents(card).before_press(tmp_path, [each.name for each in closed_segments(take)]) == 60
    assert card.reads <= 9  # the ledger, and a binary search


def test_a_file_is_read_once_for_its_facts(tmp_path: Path) -> None:
    recording = on_card(tmp_path)
    card = CountingCard()
    contents = Contents(card)
    name, length = recording.closed_segments[0]
    path = tmp_path / name
    first = contents.digest(path, length)
    contents.opening(tmp_path)
    contents.before_press(tmp_path, [path.name])
    reads = card.reads
    assert contents.digest(path, length) == first
    assert contents.opening(tmp_path).number == 7
    assert contents.before_press(tmp_path, [path.name]) == 1
    assert card.reads == reads
    assert first.sha256 == hashlib.sha256(path.read_bytes()).digest()
    contents.forget_all_but([])
    contents.digest(path, length)
    assert card.reads > reads


def test_blocks_are_the_files_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = bytes(range(256)) * (BLOCK_BYTES // 100)
    path.write_bytes(data)
    contents = Contents(PosixFilesystem())
    assert b"".join(contents.blocks(path, len(data))) == data
    assert b"".join(contents.blocks(path, 1000, 77)) == data[77:1077]
    assert b"".join(contents.blocks(path, len(data) + 5)) == data
    assert max(map(len, contents.blocks(path, len(data)))) == BLOCK_BYTES
    assert contents.prefix_digest(path, 1000).sha256 == hashlib.sha256(data[:1000]).digest()


def test_a_damaged_ledger_is_an_error_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "ledger.cbor").write_bytes(b"not a ledger")
    with pytest.raises(FormatError):
        Contents(PosixFilesystem()).opening(tmp_path)


def test_progress_counts_what_the_fleet_lacks(tmp_path: Path) -> None:
    recording = on_card(tmp_path)
    names = [segment.name for segment in recording.closed_segments]
    lengths = [segment.length for segment in recording.closed_segments]
    known = Known().answered(recording.ledger_length - 10, names[:2])
    view = View((recording,), {7: known}, frozenset({Ask(9), SendSegment(7, names[2])}))
    progress = upload_progress(view)
    assert (progress.recordings, progress.bytes_left, progress.current) == (
        1,
        10 + sum(lengths[2:]),
        7,
    )
    assert upload_progress(View()) == UploadProgress(), "before the card was looked at nothing is known"
    nothing_known = upload_progress(View((recording,)))
    assert nothing_known.bytes_left == recording.ledger_length + sum(lengths)
    assert nothing_known.current is None


def test_the_rate_is_an_average_that_fades() -> None:
    now = [0.0]
    meter = Meter(lambda: now[0])
    meter.add(5000)
    now[0] = 4.0
    meter.add(5000)
    assert meter.rate() == 2000
    now[0] = 6.0
    assert meter.rate() == 1000
    now[0] = 60.0
    assert meter.rate() == 0
