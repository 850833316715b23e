"""Knocking at a TLS port: is this client let in?"""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from fleet.core.database import utc_now
from fleet.pki.authority import open_authority
from tests.support.fleet.fleet import EnrolledCamera, camera_request, keep_camera


def turned_away(context: ssl.SSLContext, port: int) -> bool:
    """Say whether the port ends the connection during the handshake or right after it.

    In TLS 1.3 a client has finished its handshake before the server has looked at its certificate: the
    refusal comes with the first read.
    """
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.settimeout(2)
            return secured.recv(1) == b""
    except TimeoutError:
        return False
    except (ssl.SSLError, ConnectionError):
        return True


def stranger(folder: Path, camera: str = "cam-01") -> EnrolledCamera:
    """A camera with this name, enrolled by another authority."""
    authority = open_authority(folder / "other-pki", now=utc_now())
    key, request = camera_request()
    issued = authority.issue_camera(request, camera=camera, now=utc_now(), days=90)
    return keep_camera(folder, camera, issued.pem, key)
