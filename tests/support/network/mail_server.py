"""A real mail server for tests, on a free port of the loopback, with TLS and a password."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd import smtp
from aiosmtpd.controller import Controller

USER, PASSWORD = "lapel", "a password of the mail server"


@dataclass
class Mailbox:
    """What came in, and how the server behaves."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: str = ""
    over_tls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: smtp.SMTP,
        _session: smtp.Session,
        envelope: smtp.Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient, or refuse it."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: smtp.SMTP, _session: smtp.Session, envelope: smtp.Envelope
    ) -> str:
        """Take a mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.over_tls.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


def _authenticate(
    _server: smtp.SMTP, _session: smtp.Session, _envelope: smtp.Envelope, _mechanism: str, data: object
) -> smtp.AuthResult:
    good = isinstance(data, smtp.LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return smtp.AuthResult(success=good, handled=good)


@contextlib.contextmanager
def running_mail_server(certificate: Path, key: Path, *, starttls: bool = True) -> Iterator[Mailbox]:
    """Run a server that takes mail over TLS alone, after the right password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    box = Mailbox(port=_free_port())
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        server_hostname="localhost",
        authenticator=_authenticate,
        auth_required=True,
        auth_require_tls=starttls,  # else it is there from the beginning
        require_starttls=starttls,
        tls_context=context if starttls else None,
        ssl_context=None if starttls else context,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
