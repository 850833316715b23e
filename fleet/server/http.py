"""The HTTP protocol of our listeners: uvicorn's, with the peer's certificate handed to each request.

uvicorn copies ``app_state`` into every request's ``state``; the certificate joins it when the connection is
made, after the TLS handshake has verified it. Routes read ``request.state.peer_certificate`` (DER, or
absent).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import ssl


class PeerCertificateProtocol(HttpToolsProtocol):
    """One connection, knowing who is at its other end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Note the peer's certificate, then go on as uvicorn does."""
        connection: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        certificate = connection.getpeercert(binary_form=True) if connection is not None else None
        if certificate is not None:
            self.app_state = {**self.app_state, "peer_certificate": certificate}
        super().connection_made(transport)
