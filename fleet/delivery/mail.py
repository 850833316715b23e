"""Handing a mail to a mail server: SMTP with STARTTLS (RFC 3207) or TLS, never without.

The password is read from its file for each mail, so that a new one counts at once; it stands in no argument,
no log and no error. Nothing that a server answers is repeated but its number.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from fleet.delivery.deadline import WHOLE_S, ended_after
from fleet.delivery.errors import DeliveryError

TIMEOUT_S = 20.0
_FINAL = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over.

    Attributes:
        host: its name, which its certificate must have.
        port: where it listens.
        starttls: whether TLS begins by STARTTLS, and not at once.
        user: who signs in; empty for nobody.
        password_file: the file with the password.
        sender: the address that mail comes from.
        authority_file: the certificates of the authorities that are trusted; None for the system's.
        own_name: what this service calls itself.
    """

    host: str
    port: int
    starttls: bool
    user: str
    password_file: Path | None
    sender: str
    authority_file: Path | None
    own_name: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail.

    Attributes:
        id: what tells it from others; the same when it is sent again.
        to: the address.
        subject: one line.
        text: the rest.
        at: its date.
    """

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def send_mail(server: MailServer, mail: Mail) -> None:
    """Hand a mail over.

    Raises:
        DeliveryError: it was not taken.
    """
    message = _message(server, mail)
    talk = _Talk()
    with _said(server), ended_after(WHOLE_S, talk.current), _connected(server, talk) as smtp:
        smtp.send_message(message, server.sender, [mail.to])


class _Talk:
    """The conversation under way, also while it begins: libraries greet before they give it to anybody."""

    def __init__(self) -> None:
        self.smtp: smtplib.SMTP | None = None

    def current(self) -> socket.socket | None:
        """Its connection, if there is one."""
        return None if self.smtp is None else self.smtp.sock

    def plain(self, server: MailServer) -> smtplib.SMTP:
        return _Smtp(self, server.host, server.port, server.own_name, TIMEOUT_S)

    def secured(self, server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
        return _SmtpByTls(self, server.host, server.port, server.own_name, timeout=TIMEOUT_S, context=context)


class _Smtp(smtplib.SMTP):
    def __init__(self, talk: _Talk, host: str, port: int, own_name: str, timeout: float) -> None:
        talk.smtp = self
        super().__init__(host, port, own_name, timeout)


class _SmtpByTls(smtplib.SMTP_SSL):
    def __init__(
        self, talk: _Talk, host: str, port: int, own_name: str, *, timeout: float, context: ssl.SSLContext
    ) -> None:
        talk.smtp = self
        super().__init__(host, port, own_name, timeout=timeout, context=context)


@contextmanager
def _connected(server: MailServer, talk: _Talk) -> Iterator[smtplib.SMTP]:
    cafile = str(server.authority_file) if server.authority_file is not None else None
    context = ssl.create_default_context(cafile=cafile)
    with talk.plain(server) if server.starttls else talk.secured(server, context) as smtp:
        if server.starttls:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, _password(server))
        yield smtp


def _password(server: MailServer) -> str:
    if server.password_file is None:
        raise DeliveryError("mail.user is set, and mail.password_file is not.")
    try:
        return server.password_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise DeliveryError("The file with the password of the mail server cannot be read.") from error


@contextmanager
def _said(server: MailServer) -> Iterator[None]:
    """Say what went wrong in a sentence of our own."""
    where = f"{server.host}:{server.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(f"The mail server {where} refused the user or the password.") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        final = all(code >= _FINAL for code in codes)
        raise DeliveryError(f"The mail server {where} refused the address.", is_final=final) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"The mail server {where} does not offer what is needed, such as TLS.") from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"The mail server {where} answered {error.smtp_code}.") from error
    except smtplib.SMTPException as error:
        raise DeliveryError(f"The mail server {where} broke off.") from error
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(f"The certificate of the mail server {where} is not trusted.") from error
    except OSError as error:
        raise DeliveryError(f"The mail server {where} cannot be reached, or does not answer.") from error


def _message(server: MailServer, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
