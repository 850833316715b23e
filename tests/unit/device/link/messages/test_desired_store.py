"""Which desired state counts, and that it survives on the card."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from device.link.messages.desired_store import DESIRED_FILE, counts, load_desired, save_desired
from device.storage.filesystem import PosixFilesystem
from protocol.messages.desired import Desired

CARD = PosixFilesystem()


def desired(version: int, camera: str = "cam-01") -> Desired:
    return Desired(camera=camera, version=version)


def test_only_newer_states_for_this_camera_count() -> None:
    assert counts(None, desired(0), "cam-01")
    assert counts(desired(3), desired(4), "cam-01")
    assert not counts(desired(3), desired(3), "cam-01")
    assert not counts(desired(3), desired(2), "cam-01")
    assert not counts(None, desired(9, "cam-02"), "cam-01")


@given(st.permutations(list(range(6))))
def test_the_newest_wins_in_whatever_order_they_come(versions: list[int]) -> None:
    kept: Desired | None = None
    for version in [*versions, *versions]:
        if counts(kept, desired(version), "cam-01"):
            kept = desired(version)
    assert kept == desired(5)


def test_a_desired_state_is_found_again(tmp_path: Path) -> None:
    assert load_desired(tmp_path, "cam-01", CARD) is None
    save_desired(tmp_path, desired(4), CARD)
    save_desired(tmp_path, desired(5), CARD)
    assert load_desired(tmp_path, "cam-01", CARD) == desired(5)


def test_a_damaged_or_foreign_state_is_none(tmp_path: Path) -> None:
    save_desired(tmp_path, desired(4, "cam-02"), CARD)
    assert load_desired(tmp_path, "cam-01", CARD) is None
    (tmp_path / DESIRED_FILE).write_bytes(b'{"camera": "cam-01"')
    assert load_desired(tmp_path, "cam-01", CARD) is None
