"""What is said of the vault, its keys, sites and teams, each in the state that decides it (F8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fleet.organisation.models import Group, GroupKind
from fleet.rewrapping.standing import KeyStanding
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.openers.shares import Share
from fleet.vault.openers.tray import GivenShare
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.vault.sealed import UNSEALED_BY, Sealed
from fleet.web.views.settings.groups import choices, group_section, narrowed_words
from fleet.web.views.settings.keys import value_words
from fleet.web.views.settings.vault import VaultView, vault_view
from fleet.web.views.settings.vault_keys import CameraSeals, VaultKeysView, vault_keys_view

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)

# The vault

KEY_FILE, MODULE = VaultOpener(), VaultOpener(OpenedBy.HARDWARE)
PASSPHRASE, SHARES = VaultOpener(OpenedBy.PASSPHRASE), VaultOpener(OpenedBy.SHARES, needed=3)


def shares(number: int) -> list[GivenShare]:
    return [GivenShare(Share("words", each + 1, 1, 3), "Jane", NOW) for each in range(number)]


def view(sealed: Sealed | None, opener: VaultOpener, given: int = 0, **several: bool) -> VaultView:
    return vault_view(sealed, opener, shares(given), NOW, **several)


@pytest.mark.parametrize(
    ("opener", "by_hand", "asks", "sentence", "step"),
    [
        (
            KEY_FILE,
            "",
            "",
            "The vault is sealed: no footage can be opened until its key file can be used again.",
            "Whoever runs the service puts right what is wrong with the key file.",
        ),
        (
            MODULE,
            "",
            "",
            "The vault is sealed: no footage can be opened until its hardware module can be used again.",
            "Whoever runs the service puts right what is wrong with the hardware module.",
        ),
        (
            KEY_FILE,
            "Jane",
            "nothing",
            "Jane sealed the vault by hand: no footage can be opened until somebody unseals it.",
            UNSEALED_BY,
        ),
        (
            PASSPHRASE,
            "",
            "passphrase",
            "The vault is sealed: no footage can be opened until somebody unseals it with its passphrase.",
            UNSEALED_BY,
        ),
        (
            SHARES,
            "Jane",
            "share",
            (
                "Jane sealed the vault by hand: no footage can be opened until 3 people unseal it with their "
                "shares."
            ),
            UNSEALED_BY,
        ),
    ],
)
def test_of_a_sealed_vault_is_said_what_unseals_it_and_who(
    opener: VaultOpener, by_hand: str, asks: str, sentence: str, step: str
) -> None:
    # proves F8
    shown = view(Sealed(opener, NOW, by_hand), opener)
    assert (shown.sentence, shown.asks, shown.step) == (sentence, asks, step)
    since = "So it has been since" if by_hand else "The process that answers has found it sealed since"
    assert shown.since == f"{since} 12:00:00."
    assert shown.is_sealed
    is_open = view(None, opener)
    assert (is_open.is_sealed, is_open.asks, is_open.step, is_open.since) == (False, "", "", "")


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (0, ()),
        (1, ("2 more shares are needed, each from somebody else.",)),
        (2, ("1 more share is needed, each from somebody else.",)),
    ],
)
def test_how_many_shares_are_left_is_said_once_one_was_given(given: int, left: tuple[str, ...]) -> None:
    # proves F8
    shown = view(Sealed(SHARES, NOW), SHARES, given).given
    assert shown[given:] == left
    assert all(each.startswith(f"Share {at + 1} was given") for at, each in enumerate(shown[:given]))


@pytest.mark.parametrize(
    ("opener", "by_hand", "several", "may_seal"),
    [
        (KEY_FILE, "", False, True),
        (KEY_FILE, "Jane", False, False),
        (PASSPHRASE, "", False, False),
        (PASSPHRASE, "", True, True),
        (PASSPHRASE, "Jane", True, False),
    ],
)
def test_a_sealed_vault_is_sealed_by_hand_only_where_that_changes_something(
    opener: VaultOpener, by_hand: str, several: bool, may_seal: bool
) -> None:
    # proves F8
    shown = view(Sealed(opener, NOW, by_hand), opener, may_be_several=several)
    assert shown.may_seal is may_seal
    assert bool(shown.of_one) is several
    assert bool(view(None, opener, may_be_several=several).of_one) is several


# Its keys

NEW, OLD = "a" * 64, "b" * 64
CURRENT = VaultKeyInfo(NEW, counts=True, made=NOW)
EARLIER = VaultKeyInfo(OLD, counts=False, made=None, replaced=NOW)


def keys(*cameras: CameraSeals, **more: Any) -> VaultKeysView:  # noqa: ANN401 - as it is called
    return vault_keys_view((CURRENT, EARLIER), cameras, NOW, **more)


def test_a_key_says_when_it_was_made_or_replaced_where_that_is_known() -> None:
    # proves F8
    unknown = VaultKeyInfo(NEW, counts=True, made=None)
    assert [vault_keys_view((each,), (), NOW).keys[0].sentence for each in (CURRENT, unknown)] == [
        "Cameras are told to seal to it. It was made 12:00.",
        "Cameras are told to seal to it.",
    ]
    lost = VaultKeyInfo(OLD, counts=False, made=None)
    assert [each.sentence for each in vault_keys_view((CURRENT, EARLIER, lost), (), NOW).keys[1:]] == [
        (
            "Cameras were told to seal to it; another was made 12:00. It is kept: it opens what was sealed "
            "to it."
        ),
        "Cameras were told to seal to it. It is kept: it opens what was sealed to it.",
    ]


@pytest.mark.parametrize(
    ("cameras", "said"),
    [
        ((), ("There is no camera in service.",)),
        (
            (CameraSeals("cam-01", (NEW,)),),
            ("Every camera in service last said that it seals to the newest key alone.",),
        ),
        (
            (CameraSeals("cam-01", (NEW,)), CameraSeals("cam-02", None)),
            ("What they seal to is not known, for they have not said it: cam-02.",),
        ),
        (
            (CameraSeals("cam-01", (OLD,)),),
            (
                (
                    "Sealed to an earlier key, as last said: cam-01. A camera asks for the new one as it "
                    "connects."
                ),
            ),
        ),
        (
            (CameraSeals("cam-01", ("c" * 64,)),),
            ("Sealed to a key that is not in this vault, as last said: cam-01. Enrol each of them anew.",),
        ),
    ],
)
def test_cameras_are_said_to_seal_to_what_they_last_said(
    cameras: tuple[CameraSeals, ...], said: tuple[str, ...]
) -> None:
    # proves F8
    assert keys(*cameras).cameras == said
    assert vault_keys_view((CURRENT,), cameras, NOW).cameras == ()


def test_what_a_key_opens_is_said_where_it_was_looked_at() -> None:
    # proves F8
    assert not any("It opens no" in each.sentence for each in keys().keys)
    assert keys().recordings == ()
    looked = keys(standing=KeyStanding({OLD: 1}, 2), troubles=[("r1", "Gone.")])
    assert looked.keys[0].sentence.endswith(" It opens no recordings of those that were looked at.")
    assert looked.keys[1].sentence.endswith(" It opens 1 recording of those that were looked at.")
    assert looked.recordings == (
        "2 recordings came or grew since the last look, or had none yet.",
        "Recording r1 stays under an earlier key for now: Gone.",
    )
    assert keys(standing=KeyStanding({}, 0)).recordings == ()
    alone = vault_keys_view((CURRENT,), (), NOW, standing=KeyStanding({NEW: 1}, 2))
    assert (alone.keys[0].sentence, alone.recordings) == (
        "Cameras are told to seal to it. It was made 12:00.",
        (),
    )


# Sites and teams

IN_USE = Group(id="g1", kind="site", name="Elm Court", created=NOW)
RETIRED = Group(id="g2", kind="site", name="Oak Court", created=NOW, retired=NOW)


def test_a_site_that_is_retired_is_said_to_be_and_no_other() -> None:
    # proves F8
    later = NOW + timedelta(hours=1)
    for members, notes in (
        ({"g1": 2}, ["2 cameras", "Retired 12:00."]),
        ({"g2": 1}, ["No cameras", "Retired 12:00; 1 camera still."]),
    ):
        lines = group_section(GroupKind.SITE, [IN_USE, RETIRED], members, later).lines
        assert [(each.note, each.is_retired) for each in lines] == list(
            zip(notes, (False, True), strict=True)
        )


def test_what_is_retired_is_offered_only_where_it_is_chosen_already() -> None:
    # proves F8
    both = [IN_USE, RETIRED]
    assert choices(both, None) == (("g1", "Elm Court"),)
    assert choices(both, "g1") == (("g1", "Elm Court"),)
    assert choices(both, "g2") == (("g1", "Elm Court"), ("g2", "Oak Court (retired)"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("site:g2", "cameras that are kept at Oak Court now"),
        ("team:g1", "officers who are in Elm Court now"),
        ("team:g9", ""),
        ("g1", ""),
        ("", ""),
    ],
)
def test_a_list_is_said_to_be_narrowed_by_what_it_is_narrowed_by(value: str, said: str) -> None:
    # proves F8
    assert narrowed_words(value, [IN_USE, RETIRED]) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("https://one:two@id.example/path", "https://id.example"),
        ("https://id.example:8443/", "https://id.example:8443"),
        ("https://id.example:no/", "an address that cannot be read"),
        ("plain", "plain"),
    ],
)
def test_an_address_in_the_settings_is_its_host_and_port_alone(value: str, said: str) -> None:
    # proves F8
    assert value_words(value) == said
