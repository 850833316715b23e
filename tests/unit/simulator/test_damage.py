"""What a card damages is one recording's own, and one byte of it."""

from __future__ import annotations

import os
from pathlib import Path

from simulator.scenario.acts.sensors import change_a_byte, own_segments


def test_segments_that_two_recordings_share_are_left_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "00000001", tmp_path / "00000002"
    for folder in (first, second):
        folder.mkdir()
    (first / "run-00000001.seg").write_bytes(b"shared")
    os.link(first / "run-00000001.seg", second / "run-00000001.seg")
    (second / "run-00000002.seg").write_bytes(b"its own")

    assert own_segments(first) == []
    assert own_segments(second) == [second / "run-00000002.seg"]


def test_one_byte_changes_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "segment"
    file.write_bytes(bytes(range(101)))
    file.chmod(0o400)
    change_a_byte(file)

    after = file.read_bytes()
    assert [place for place, byte in enumerate(after) if byte != place] == [50]
    assert len(after) == 101
    assert file.stat().st_mode & 0o777 == 0o400
