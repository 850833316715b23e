"""What is said of what the service stands on, by each condition that decides it (F8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from fleet.backup.models import BackupRow
from fleet.connections.admission import Why
from fleet.core.config import FleetConfig
from fleet.delivery.health import outages
from fleet.delivery.models import Channel, MessageState, OutMessage, ToldChoiceRow
from fleet.health.backups import backup_reading
from fleet.health.connections import connections_reading
from fleet.health.delivery import delivery_reading
from fleet.health.ends import authority_end, key_ends
from fleet.health.reading import Condition, Reading
from fleet.health.rules import database_reading, disk_reading, store_reading, vault_reading
from fleet.people.models import User
from fleet.pki.authority import Authority
from fleet.vault.vault import Vault
from tests.support.fleet.read_rows import NOW

DAY = timedelta(days=1)


def clock(at: object) -> str:
    assert isinstance(at, datetime)
    return f"{at:%H:%M}"


# Backups


@pytest.mark.parametrize(
    ("changed", "condition", "ends"),
    [
        ({}, Condition.GOOD, "and 2.0 MiB of footage. Whether it is still there is not looked at."),
        (
            {"has_footage": False},
            Condition.GOOD,
            "without any footage. Whether it is still there is not looked at.",
        ),
        (
            {"without_copy": 1},
            Condition.WORSE,
            (
                "1 key of the vault was not sealed to the recovery key yet: what is sealed to it opens "
                "from this "
                "backup by what opens the vault, and not by the recovery key."
            ),
        ),
        (
            {"without_copy": 2},
            Condition.WORSE,
            (
                "2 keys of the vault were not sealed to the recovery key yet: what is sealed to them "
                "opens from "
                "this backup by what opens the vault, and not by the recovery key."
            ),
        ),
        ({"without_copy": 0}, Condition.GOOD, "Whether it is still there is not looked at."),
        ({"made": NOW - 9 * DAY}, Condition.BAD, "and 2.0 MiB of footage. That is more than a week ago."),
    ],
)
def test_of_a_backup_is_said_what_is_known_of_it(
    session: Session, changed: dict[str, Any], condition: Condition, ends: str
) -> None:
    # proves F8
    plain = {"id": "b1", "made": NOW, "sha256": "", "size": 1 << 20, "footage": 2 << 20, "has_footage": True}
    session.add(BackupRow(**{**plain, **changed}))
    session.flush()
    found = backup_reading(session, NOW, clock)
    assert found.condition is condition
    assert found.said.endswith(ends)
    assert ("recovery key" in found.said) is bool(changed.get("without_copy"))


def test_where_no_backup_is_known_that_is_said(session: Session) -> None:
    # proves F8
    assert backup_reading(session, NOW, clock).said == "The fleet knows of none."


# Messages

MAIL = {"mail": {"host": "mail.test", "sender": "lapel@landlord.test"}}
WEBHOOK = {"webhook": {"url": "https://hook.test/lapel", "secret_file": "secret"}}


def delivery(session: Session, **config: Any) -> Reading:  # noqa: ANN401 - as the file has it
    session.flush()
    return delivery_reading(session, FleetConfig.model_validate(config), NOW, clock)


def message(**changed: Any) -> OutMessage:  # noqa: ANN401 - any column
    plain = {
        "id": "m",
        "channel": Channel.MAIL,
        "urgent": False,
        "is_test": False,
        "alerts": [],
        "more": 0,
        "created": NOW,
        "due": NOW,
        "tries": 0,
        "state": MessageState.SENT,
        "finished": NOW,
        "error": "",
    }
    return OutMessage(**{**plain, **changed})


def test_by_which_way_messages_are_to_go_out_is_what_is_configured(session: Session) -> None:
    # proves F8
    nothing = "None go out: neither e-mail nor a webhook is configured."
    assert delivery(session).said == nothing
    assert delivery(session, **MAIL).said == "None go out: e-mail is configured, and nobody asked to be told."
    hook = delivery(session, **WEBHOOK)
    assert hook.said.startswith("They are to go out by a webhook. None was sent in the last ")
    assert delivery(session, **MAIL, **WEBHOOK).said.startswith(
        "They are to go out by e-mail, to those who asked and may see them, and by a webhook."
    )
    session.add(User(id="u1", name="Jane", password="", roles=frozenset(), created=NOW))
    session.add(ToldChoiceRow(user_id="u1", address="jane@landlord.test", level="all", without=[]))
    by_mail = delivery(session, **MAIL)
    assert by_mail.said.startswith("They are to go out by e-mail, to those who asked and may see them. None")
    session.add(message())
    sent = delivery(session, **MAIL)
    assert (sent.condition, sent.said.endswith("The last one was taken 12:00.")) == (Condition.GOOD, True)
    waits = {"state": MessageState.WAITING, "tries": 99, "finished": None, "error": "It is away."}
    session.add(message(id="w", **waits))
    failed = delivery(session, **MAIL)
    assert failed.condition is Condition.BAD
    assert "It is away." in failed.said


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([], []),
        ([{"state": MessageState.WAITING, "tries": 1, "finished": None}], []),
        (
            [{"state": MessageState.WAITING, "tries": 99, "finished": None, "error": "Away."}],
            [(1, 0, "Away.")],
        ),
        ([{"state": MessageState.FAILED, "error": "Refused."}], [(0, 1, "Refused.")]),
        ([{"state": MessageState.FAILED, "error": "Refused.", "is_test": True}], []),
        ([{"state": MessageState.FAILED, "error": "Refused."}, {"id": "s"}], []),
        (
            [{"state": MessageState.FAILED, "error": "Refused."}, {"id": "s", "finished": NOW - DAY}],
            [(0, 1, "Refused.")],
        ),
        (
            [
                {"state": MessageState.FAILED, "error": "Refused."},
                {"id": "w", "state": MessageState.WAITING, "tries": 99, "finished": None, "error": "Away."},
            ],
            [(1, 1, "Away.")],
        ),
    ],
)
def test_a_way_is_out_of_order_until_something_went_by_it(
    session: Session, messages: list[dict[str, Any]], found: list[tuple[int, int, str]]
) -> None:
    # proves F8
    session.add_all([message(**each) for each in messages])
    session.flush()
    assert [(each.waiting, each.given_up, each.error) for each in outages(session, NOW)] == found


# The rest


def test_a_database_a_disk_a_store_and_the_vault_are_called_what_they_are() -> None:
    # proves F8
    conditions = [database_reading("SQLite", None, each).condition for each in (0.5, 0.6)]
    assert conditions == [Condition.GOOD, Condition.WORSE]
    unknown = disk_reading("Disk", None, 100)
    assert (unknown.condition, unknown.said) == (Condition.UNKNOWN, "How much room is left is not known.")
    good = store_reading("Here", None)
    assert (good.condition, good.said) == (Condition.GOOD, "Here; it answers.")
    failed = store_reading("Here", "it is full", keeps_versions=True)
    assert failed.said == "Here; it did not do what it was asked: it is full."
    versions = store_reading("Here", None, keeps_versions=True)
    assert "was found to keep old versions" in versions.said
    assert [vault_reading(None, each).said for each in (1, 2)] == [
        "It is open, and holds 1 key that cameras seal to.",
        "It is open, and holds 2 keys that cameras seal to.",
    ]


def test_of_pages_alone_that_were_disconnected_is_said_what_to_do() -> None:
    # proves F8
    assert connections_reading({}).step == ""
    pages = connections_reading({}, 1)
    assert pages.said.endswith(" 1 live page was disconnected for others.")
    assert pages.step
    crowded = {("dashboard", Why.FULL): 9}
    assert connections_reading(crowded).step not in {"", pages.step}
    both = connections_reading(crowded, 1)
    assert both.step == connections_reading(crowded).step


@pytest.mark.parametrize("has_issuing", [True, False])
def test_the_authority_and_what_ends_with_it_are_told_as_they_are(
    has_issuing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    root, issuing = NOW + 900 * DAY, NOW + 90 * DAY
    certificate = SimpleNamespace(not_valid_after_utc=issuing)
    (tmp_path / "any.pem").write_bytes(b"")
    monkeypatch.setattr("fleet.health.ends.x509.load_pem_x509_certificate", lambda _: certificate)
    authority = SimpleNamespace(
        has_issuing=has_issuing,
        ends=issuing,
        certificate=SimpleNamespace(not_valid_after_utc=root),
        issuing=SimpleNamespace(not_valid_after_utc=issuing),
        fingerprint="f",
        file=lambda _: tmp_path / "any.pem",
    )
    found = authority_end(cast("Authority", authority))
    assert found.is_issuing is has_issuing
    own = key_ends(cast("Authority", authority), cast("Vault", SimpleNamespace(recipients=tuple)))
    then = "It is renewed when the issuing authority is." if has_issuing else "It ends with the authority."
    assert own[-1].then == then
    assert len(own) == (6 if has_issuing else 5)
