"""What is fetched from a provider: documents, bounded in size, time and number at once.

Rules:
- an answer is awaited for a few seconds; no redirection is followed;
- only ``AT_ONCE`` questions are under way: a provider that hangs, or strangers who press the button, hold no
  more threads of the service than that;
- an address is https, or http on this machine alone, as the issuer's is.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from fleet.core.errors import FleetConfigError
from fleet.core.sections.provider import ProviderSection
from fleet.people.provider.errors import ProviderError, ProviderUnreachableError

WAIT_S: Final = 5.0
AT_ONCE: Final = 4
LARGEST: Final = 262_144
"""Bytes of the largest document that is read."""


class ProviderHttp:
    """Asks one provider.

    Args:
        section: the configuration.

    Raises:
        FleetConfigError: the certificates cannot be read.
    """

    def __init__(self, section: ProviderSection) -> None:
        self._name = section.name
        self._is_near = urlsplit(section.issuer).scheme == "http"
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        try:
            self.context = ssl.create_default_context(cafile=section.authority_file or None)
        except (OSError, ssl.SSLError) as error:
            detail = f"provider.authority_file = '{section.authority_file}' holds no certificates."
            raise FleetConfigError(detail) from error

    def get_json(self, url: str) -> dict[str, Any]:
        """Return the JSON object at an address.

        Raises:
            ProviderUnreachableError: nothing usable answers there now.
            ProviderError: the address is not one to be asked.
        """
        self.check(url)
        with self.asking(), httpx.Client(verify=self.context, timeout=WAIT_S) as client:
            with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise ProviderUnreachableError(self.silent())
            if answer.status_code != httpx.codes.OK:
                raise ProviderUnreachableError(self.silent())
        try:
            found = json.loads(body)
        except ValueError as error:
            raise ProviderUnreachableError(self.silent()) from error
        if not isinstance(found, dict):
            raise ProviderUnreachableError(self.silent())
        return found

    def check(self, url: str) -> None:
        """Refuse an address that is not as safe as the issuer's.

        Raises:
            ProviderError: it is not.
        """
        parts = urlsplit(url)
        if not parts.netloc or (parts.scheme != "https" and not (self._is_near and parts.scheme == "http")):
            raise ProviderError(f"{self._name} names an address that is not https; tell its administrator.")

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Hold one of the places for the length of a question.

        Raises:
            ProviderUnreachableError: all are taken, or the question came to nothing.
        """
        if not self._slots.acquire(blocking=False):
            raise ProviderUnreachableError(self.silent())
        try:
            yield
        except httpx.HTTPError as error:
            raise ProviderUnreachableError(self.silent()) from error
        finally:
            self._slots.release()

    def silent(self) -> str:
        """Return the sentence for a provider that does not answer."""
        return (
            f"{self._name} could not be asked, or gave no good answer; try again, or sign in with a name and "
            "password of this fleet."
        )
