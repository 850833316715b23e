from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fleet.audit.chain import START, Entry, KnownEntry, verify_chain
from fleet.audit.log import record, verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import FLEET, camera_actor
from fleet.server.compose import FleetServices
from tests.support.fleet.audit_log import begin_anew

words = st.text(max_size=12)
facts = st.lists(
    st.tuples(words, words, words, words, st.dictionaries(words, words | st.integers(), max_size=2)),
    min_size=2,
    max_size=8,
)

Chain = list[tuple[Entry, bytes]]


def chain(rows: list[tuple[str, str, str, str, dict[str, str | int]]]) -> Chain:
    entries: Chain = []
    previous = START
    for number, (actor, action, subject, purpose, detail) in enumerate(rows, start=1):
        entry = Entry(number, number * 1000, actor, action, subject, purpose, detail, previous)
        previous = entry.digest
        entries.append((entry, previous))
    return entries


@given(facts, st.data())
@pytest.mark.slow
def test_any_change_in_the_log_is_found(  # proves F2
    rows: list[tuple[str, str, str, str, dict[str, str | int]]], data: st.DataObject
) -> None:
    good = chain(rows)
    head = KnownEntry(len(good), good[-1][1])
    assert verify_chain(good) is None
    assert verify_chain(good, known=head) is None
    at = data.draw(st.integers(0, len(good) - 1))
    entry, digest = good[at]
    changed = [
        replace(entry, purpose=entry.purpose + "x"),
        replace(entry, utc_us=entry.utc_us + 1),
        replace(entry, actor=entry.action, action=entry.actor + "y"),
        replace(entry, detail={**entry.detail, "more": 1}),
    ]
    for each in changed:
        assert verify_chain([*good[:at], (each, digest), *good[at + 1 :]]) is not None
        # Who can write the table can write a fitting digest: then the next entry or what is known tells.
        assert verify_chain([*good[:at], (each, each.digest), *good[at + 1 :]], known=head) is not None
    assert verify_chain([*good[:at], *good[at + 1 :]], known=head) is not None
    assert verify_chain([*good[: at + 1], good[at], *good[at + 1 :]]) is not None
    if at:
        swapped = [*good[: at - 1], good[at], good[at - 1], *good[at + 1 :]]
        assert verify_chain(swapped) is not None


def test_fields_cannot_run_into_each_other() -> None:
    left = Entry(1, 0, "ab", "c", "", "", {}, START)
    right = Entry(1, 0, "a", "bc", "", "", {}, START)
    assert left.digest != right.digest


def test_the_table_keeps_what_was_recorded(services: FleetServices) -> None:
    begin_anew(services.database)
    with services.sessions.begin() as session:
        record(session, FLEET, "test:thing:do", "one", "because", detail={"ä": 1})
        record(session, camera_actor("cam-01"), "test:thing:do", "two")
    with services.readers() as session:
        assert verify_log(session) is None
        assert [row.actor for row in session.query(AuditEntry).order_by(AuditEntry.number)] == [
            "fleet",
            "camera:cam-01",
        ]


def test_an_entry_leaves_with_its_transaction(services: FleetServices) -> None:
    begin_anew(services.database)
    with services.sessions() as session, session.begin() as transaction:
        record(session, FLEET, "test:thing:do", "one")
        transaction.rollback()
    with services.readers() as session:
        assert session.query(AuditEntry).count() == 0


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET purpose = 'other'", "DELETE FROM audit_entries"]
)
def test_the_database_refuses_to_change_the_log(services: FleetServices, statement: str) -> None:  # proves F2
    with services.sessions.begin() as session:
        record(session, FLEET, "test:thing:do", "one")
    with pytest.raises(DatabaseError, match="only grows"), services.sessions.begin() as session:
        session.execute(text(statement))


def test_a_change_behind_the_guard_is_found_with_its_number(services: FleetServices) -> None:  # proves F2
    with services.sessions.begin() as session:
        for number in range(3):
            record(session, FLEET, "test:thing:do", str(number))
        session.execute(text("DROP TRIGGER audit_entries_no_update"))
        session.execute(text("UPDATE audit_entries SET actor = 'user:somebody else' WHERE number = 2"))
    with services.readers() as session:
        broken = verify_log(session)
    assert broken is not None
    assert (broken.number, broken.reason) == (
        2,
        "Entry 2 does not fit the digest beside it: one of the two was changed.",
    )
