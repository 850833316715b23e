"""The names that a server certificate carries."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from cryptography import x509


def server_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return every name that the server certificate carries: this machine's usual ones and the configured."""
    usual = ("localhost", "127.0.0.1", "::1", socket.gethostname())
    return tuple(dict.fromkeys((*names, *usual)))


def names_of(certificate: x509.Certificate) -> set[str]:
    """Return every name and address that a certificate carries besides its subject."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    hosts = names.get_values_for_type(x509.DNSName)
    return {*hosts, *(str(address) for address in names.get_values_for_type(x509.IPAddress))}
