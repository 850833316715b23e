"""Webhooks: signed, over TLS, to allowed addresses alone, and never by way of a redirect."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.delivery.errors import DeliveryError
from fleet.delivery.webhook import Webhook, post_webhook
from fleet.pki.authority import open_authority
from tests.support.fleet.authorities import plain_key
from tests.support.network.hook_server import HookLog, running_hook_server

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"a secret that both of them know"
DOCUMENT = {"version": 1, "id": "ab" * 16, "alerts": [], "test": True}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    authority = open_authority(folder / "pki", now=datetime.now(UTC))
    authority.renew_own(("localhost",), datetime.now(UTC))
    (folder / "secret").write_bytes(SECRET + b"\n")
    return folder


@pytest.fixture(scope="module")
def server(files: Path) -> Iterator[HookLog]:
    with running_hook_server(files / "pki" / "server.pem", plain_key(files / "pki", "server", files)) as log:
        yield log


@pytest.fixture
def log(server: HookLog) -> HookLog:
    server.status, server.location = 204, ""
    for kept in (server.bodies, server.headers, server.paths):
        kept.clear()
    return server


@pytest.fixture
def hook(log: HookLog, files: Path) -> Webhook:
    url = f"https://localhost:{log.port}/alerts?from=lapel"
    return Webhook(url, files / "secret", private=True, authority_file=files / "pki" / "authority.pem")


def loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def test_a_program_gets_a_document_that_it_can_check(log: HookLog, hook: Webhook) -> None:
    post_webhook(hook, DOCUMENT, NOON, look_up=loopback)
    (body,), (headers,), (path,) = log.bodies, log.headers, log.paths
    assert json.loads(body) == DOCUMENT
    assert path == "/alerts?from=lapel"
    assert headers["Lapel-Message"] == "ab" * 16
    seconds, digest = (part.partition("=")[2] for part in headers["Lapel-Signature"].split(","))
    assert int(seconds) == int(NOON.timestamp())
    expected = hmac.new(SECRET, seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, expected)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(log: HookLog, hook: Webhook, status: int) -> None:
    log.status, log.location = status, f"https://localhost:{log.port}/elsewhere"
    with pytest.raises(DeliveryError, match="redirects are not followed"):
        post_webhook(hook, DOCUMENT, NOON, look_up=loopback)
    assert log.paths == ["/alerts?from=lapel"]


@pytest.mark.parametrize(("status", "is_final"), [(404, False), (410, True), (429, False), (500, False)])
def test_what_a_program_answers_is_told_by_its_number(
    log: HookLog, hook: Webhook, status: int, is_final: bool
) -> None:
    log.status = status
    with pytest.raises(DeliveryError, match=f"localhost answered {status}") as caught:
        post_webhook(hook, DOCUMENT, NOON, look_up=loopback)
    assert caught.value.is_final is is_final


def test_what_goes_wrong_is_said_without_the_secret(log: HookLog, hook: Webhook, files: Path) -> None:
    (files / "short").write_bytes(b"short")
    for changed, said in (
        (replace(hook, secret_file=files / "gone"), "cannot be read"),
        (replace(hook, secret_file=files / "short"), "fewer than 16 bytes"),
        (replace(hook, authority_file=None), "is not trusted"),
        (replace(hook, url="https://localhost:1/"), "cannot be reached"),
        (replace(hook, private=False), "not allowed"),
    ):
        with pytest.raises(DeliveryError, match=said) as caught:
            post_webhook(changed, DOCUMENT, NOON, look_up=loopback)
        assert SECRET.decode() not in str(caught.value)
    assert log.bodies == []


def test_every_address_of_a_name_has_to_be_allowed_and_none_is_asked_for_twice(
    log: HookLog, hook: Webhook
) -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    post_webhook(hook, DOCUMENT, NOON, look_up=rebinding)
    assert asked == ["localhost"], "what was looked at is what was connected to"
    with pytest.raises(DeliveryError, match="not allowed"):
        post_webhook(hook, DOCUMENT, NOON, look_up=lambda _host, _port: ["127.0.0.1", "169.254.169.254"])
    with pytest.raises(DeliveryError, match="not allowed"):
        post_webhook(hook, DOCUMENT, NOON, look_up=lambda _host, _port: [])
    assert len(log.bodies) == 1


def test_a_name_that_nobody_knows_is_said(hook: Webhook) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(DeliveryError, match="cannot be reached"):
        post_webhook(hook, DOCUMENT, NOON, look_up=unknown)
