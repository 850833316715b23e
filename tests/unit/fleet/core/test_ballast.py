"""Room is kept aside while there is some, and given back where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.core.disk.ballast import FILE, give_back, keep_aside
from protocol.units import MIB


# proves F7 and F9
def test_it_is_kept_while_there_is_twice_as_much_and_given_back_when_the_disk_is_full(tmp_path: Path) -> None:
    keep_aside(tmp_path, free=lambda _folder: 2 * MIB - 1, size=MIB)
    assert list(tmp_path.iterdir()) == []
    keep_aside(tmp_path, free=lambda _folder: 2 * MIB, size=MIB)
    kept = (tmp_path / FILE).stat()
    assert (kept.st_size, kept.st_mode & 0o777) == (MIB, 0o600)
    assert kept.st_blocks * 512 >= MIB, "a hole keeps no room"
    assert not give_back(tmp_path, free=lambda _folder: 16 * MIB)
    assert give_back(tmp_path, free=lambda _folder: 16 * MIB - 1)
    assert not give_back(tmp_path, free=lambda _folder: 0)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_leaves_nothing_and_stops_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    keep_aside(tmp_path, free=lambda _folder: 2 * MIB, size=MIB)
    assert list(tmp_path.iterdir()) == []
    keep_aside(tmp_path / "nowhere", size=MIB)
    assert not give_back(tmp_path / "nowhere")
