"""What is said of a vault that is sealed: who unseals it, and what each state says and does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fleet.core.actor import Role
from fleet.people.permissions import GRANTS, Permission
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import WHO, Sealed

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
NAMES = {
    Role.ADMINISTRATOR: "administrator",
    Role.CCTV_MANAGER: "CCTV manager",
    Role.HEAD_OF_SAFETY: "head of safety",
    Role.DATA_PROTECTION_OFFICER: "data protection officer",
    Role.SAFETY_TEAM: "safety team",
    Role.OFFICER: "An officer",
}


def test_who_is_named_is_who_may() -> None:
    # proves F8
    assert {role for role, name in NAMES.items() if name in WHO} == GRANTS[Permission.VAULT]


@pytest.mark.parametrize(
    ("sealed", "until", "waits"),
    [
        (Sealed(VaultOpener(), NOW, why="It is away."), "its key file can be used again", False),
        (Sealed(VaultOpener(), NOW, by_hand="A"), "somebody unseals it", True),
        (Sealed(VaultOpener(OpenedBy.HARDWARE), NOW), "its hardware module can be used again", False),
        (Sealed(VaultOpener(OpenedBy.HARDWARE), NOW, has_stopped=True), "somebody unseals it", True),
        (Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW), "somebody unseals it with its passphrase", True),
        (Sealed(VaultOpener(OpenedBy.SHARES, 3, 7), NOW), "3 people unseal it with their shares", True),
    ],
)
def test_each_state_says_until_when(sealed: Sealed, until: str, waits: bool) -> None:
    # proves F8
    assert sealed.until == until
    assert f"no footage can be opened until {until}." in sealed.refusal
    assert (WHO in sealed.refusal) is waits is sealed.waits_for_people
    assert ("by hand" in sealed.refusal) is bool(sealed.by_hand)
    assert sealed.refusal.endswith("Uploads from cameras do not need it open.")
