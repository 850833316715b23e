"""Imports open by the vault's newest key alone, and an earlier key is not retired while one needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import FLEET, OPERATOR
from fleet.footage.imported.models import ImportKey
from fleet.footage.imported.sealing import import_key_info, seal_import_key
from fleet.rewrapping.imports import ACTION, ImportRewrapping, imports_behind
from fleet.rewrapping.retiring import KeyRetirement, RetiringError
from fleet.server.compose import FleetServices
from fleet.vault.rotating import VaultRotation
from protocol.footage.format.errors import KeysError
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services

pytestmark = pytest.mark.slow

NAMES = ("5e" * 8, "5f" * 8)


def keys(services: FleetServices) -> dict[str, bytes]:
    """Each import's key, opened."""
    with services.readers() as session:
        rows = session.scalars(select(ImportKey)).all()
    opened = services.vault.wrapping.open_sealed
    return {row.import_id: opened(row.sealed_to, row.sealed, import_key_info(row.import_id)) for row in rows}


def test_imports_follow_the_newest_key(tmp_path: Path) -> None:
    # proves F1 F3 F7
    clock = TestClock(datetime(2027, 3, 1, 12, tzinfo=UTC))
    with fleet_services(tmp_path, config=BY_PASSWORD, clock=clock) as services:
        to = services.vault.recipients()[0]
        with services.sessions.begin() as session:
            for number, name in enumerate(NAMES):
                sealed = seal_import_key(bytes([number]) * 32, name, to)
                session.add(ImportKey(import_id=name, sealed_to=to.key_id.hex(), sealed=sealed))
        ImportRewrapping(services, services.vault)()
        assert keys(services)[NAMES[0]] == bytes(32), "with one key there is nothing to do"
        VaultRotation(services).rotate(None, OPERATOR)
    with fleet_services(tmp_path, config=BY_PASSWORD, clock=clock) as services:
        new, old = services.vault.known()
        with services.sessions.begin() as session:
            broken = session.get_one(ImportKey, NAMES[1])
            whole, broken.sealed = broken.sealed, broken.sealed[:-1] + b"?"
        with pytest.raises(RetiringError, match="Imports that need an earlier key: 2"):
            KeyRetirement(services, services.footage.store).check(old.key_id)
        ImportRewrapping(services, services.vault)()
        with services.sessions.begin() as session:
            assert imports_behind(session, new.key_id) == 1, "what does not open stays as it is"
            session.get_one(ImportKey, NAMES[1]).sealed = whole
        services.vault.seal(OPERATOR)
        ImportRewrapping(services, services.vault)()
        services.vault_services.unsealing.by_itself(OPERATOR)
        with services.readers() as session:
            assert imports_behind(session, new.key_id) == 1, "a sealed vault opens nothing"
        ImportRewrapping(services, services.vault)()
        assert keys(services) == {name: bytes([number]) * 32 for number, name in enumerate(NAMES)}
        with services.readers() as session:
            assert imports_behind(session, new.key_id) == 0
            logged = session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).all()
            assert {each.actor for each in logged} == {FLEET.label}
            assert {each.subject for each in logged} == set(NAMES)
        KeyRetirement(services, services.footage.store).check(old.key_id)
        with services.sessions.begin() as session:
            session.get_one(ImportKey, NAMES[0]).import_id = "60" * 8
        with pytest.raises(KeysError):
            keys(services)
