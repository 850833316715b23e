"""TLS contexts of the listeners and of the fleet's own MQTT client.

Rules: the dashboard takes TLS 1.2 or newer, because browsers are what they are; cameras and the broker take
TLS 1.3 only, and a client certificate of our own authority is a condition of the handshake (L1).
"""

import ssl

from fleet.pki import Authority


def dashboard_context(authority: Authority) -> ssl.SSLContext:
    """Return the context of the dashboard listener."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load_own(context, authority, "server")
    return context


def cameras_context(authority: Authority) -> ssl.SSLContext:
    """Return the context of the cameras listener: no certificate, no connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.pem)
    load_own(context, authority, "server")
    return context


def service_context(authority: Authority) -> ssl.SSLContext:
    """Return the context with which the fleet itself connects to its broker."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority.pem)
    load_own(context, authority, "service")
    return context


def load_own(context: ssl.SSLContext, authority: Authority, stem: str) -> None:
    """Give a context one of the fleet's own certificates; it may be given a newer one later."""
    context.load_cert_chain(authority.file(f"{stem}.pem"), authority.file(f"{stem}.key"))
