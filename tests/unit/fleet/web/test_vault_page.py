"""The page of the vault: what it says in each state, who may do what there, and when an alert is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.server.compose import FleetServices
from fleet.vault.keybox import KeyBox, OpenedBy, VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web.views.desk.kinds import VAULT_SEALED
from fleet.web.views.settings.vault import vault_view
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services
from tests.support.fleet.people import add_user, sign_in_as
from tests.support.fleet.vaults import PASSPHRASE, open_by_passphrase, open_by_shares

pytestmark = pytest.mark.slow


@contextmanager
def signed_in(services: FleetServices, *people: tuple[str, Role]) -> Iterator[list[Browser]]:
    with browsers(services) as another:
        yield [sign_in_as(services, another(), add_user(services, name, role)) for name, role in people]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    with fleet_services(tmp_path):
        return tmp_path


def test_whoever_knows_the_passphrase_unseals_it_and_may_seal_it_again(state: Path) -> None:
    # proves F8
    with fleet_services(state) as services:
        open_by_passphrase(services)
    with (
        fleet_services(state) as services,
        signed_in(services, ("Manager", Role.CCTV_MANAGER), ("Desk", Role.SAFETY_TEAM)) as (manager, desk),
    ):
        page = desk.get("/vault")
        assert "The vault is sealed: no footage can be opened until somebody unseals it with its" in page
        assert "Passphrase of the vault" not in page
        today = desk.get("/")
        assert "The vault is sealed: no footage can be watched" in today
        assert 'href="/vault"' in today, "it is this that leads the safety team to the page"
        assert "Seal the vault" not in desk.get("/vault")
        page = manager.get("/vault")
        assert "Passphrase of the vault" in page
        assert "data-secret" in page
        wrong = manager.post("/vault/unseal", "/vault", secret="incorrect horse battery staple")
        assert "that is not its passphrase" in wrong
        assert "incorrect horse" not in wrong
        page = manager.post("/vault/unseal", "/vault", secret=PASSPHRASE)
        assert "The vault is open: it opens footage to be watched, exported and checked." in page
        assert "until somebody unseals it with its passphrase." in page, "what sealing it does"
        assert "The vault is sealed" not in desk.get("/")
        page = manager.post("/vault/seal", "/vault")
        assert "Manager sealed the vault by hand: no footage can be opened until somebody" in page
        assert "So it has been since 12:00:00." in page
        assert "sealed the vault by hand, 12:00:00" in desk.get("/")


def test_two_people_give_their_shares(state: Path) -> None:
    # proves F8
    with fleet_services(state) as services:
        first, second, _ = open_by_shares(services)
    with (
        fleet_services(state) as services,
        signed_in(services, ("Head", Role.HEAD_OF_SAFETY), ("Data", Role.DATA_PROTECTION_OFFICER)) as (
            head,
            data,
        ),
    ):
        assert "Your share" in head.get("/vault")
        assert "was given" not in head.get("/vault")
        page = head.post("/vault/unseal", "/vault", secret=first.words)
        assert "Share 1 was given, and counts until 12:15:00." in page
        assert "1 more share is needed, each from somebody else." in page
        page = head.post("/vault/unseal", "/vault", secret=second.words)
        assert "somebody else gives the next one" in page
        assert " ".join(second.words.split()[5:9]) not in page
        assert "The vault is open" in data.post("/vault/unseal", "/vault", secret=second.words)


def test_without_its_key_file_nobody_unseals_it_here(state: Path) -> None:
    # proves F8
    key = state / "state/vault/key-file"
    key.rename(state / "away")
    with (
        fleet_services(state) as services,
        signed_in(services, ("Administrator", Role.ADMINISTRATOR)) as (admin,),
    ):
        page = admin.get("/vault")
        assert "cannot be read: No such file or directory." in page
        assert "Whoever runs the service puts right what is wrong with the key file." in page
        assert "/vault/unseal" not in page
        (state / "away").rename(key)
        assert "The vault is open" in admin.get("/vault")


def test_a_hardware_module_that_is_away_is_called_that(state: Path) -> None:
    # proves F8
    with fleet_services(state) as services:
        box = services.state / "vault/sealing-key.json"
        opener = VaultOpener(OpenedBy.HARDWARE, wrapped=bytes(64))
        box.write_bytes(replace(KeyBox.from_json(box.read_bytes()), opener=opener).to_json())
    with (
        fleet_services(state) as services,
        signed_in(services, ("Administrator", Role.ADMINISTRATOR)) as (admin,),
    ):
        page = admin.get("/vault")
        assert "no footage can be opened until its hardware module can be used again." in page
        assert "vault.pkcs11_pin_file does not say which." in page
        assert "Whoever runs the service puts right what is wrong with the hardware module." in page
        assert "/vault/unseal" not in page
        today = admin.get("/")
        assert (
            "until its hardware module can be used again. Uploads from cameras do not need it open." in today
        )
        assert "key file" not in today


def test_where_several_processes_may_run_it_is_said_to_be_about_one() -> None:
    # proves F8
    now, opener = datetime(2026, 11, 29, 12, tzinfo=UTC), VaultOpener(OpenedBy.PASSPHRASE)
    for sealed in (None, Sealed(opener, now)):
        assert vault_view(sealed, opener, (), now).of_one == ""
        several = vault_view(sealed, opener, (), now, may_be_several=True)
        assert "counts in all of them; where people open it, each is unsealed" in several.of_one


def test_an_alert_is_due_when_it_is_sealed_longer_than_it_should(state: Path) -> None:
    # proves F8
    with fleet_services(state) as services:
        open_by_passphrase(services)
    clock = TestClock()
    config = FleetConfig(people=BY_PASSWORD.people)

    def told(services: FleetServices) -> bool:
        with services.sessions.begin() as session:
            found = services.alerts.look(session, {}).findings
        return VAULT_SEALED.id in {each.kind.id for each in found}

    with fleet_services(state, config, clock=clock) as services:
        clock.move(minutes=14)
        assert not told(services)
        clock.move(minutes=1)
        assert told(services)
        services.vault_services.unsealing.by_passphrase(
            add_user(services, "A", Role.ADMINISTRATOR), PASSPHRASE
        )
        assert not told(services)
