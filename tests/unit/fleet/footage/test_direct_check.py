"""What a store must refuse before cameras are given addresses of it: each thing that one might not."""

from __future__ import annotations

import base64
import hashlib
import os
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fleet.footage.direct.signer import Signer
from fleet.footage.direct.signing import AccessKeys, StoreAddress
from fleet.footage.direct.store_check import why_not_direct
from fleet.footage.errors import StoreError
from fleet.health.reading import Condition
from fleet.health.rules import direct_reading
from protocol.messages.uploads import direct_headers

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SIGNER = Signer(
    StoreAddress("https", "store.example", "footage", "landlord", "eu-west-2"),
    AccessKeys("name", "secret"),
    "",
)


@dataclass(frozen=True)
class Signed:
    """What an address was signed for."""

    path: str
    size: int
    sha256: bytes
    at: datetime
    good_s: int


@dataclass
class LaxStore:
    """A store that holds all that is signed, but for one thing; and the signer, whose book it reads."""

    lax: str = ""
    where: str = "s3://footage/landlord"
    book: dict[str, Signed] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)

    # As the signer.

    def put(self, key: str, size: int, sha256: bytes, at: datetime, good_s: int = 300) -> str:
        url = SIGNER.put(key, size, sha256, at, good_s)
        self.book[url.rpartition("=")[2]] = Signed(urlsplit(url).path, size, sha256, at, good_s)
        return url

    def context(self) -> ssl.SSLContext:
        return SIGNER.context()

    # As cameras reach it.

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.lax == "silent":
            raise httpx.ConnectError("nobody there")
        wrong = self.wrong(request) - {self.lax}
        key = urlsplit(str(request.url)).path.removeprefix("/footage/landlord/")
        if wrong and self.lax != "kept":
            return httpx.Response(403)
        if self.lax == "closed":
            return httpx.Response(403)
        if key in self.objects and self.lax != "replaced":
            return httpx.Response(412)
        self.objects[key] = request.content
        return httpx.Response(403 if wrong else 200)

    def wrong(self, request: httpx.Request) -> set[str]:
        asked = parse_qs(urlsplit(str(request.url)).query)
        if "X-Amz-Signature" not in asked:
            return {"unsigned"}
        signed = self.book[asked["X-Amz-Signature"][0]]
        right = {name.lower(): value for name, value in direct_headers(signed.size, signed.sha256).items()}
        told = request.headers.get("x-amz-checksum-sha256")
        of_body = base64.b64encode(hashlib.sha256(request.content).digest()).decode()
        good_s = int(asked["X-Amz-Expires"][0])
        found = {
            "undigested": told is None,
            "digest": told not in {None, right["x-amz-checksum-sha256"]}
            and request.headers["content-length"] == right["content-length"],
            "bytes": told not in {None, of_body},
            "length": request.headers["content-length"] != right["content-length"],
            "condition": request.headers.get("if-none-match") != "*",
            "another": urlsplit(str(request.url)).path != signed.path,
            "put off": good_s != signed.good_s,
            "ended": signed.at + timedelta(seconds=good_s) < NOW,
        }
        if self.lax == "length":  # such a store does not compare the digest of more bytes either
            found["bytes"] = found["bytes"] and not found["length"]
        return {name for name, so in found.items() if so}

    # As the fleet reaches it.

    def list(self, prefix: str) -> tuple[str, ...]:
        return tuple(Key(key) for key in self.objects if key.startswith(prefix))  # type: ignore[misc]

    def remove(self, key: str) -> None:
        if self.lax == "failing":
            raise StoreError("It cannot delete.")
        del self.objects[key]

    def read(self, key: str) -> bytes:
        return self.objects[key]

    def digest(self, key: str, size: int) -> bytes | None:
        if self.lax == "unreadable":
            raise StoreError("The footage store cannot read it.")
        body = self.objects[key] + (b"!" if self.lax == "altered" else b"")
        return hashlib.sha256(body).digest() if len(body) == size else None

    def copy_new(self, source: str, key: str) -> bool:
        if self.lax == "no copies" or (key in self.objects and self.lax != "copies"):
            return False
        self.objects[key] = self.objects[source]
        return True


@dataclass(frozen=True)
class Key:
    """An object in a list."""

    key: str


def why_not(store: Any) -> str | None:  # noqa: ANN401 - as the store and as the signer
    transport = httpx.MockTransport(store.answer)
    return why_not_direct(store, store, os.urandom, lambda: NOW, transport)


def test_a_store_that_holds_all_of_it() -> None:
    store = LaxStore()
    assert why_not(store) is None
    assert store.objects == {}
    assert direct_reading(None).condition is Condition.GOOD


@pytest.mark.parametrize(
    ("lax", "said"),
    [
        ("bytes", "it took other bytes than were signed for"),
        ("digest", "it took other bytes with a digest of their own"),
        ("length", "it took more bytes than were signed for"),
        ("condition", "it took what was not to be created only"),
        ("undigested", "it took what came without a digest"),
        ("another", "it took an address of another object"),
        ("ended", "it took an address that had ended"),
        ("put off", "it took an address whose end was put off"),
        ("unsigned", "it took what nobody had signed"),
        ("kept", "objects that it had refused"),
        ("closed", "it refused what was signed for, with status 403"),
        ("altered", "it gave back other bytes than it was given"),
        ("replaced", "it replaced an object that was to be created only"),
        ("copies", "it does not make copies that are to be created only"),
        ("no copies", "it does not make copies that are to be created only"),
        ("silent", "it did not answer as cameras would ask it (ConnectError)"),
        ("unreadable", "The footage store cannot read it"),
    ],
)
def test_a_store_that_does_not_hold_one_thing_is_found(lax: str, said: str) -> None:  # proves L1, L2
    store = LaxStore(lax)
    found = why_not(store)
    assert found is not None
    assert said in found
    assert store.objects == {}
    reading = direct_reading(found)
    assert reading.condition is Condition.WORSE
    assert reading.said == f"No camera is given an address of the store: {found}."


def test_what_cannot_be_removed_is_no_reason() -> None:
    assert why_not(LaxStore("failing")) is None
