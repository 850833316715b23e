from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from fleet.core.config import FleetConfig
from fleet.core.database import utc_now
from fleet.core.sections.server import ServerSection
from fleet.core.tasks import beside
from fleet.pki.authority import open_authority
from fleet.server.compose import FleetServices
from fleet.server.renewal import Contexts, keep_renewed, renew_at_start
from tests.support.fleet.fleet import TestClock, fleet_services


async def shown_by(context: ssl.SSLContext, services: FleetServices) -> int:
    """The serial number of the certificate that a server with this context shows now."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    client = ssl.create_default_context(cadata=services.authority.pem)
    async with server:
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname="localhost")
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
    return x509.load_der_x509_certificate(der).serial_number


@pytest.mark.slow
def test_a_fleet_that_is_never_restarted_keeps_a_good_certificate(tmp_path: Path) -> None:
    clock = TestClock(utc_now() - timedelta(days=340))  # TLS itself goes by the real time

    async def run(services: FleetServices) -> tuple[int, int]:
        contexts = Contexts.of(services.authority)
        before = await shown_by(contexts.dashboard, services)
        clock.move(days=340)
        async with (
            beside(keep_renewed(services, services.authority, contexts, every=0.01)),
            asyncio.timeout(20),
        ):
            while (after := await shown_by(contexts.dashboard, services)) == before:
                pass  # each look is a connection of its own, and lets the renewal run
        return before, after

    with fleet_services(tmp_path, clock=clock) as services:
        before, after = asyncio.run(run(services))
        kept = services.authority.file("server.pem").read_bytes()
    assert before != after
    assert x509.load_pem_x509_certificate(kept).serial_number == after


def test_a_command_runs_without_the_authoritys_key_file_and_says_what_was_not_renewed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    named = FleetConfig(server=ServerSection(names=("another.example",)))
    with fleet_services(tmp_path) as services:
        authority, now = services.authority, services.clock()
        secret, before = authority.file("key-file"), authority.file("server.pem").read_bytes()
        secret.rename(tmp_path / "away")
        apart = open_authority(authority.folder, now=now)
        renew_at_start(apart, named, now)
        assert authority.file("server.pem").read_bytes() == before
        assert "The fleet's own certificates were not renewed. The key file" in caplog.text
        (tmp_path / "away").rename(secret)
        renew_at_start(apart, named, now)
        assert authority.file("server.pem").read_bytes() != before
