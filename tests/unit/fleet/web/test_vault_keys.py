"""What the page of the vault says of its keys, and of cameras that have not followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleet.core.actor import OPERATOR, Role
from fleet.rewrapping.standing import KeyStanding
from fleet.vault.rotating import VaultRotation
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.web.views.settings.vault_keys import CameraSeals, vault_keys_view
from tests.support.fleet.filling_in import browsers
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.people import add_user, sign_in_as

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NEW, OLD, OTHER = "a" * 64, "b" * 64, "c" * 64
KEYS = (
    VaultKeyInfo(NEW, counts=True, made=NOW - timedelta(hours=2)),
    VaultKeyInfo(OLD, counts=False, made=None, replaced=NOW - timedelta(hours=2)),
)


def of(**said: tuple[str, ...] | None) -> list[CameraSeals]:
    return [CameraSeals(camera, keys) for camera, keys in said.items()]


def test_each_camera_is_said_to_seal_to_what_it_last_said_and_to_nothing_else() -> None:  # proves F8
    view = vault_keys_view(KEYS, of(a=(OLD,), b=(NEW,), c=None, d=(NEW, OLD), e=(OTHER,), f=()), NOW)
    assert [each.name for each in view.keys] == ["a" * 16, "b" * 16]
    assert view.keys[0].sentence == "Cameras are told to seal to it. It was made 10:00."
    assert view.keys[1].sentence.startswith("Cameras were told to seal to it; another was made 10:00.")
    behind, strange, silent = view.cameras
    assert behind.startswith("Sealed to an earlier key, as last said: a, d.")
    assert strange.startswith("Sealed to a key that is not in this vault, as last said: e.")
    assert silent == "What they seal to is not known, for they have not said it: c, f."


def test_all_that_have_followed_are_said_to_have_and_one_key_needs_no_following() -> None:  # proves F8
    everybody = "Every camera in service last said that it seals to the newest key alone."
    assert vault_keys_view(KEYS, of(a=(NEW,)), NOW).cameras == (everybody,)
    assert everybody not in vault_keys_view(KEYS, of(a=(NEW,), b=None), NOW).cameras
    assert vault_keys_view(KEYS, (), NOW).cameras == ("There is no camera in service.",)
    assert vault_keys_view(KEYS[:1], of(a=(OTHER,)), NOW).cameras == ()
    alone = VaultKeyInfo(NEW, counts=True, made=None)
    assert vault_keys_view((alone,), (), NOW).keys[0].sentence == "Cameras are told to seal to it."


def test_how_many_recordings_each_key_opens_is_said_as_far_as_it_was_looked_at() -> None:  # proves F8
    view = vault_keys_view(
        KEYS, (), NOW, standing=KeyStanding({NEW: 1, OLD: 12}, 3), troubles=[("r1", "The disk is away.")]
    )
    assert view.keys[0].sentence.endswith("It opens 1 recording of those that were looked at.")
    assert view.keys[1].sentence.endswith("It opens 12 recordings of those that were looked at.")
    assert view.recordings == (
        "3 recordings came or grew since the last look, or had none yet.",
        "Recording r1 stays under an earlier key for now: The disk is away.",
    )
    settled = vault_keys_view(KEYS, (), NOW, standing=KeyStanding({NEW: 1}, 0))
    assert settled.keys[1].sentence.endswith("It opens no recordings of those that were looked at.")
    assert settled.recordings == ()


def test_the_page_has_the_keys_sealed_or_not(tmp_path: Path) -> None:
    clock = TestClock()
    with fleet_services(tmp_path, clock=clock) as services:
        VaultRotation(services).rotate(None, OPERATOR)
    with fleet_services(tmp_path, clock=clock) as services, browsers(services) as another:
        manager = sign_in_as(services, another(), add_user(services, "Manager", Role.CCTV_MANAGER))
        for _ in range(2):
            page = manager.get("/vault")
            assert all(each.key_id[:16] in page for each in services.vault.known())
            assert "Cameras were told to seal to it; another was made 12:00" in page
            assert "There is no camera in service." in page
            manager.post("/vault/seal", "/vault")
