"""A fleet's own authority: what a connection to it is checked against.

On this machine's loopback it is asked of the fleet itself; elsewhere it must be given, since a bearer token
goes over that connection.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from cryptography.x509 import load_pem_x509_certificate

from simulator.errors import FleetServiceError, ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

TIMEOUT_S = 30


def find_authority(url: str, given: Path | None = None) -> str:
    """Return the certificate (PEM) of a fleet's own authority.

    Args:
        url: The dashboard's address.
        given: A file that has it; may be left out for a fleet on this machine's loopback.

    Raises:
        ScenarioError: The address is not one, the file is not a certificate, or it is needed and missing.
        FleetServiceError: The fleet did not answer.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        raise ScenarioError(f"{url!r} is not a fleet's address; it looks like https://localhost:8443.")
    if given is None and not is_loopback(parts.hostname):
        raise ScenarioError(
            f"{parts.hostname} is not this machine: give the fleet's authority with --authority FILE, "
            "which its state folder has and GET /api/v1/authority shows."
        )
    try:
        pem = given.read_text(encoding="ascii") if given else _asked(url)
        load_pem_x509_certificate(pem.encode("ascii"))
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{given or url} has no certificate in PEM: {error}.") from error
    return pem


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, without asking any name service."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _asked(url: str) -> str:
    """Ask a fleet on this machine for its authority."""
    try:
        answer = httpx.get(
            f"{url.rstrip('/')}/api/v1/authority",
            # Only this machine answers on its own loopback, and nothing secret is sent.
            verify=False,  # noqa: S501 - see above
            timeout=TIMEOUT_S,
            trust_env=False,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise FleetServiceError(
            f"No fleet answers at {url}: {str(error) or type(error).__name__}."
        ) from error
    return answer.text
