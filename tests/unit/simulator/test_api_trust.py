"""Whom the tool trusts as a fleet does not hang on what OpenSSL met before in the same thread."""

from __future__ import annotations

import _ssl
import ctypes
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.link.tls import authority_context
from fleet.core.database import utc_now
from fleet.pki.authority import Authority, open_authority
from fleet.server.tls import cameras_context, dashboard_context, service_context
from simulator.fleet.api import FleetApi

PROVIDER, BAD_DECRYPT = 57, 100


@pytest.fixture
def left() -> Iterator[None]:
    """An error that somebody left in OpenSSL's queue of this thread, as a record that does not open does."""
    crypto = ctypes.CDLL(_ssl.__file__)  # whose symbols are found by what it is linked with
    crypto.ERR_new()
    crypto.ERR_set_error(PROVIDER, BAD_DECRYPT, None)
    yield
    crypto.ERR_clear_error()


@pytest.mark.parametrize(
    "trusts",
    [
        lambda authority: FleetApi("https://127.0.0.1:1", "token", authority.pem).__exit__(),
        lambda authority: authority_context(authority.pem),
        dashboard_context,
        cameras_context,
        service_context,
    ],
    ids=["tool", "camera", "dashboard", "cameras", "service"],
)
def test_what_openssl_met_before_is_not_taken_for_an_error_of_the_authority(
    trusts: Callable[[Authority], object], left: None, tmp_path: Path
) -> None:
    authority = open_authority(tmp_path, now=utc_now())
    authority.renew_own(["fleet.example"], utc_now())
    trusts(authority)


def test_what_was_left_is_seen_by_whoever_reads_an_authority_as_der(left: None, tmp_path: Path) -> None:
    """So that the test above can fail."""
    authority = open_authority(tmp_path, now=utc_now())
    with pytest.raises(ssl.SSLError, match="BAD_DECRYPT"):
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=authority.der)
