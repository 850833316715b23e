"""A new key for the vault: what was ever sealed opens, whatever opens the vault and wherever it dies."""

from __future__ import annotations

import secrets
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR
from fleet.core.errors import StateError
from fleet.processes.claims import Alone, ClaimKey
from fleet.processes.keys import check_keys
from fleet.processes.models import FleetKey
from fleet.recovery.rebuilding import BOX, KEY_FILE, write_vault
from fleet.server.compose import FleetServices
from fleet.vault.changing import OpeningChange
from fleet.vault.errors import VaultError, WrongSecretError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import KeyBox, unlock
from fleet.vault.openers.shares import combine
from fleet.vault.rotating import MOST_KEYS, VaultRotation
from fleet.vault.rotation.earlier import open_earlier
from fleet.vault.unsealing import Unsealing
from protocol.footage.sealing.keys import PrivateKey, Recipient, generate_private_key
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.vaults import CHEAP, PASSPHRASE, open_by_passphrase, open_by_shares

pytestmark = pytest.mark.slow


def held(services: FleetServices) -> list[bytes]:
    """The ids of the keys that the vault opens with now, the one that counts last."""
    recovery = generate_private_key()
    to = Recipient("test", recovery.public_bytes())
    return [Recipient(each.name, each.public_key).key_id for each in services.vault.copies(to)]


def rotate(services: FleetServices, secret: bytes | None = None) -> str:
    return VaultRotation(services, passphrase_cost=CHEAP).rotate(secret, OPERATOR).after


def test_cameras_are_told_of_the_new_key_and_every_earlier_one_still_opens(tmp_path: Path) -> None:
    # proves F7
    clock, ids = TestClock(), list[bytes]()
    for _ in range(3):
        with fleet_services(tmp_path, clock=clock) as services:
            ids.append(services.vault.recipients()[0].key_id)
            assert held(services) == ids
            assert [bytes.fromhex(e.key_id) for e in services.vault.known()] == ids[::-1]
            clock.move(days=1)
            before = services.vault.recipients()
            after = rotate(services)
            assert services.vault.recipients() == before, "it counts from the next start on"
            assert held(services) == ids
    with fleet_services(tmp_path, clock=clock) as services:
        assert held(services)[:-1] == ids
        assert held(services)[-1].hex() == after
        known = services.vault.known()
        assert [each.counts for each in known] == [True, False, False, False]
        assert all(newer.made == older.replaced for newer, older in pairwise(known))
        with services.readers() as session:
            made = session.scalars(select(AuditEntry).where(AuditEntry.action == "vault:key:rotate")).all()
        assert [each.detail["opens"] for each in made] == [2, 3, 4]


