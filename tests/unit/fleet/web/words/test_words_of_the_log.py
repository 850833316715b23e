"""What is said of the audit log, its entries and what is looked for in it, in each state (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fleet.audit.chain import Entry
from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.making import Made
from fleet.audit.refusing.refusals import COUNTED
from fleet.audit.verification import VerificationState
from fleet.web.views.audit.actions import ACTIONS, action_words
from fleet.web.views.audit.choosing import choice_words, choices, chosen_actions
from fleet.web.views.audit.entries import SubjectName, entry_views
from fleet.web.views.audit.search import SERVICE, STRANGERS, LogSearch, actor_labels
from fleet.web.views.audit.state import copy_argument, log_state
from protocol.units import utc_us

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
AN_HOUR_AGO = NOW - timedelta(hours=1)

# What is looked for


@pytest.mark.parametrize(
    ("search", "words", "query", "labels"),
    [
        (LogSearch(), "everything", "", {}),
        (LogSearch(person="Jane"), "person Jane", "person=Jane", {"Person": "Jane"}),
        (LogSearch(subject="cam-01"), "about cam-01", "subject=cam-01", {"About": "cam-01"}),
        (
            LogSearch(refusals=True),
            "refusals alone",
            "refusals=yes",
            {"Which": "Refusals alone"},
        ),
        (
            LogSearch(address="192.0.2.1", start="2026-11-01"),
            "address 192.0.2.1; from 2026-11-01",
            "address=192.0.2.1&from=2026-11-01",
            {"From address": "192.0.2.1", "From": "2026-11-01"},
        ),
    ],
)
def test_what_is_looked_for_is_said_kept_and_linked_as_it_was_chosen(
    search: LogSearch, words: str, query: str, labels: dict[str, str]
) -> None:
    # proves F8
    assert search.words == words
    assert search.query == query
    assert {label: value for label, value in search.labelled if value} == labels
    assert search.any is bool(query)
    assert search.page(None) == ("/audit?" + query if query else "/audit")
    assert search.page(7) == "/audit?" + (f"{query}&" if query else "") + "before=7"


@pytest.mark.parametrize(
    ("action", "is_known"),
    [("", True), ("audit:log:read", True), ("footage", True), ("audit:log:eat", False), ("foot", False)],
)
def test_an_action_is_known_where_there_is_one_and_narrows_nothing_else(action: str, is_known: bool) -> None:
    # proves F8
    search = LogSearch(action=action, person="Jane")
    assert search.is_known_action is is_known
    assert search.without_days() == (search if is_known else LogSearch(person="Jane"))
    wrong_days = replace(search, start="no day")
    assert wrong_days.without_days() == (search if is_known else LogSearch(person="Jane"))


@pytest.mark.parametrize(
    ("person", "users", "labels"),
    [
        ("", ["Jane"], ()),
        (STRANGERS, ["Jane"], ("anonymous",)),
        (SERVICE, [], ("fleet", "fleet:command line")),
        ("jane", ["Jane"], ("user:Jane", "token:Jane", "camera:Jane", *(), "user:jane", "token:jane")),
    ],
)
def test_a_person_is_looked_for_by_all_that_the_log_may_call_them(
    person: str, users: list[str], labels: tuple[str, ...]
) -> None:
    # proves F8
    found = actor_labels(person, users)
    assert found[: len(labels)] == labels
    assert len(found) == (7 if person == "jane" else len(labels))


# What was done


def test_what_was_done_is_said_with_whom_it_was_done_to() -> None:
    # proves F8
    assert action_words("audit:log:read", "x") == "looked at the audit log"
    assert action_words("cameras:camera:revoke", "cam-01") == "took camera cam-01 out of service"
    assert action_words("people:session:refuse", "") == "was not let in as somebody unnamed"
    assert action_words("later:than:this", "cam-01") == "did “later:than:this” to cam-01"
    assert action_words("later:than:this", "") == "did “later:than:this”"


def test_each_action_is_chosen_under_its_own_area_alone() -> None:
    # proves F8
    offered = dict(choices())
    assert offered["Visits"][0] == ("visits", "all of these")
    assert all(each.startswith("visits:") for each, _ in offered["Visits"][1:])
    assert {each for own in offered.values() for each, _ in own[1:]} == set(ACTIONS)
    assert choice_words("audit:log:read").endswith(": looked at the audit log")
    assert choice_words("footage") == "Footage: all of these"
    assert choice_words("audit:log:eat") == ""


def test_a_choice_stands_for_its_actions_and_for_no_others() -> None:
    # proves F8
    assert chosen_actions("audit:log:read") == ("audit:log:read",)
    visits = chosen_actions("visits")
    assert visits
    assert set(visits) == {each for each in ACTIONS if each.startswith("visits:")}
    assert chosen_actions("audit:log") == ()
    assert chosen_actions("") == ()


def entry(**changed: Any) -> Entry:  # noqa: ANN401 - any field
    plain = Entry(7, utc_us(AN_HOUR_AGO), "user:Jane", "cameras:camera:revoke", "c1", "", {}, b"")
    return replace(plain, **changed)


def test_an_entry_says_where_from_and_what_else_only_where_that_is_kept() -> None:
    # proves F8
    named = {"c1": SubjectName("cam-01", "/cameras/cam-01")}
    plain, more, unnamed = entry_views(
        [
            entry(),
            entry(address="192.0.2.1", detail={"site": "", "why": "lost"}),
            entry(subject="c2"),
        ],
        named,
        NOW,
    )
    assert plain.text == "Jane took camera cam-01 out of service."
    assert (plain.address, plain.facts, plain.link) == ("", "", "/cameras/cam-01")
    assert (more.address, more.facts) == ("from 192.0.2.1", "site: nothing, why: lost")
    assert (unnamed.text, unnamed.link) == ("Jane took camera c2 out of service.", "")


def test_counted_refusals_are_said_as_a_number_and_other_entries_as_what_was_done() -> None:
    # proves F8
    of_this = {"count": 12, "kinds": "9 of pages", "addresses": "192.0.2.1", "since": "2026-11-29T10:00:00Z"}
    refused = entry(action=COUNTED, subject="anonymous", detail=of_this)
    counted, done = entry_views([refused, entry(detail={"n": 1})], {}, NOW)
    assert counted.text == (
        "Jane counted 12 more refusals of somebody not signed in that have no entry of their own, so that "
        "nobody fills the log: 9 of pages; from 192.0.2.1; between 10:00:00 and a time that cannot be read."
    )
    assert counted.facts == ""
    assert (done.text, done.facts) == ("Jane took camera c1 out of service.", "n: 1")


# Whether it holds


def said(state: VerificationState, newest: int = 9, last: Made | None = None) -> tuple[str, str, str]:
    view = log_state(state, last, "", "the folder", newest, NOW)
    return view.tone, view.text, view.checkpoint


SINCE = VerificationState(since=AN_HOUR_AGO)
BROKEN = cast("Any", SimpleNamespace(reason="Entry 3 was changed."))


def held(entries: int, seen: int, **more: Any) -> VerificationState:  # noqa: ANN401 - any field
    return replace(SINCE, result=CheckResult(entries, None, seen, 1), at=AN_HOUR_AGO, **more)


@pytest.mark.parametrize(
    ("state", "tone", "text"),
    [
        (SINCE, "quiet", "The process that answers has not verified it since it was started (11:00)."),
        (
            replace(SINCE, at=NOW),
            "quiet",
            "The process that answers has not verified it since it was started (11:00).",
        ),
        (held(0, 0), "good", "Verified at 11:00:00: the log was empty."),
        (
            held(9, 9),
            "good",
            "Verified up to entry 9 at 11:00:00. All of that is shown by a checkpoint outside the database.",
        ),
        (
            held(8, 5),
            "good",
            (
                "Verified up to entry 8 at 11:00:00. The first 5 are shown by a checkpoint outside the "
                "database, "
                "the others by their chain alone; 1 entry was added since."
            ),
        ),
        (
            held(7, 0),
            "good",
            (
                "Verified up to entry 7 at 11:00:00. No checkpoint shows any of that: it rests on the chain "
                "alone; 2 entries were added since."
            ),
        ),
        (
            replace(SINCE, result=CheckResult(3, BROKEN, 0, 0), at=AN_HOUR_AGO),
            "bad",
            "The log did not hold at 11:00:00. Entry 3 was changed.",
        ),
        (
            replace(SINCE, fault="The disk is away.", fault_at=NOW),
            "warn",
            "The verification of 12:00:00 could not be finished. The disk is away.",
        ),
        (
            held(9, 9, fault="The disk is away.", fault_at=NOW),
            "warn",
            (
                "Verified up to entry 9 at 11:00:00. All of that is shown by a checkpoint outside the "
                "database. "
                "The verification of 12:00:00 could not be finished. The disk is away."
            ),
        ),
        (
            replace(SINCE, result=CheckResult(3, BROKEN, 0, 0), at=AN_HOUR_AGO, fault="Away.", fault_at=NOW),
            "bad",
            (
                "The log did not hold at 11:00:00. Entry 3 was changed. The verification of 12:00:00 "
                "could not be "
                "finished. Away."
            ),
        ),
        (
            held(9, 9, fault_at=NOW),
            "good",
            "Verified up to entry 9 at 11:00:00. All of that is shown by a checkpoint outside the database.",
        ),
        (
            replace(SINCE, running=True),
            "quiet",
            (
                "Verifying now: it begins. The process that answers has not verified it since it was started "
                "(11:00)."
            ),
        ),
        (
            replace(SINCE, running=True, done=1, total=4),
            "quiet",
            (
                "Verifying now: 1 of 4 entries. The process that answers has not verified it since it was "
                "started (11:00)."
            ),
        ),
    ],
)
def test_of_the_log_is_said_what_the_last_verification_came_to(
    state: VerificationState, tone: str, text: str
) -> None:
    # proves F8
    assert said(state)[:2] == (tone, text)


def test_a_checkpoint_is_told_of_only_where_one_is_known() -> None:
    # proves F8
    none = said(SINCE)[2]
    assert none == "The process that answers has made no checkpoint since it was started."
    made = cast("Any", SimpleNamespace(signed=SimpleNamespace(checkpoint=SimpleNamespace(size=1)), at=NOW))
    assert said(SINCE, last=made)[2] == (
        "The newest checkpoint that the process that answers knows of is of 1 entry, made 12:00, and kept in "
        "the folder."
    )


def test_a_copy_of_the_database_is_named_as_its_kind_is() -> None:
    # proves F8
    assert copy_argument("sqlite") == "fleet.sqlite3"
    assert copy_argument("postgresql").startswith("postgresql+psycopg://")
