"""A vault that people open: sealed from each start on, unsealed by what they know, and sealed by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.server.compose import FleetServices
from fleet.vault.changing import OpeningChange
from fleet.vault.errors import VaultError
from fleet.vault.keybox import OpenedBy, VaultOpener, lock
from fleet.vault.unsealing import MOST_TRIES
from protocol.footage.sealing.keys import generate_private_key
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.vaults import CHEAP, PASSPHRASE, open_by_passphrase, open_by_shares

ONE = Actor(ActorKind.USER, "u1", "Person 1", address="192.0.2.1")
TWO = Actor(ActorKind.USER, "u2", "Person 2", address="192.0.2.2")


@contextmanager
def started(folder: Path, change: Callable[[FleetServices], object]) -> Iterator[FleetServices]:
    """A fleet that is started after what opens its vault was changed."""
    with fleet_services(folder) as services:
        change(services)
    with fleet_services(folder) as services:
        yield services


def entries(services: FleetServices) -> list[tuple[str, str, dict[str, object]]]:
    """What the log has of the vault, but of how it came to be."""
    with services.readers() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.action.like("vault:%")).order_by(AuditEntry.number)
        ).all()
        found = [(row.actor, row.action, dict(row.detail)) for row in rows]
    return [each for each in found if each[1] != "vault:opening:change"]


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value.status, caught.value.code


def test_with_a_passphrase_it_is_sealed_from_each_start_on(tmp_path: Path) -> None:  # proves F1
    with started(tmp_path, open_by_passphrase) as services:
        vault, unsealing = services.vault, services.vault_services.unsealing
        before = vault.recipients()
        sealed = vault.sealed()
        assert sealed is not None
        assert (sealed.opener.by, sealed.by_hand, sealed.why) == (OpenedBy.PASSPHRASE, "", "")
        for wrong in ("incorrect horse battery staple", "", "x" * 2000):
            assert refused(lambda wrong=wrong: unsealing.by_passphrase(ONE, wrong)) == (  # type: ignore[misc]
                403,
                "vault_secret_wrong",
            )
        assert vault.is_sealed()
        unsealing.by_passphrase(ONE, PASSPHRASE + "\r\n")
        assert not vault.is_sealed()
        assert vault.recipients() == before
        assert refused(lambda: unsealing.by_passphrase(ONE, PASSPHRASE)) == (409, "vault_open")
        assert entries(services) == [
            *[("user:Person 1", "vault:key:refuse", {"code": "wrong"})] * 3,
            ("user:Person 1", "vault:key:unseal", {"by": "passphrase"}),
        ]
    with fleet_services(tmp_path) as services:
        assert services.vault.is_sealed()
    for file in (tmp_path / "state").rglob("*"):
        assert not file.is_file() or PASSPHRASE.encode() not in file.read_bytes(), file


def test_what_cannot_be_logged_unseals_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F1
    with started(tmp_path, open_by_passphrase) as services:

        def fail(*_arguments: object, **_more: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr("fleet.vault.unsealing.record", fail)
        with pytest.raises(OSError, match="full"):
            services.vault_services.unsealing.by_passphrase(ONE, PASSPHRASE)
        assert services.vault.is_sealed()


def test_tries_are_limited_by_account_and_by_address(tmp_path: Path) -> None:
    with started(tmp_path, open_by_passphrase) as services:
        unsealing = services.vault_services.unsealing
        for _ in range(MOST_TRIES):
            assert refused(lambda: unsealing.by_passphrase(ONE, "wrong"))[0] == 403
        assert refused(lambda: unsealing.by_passphrase(ONE, PASSPHRASE)) == (429, "too_many_attempts")
        beside = TWO.at(ONE.address)
        assert refused(lambda: unsealing.by_passphrase(beside, PASSPHRASE)) == (429, "too_many_attempts")
        assert services.vault.is_sealed()
        unsealing.by_passphrase(TWO, PASSPHRASE)  # nobody is locked out by somebody else
        assert not services.vault.is_sealed()


def test_shares_of_two_people_unseal_it_and_one_that_waits_is_forgotten(tmp_path: Path) -> None:
    # proves F1
    with fleet_services(tmp_path) as services:
        first, second, third = open_by_shares(services)
    clock = TestClock()
    with fleet_services(tmp_path, clock=clock) as services:
        unsealing = services.vault_services.unsealing
        assert unsealing.by_share(ONE, first.words) == 1
        clock.move(minutes=15)
        assert unsealing.given() == ()
        assert unsealing.by_share(TWO, second.words) == 1, "the first was forgotten"
        assert refused(lambda: unsealing.by_share(TWO, third.words)) == (409, "share_same_person")
        assert refused(lambda: unsealing.by_share(ONE, second.words)) == (409, "share_given")
        assert refused(lambda: unsealing.by_share(ONE, "no share")) == (403, "share_unreadable")
        sealed = services.vault.sealed()
        assert sealed is not None
        assert sealed.given == 1
        assert unsealing.by_share(ONE, third.words) == 0
        assert not services.vault.is_sealed()
        assert unsealing.given() == ()
        assert [(who, action) for who, action, _ in entries(services)] == [
            ("user:Person 1", "vault:share:give"),
            ("user:Person 2", "vault:share:give"),
            ("user:Person 2", "vault:key:refuse"),
            *[("user:Person 1", "vault:key:refuse")] * 2,
            ("user:Person 1", "vault:key:unseal"),
        ]
        assert " ".join(first.words.split()[3:7]) not in json.dumps(
            [detail for *_, detail in entries(services)]
        )


def test_sealed_by_hand_it_stays_so_over_a_restart_until_somebody_unseals_it(tmp_path: Path) -> None:
    # proves F1
    with fleet_services(tmp_path) as services:
        services.vault.seal(ONE)
        assert refused(lambda: services.vault.seal(TWO)) == (409, "vault_sealed_already")
    with fleet_services(tmp_path) as services:
        sealed = services.vault.sealed()
        assert sealed is not None
        assert (sealed.by_hand, sealed.opener.by) == ("Person 1", OpenedBy.KEY_FILE)
        services.vault_services.unsealing.by_itself(TWO)
        assert not services.vault.is_sealed()
    with fleet_services(tmp_path) as services:
        assert not services.vault.is_sealed()
        assert entries(services) == [
            ("user:Person 1", "vault:key:seal", {}),
            ("user:Person 2", "vault:key:unseal", {"by": "key-file"}),
        ]


def test_it_is_sealed_even_where_that_cannot_be_kept(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        (tmp_path / "state/vault/sealed-by-hand").mkdir()
        with pytest.raises(OSError, match="directory"):
            services.vault.seal(ONE)
        assert services.vault.is_sealed()
        assert [action for _, action, _ in entries(services)] == ["vault:key:seal"]


def test_a_note_that_cannot_be_read_opens_nothing(tmp_path: Path) -> None:
    with fleet_services(tmp_path):
        pass
    (tmp_path / "state/vault/sealed-by-hand").write_text("{")
    with pytest.raises(VaultError, match="remove it, and the vault is sealed"), fleet_services(tmp_path):
        pass


def test_what_opens_it_is_changed_and_the_key_stays(tmp_path: Path) -> None:
    vault = tmp_path / "state/vault"
    with fleet_services(tmp_path) as services:
        before = services.vault.recipients()
        open_by_passphrase(services)
        assert not (vault / "key-file").exists()
        assert not services.vault.is_sealed(), "it stays open until it is sealed"
        change = OpeningChange(services, passphrase_cost=CHEAP)
        with pytest.raises(VaultError, match="that is not its passphrase"):
            change.unlocked(b"another passphrase")
        private = change.unlocked(PASSPHRASE.encode())
        with pytest.raises(VaultError, match="16 to 1024 bytes"):
            change.to_passphrase(private, "too short", OPERATOR)
        made = change.make_shares(needed=2, shares=2)
        with pytest.raises(VaultError, match="not 2 different ones of the shares that were just made"):
            change.to_shares(private, made, [made.shares[0], made.shares[0]], OPERATOR)
        with pytest.raises(VaultError, match="at least 2 are needed"):
            change.make_shares(needed=3, shares=2)
        change.to_key_file(private, OPERATOR)
        services.vault.seal(ONE)
        services.vault_services.unsealing.by_itself(ONE)
        assert services.vault.recipients() == before
    with fleet_services(tmp_path) as services:
        assert not services.vault.is_sealed()
        assert services.vault.recipients() == before


def test_another_key_in_its_place_is_not_used(tmp_path: Path) -> None:
    opener = VaultOpener(OpenedBy.PASSPHRASE)
    key = generate_private_key()  # locked by the same passphrase, and another
    other = lock(key, "Evidence vault", PASSPHRASE.encode(), os.urandom, opener=opener, cost=CHEAP).to_json()
    with started(tmp_path, open_by_passphrase) as services:
        unsealing = services.vault_services.unsealing
        box = tmp_path / "state/vault/sealing-key.json"
        own = box.read_bytes()
        changed = json.loads(other) | {"public_key": json.loads(own)["public_key"]}
        for found, status in ((json.dumps(changed).encode(), 403), (other, 503), (b"{", 503)):
            box.write_bytes(found)
            assert refused(lambda: unsealing.by_passphrase(ONE, PASSPHRASE))[0] == status
            assert services.vault.is_sealed()
        box.write_bytes(own)
        unsealing.by_passphrase(ONE, PASSPHRASE)
