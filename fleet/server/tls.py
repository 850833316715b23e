"""TLS contexts of the listeners and of the fleet's own MQTT client.

Rules: the dashboard takes TLS 1.2 or newer, because browsers are what they are, and of it only suites with
forward secrecy that authenticate what they encrypt (RFC 9325, section 4.2); cameras and the broker take
TLS 1.3 only, and a client certificate of our own authority is a condition of the handshake (L1). A camera
whose certificate is refused is told why: the alert goes out before the connection ends.
"""

from __future__ import annotations

import ssl

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fleet.pki.authority import Authority

_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2; those of 1.3 are as strong, and stay."""
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""``X509_V_FLAG_NO_CHECK_TIME`` of OpenSSL, which Python has no name for."""


class AlertingConnection(ssl.SSLObject):
    """One connection whose failed handshake is told to the other end before it fails here.

    OpenSSL writes the alert that says why (RFC 8446, section 6) into its outgoing buffer and reports the
    error. asyncio and uvloop close at that error without sending the buffer. So the error is first reported
    as a want of more bytes, upon which they send it, and as itself when they come back: with the client's
    next bytes. A client that hangs up or goes silent instead is ended by that or by their time limit.
    """

    _failure: ssl.SSLError | None = None

    def do_handshake(self) -> None:
        """Go on with the handshake.

        Raises:
            SSLWantReadError: bytes of the client are needed, or an alert is to be sent first.
            SSLError: the handshake failed.
        """
        if self._failure is not None:
            raise self._failure
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            self._failure = error
            raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the alert is to be sent first") from error


def dashboard_context(authority: Authority) -> ssl.SSLContext:
    """Return the context of the dashboard listener."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_SUITES)
    load_own(context, authority, "server")
    return context


def cameras_context(authority: Authority) -> ssl.SSLContext:
    """Return the context of the cameras listener: no certificate, no connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslobject_class = AlertingConnection
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    # The issuing authority of today alone, and not whatever the root may have issued before. After a split
    # what the root issued by itself counts, too. Whether it is on record is asked after the handshake.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # Whether a certificate has ended is asked later, by our own clock (``fleet.cameras.identity``): one
    # that has is let in to ask for the next, and to nothing else.
    context.verify_flags |= _NO_CHECK_TIME
    context.load_verify_locations(cadata=authority.counted_pem)
    load_own(context, authority, "server")
    return context


def service_context(authority: Authority) -> ssl.SSLContext:
    """Return the context with which the fleet itself connects to its broker."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority.pem)
    load_own(context, authority, "service")
    return context


def service_certificate(authority: Authority) -> bytes:
    """Return the certificate (DER) by which the fleet itself is known at its broker, as it is now."""
    pem = authority.file("service.pem").read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def load_own(context: ssl.SSLContext, authority: Authority, file_name: str) -> None:
    """Give a context one of the fleet's own certificates; it may be given a newer one later."""
    own, certificate = authority.own_keys, authority.file(f"{file_name}.pem")
    context.load_cert_chain(certificate, own.file(file_name), password=own.password(file_name))
