"""Each copy of what was said at a door is read once, and what the camera did not sign is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from protocol.footage.consent import NONE_BEFORE
from simulator.errors import ScenarioError
from simulator.fleet.consents import keep_consents
from simulator.replay.words import given_out, words_of
from tests.support.media.recordings import TestIdentity, make_identity
from tests.support.vectors.consents import event_of, signed_event

IDENTITY = make_identity("cam-07")
STRANGER = make_identity("cam-09")


def file_of(number: int, identity: TestIdentity = IDENTITY) -> bytes:
    return signed_event(identity, replace(event_of(identity, number, NONE_BEFORE)))


class GivingFleet:
    """Gives out what it has, under whatever names, two at a time."""

    def __init__(self, files: Mapping[str, bytes], folder: Path) -> None:
        self._files = list(files.items())
        self._zip = folder / "given.zip"

    def consent_files(self, camera: str, first: int) -> tuple[bytes, bool]:
        assert camera == "cam-07"
        left = [each for each in self._files if int(each[0].split("-")[-2]) >= first]
        with ZipFile(self._zip, "w") as archive:
            for name, data in left[:2]:
                archive.writestr(name, data)
        return self._zip.read_bytes(), len(left) > 2


def test_each_word_is_read_once_wherever_its_copies_are(tmp_path: Path) -> None:
    card, fleet = tmp_path / "consent", tmp_path / "consent-at-fleet"
    for folder, numbers in ((card, (3,)), (fleet, (1, 2, 3))):
        folder.mkdir()
        for number in numbers:
            (folder / f"{number:08d}.cbor").write_bytes(file_of(number))
    unreadable: list[str] = []
    beside = {"a": file_of(4), "b": file_of(1), "of another": file_of(2, STRANGER)}
    found = words_of((card, fleet), beside, "cam-07", (), unreadable)

    assert [each.number for each in found] == [1, 2, 3, 4]
    assert unreadable == []
    assert words_of((card, fleet), beside, None, (), []) == found
    assert words_of((tmp_path / "none",), {}, None, (), []) == ()


# proves F8
def test_what_the_camera_did_not_sign_is_said_and_left_out(tmp_path: Path) -> None:
    whole = file_of(2)
    (tmp_path / "00000001.cbor").write_bytes(file_of(1, STRANGER))
    (tmp_path / "00000002.cbor").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (tmp_path / "00000003.cbor").write_bytes(b"nothing of the sort")
    unreadable: list[str] = []

    assert words_of((tmp_path,), {}, "cam-07", (), unreadable) == ()
    assert len(unreadable) == 3
    assert "cam-09 signed it" in unreadable[0]
    assert words_of((), {"a": whole}, "cam-07", [b"another authority"], unreadable) == ()
    assert "its certificate is of none that was given" in unreadable[3]


def test_a_zip_and_a_folder_are_given_and_nothing_else(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "consent.zip", "w") as archive:
        archive.writestr("../../cam-07-1-abc.cbor", file_of(1))
        archive.writestr("readme.txt", "no event")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1.cbor").write_bytes(file_of(1))
    (tmp_path / "neither").write_text("text")

    assert list(given_out(tmp_path / "consent.zip").values()) == [file_of(1)]
    assert list(given_out(tmp_path / "folder").values()) == [file_of(1)]
    for name in ("neither", "nowhere"):
        with pytest.raises(ScenarioError, match="neither a ZIP of consent events nor a folder"):
            given_out(tmp_path / name)
    data = (tmp_path / "consent.zip").read_bytes()
    (tmp_path / "broken.zip").write_bytes(data.replace(file_of(1)[40:60], bytes(20), 1))
    with pytest.raises(ScenarioError, match="cannot be read"):
        given_out(tmp_path / "broken.zip")


# proves F8
def test_what_a_fleet_has_is_kept_under_names_of_our_own(tmp_path: Path) -> None:
    files = {f"../../x-{number}-abc.cbor": file_of(number) for number in (1, 2, 3)}
    files["y-4-abc.cbor"] = b"no event"
    files["z-5-abc.cbor"] = file_of(5, STRANGER)
    to = tmp_path / "cam-01" / "consent-at-fleet"
    to.parent.mkdir()
    keep_consents({"cam-07": to}, GivingFleet(files, tmp_path))  # type: ignore[arg-type]  # all that is asked

    assert [each.name[:8] for each in sorted(to.iterdir())] == ["00000001", "00000002", "00000003"]
    assert [each.read_bytes() for each in sorted(to.iterdir())] == [file_of(each) for each in (1, 2, 3)]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cam-01", "given.zip"]
