"""What ends a TLS handshake where there is none: the alert that a listener would have sent."""

from __future__ import annotations


class RefusedHandshakeError(Exception):
    """The other end does not accept the certificate.

    Attributes:
        alert: OpenSSL's name of the alert, as in ``SSLV3_ALERT_CERTIFICATE_EXPIRED``.
    """

    def __init__(self, alert: str) -> None:
        super().__init__(alert)
        self.alert = alert


NOT_AUTHORISED = "Not authorized"
"""Of the broker, which answers so whoever is not admitted, once TLS was agreed on."""
UNKNOWN_AUTHORITY = "TLSV1_ALERT_UNKNOWN_CA"