def test_what_opens_it_stays_and_can_be_changed_afterwards(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        first = services.vault.recipients()[0].key_id
        open_by_passphrase(services)
    with fleet_services(tmp_path) as services:
        with pytest.raises(WrongSecretError):
            rotate(services, b"incorrect horse battery staple")
        assert VaultFiles.of(services.state, services.config).box().earlier == ()
        after = bytes.fromhex(rotate(services, PASSPHRASE.encode()))
    with fleet_services(tmp_path) as services:
        assert services.vault.is_sealed()
        assert [bytes.fromhex(each.key_id) for each in services.vault.known()] == [after, first]
        unsealed(services.vault_services.unsealing)
        assert held(services) == [first, after]
        change = OpeningChange(services, passphrase_cost=CHEAP)
        change.to_key_file(change.unlocked(PASSPHRASE.encode()), OPERATOR)
    with fleet_services(tmp_path) as services:
        assert held(services) == [first, after]
        shares = open_by_shares(services)
    with fleet_services(tmp_path) as services:
        last = bytes.fromhex(rotate(services, combine(list(shares[:2]))))
        change = OpeningChange(services)
        change.to_key_file(change.unlocked(combine(list(shares[1:]))), OPERATOR)
    with fleet_services(tmp_path) as services:
        assert held(services) == [first, after, last]


def unsealed(unsealing: Unsealing) -> None:
    unsealing.by_passphrase(OPERATOR, PASSPHRASE)


@pytest.mark.parametrize("where", ["record", "replace_key", "write", "commit"])
def test_wherever_it_dies_the_vault_opens_all_that_was_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    # proves F7
    class DiedError(BaseException):
        """The process ends here."""

    def die(*_arguments: object, **_more: object) -> None:
        raise DiedError

    with fleet_services(tmp_path) as services:
        first = services.vault.recipients()[0].key_id
        write = VaultFiles.replace

        def die_after(files: VaultFiles, box: KeyBox) -> None:
            write(files, box)
            raise DiedError

        places = {"write": "fleet.vault.files.write_file", "commit": "fleet.vault.files.VaultFiles.replace"}
        what = places.get(where, f"fleet.vault.rotating.{where}")
        monkeypatch.setattr(what, die_after if where == "commit" else die)
        with pytest.raises(DiedError):
            rotate(services)
        monkeypatch.undo()
    with fleet_services(tmp_path) as services:
        assert held(services)[0] == first
        assert len(held(services)) == (2 if where == "commit" else 1)
        rotate(services)
    with fleet_services(tmp_path) as services:
        assert held(services)[0] == first


def test_a_file_that_was_changed_opens_nothing_and_says_so(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        rotate(services)
        files = VaultFiles.of(services.state, services.config)
        box = files.box()
    (key,) = box.earlier
    other = generate_private_key()
    for wrong in (
        replace(key, sealed=bytes([key.sealed[0] ^ 1]) + key.sealed[1:]),
        replace(key, public_key=other.public_bytes()),
    ):
        files.replace(replace(box, earlier=(wrong,)))
        with pytest.raises(VaultError, match="restore it from a copy"), fleet_services(tmp_path):
            pass
    for text in (b'{"version": 4}', box.to_json().replace(b'"sealed"', b'"seald"')):
        files.box_file.write_bytes(text)
        with pytest.raises(VaultError, match=r"does not know the format|damaged"):
            files.box()


def test_no_more_keys_are_made_than_can_be_kept(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        files = VaultFiles.of(services.state, services.config)
        rotate(services)
        box = files.box()
        files.replace(replace(box, earlier=box.earlier * (MOST_KEYS - 1)))
        with pytest.raises(VaultError, match="retire one first"):
            rotate(services)


class Others(Alone):
    """Another process has what it claimed."""

    is_shared = True

    def take(self, key: int) -> bool:
        return key != ClaimKey.BROKER


def test_beside_another_process_nothing_is_rotated_and_one_without_the_new_file_does_not_start(
    tmp_path: Path,
) -> None:
    # proves F7
    with fleet_services(tmp_path) as services:
        files = VaultFiles.of(services.state, services.config)
        before, old = files.box(), services.vault.known()[0].key_id
        with pytest.raises(VaultError, match="stop all of them first"):
            VaultRotation(services, claims=lambda _url: Others()).rotate(None, OPERATOR)
        assert files.box() == before
        with services.sessions.begin() as session:
            session.add(FleetKey(name="vault", digest=old, since=services.clock()))
        new = rotate(services)
        with services.sessions.begin() as session:
            assert session.get_one(FleetKey, "vault").digest == new
            with pytest.raises(StateError, match="another than this fleet's"):
                check_keys(session, {"vault": old}, services.state)
            check_keys(session, {"vault": new}, services.state, earlier={"vault": [old]})
        with services.sessions.begin() as session:  # whoever rotated died before it was written down
            session.get_one(FleetKey, "vault").digest = old
            session.flush()
            check_keys(session, {"vault": new}, services.state, earlier={"vault": [old]})
            assert session.get_one(FleetKey, "vault").digest == new


def test_what_the_recovery_key_opens_is_laid_out_with_all_keys(tmp_path: Path) -> None:
    # proves F7
    keys = [("Evidence vault", generate_private_key()) for _ in range(3)]
    write_vault(keys, tmp_path / "vault", secrets.token_bytes)
    box = KeyBox.from_json((tmp_path / "vault" / BOX).read_bytes())
    private = unlock(box, (tmp_path / "vault" / KEY_FILE).read_bytes())
    earlier: list[PrivateKey] = [each.private for each in open_earlier(box.earlier, private)]
    found = [each.public_bytes() for each in (*earlier, private)]
    assert found == [key.public_bytes() for _, key in keys]
