"""What is said of requests of people, their letters and their register, by what decides it (F8)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fleet.alerts.sources import AlertLook
from fleet.cameras.hearing.floods import Flood
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.restricting.models import Restriction
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import NOT_VERIFIED
from fleet.letters.models import Letter
from fleet.requests.finding import SOON
from fleet.requests.letters import LETTERS
from fleet.requests.models import RequestCase, RequestPause, RequestWait
from fleet.requests.rules.bases import BASES, Basis
from fleet.requests.rules.clock import ClockPhase, WaitKind
from fleet.requests.rules.exemptions import NOT_HELD, exemption_of
from fleet.requests.rules.kinds import RequestKind
from fleet.retention.rules.keeping import KeepingFacts, keeping
from fleet.web.alerting.floods import flood_source
from fleet.web.alerting.requests import request_source
from fleet.web.views.requests.due import due_badge
from fleet.web.views.requests.one import (
    facts_of,
    letter_rows,
    linked_imports,
    linked_views,
    request_row,
    wait_views,
)
from fleet.web.views.requests.register import cells, in_time
from fleet.web.views.requests.search import RegisterSearch
from fleet.web.views.search import PAGE
from fleet.web.views.searching.days import SearchError
from tests.support.fleet.read_rows import NOW
from tests.unit.fleet.web.test_said_of_keeping import ZONE
from tests.unit.fleet.web.words.test_words_of_rules import HISTORY

TODAY, DAY = NOW.date(), timedelta(days=1)


def case(**changed: Any) -> RequestCase:  # noqa: ANN401 - any column
    plain = {
        "id": "c1",
        "reference": "REQ-2026-0001",
        "year": 2026,
        "number": 1,
        "kind": RequestKind.ACCESS,
        "received": date(2026, 11, 2),
        "channel": "email",
        "name": "John Doe",
        "contact": "",
        "acts_for": "",
        "what": "All footage.",
        "owner": "Jane",
        "organisation": "",
        "rank": "",
        "theirs": "",
        "necessity": "",
        "opened": NOW,
        "opened_by": "Jane",
        "changed": NOW,
        "phase": ClockPhase.RUNNING,
        "waits": [],
        "pauses": [],
    }
    return RequestCase(**{**plain, **changed})


# When it is due


@pytest.mark.parametrize(
    ("changed", "word", "tone"),
    [
        ({}, "No day is set", "quiet"),
        ({"phase": ClockPhase.WAITING}, "The clock has not started", "quiet"),
        ({"phase": ClockPhase.PAUSED}, "The clock stands still", "quiet"),
        ({"due": TODAY - DAY}, "Overdue since 21 November 2026", "bad"),
        ({"due": TODAY}, "Due today", "warn"),
        ({"due": TODAY + DAY}, "Due tomorrow", "warn"),
        ({"due": TODAY + SOON}, "Due 29 November 2026, 7 days left", "warn"),
        ({"due": TODAY + SOON + DAY}, "Due 30 November 2026, 8 days left", "good"),
        ({"due": TODAY - DAY, "answered": TODAY}, "Answered on 22 November 2026", "good"),
        ({"due": TODAY - DAY, "acknowledged": TODAY}, "Acknowledged on 22 November 2026", "good"),
        ({"answered": TODAY, "closed": NOW, "outcome": "granted"}, "Closed: granted", "quiet"),
        ({"closed": NOW}, "Closed: withdrawn, or closed without an answer", "quiet"),
    ],
)
def test_a_request_is_said_to_stand_as_its_clock_does(changed: dict[str, Any], word: str, tone: str) -> None:
    # proves F8
    badge = due_badge(case(**changed), TODAY)
    assert (badge.word, badge.tone) == (word, tone)


def test_a_request_is_an_alert_before_and_after_its_last_day(session: Session) -> None:
    # proves F8
    row = case(due=TODAY)
    session.add(row)
    source = request_source(nullcontext)

    def found() -> list[tuple[str, str]]:
        session.flush()
        looked = source.look(AlertLook(session, NOW, {})).findings
        return [(each.kind.id, each.words) for each in looked]

    [(soon, words)] = found()
    assert words == "REQ-2026-0001 is to be answered by 22 November 2026."
    row.due = TODAY - DAY
    [(late, words)] = found()
    assert words == "REQ-2026-0001 was to be answered by 21 November 2026."
    assert soon != late
    row.due = None
    [(unwritten, words)] = found()
    assert words == "REQ-2026-0001 was received on 2 November 2026, and no letter about it was sent."
    assert unwritten not in {soon, late}
    row.received = TODAY - 7 * DAY
    assert found() == []


# Its page


def test_what_is_written_of_a_request_is_told_and_nothing_else() -> None:
    # proves F8
    plain = dict(facts_of(case()))
    assert plain == {
        "Who asks": "John Doe",
        "Received": "2 November 2026, by e-mail",
        "Who answers for it": "Jane",
        "What is asked for": "All footage.",
    }
    exempt = exemption_of(RequestKind.ACCESS, NOT_HELD.id)
    more = case(
        signed=TODAY, outcome="refused", exemption=NOT_HELD.id, basis=Basis.CONSENT, organisation="Police"
    )
    told = dict(facts_of(more))
    assert told["Signed on"] == "22 November 2026"
    assert told["Outcome"] == "Refused"
    assert told.get("Refused because") == (None if exempt is None else exempt.words)
    assert told["Lawful basis"] == BASES[Basis.CONSENT]
    assert request_row(case(), TODAY).name == "John Doe"
    assert request_row(more, TODAY).name == "Police"


def test_what_was_asked_for_is_said_to_have_come_once_it_has() -> None:
    # proves F8
    waits = [
        RequestWait(id="w1", kind=WaitKind.IDENTITY, asked=TODAY, how=""),
        RequestWait(id="w2", kind=WaitKind.FEE, asked=TODAY, met=TODAY, how="Paid."),
    ]
    pauses = [RequestPause(id="p1", asked=TODAY), RequestPause(id="p2", asked=TODAY, answered=TODAY)]
    words = [each.words for each in wait_views(case(waits=waits, pauses=pauses))]
    assert [each.split("; ")[1] for each in words] == [
        "it has not come.",
        "it came on 22 November 2026: Paid.",
        "it has not come.",
        "it came on 22 November 2026.",
    ]
    assert [each.open for each in wait_views(case(waits=waits, pauses=pauses))] == [
        "identity",
        "",
        "clarification",
        "",
    ]


@pytest.mark.parametrize(
    ("state", "until", "said"),
    [
        ("held", None, "Kept as long as this request is open, or longer."),
        ("deleted", None, "Deleted, or being deleted."),
        ("deleted", [None], "Deleted, or being deleted."),
        ("held", [None], "Restricted: kept, and neither watched nor taken out."),
        ("held", [NOW], "Restricted: kept, and neither watched nor taken out."),
        ("held", [NOW + DAY, None], "Restricted: kept, and neither watched nor taken out."),
        ("held", [NOW + DAY, NOW - DAY], "Restricted: kept, and neither watched nor taken out."),
        (
            "held",
            [NOW + 2 * DAY, NOW + DAY],
            "Restricted, and let through for a legal claim until Mon 23 Nov, 12:00.",
        ),
    ],
)
def test_a_recording_of_a_request_is_said_to_be_kept_as_it_is(
    state: str, until: list[Any] | None, said: str
) -> None:
    # proves F8
    row = Recording(id=1, camera_id="cam-01", number=7, recording="ab" * 16, state=RecordingState(state))
    restrictions = [Restriction(recording_id=1, claim_until=each) for each in until or ()]
    [shown] = linked_views([row], {1: restrictions}, NOW, is_open=True)
    assert (shown.state, shown.unverified, shown.page) == (said, "", f"/recordings/{'ab' * 16}")
    imported = ImportRow(id="i1", reference="IMP-1", kind="cctv", state=state)
    [shown_import] = linked_imports([imported], {"i1": restrictions}, NOW, is_open=True)
    assert shown_import.state == said.replace("watched", "looked at")
    assert (shown_import.unverified, shown_import.name) == (NOT_VERIFIED, "IMP-1: CCTV clip")
    assert (shown_import.is_here, shown_import.is_restricted) == (state == "held", bool(until))
    assert (shown.is_here, shown.is_restricted) == (state == "held", bool(until))
    over = "This request holds it no longer." if said.startswith("Kept") else said
    [closed] = linked_views([row], {1: restrictions}, NOW, is_open=False)
    [closed_import] = linked_imports([imported], {"i1": restrictions}, NOW, is_open=False)
    assert (closed.state, closed_import.state) == (over, over.replace("watched", "looked at"))


def test_a_letter_is_called_by_its_title_where_it_has_one() -> None:
    # proves F8
    kind = next(iter(LETTERS))
    plain: dict[str, Any] = {"dated": TODAY, "method": "post", "kept_by": "Jane"}
    known, unknown = letter_rows([Letter(id="l1", kind=kind, **plain), Letter(id="l2", kind="odd", **plain)])
    assert (known.title, unknown.title) == (LETTERS[kind].title, "odd")


# The register


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"due": TODAY}, ""),
        ({"answered": TODAY}, ""),
        ({"due": TODAY, "answered": TODAY}, "yes"),
        ({"due": TODAY, "answered": TODAY + DAY}, "no"),
        ({"due": TODAY, "acknowledged": TODAY, "answered": TODAY + DAY}, "yes"),
    ],
)
def test_a_register_says_whether_a_request_was_met_in_time(changed: dict[str, Any], said: str) -> None:
    # proves F8
    assert in_time(case(**changed)) == said


def test_a_register_has_what_is_known_and_no_more() -> None:
    # proves F8
    plain = cells(case(), {}, {})
    whole = cells(
        case(
            due=TODAY,
            answered=TODAY,
            outcome="granted",
            exemption=NOT_HELD.id,
            basis=Basis.CONSENT,
            closed=NOW,
        ),
        {"c1": 2},
        {"c1": 1},
    )
    gained = [other for one, other in zip(plain, whole, strict=True) if one != other]
    exempt = exemption_of(RequestKind.ACCESS, NOT_HELD.id)
    assert gained == [
        "2026-11-22",
        "2026-11-22",
        "yes",
        "Granted",
        *([] if exempt is None else [exempt.words]),
        BASES[Basis.CONSENT],
        "2",
        "1",
        "2026-11-22 12:00:00",
    ]
    assert all(one in {"", "0"} for one, other in zip(plain, whole, strict=True) if one != other)


# What is looked for


@pytest.mark.parametrize(
    ("search", "address", "has_any"),
    [
        (RegisterSearch(), "/requests", False),
        (RegisterSearch(state="all"), "/requests?state=all", True),
        (RegisterSearch(text="lift"), "/requests?q=lift", True),
        (RegisterSearch(kind="access"), "/requests?kind=access", True),
    ],
)
def test_a_search_among_requests_is_linked_as_it_was_chosen(
    search: RegisterSearch, address: str, has_any: bool
) -> None:
    # proves F8
    assert search.address(0) == address
    assert search.address(9).endswith("skip=9")
    assert search.any is has_any
    assert search.pager(PAGE) == ("", "")
    before, after = RegisterSearch(skip=PAGE).pager(2 * PAGE + 1)
    assert (before, after) == ("/requests", f"/requests?skip={2 * PAGE}")


def test_a_register_says_on_paper_what_it_was_narrowed_to() -> None:
    # proves F8
    paper = RegisterSearch(state="all", kind="access", text="lift").on_paper(1, 1, days=True)
    assert "lift" in paper
    assert paper != RegisterSearch(state="all", text="lift").on_paper(1, 1, days=True)
    assert "State" in RegisterSearch().on_paper(1, 1, days=True)
    assert "State" not in paper


def test_days_that_cannot_be_used_are_refused_with_their_field() -> None:
    # proves F6
    wanted = RegisterSearch(start="2026-11-01", end="2026-11-02").wanted()
    assert (wanted.start, wanted.end) == (date(2026, 11, 1), date(2026, 11, 2))
    assert (RegisterSearch().wanted().start, RegisterSearch(end="2026-11-02").wanted().start) == (None, None)
    assert RegisterSearch(start="2026-11-02").wanted().end is None
    with pytest.raises(SearchError, match="A day looks like 2026-11-22"):
        RegisterSearch(start="odd").wanted()
    with pytest.raises(SearchError, match="so neither is used"):
        RegisterSearch(start="2026-11-02", end="2026-11-01").wanted()


# What is erased, and what is too much


def test_what_is_to_be_erased_goes_once_the_last_of_it_came() -> None:
    # proves F3 F8
    decided = KeepingFacts(NOW - 9 * DAY, erased=NOW, erased_by="REQ-2026-0001")
    said = keeping(decided, HISTORY, ZONE)
    words = "To be deleted upon request REQ-2026-0001, as was decided on 22 November 2026."
    assert (said.until, said.reason) == (TODAY - DAY, words)
    coming = keeping(KeepingFacts(NOW, erased=NOW, erased_by="REQ-2026-0001", came=NOW), HISTORY, ZONE)
    assert coming.until is not None
    assert coming.until > TODAY
    assert coming.reason.startswith(f"{words} It is not all here")
    long_ago = KeepingFacts(NOW, erased=NOW, erased_by="REQ-2026-0001", came=NOW - 4000 * DAY)
    assert keeping(long_ago, HISTORY, ZONE) == said
    assert "To be deleted upon request" not in keeping(KeepingFacts(NOW), HISTORY, ZONE).reason


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 message of cam-01 was"), (2, "2 messages of cam-01 were")]
)
def test_messages_that_were_left_out_are_counted(session: Session, number: int, said: str) -> None:
    # proves F8
    flood = Flood("cam-01", since=NOW, last=NOW, count=number)
    source = flood_source(nullcontext, lambda _: (flood,))
    [finding] = source.look(AlertLook(session, NOW, {})).findings
    assert finding.words.startswith(f"{said} left out since 12:00")
