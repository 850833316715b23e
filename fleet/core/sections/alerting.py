"""The sections about alerts, and how people are told of them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from fleet.core.sections.section import Port, Section, TimeOfDay


class AlertsSection(Section):
    """What needs somebody."""

    keep_days: int = Field(
        400, ge=30, le=3660, description="How long an alert that is over is kept with its history, in days."
    )
    disk_free_percent: int = Field(
        10,
        ge=1,
        le=90,
        description="An alert says so when less than this of the disk with the state folder is free, in "
        "percent.",
    )
    quiet_from: TimeOfDay = Field(
        "20:00", description="From this time of day at the site on only urgent messages are sent."
    )
    quiet_until: TimeOfDay = Field(
        "07:00", description="Until this time of day; the same as alerts.quiet_from for no quiet hours."
    )


class MailSection(Section):
    """The mail server by which people are told of alerts."""

    host: str = Field("", description="Name of the mail server; empty for no e-mail.")
    port: Port = Field(587, description="Port of the mail server.")
    security: Literal["starttls", "tls"] = Field(
        "starttls", description="How the connection is encrypted: starttls, or tls from its beginning on."
    )
    user: str = Field("", description="Who signs in at the mail server; empty for nobody.")
    password_file: str = Field("", description="File with that user's password.")
    sender: str = Field("", description="Address that mail comes from.")
    authority_file: str = Field(
        "",
        description="Certificates (PEM) of the authorities that the mail server's is trusted by; empty for "
        "the system's.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> MailSection:
        """Refuse a mail server without a sender, or a user without a password."""
        if self.host and "@" not in self.sender:
            raise PydanticCustomError(
                "sender_missing", "mail.sender has to be an address where mail.host is set"
            )
        if self.user and not self.password_file:
            raise PydanticCustomError("password_missing", "mail.user needs mail.password_file")
        return self


class WebhookSection(Section):
    """A program that is told of alerts."""

    url: str = Field("", description="https address that messages are sent to; empty for none.")
    secret_file: str = Field(
        "", description="File with the secret, of 16 bytes or more, that messages are signed with."
    )
    private_addresses: bool = Field(
        False, description="Whether the program may be at a private address, or on this machine."
    )
    authority_file: str = Field(
        "",
        description="Certificates (PEM) of the authorities that the program's is trusted by; empty for the "
        "system's.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> WebhookSection:
        """Refuse an address that is not https or has a user in it, and one without a secret."""
        if not self.url:
            return self
        if not _is_https(self.url):
            raise PydanticCustomError("url_unusable", "webhook.url has to be an https address without a user")
        if not self.secret_file:
            raise PydanticCustomError("secret_missing", "webhook.url needs webhook.secret_file")
        return self


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and usable and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
