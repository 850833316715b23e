"""Showing at start that a store holds what a signed address says, before any camera is given one.

Servers that speak S3 take the conditions of an address or leave them unread. So everything that must be
refused is tried on scratch objects, by the very requests that a camera would make: one server tried here
looks at no signature at all, another overwrites. What is not refused is named, and footage goes through the
fleet as ever.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import httpx

from fleet.footage.direct.signer import GOOD_S, Signer
from fleet.footage.errors import StoreError
from fleet.footage.store.store import FootageStore
from protocol.messages.uploads import direct_headers

PREFIX: Final = "scratch/direct-"
_BODY: Final = b"what is signed"
_OTHER: Final = b"another thing!"
_WITHIN_S: Final = 10.0
_AGO: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Try:
    """A request that must be refused: what is wrong with it, and what it sends where."""

    wrong: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def why_not_direct(
    store: FootageStore,
    signer: Signer,
    random: Callable[[int], bytes],
    now: Callable[[], datetime],
    transport: httpx.BaseTransport | None = None,
) -> str | None:
    """Return why cameras are given no addresses of a store; None where it held all that was signed.

    What was put on trial is removed, as far as the store does that.

    Args:
        store: as the fleet reaches it.
        signer: signs for it.
        random: draws the names that are tried.
        now: the time.
        transport: carries the requests; None for the network.
    """
    base = f"{PREFIX}{random(16).hex()}/"
    for name in ("httpx", "httpcore"):  # they log addresses
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        verify = signer.context()
        with httpx.Client(verify=verify, timeout=_WITHIN_S, trust_env=False, transport=transport) as client:
            return _try_all(store, signer, base, client, now)
    except httpx.HTTPError as error:
        _, refused, why = str(error).partition("certificate verify failed: ")
        if refused:
            return f"cameras would refuse its certificate ({why.partition(' (_ssl')[0]})"
        return f"it did not answer as cameras would ask it ({type(error).__name__})"
    except StoreError as error:
        return str(error).rstrip(".")
    finally:
        _tidy(store, base)


def _try_all(
    store: FootageStore, signer: Signer, base: str, client: httpx.Client, now: Callable[[], datetime]
) -> str | None:
    for each in _refused(signer, base, now()):
        if client.put(each.url, content=each.body, headers=dict(each.headers)).is_success:
            return f"it took {each.wrong}"
    if left := store.list(base):
        return f"it kept {len(left)} of the objects that it had refused"

    def put(name: str, body: bytes) -> httpx.Response:
        url = signer.put(f"{base}{name}", len(body), _digest(body), now())
        return client.put(url, content=body, headers=_headers(body))

    return _try_right(store, base, put)


def _try_right(store: FootageStore, base: str, put: Callable[[str, bytes], httpx.Response]) -> str | None:
    """Put what is right, and once more; then copy it, and another over that."""
    first, second, copy = f"{base}first", f"{base}second", f"{base}copy"
    for name, body in (("first", _BODY), ("second", _OTHER)):
        if not (answer := put(name, body)).is_success:
            return f"it refused what was signed for, with status {answer.status_code}"
    if store.digest(first, len(_BODY)) != _digest(_BODY):
        return "it gave back other bytes than it was given"
    if put("first", _BODY).is_success or put("first", _OTHER).is_success:
        return "it replaced an object that was to be created only"
    if not store.copy_new(first, copy) or store.copy_new(second, copy) or store.read(copy) != _BODY:
        return "it does not make copies that are to be created only"
    return None


def _refused(signer: Signer, base: str, now: datetime) -> Iterator[_Try]:
    """Return everything that must be refused, each under a name of its own."""

    def signed(name: str, at: datetime = now) -> str:
        return signer.put(f"{base}{name}", len(_BODY), _digest(_BODY), at)

    right = _headers(_BODY)
    yield _Try("other bytes than were signed for", signed("bytes"), right, _OTHER)
    yield _Try("other bytes with a digest of their own", signed("digest"), _headers(_OTHER), _OTHER)
    longer = _BODY + _OTHER
    lengthy = {**right, "Content-Length": str(len(longer))}
    yield _Try("more bytes than were signed for", signed("length"), lengthy, longer)
    lax = {name: value for name, value in right.items() if name != "If-None-Match"}
    yield _Try("what was not to be created only", signed("condition"), lax, _BODY)
    none = {name: value for name, value in right.items() if not name.startswith("x-amz-")}
    yield _Try("what came without a digest", signed("undigested"), none, _BODY)
    elsewhere = signed("one").replace(f"{base}one", f"{base}else")
    yield _Try("an address of another object", elsewhere, right, _BODY)
    yield _Try("an address that had ended", signed("late", now - _AGO), right, _BODY)
    longer_good = signed("longer", now - _AGO).replace(f"Expires={GOOD_S}&", f"Expires={GOOD_S * 100}&")
    yield _Try("an address whose end was put off", longer_good, right, _BODY)
    yield _Try("what nobody had signed", signed("plain").partition("?")[0], right, _BODY)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _headers(body: bytes) -> dict[str, str]:
    return direct_headers(len(body), _digest(body))


def _tidy(store: FootageStore, base: str) -> None:
    try:
        for each in store.list(base):
            store.remove(each.key)
    except StoreError:
        return  # the sweep of what was left finds it
