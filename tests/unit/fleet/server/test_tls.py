"""The alert of a refused client gets out of the server, whatever event loop carries it (L1)."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from fleet.core.database import utc_now
from fleet.pki.authority import open_authority
from fleet.server.tls import cameras_context
from tests.support.network.tls import stranger


# proves L1
def test_a_refused_certificate_is_answered_with_its_alert_and_only_then_with_the_error(
    tmp_path: Path,
) -> None:
    authority = open_authority(tmp_path / "pki", now=utc_now())
    authority.renew_own((), utc_now())
    foreign = stranger(tmp_path)
    there = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    there.load_verify_locations(cadata=authority.pem)
    there.load_cert_chain(foreign.certificate_file, foreign.key_file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = there.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = cameras_context(authority).wrap_bio(to_server, to_client, server_side=True)
    for one in (client, server):
        with pytest.raises(ssl.SSLWantReadError):
            one.do_handshake()
    client.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
        client.read()
    with pytest.raises(ssl.SSLCertVerificationError):
        server.do_handshake()
