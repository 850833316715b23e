"""Requests from receipt to end, in the tables: clocks, letters, closing, and what the log says of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.letters.keeping import get_letter
from fleet.letters.models import Letter
from fleet.letters.templates import edit_template, template_of, versions_of
from fleet.requests.cases import change_request, clock_of, draft_of, get_case, open_request, steps_of
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.finding import RequestFilter, due_requests, every_request, find_requests
from fleet.requests.letters import LETTERS
from fleet.requests.models import RequestCase
from fleet.requests.replies import clarified, wait_met
from fleet.requests.rules.clock import ClockPhase
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.kinds import RequestKind
from fleet.requests.rules.sending import Decision
from fleet.requests.searches import add_search
from fleet.requests.sending import LetterDraft, letters_of, preview_letter, send_letter
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock

DPO = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset())
DRAFT = RequestDraft(
    RequestKind.ACCESS,
    date(2027, 3, 1),
    "telephone",
    "Alexandra Hill",
    "7 Elm Road\nNorthgate",
    "The visit last Tuesday",
    "DPO 1",
)


def opened(services: FleetServices, draft: RequestDraft = DRAFT) -> str:
    with services.sessions.begin() as session:
        zone = services.config.site.time_zone
        return open_request(session, services.random, draft, zone=zone, by=DPO).id


def sent(services: FleetServices, case: str, letter: str, words: str = "Because.", **decision: str) -> str:
    draft = LetterDraft(letter, words, "by post", Decision(**decision))
    with services.sessions.begin() as session:
        return send_letter(session, services, case=case, draft=draft, by=DPO).text


def searched(services: FleetServices, case: str) -> None:
    with services.sessions.begin() as session:
        add_search(
            session,
            services.random,
            case=case,
            where="All of 23 February",
            how="By officer",
            enough="One visit",
            by=DPO,
        )


def row(services: FleetServices, case: str) -> RequestCase:
    with services.readers() as session:
        return get_case(session, case)


def refusal(code: str) -> pytest.RaisesExc[ProblemError]:
    return pytest.RaisesExc(ProblemError, check=lambda problem: problem.code == code)


def test_a_request_for_access_is_answered_in_time_and_closed(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F10
    case = opened(services)
    assert row(services, case).due == date(2027, 4, 1)
    clock.now += timedelta(days=1)
    asked = sent(services, case, "identity", "Please show us your tenancy card.")
    assert "Please show us your tenancy card." in asked
    assert (row(services, case).due, row(services, case).phase) == (None, ClockPhase.WAITING)
    clock.now += timedelta(days=2)
    zone = services.config.site.time_zone
    with services.sessions.begin() as session:
        wait_met(
            session, case=case, kind="identity", on=date(2027, 3, 4), how="Tenancy card", zone=zone, by=DPO
        )
    assert row(services, case).due == date(2027, 4, 5)  # 4 April is a Sunday
    sent(services, case, "clarification", "Which of the two visits?")
    assert row(services, case).phase == ClockPhase.PAUSED
    clock.now += timedelta(days=6)
    with services.sessions.begin() as session:
        clarified(session, case=case, on=date(2027, 3, 10), zone=zone, by=DPO)
    assert row(services, case).due == date(2027, 4, 12)
    told = sent(services, case, "extension", "There are many recordings.")
    assert "We shall answer by 10 June 2027 at the latest" in told
    assert row(services, case).due == date(2027, 6, 10)
    searched(services, case)
    answer = sent(services, case, "answer", "Here it is.", outcome="partly")
    assert "Information Commissioner's Office (ICO)" in answer
    assert "complaints@northgate.example" in answer
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO)
    found = row(services, case)
    assert (found.answered, found.outcome, found.closed_by) == (date(2027, 3, 10), "partly", "DPO 1")
    with services.readers() as session:
        words = [each.words for each in steps_of(session, found)]
        assert verify_log(session) is None
    assert words[:2] == ["Written down.", "Asked the person to show who they are."]
    assert words[-1] == "Closed."


def test_nobody_closes_a_running_clock_by_accident(services: FleetServices) -> None:
    # proves F10
    case = opened(services)
    with refusal("not_answered"), services.sessions.begin() as session:
        close_request(session, case=case, by=DPO)
    with refusal("text_unusable"), services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True)
    assert row(services, case).closed is None
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Withdrawn by phone")
    found = row(services, case)
    assert (found.outcome, found.closed_why) == ("withdrawn", "Withdrawn by phone")
    with refusal("request_closed"):
        sent(services, case, "received")
    zone = services.config.site.time_zone
    with services.sessions.begin() as session:
        reopen_request(session, services.random, case=case, why="They ask again", zone=zone, by=DPO)
    assert (row(services, case).closed, row(services, case).outcome) == (None, None)
    with refusal("request_open"), services.sessions.begin() as session:
        reopen_request(session, services.random, case=case, why="They ask again", zone=zone, by=DPO)


def test_a_letter_is_kept_exactly_as_it_was_sent(services: FleetServices) -> None:
    # proves F10
    case = opened(services)
    with services.readers() as session:
        draft = LetterDraft("received", method="by post")
        before = preview_letter(session, services, get_case(session, case), draft)
    text = sent(services, case, "received", "")
    assert text == before
    with services.sessions.begin() as session:
        kind = LETTERS["received"]
        changed = kind.text.replace("You do not have to do anything.", "Thank you.")
        edit_template(session, kind, text=changed, seen=template_of(session, kind).version, by=DPO)
    other = opened(services)
    assert "Thank you." in sent(services, other, "received", "")
    with services.readers() as session:
        letter = letters_of(session, get_case(session, case))[0]
        assert get_letter(session, letter.id, about=case).text == before
        assert letter.sha256 == hashlib.sha256(before.encode()).digest()
        assert letters_of(session, get_case(session, other))[0].version == letter.version + 1
        with refusal("not_found"):
            get_letter(session, letter.id, about=other)
    with services.sessions.begin() as session:
        session.execute(update(Letter).where(Letter.id == letter.id).values(text=before + " "))
    with refusal("letter_changed"), services.readers() as session:
        get_letter(session, letter.id, about=case)


def test_a_template_is_edited_by_versions_and_by_one_at_a_time(services: FleetServices) -> None:
    kind = LETTERS["fee"]
    with services.sessions.begin() as session:
        first = edit_template(session, kind, text=kind.text + "\nPS.", seen=0, by=DPO)
        assert (first.version, first.written_by) == (1, "DPO 1")
        assert edit_template(session, kind, text=first.text, seen=0, by=DPO).version == 1
    with refusal("edited_since"), services.sessions.begin() as session:
        edit_template(session, kind, text=kind.text + "\nPPS.", seen=0, by=DPO)
    with refusal("template_unusable"), services.sessions.begin() as session:
        edit_template(session, kind, text="{{words}}", seen=1, by=DPO)
    with services.sessions.begin() as session:
        assert edit_template(session, kind, text=kind.text, seen=1, by=DPO).text == kind.text
        assert [each.version for each in versions_of(session, kind)] == [2, 1]


def test_without_the_landlord_s_name_no_letter_is_made(services: FleetServices) -> None:
    case = opened(services)
    plain = services.config.model_copy(
        update={"landlord": services.config.landlord.model_copy(update={"name": ""})}
    )
    nameless = replace(services, config=plain)
    with services.readers() as session, refusal("landlord_unknown"):
        preview_letter(session, nameless, get_case(session, case), LetterDraft("received"))


def test_a_request_of_very_many_steps_is_answered_and_closed_all_the_same(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10: a clock that nobody could meet would be missed
    monkeypatch.setattr("fleet.requests.cases.MOST_STEPS", 2)
    case = opened(services)
    searched(services, case)
    sent(services, case, "answer", "Here it is.", outcome="granted")
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO)
    found = row(services, case)
    assert (found.answered, found.outcome, found.closed_by) == (date(2027, 3, 1), "granted", "DPO 1")
    with services.readers() as session:
        assert [each.words for each in steps_of(session, found)] == ["Written down.", "Wrote a search down."]
        query = select(AuditEntry.action).where(AuditEntry.subject == case)
        assert "requests:request:close" in session.scalars(query).all()


def test_a_refused_step_leaves_nothing(services: FleetServices) -> None:
    # proves F6
    case = opened(services)
    before = len(letters(services, case))
    for letter, words, code in (
        ("answer", "Here.", "not_sendable"),
        ("identity", " ", "letter_unusable"),
        ("identity", "x" * 9000, "letter_unusable"),
        ("authority", "Please.", "not_sendable"),
        ("refusal", "No.", "not_sendable"),
        ("nothing", "No.", "not_found"),
    ):
        with refusal(code):
            sent(services, case, letter, words)
    zone = services.config.site.time_zone
    asked = opened(services)
    sent(services, asked, "identity", "Please.")
    with refusal("day_unusable") as early, services.sessions.begin() as session:
        wait_met(
            session,
            case=asked,
            kind="identity",
            on=date(2027, 2, 28),
            how="A bill",
            zone=services.config.site.time_zone,
            by=DPO,
        )
    assert str(early.value) == "Choose the day on which it came: from 2027-03-01 to 2027-03-01."
    with refusal("where_unusable") as empty, services.sessions.begin() as session:
        add_search(session, services.random, case=case, where="", how="x", enough="x", by=DPO)
    assert str(empty.value).endswith(", in 1 to 5000 characters.")
    with refusal("not_asked"), services.sessions.begin() as session:
        clarified(session, case=case, on=date(2027, 3, 1), zone=zone, by=DPO)
    with refusal("not_waited_for"), services.sessions.begin() as session:
        wait_met(
            session,
            case=case,
            kind="fee",
            on=date(2027, 3, 1),
            how="Paid",
            zone=zone,
            by=DPO,
        )
    assert len(letters(services, case)) == before
    assert row(services, case).due == date(2027, 4, 1)


def letters(services: FleetServices, case: str) -> list[Letter]:
    with services.readers() as session:
        return letters_of(session, get_case(session, case))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received": date(2027, 3, 2)}, "received"),
        ({"received": date(2018, 5, 24)}, "received"),
        ({"channel": "pigeon"}, "channel"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"contact": ""}, "contact"),
        ({"what": ""}, "what"),
        ({"what": "x" * 5001}, "what"),
        ({"owner": ""}, "owner"),
        ({"acts_for": "x" * 201}, "acts_for"),
        ({"kind": RequestKind.POLICE}, "organisation"),
        ({"kind": RequestKind.COURT, "organisation": "C", "signed": date(2027, 3, 2)}, "signed"),
        ({"kind": RequestKind.COURT, "organisation": "C", "named": date(2027, 2, 1)}, "named"),
    ],
)
def test_what_cannot_be_written_down_is_refused(
    services: FleetServices, change: dict[str, object], field: str
) -> None:
    # proves F6
    with refusal(f"{field}_unusable"):
        opened(services, replace(DRAFT, **change))  # type: ignore[arg-type] # a test's own fields


def test_what_is_written_down_is_changed_and_the_log_names_fields_alone(services: FleetServices) -> None:
    case = opened(services)
    zone = services.config.site.time_zone
    changed = replace(DRAFT, name="Alexandra Hill-Wood", received=date(2027, 2, 28))
    with services.sessions.begin() as session:
        change_request(session, changed, case=case, zone=zone, by=DPO)
        change_request(session, changed, case=case, zone=zone, by=DPO)
    found = row(services, case)
    assert draft_of(found) == changed
    assert found.due == date(2027, 3, 30)  # 28 March is a Sunday, the 29th Easter Monday
    with refusal("kind_stays"), services.sessions.begin() as session:
        other = replace(DRAFT, kind=RequestKind.COMPLAINT)
        change_request(session, other, case=case, zone=zone, by=DPO)
    with services.readers() as session:
        steps = [each.words for each in steps_of(session, found)]
        assert steps == ["Written down.", "Changed what is written down: the day of receipt, who asks."]


def test_nothing_personal_is_in_the_audit_log(services: FleetServices) -> None:
    # proves F10
    draft = replace(
        DRAFT,
        kind=RequestKind.POLICE,
        organisation="Northshire Police",
        rank="DC 1234",
        theirs="NP/27/1",
        necessity="Assault",
        signed=date(2027, 3, 1),
    )
    case = opened(services, draft)
    sent(services, case, "others-refusal", "Ask again.", exemption="not-necessary")
    with services.readers() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject == case)).all()
        told = " ".join(f"{each.subject} {each.purpose} {each.detail}" for each in entries)
    assert len(entries) == 3
    for each in ("Hill", "Elm", "Tuesday", "Northshire", "DC 1234", "NP/27/1", "Assault", "Ask again"):
        assert each not in told


def test_a_complaint_is_met_by_its_acknowledgement(services: FleetServices, clock: TestClock) -> None:
    # proves F10
    case = opened(services, replace(DRAFT, kind=RequestKind.COMPLAINT))
    assert row(services, case).due == date(2027, 3, 31)
    clock.now = datetime(2027, 4, 2, 12, tzinfo=UTC)
    assert case in due(services, date(2027, 3, 24))
    assert case not in due(services, date(2027, 3, 23))
    sent(services, case, "complaint-received", "We ask the officer.")
    assert case not in due(services, date(2027, 4, 2))
    with refusal("not_answered"), services.sessions.begin() as session:
        close_request(session, case=case, by=DPO)
    sent(services, case, "complaint-outcome", "You were right.", outcome="upheld")
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO)


def due(services: FleetServices, today: date) -> list[str]:
    with services.readers() as session:
        return [each.id for each in due_requests(session, today, most=100)]


def test_the_register_is_narrowed_and_walked_block_by_block(services: FleetServices) -> None:
    marked = [opened(services, replace(DRAFT, name=f"Register 100% {number}")) for number in range(5)]
    with services.sessions.begin() as session:
        close_request(session, case=marked[0], by=DPO, unanswered=True, why="Withdrawn")
    today = date(2027, 3, 26)
    wanted = RequestFilter("all", "access", "100%", date(2027, 3, 1), date(2027, 3, 1))
    with services.readers() as session:
        blocks = list(every_request(session, wanted, today=today, block=2))
        assert [each.id for block in blocks for each in block] == marked
        assert find_requests(session, wanted, today=today, limit=2)[1] == 5
        for change, number in (
            ({"state": "open"}, 4),
            ({"state": "closed"}, 1),
            ({"state": "due"}, 4),
            ({"state": "overdue"}, 0),
            ({"state": "waiting"}, 0),
            ({"kind": "erasure"}, 0),
            ({"text": "100_"}, 0),
            ({"start": date(2027, 3, 2)}, 0),
            ({"end": date(2027, 2, 28)}, 0),
        ):
            one = replace(wanted, **change)
            assert find_requests(session, one, today=today)[1] == number, change
        late = replace(wanted, state="overdue")
        assert find_requests(session, late, today=date(2027, 4, 2))[1] == 4


def test_what_lists_show_is_what_the_clock_shows(services: FleetServices) -> None:
    # proves F8
    with services.readers() as session:
        for case in session.scalars(select(RequestCase)):
            clock = clock_of(case)
            assert (case.due, case.phase) == (clock.due, clock.state)
