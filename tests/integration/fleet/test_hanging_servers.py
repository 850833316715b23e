"""A mail server or a program that answers a byte at a time, for ever: it is let go of, and no other waits."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.core.actor import Actor, ActorKind, Role
from fleet.delivery import mail, webhook
from fleet.delivery.choices import choose
from fleet.delivery.errors import DeliveryError
from fleet.delivery.mail import Mail, MailServer, send_mail
from fleet.delivery.models import Channel, MessageState, OutMessage
from fleet.delivery.outbox import Outlets, add_test
from fleet.delivery.sender import Parcel, Sender
from fleet.delivery.services import quiet_hours
from fleet.delivery.webhook import Webhook, post_webhook
from fleet.people.models import User
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.network.tls_front import PrivateAuthority, tls_front

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOST = 4000
"""Bytes after which the server gives up: a client that waits for it fails the test, and does not hang."""


@dataclass
class Dripping:
    """Says a byte of what never ends whenever one could be due, and counts who let go of it."""

    says: bytes
    let_go: threading.Event = field(default_factory=threading.Event)
    gave_up: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                with near:
                    self._drip(near)

    def _drip(self, near: socket.socket) -> None:
        pause = threading.Event()
        for number in range(MOST):
            try:
                near.sendall(self.says[number % len(self.says) :][:1])
            except OSError:
                self.let_go.set()
                return
            pause.wait(0.01)  # slower than a reader, and within every time limit of one answer
        self.gave_up.set()


@contextlib.contextmanager
def dripping(says: bytes) -> Iterator[tuple[Dripping, int]]:
    found = Dripping(says)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=found.serve, args=(listener,), daemon=True).start()
        yield found, listener.getsockname()[1]
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def authority(tmp_path: Path) -> PrivateAuthority:
    return PrivateAuthority(tmp_path)


@pytest.mark.parametrize("starttls", [True, False])
def test_a_mail_server_that_greets_for_ever_is_let_go(
    monkeypatch: pytest.MonkeyPatch, authority: PrivateAuthority, starttls: bool
) -> None:
    # proves L3
    monkeypatch.setattr(mail, "WHOLE_S", 0.5)
    with dripping(b"220-Welcome, and wait\r\n") as (server, port), contextlib.ExitStack() as stack:
        at = port
        if not starttls:
            url = stack.enter_context(tls_front(port, authority.context()))
            at = int(url.rpartition(":")[2])
        where = MailServer("localhost", at, starttls, "", None, "a@example.org", authority.file, "localhost")
        with pytest.raises(DeliveryError, match="The mail server localhost") as refused:
            send_mail(where, Mail("ab" * 16, "desk@example.org", "Lapel", "- Battery low\n", NOON))
        assert not refused.value.is_final
        assert server.let_go.wait(10)
        assert not server.gave_up.is_set()


def test_a_program_that_answers_for_ever_is_let_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, authority: PrivateAuthority
) -> None:
    # proves L3
    monkeypatch.setattr(webhook, "WHOLE_S", 0.5)
    secret = tmp_path / "secret"
    secret.write_bytes(b"s" * 32)
    with (
        dripping(b"HTTP/1.1 100 Continue\r\n\r\n") as (server, port),
        tls_front(port, authority.context()) as url,
    ):
        hook = Webhook(f"{url}/alerts", secret, private=True, authority_file=authority.file)
        with pytest.raises(DeliveryError, match="localhost cannot be reached, or does not answer"):
            post_webhook(hook, {"id": "ab" * 16}, NOON, look_up=lambda *_: ["127.0.0.1"])
        assert server.let_go.wait(10)
        assert not server.gave_up.is_set()


def test_a_way_that_is_away_keeps_no_other_waiting_and_tries_nothing_twice(tmp_path: Path) -> None:
    # proves L3
    tried: list[Channel] = []
    clock = TestClock()

    def away(parcel: Parcel) -> None:
        tried.append(parcel.channel)
        raise DeliveryError("The mail server cannot be reached, or does not answer.")

    with fleet_services(tmp_path, clock=clock) as services:
        kinds, random = services.alerts.kinds, services.random
        with services.sessions.begin() as session:
            for name in ("a", "b", "c"):
                by = Actor(ActorKind.USER, name, name, frozenset({Role.SAFETY_TEAM}))
                session.add(User(id=name, name=name, password="", roles=by.roles, created=clock.now))
                session.flush()
                to = f"{name}@example.org"
                choose(session, address=to, level="nothing", without=(), kinds=list(kinds.all), by=by)
                add_test(session, Channel.MAIL, name, clock.now, random)
            hook = add_test(session, Channel.WEBHOOK, None, clock.now, random).id
        outlets = Outlets(True, True, quiet_hours(services.config))
        posts = {Channel.MAIL: away, Channel.WEBHOOK: lambda parcel: tried.append(parcel.channel)}
        sender = Sender(services, kinds, outlets, posts)
        assert sender.round() == 2
        assert sorted(tried) == [Channel.MAIL, Channel.WEBHOOK]
        with services.readers() as session:
            assert session.get_one(OutMessage, hook).state == MessageState.SENT
            waiting = session.scalars(
                select(OutMessage).where(OutMessage.state == MessageState.WAITING)
            ).all()
            assert [(each.tries, each.leased) for each in waiting] == [(0, None)] * 2
        assert [sender.round() for _ in range(3)] == [1, 1, 0]
        assert tried.count(Channel.MAIL) == 3
