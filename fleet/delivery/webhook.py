"""Sending a message to a program: one HTTPS POST of a signed JSON document.

Rules:
- the name is looked up once, every address of it has to be allowed, and what is connected to is an address
  that was looked at, under the certificate of the name: a name server that answers otherwise a moment later
  changes nothing;
- no redirect is followed, to no host; what the program answers is not read but for its status;
- the secret is read from its file for each message, and stands in no argument, log or error.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fleet.delivery.deadline import WHOLE_S, ended_after
from fleet.delivery.errors import DeliveryError
from fleet.delivery.rules.addresses import is_allowed
from fleet.delivery.rules.signing import MESSAGE, SHORTEST_SECRET, SIGNATURE, signature

TIMEOUT_S = 10.0
_HTTPS = 443
_GONE = 410
_OK, _REDIRECTS, _OTHERS = 200, 300, 400

LookUp = Callable[[str, int], list[str]]
"""Returns the addresses of a name; raises OSError."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages for a program go.

    Attributes:
        url: an https address.
        secret_file: the file with the secret that both know.
        private: whether private addresses are meant.
        authority_file: the certificates of the authorities that are trusted; None for the system's.
    """

    url: str
    secret_file: Path
    private: bool
    authority_file: Path | None

    @property
    def host(self) -> str:
        """The name that it goes to, as pages and errors call it."""
        return urlsplit(self.url).hostname or ""


def addresses_of(host: str, port: int) -> list[str]:
    """Ask for the addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def post_webhook(
    hook: Webhook, document: Mapping[str, Any], at: datetime, *, look_up: LookUp = addresses_of
) -> None:
    """Send a document, which has an ``id``.

    Raises:
        DeliveryError: it was not taken.
    """
    parts = urlsplit(hook.url)
    host, port = hook.host, parts.port or _HTTPS
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Lapel",
        MESSAGE: str(document["id"]),
        SIGNATURE: signature(_secret(hook), at, body),
    }
    cafile = str(hook.authority_file) if hook.authority_file is not None else None
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        context = ssl.create_default_context(cafile=cafile)
        connection = _PinnedConnection(host, port, _address(hook, host, port, look_up), context)
        try:
            with ended_after(WHOLE_S, lambda: connection.sock):
                connection.request("POST", path, body, headers)
                status = connection.getresponse().status
        finally:
            connection.close()
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(f"The certificate of {host} is not trusted.") from error
    except (OSError, UnicodeError, HTTPException) as error:
        raise DeliveryError(f"{host} cannot be reached, or does not answer.") from error
    _judge(host, status)


class _PinnedConnection(HTTPSConnection):
    """Connects to an address that was looked at, under the certificate of the name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S, context=context)
        self._address = address
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_S)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def _address(hook: Webhook, host: str, port: int, look_up: LookUp) -> str:
    found = look_up(host, port)
    if not found or not all(is_allowed(each, private=hook.private) for each in found):
        raise DeliveryError(
            f"{host} has an address that is not allowed; webhook.private_addresses allows private ones."
        )
    return found[0]


def _secret(hook: Webhook) -> bytes:
    try:
        secret = hook.secret_file.read_bytes().strip()
    except OSError as error:
        raise DeliveryError("The file with the secret of the webhook cannot be read.") from error
    if len(secret) < SHORTEST_SECRET:
        raise DeliveryError(f"The secret of the webhook has fewer than {SHORTEST_SECRET} bytes.")
    return secret


def _judge(host: str, status: int) -> None:
    if _OK <= status < _REDIRECTS:
        return
    if _REDIRECTS <= status < _OTHERS:
        raise DeliveryError(f"{host} answered {status}: redirects are not followed.")
    raise DeliveryError(f"{host} answered {status}.", is_final=status == _GONE)
