"""Failed connections in words."""

from __future__ import annotations

import ssl

import httpx
import pytest

from device.link.errors import NotTrustedError, UnreachableError
from device.link.tls import explain, refused_by

WHERE = "the fleet at https://fleet.example"


def wrapped(cause: Exception) -> httpx.ConnectError:
    """As the HTTP library raises it: with the cause two levels down."""
    inner = OSError("inner")
    inner.__cause__ = cause
    outer = httpx.ConnectError("outer")
    outer.__cause__ = inner
    return outer


def verification(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (9, "set the clock"),
        (10, "set the clock"),
        (62, "server.names"),
        (64, "server.names"),
        (18, "not good by the authority"),
        (20, "not good by the authority"),
    ],
)
def test_a_fleet_whose_certificate_is_not_accepted(code: int, expected: str) -> None:
    error = explain(wrapped(verification(code)), WHERE)
    assert isinstance(error, NotTrustedError)
    assert expected in str(error)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", "another authority issued it"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "it has ended"),
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", "was revoked"),
        ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "no reason"),
    ],
)
def test_a_camera_whose_certificate_is_refused(reason: str, expected: str) -> None:
    cause = ssl.SSLError(1, f"[SSL: {reason}]")
    cause.reason = reason
    error = explain(wrapped(cause), WHERE)
    assert isinstance(error, NotTrustedError)
    assert expected in str(error)
    logged = refused_by(f"failed to receive on socket: [SSL: {reason}] (_ssl.c:2580)", WHERE)
    assert str(logged) == str(error)


def test_no_network_is_no_matter_of_trust() -> None:
    error = explain(httpx.ConnectError("[Errno 111] Connection refused"), WHERE)
    assert isinstance(error, UnreachableError)
    assert str(error) == (
        f"There is no connection to {WHERE} ([Errno 111] Connection refused); the camera keeps trying."
    )
    assert refused_by("failed to receive on socket: [Errno 104] Connection reset by peer", WHERE) is None


def test_a_silent_end_names_both_reasons_that_it_can_have() -> None:
    error = explain(httpx.RemoteProtocolError("Server disconnected without sending a response."), WHERE)
    assert isinstance(error, UnreachableError)
    assert "does not accept this camera's certificate" in str(error)
