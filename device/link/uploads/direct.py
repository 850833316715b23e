"""Segments that go straight into the fleet's store, where the fleet offers it.

Rules:

- The fleet is asked for an address for each segment, and told once it was put there; what it answers then is
  what it answers to any segment. The store is told nothing of the camera, and shown no certificate of it.
- The store is who the fleet says vouches for it: TLS 1.3, the authorities of the fleet's word alone. Plain
  HTTP is for a store on this machine.
- An address is a secret, and ends by the store's clock: it is used at once, kept nowhere and never logged.
- A segment that does not get there goes through the fleet at once, and after a failure so do all others for
  a while: first for ``FIRST_PAUSE_S``, then for longer and longer.
"""

from __future__ import annotations

import logging
import ssl
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from device.link.errors import RefusedError, UnreachableError
from device.link.fleet_http import TIMEOUT, network
from device.link.tls import authority_context
from protocol.addresses import is_this_machine
from protocol.messages.uploads import DirectOffer, direct_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from device.link.uploads.client import UploadClient
    from device.link.uploads.contents import Digest

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 3600.0
_THERE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.PRECONDITION_FAILED})
"""The last one says that something is there already: whether it is this segment, the fleet looks."""


class DirectWay:
    """Puts segments straight into the store. Thread-safe.

    Args:
        client: The fleet, which gives out addresses.
        at_once: How many connections there may be at the same time.
        clock: Seconds that only go forward.
    """

    def __init__(self, client: UploadClient, *, at_once: int, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        self._lock = threading.Lock()
        self._offer: DirectOffer | None = None
        self._http: httpx.Client | None = None
        self._failures = 0
        self._paused_until = 0.0
        self._trouble = ""
        for name in ("httpx", "httpcore"):  # they log addresses
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def trouble(self) -> str:
        """Why segments that could go straight to the store go through the fleet; empty where they do not."""
        return self._trouble

    def told(self, offer: DirectOffer | None) -> None:
        """Take the fleet's word on it."""
        with self._lock:
            if offer == self._offer:
                return
            old, self._http, self._offer = self._http, None, offer
            self._failures, self._paused_until, self._trouble = 0, 0.0, ""
        if old is not None:
            old.close()

    def close(self) -> None:
        """Close every connection."""
        self.told(None)

    def send(
        self, number: int, recording: str, name: str, digest: Digest, blocks: Callable[[], Iterable[bytes]]
    ) -> bool:
        """Put a segment straight into the store; False where it is to go through the fleet.

        Args:
            number: The recording's number.
            recording: Its id.
            name: The segment's.
            digest: Of its bytes.
            blocks: Reads them.

        Raises:
            LinkError: The fleet cannot be reached, or refused the segment whichever way it comes.
            OSError: The segment cannot be read.
        """
        offer = self._offer
        if offer is None or digest.size < offer.from_bytes or self._clock() < self._paused_until:
            return False
        try:
            address = self._client.address(number, recording, name, digest)
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            self.told(None)  # it offers that no more
            return False
        if address.held:
            return True
        why = self._put(offer, address.url, digest, blocks) or self._tell(number, recording, name, digest)
        with self._lock:
            if not why:
                self._failures, self._trouble = 0, ""
                return True
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures, 16))
            self._failures += 1
            self._paused_until = self._clock() + pause
            where = f"the store at {urlsplit(address.url).netloc}"
            self._trouble = f"Segments go through the fleet, and not straight to {where}: {why}."
        log.warning("%s", self._trouble)
        return False

    def _tell(self, number: int, recording: str, name: str, digest: Digest) -> str:
        """Say that it is there; return what is wrong with it, or nothing."""
        try:
            self._client.arrived(number, recording, name, digest)
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return "the fleet did not find there what was sent"
        except UnreachableError as error:
            if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            return "the fleet could not look at what was sent there"
        return ""

    def _put(
        self, offer: DirectOffer, url: str, digest: Digest, blocks: Callable[[], Iterable[bytes]]
    ) -> str:
        """Send it; return what went wrong, in words without the address, or nothing."""
        if not _is_safe(url, offer):
            return "the fleet named an address that is not safe"
        headers = direct_headers(digest.size, digest.sha256)
        try:
            client = self._connections(offer)
            with client.stream("PUT", url, content=blocks(), headers=headers) as answer:
                status = answer.status_code
        except httpx.RequestError as error:
            return _why(error)
        except (httpx.InvalidURL, ssl.SSLError, RuntimeError):
            return "the fleet's word on it cannot be used"
        return "" if status in _THERE else f"it answered {status}"

    def _connections(self, offer: DirectOffer) -> httpx.Client:
        with self._lock:
            if self._http is None:
                context = authority_context(offer.authority_pem or None)
                self._http = httpx.Client(
                    verify=context,
                    timeout=TIMEOUT,
                    transport=network(context, self._limits),
                    trust_env=False,
                    follow_redirects=False,
                )
            return self._http


def _is_safe(url: str, offer: DirectOffer) -> bool:
    """Say whether an address is https of somebody vouched for, or of this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.username is not None or not host:
        return False
    if parts.scheme == "https":
        return bool(offer.authority_pem)
    return parts.scheme == "http" and is_this_machine(host)


def _why(error: httpx.RequestError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                "its certificate is not good by the authority that the fleet named, or by this camera's clock"
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    return "it cannot be reached, or ended the connection"
