"""Joining a real fleet, and being refused by one, always in one sentence and never half-way."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from device.link.errors import EnrolmentError, NotEnrolledError
from device.link.identity.enrol import enrol
from device.link.identity.identity import load_identity
from device.storage.filesystem import PosixFilesystem
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera

CARD = PosixFilesystem()


def refusal(url: str, code: str, state: Path) -> str:
    """The sentence with which enrolment is refused; nothing may be left of it."""
    before = sorted(path.name for path in state.rglob("*"))
    with pytest.raises(EnrolmentError) as caught:
        enrol(url, SecretStr(code), state)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert code.partition(".")[0] not in sentence
    assert sorted(path.name for path in state.rglob("*")) == before
    return sentence


def test_a_camera_joins_and_finds_itself_again(fleet: Fleet, tmp_path: Path) -> None:
    code = fleet.enrolment_code()
    enrolled = enrol(
        fleet.dashboard_url.removeprefix("https://"),
        SecretStr(f" {code[:10]}\n{code[10:]} "),
        tmp_path / "state",
    )
    loaded = load_identity(tmp_path / "state", CARD)
    assert (loaded.camera, loaded.certificates) == (enrolled.camera, enrolled.certificates)
    assert loaded.recipients
    assert loaded.cameras_url.endswith(str(fleet.ports["cameras"]))
    assert loaded.mqtt_port == fleet.ports["mqtt"]


def test_the_secret_never_reaches_another_fleet(
    fleet: Fleet, small_fleet: Fleet, tmp_path: Path
) -> None:  # proves L1
    sentence = refusal(small_fleet.dashboard_url, fleet.enrolment_code(), tmp_path)
    assert "The code is not from the fleet at" in sentence
    assert "POST" not in small_fleet.log


def test_a_code_works_once(fleet: Fleet, tmp_path: Path) -> None:
    code = fleet.enrolment_code()
    enrol(fleet.dashboard_url, SecretStr(code), tmp_path / "first")
    assert "was used for" in refusal(fleet.dashboard_url, code, tmp_path)


def test_an_unknown_code(fleet: Fleet, tmp_path: Path) -> None:
    fingerprint = fleet.enrolment_code().partition(".")[2]
    assert "no such enrolment code" in refusal(
        fleet.dashboard_url, f"not-a-secret-of-ours.{fingerprint}", tmp_path
    )


def test_an_expired_code(fleet: Fleet, tmp_path: Path) -> None:
    code = fleet.enrolment_code()
    with sqlite3.connect(fleet.state / "fleet.sqlite3", timeout=10) as database:
        database.execute("UPDATE enrolment_codes SET expires = created")
    assert "expired" in refusal(fleet.dashboard_url, code, tmp_path)


def test_one_camera_too_many(small_fleet: Fleet, tmp_path: Path) -> None:
    code, late = small_fleet.enrolment_code(), small_fleet.enrolment_code()
    enrol(small_fleet.dashboard_url, SecretStr(code), tmp_path / "first")
    sentence = refusal(small_fleet.dashboard_url, late, tmp_path)
    assert "cameras.limit" in sentence


@pytest.mark.parametrize("code", ["", "tomato", "tomato.potato", "a.b.c", "." + "A" * 26])
def test_what_is_not_a_code(fleet: Fleet, tmp_path: Path, code: str) -> None:
    with pytest.raises(EnrolmentError, match="not a complete enrolment code"):
        enrol(fleet.dashboard_url, SecretStr(code), tmp_path)


@pytest.mark.parametrize(
    "url", ["", "http://fleet.example", "https://", "https://a:x", "https://fleet/path", "ftp://a"]
)
def test_what_is_not_an_address(fleet: Fleet, tmp_path: Path, url: str) -> None:
    with pytest.raises(EnrolmentError, match="not a fleet's address"):
        enrol(url, SecretStr(fleet.enrolment_code()), tmp_path)


def test_nobody_there(fleet: Fleet, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "check the address" in refusal(f"https://127.0.0.1:{port}", fleet.enrolment_code(), tmp_path)


def test_an_address_that_is_not_a_fleet(fleet: Fleet, tmp_path: Path) -> None:
    refusal(f"https://127.0.0.1:{fleet.ports['mqtt']}", fleet.enrolment_code(), tmp_path)


def test_a_camera_that_fails_to_enrol_again_stays_enrolled(
    enrolled: Callable[[], Camera], small_fleet: Fleet, fleet: Fleet
) -> None:
    camera = enrolled()
    refusal(small_fleet.dashboard_url, fleet.enrolment_code(), camera.state)
    assert load_identity(camera.state, CARD).camera == camera.id


def test_a_camera_that_failed_is_not_enrolled(small_fleet: Fleet, fleet: Fleet, tmp_path: Path) -> None:
    refusal(small_fleet.dashboard_url, fleet.enrolment_code(), tmp_path)
    with pytest.raises(NotEnrolledError):
        load_identity(tmp_path, CARD)


def test_enrolling_again_makes_a_new_key_and_a_new_camera(
    fleet: Fleet, enrolled: Callable[[], Camera]
) -> None:
    camera = enrolled()
    again = enrol(fleet.dashboard_url, SecretStr(fleet.enrolment_code()), camera.state)
    assert again.key.public_key() != camera.identity.key.public_key()
    assert again.camera != camera.id
    assert not camera.identity.key_path.exists()
