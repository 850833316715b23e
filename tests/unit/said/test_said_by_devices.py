"""Sentences of camera and simulator, each in the state in which its former words were false (F8)."""

from __future__ import annotations

import errno
import fcntl
import ssl
from pathlib import Path

import httpx
import pytest

from device.control import ask
from device.errors import ControlError, StateFolderError, storage_error
from device.link.tls import ended_silently, explain
from device.recording.heart.answers import has_ended
from device.recording.heart.messages import HasEnded
from device.storage.lock import FolderLock
from protocol.mode import Mode
from simulator.bench.said import MENDED

WHERE = "the fleet at https://fleet.example"


def test_nothing_is_said_of_a_camera_whose_socket_is_away(tmp_path: Path) -> None:
    # proves F8: it may run, and listen nowhere yet
    with pytest.raises(ControlError, match=r"^No camera listens at "):
        ask(tmp_path / "control", "status")


def test_a_lock_that_cannot_be_taken_shows_no_other_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8: a filesystem without locks
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StateFolderError, match=r"cannot be locked \(No locks available\)"):
        FolderLock(tmp_path)


def test_a_card_that_was_always_read_only_has_not_become_it() -> None:
    # proves F8
    error = storage_error(OSError(errno.EROFS, "read-only"), operation="create", path=Path("a"))
    assert str(error).startswith("The card is read-only")


def test_an_alert_about_the_protocol_is_none_about_the_certificate() -> None:
    # proves F8
    cause = ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION]")
    cause.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    outer = httpx.ConnectError("outer")
    outer.__cause__ = cause
    assert "certificate was refused" not in str(explain(outer, WHERE))
    assert "perhaps it is starting" in str(ended_silently(WHERE))


@pytest.mark.parametrize("code", [19, 23, 26])
def test_a_certificate_may_be_no_good_for_other_reasons_than_its_authority(code: int) -> None:
    # proves F8: X509_V_ERR_CERT_REVOKED, X509_V_ERR_INVALID_PURPOSE
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_code = code
    outer = httpx.ConnectError("outer")
    outer.__cause__ = cause
    assert "comes from another authority" not in str(explain(outer, WHERE))


def test_what_lacks_its_end_or_has_gaps_is_closed_and_not_called_complete() -> None:
    # proves F8
    ended = HasEnded((), 1, "closed", (), duration_s=8.0, prerecord_s=3.0)
    assert has_ended(ended, Mode.READY).sentence == "Recording 1 is closed: 8.0 s."


def test_a_bench_says_what_it_did_and_not_what_a_camera_does() -> None:
    # proves F8: a camera that is docked fills no ring, and one without power sees nothing
    for step, false in (
        ("restart_camera", "ring"),
        ("uncover", "sees"),
        ("unmute", "hears"),
        ("assign", "wears"),
        ("unassign", "wears"),
    ):
        assert false not in MENDED[step], step
