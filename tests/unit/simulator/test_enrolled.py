"""A camera's place in a fleet is kept beside its storage, and an old one is moved out of the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.cameras.enrolled import PLACE_FILE, FleetPlace, load_place, save_place, set_aside
from simulator.errors import CameraError
from simulator.network.endpoint import Endpoint

if TYPE_CHECKING:
    from pathlib import Path

PLACE = FleetPlace("cam-07", "https://localhost:8444", "localhost", 8883)


def test_a_place_is_kept(tmp_path: Path) -> None:
    assert load_place(tmp_path) is None
    save_place(tmp_path, PLACE)

    assert load_place(tmp_path) == PLACE
    assert PLACE.uploads == Endpoint("localhost", 8444)
    assert PLACE.broker == Endpoint("localhost", 8883)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"camera": "cam-07"}'])
def test_a_place_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / PLACE_FILE).write_text(text)

    with pytest.raises(CameraError, match="cannot be read"):
        load_place(tmp_path)


def test_nothing_is_thrown_away_when_a_camera_starts_afresh(tmp_path: Path) -> None:
    folder = tmp_path / "cam-01"
    for content in ("first", "second"):
        folder.mkdir()
        (folder / "recording").write_text(content)
        set_aside(folder, "cam-07")

    assert not folder.exists()
    assert {file.read_text() for file in tmp_path.glob("cam-01.was-cam-07.*/recording")} == {
        "first",
        "second",
    }
