"""Which letters can be sent when, and what an answer decides: the pure rules, in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from fleet.requests.bank_holidays import is_bank_holiday
from fleet.requests.rules.bases import Basis, LandlordKind, bases_of, conditions_of
from fleet.requests.rules.clock import ClockFacts, ClockKind, ClockPause, WaitKind, read_clock
from fleet.requests.rules.done import DoneFacts
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.exemptions import NOT_SHOWN, exemption_of, exemptions_of
from fleet.requests.rules.kinds import KINDS, OTHERS, RIGHTS, RequestKind, clock_kind
from fleet.requests.rules.sending import Decision, SendingError, SendingFacts, check_sending, sendable

TODAY = date(2027, 3, 10)
ASSOCIATION, COUNCIL = LandlordKind.HOUSING_ASSOCIATION, LandlordKind.COUNCIL
FORM: dict[str, Any] = {
    "organisation": "Northshire Police",
    "rank": "DC 1234",
    "theirs": "NP/27/1",
    "necessity": "The assault of 1 March.",
    "signed": date(2027, 3, 1),
}


def facts(kind: RequestKind, **more: object) -> SendingFacts:
    form = FORM if kind in OTHERS else {}
    draft = RequestDraft(
        kind, date(2027, 3, 1), "letter", "A. Hill", "1 Elm Road", "All of it", "DPO", **form
    )
    clock = read_clock(ClockFacts(clock_kind(kind), draft.received), is_bank_holiday)
    found = SendingFacts(draft, clock, is_searched=True)
    return replace(found, **more)  # type: ignore[arg-type] # a test's own fields


def decided(letter: str, of: SendingFacts, *decision: str, landlord: LandlordKind = ASSOCIATION) -> Decision:
    return check_sending(letter, of, Decision(*decision), landlord, TODAY)


def refused(letter: str, of: SendingFacts, *decision: str, landlord: LandlordKind = ASSOCIATION) -> str:
    with pytest.raises(SendingError) as found:
        decided(letter, of, *decision, landlord=landlord)
    return str(found.value)


def test_a_council_has_no_legitimate_interests_and_an_association_no_public_task() -> None:
    # proves F10
    assert not {Basis.LEGITIMATE, Basis.RECOGNISED} & set(bases_of(COUNCIL))
    assert Basis.PUBLIC_TASK in bases_of(COUNCIL)
    assert Basis.PUBLIC_TASK not in bases_of(ASSOCIATION)
    assert {Basis.LEGITIMATE, Basis.RECOGNISED} <= set(bases_of(ASSOCIATION))
    assert [each.id for each in conditions_of(RequestKind.POLICE, COUNCIL)] == ["crime"]
    assert len(conditions_of(RequestKind.POLICE, ASSOCIATION)) == 3
    for kind, landlord in product(RIGHTS, LandlordKind):
        assert conditions_of(kind, landlord) == ()


def test_portability_holds_for_consent_and_contract_alone() -> None:
    # proves F10
    of = facts(RequestKind.PORTABILITY)
    assert decided("answer", of, "granted", "", "consent") == Decision("granted", "", "consent")
    assert "only to what rests on consent or a contract" in refused(
        "answer", of, "granted", "", "legitimate-interests"
    )
    assert refused("answer", of, "granted") == "Choose the lawful basis on which it was recorded."
    assert refused("answer", of, "granted", "", "legitimate-interests", landlord=COUNCIL).startswith("Choose")
    assert decided("refusal", of, "", "not-portable") == Decision("refused", "not-portable")
    words = exemption_of(RequestKind.PORTABILITY, "not-portable")
    assert words is not None
    assert "only to what rests on your consent or on a contract" in words.words


@pytest.mark.parametrize("kind", [each for each in RequestKind if each is not RequestKind.COMPLAINT])
def test_a_refusal_names_an_exemption_of_its_kind(kind: RequestKind) -> None:
    # proves F10
    letter = "others-refusal" if kind in OTHERS else "refusal"
    for each in exemptions_of(kind):
        of = facts(kind, unshown=frozenset({WaitKind.IDENTITY} if each is NOT_SHOWN else ()))
        assert decided(letter, of, "", each.id) == Decision("refused", each.id)
    if kind in RIGHTS:
        said = refused(letter, facts(kind), "", "not-shown")
        assert said == "Nothing that was asked for is missing: choose why else it is refused."
    strangers = {each.id for other in RequestKind for each in exemptions_of(other)} - {
        each.id for each in exemptions_of(kind)
    }
    for name in ("", *strangers):
        assert refused(letter, facts(kind), "", name) == "Choose why it is refused: the letter names that."


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        (RequestKind.POLICE, "rank", "the rank or office of who signed"),
        (RequestKind.POLICE, "theirs", "their reference"),
        (RequestKind.POLICE, "necessity", "why the footage is necessary"),
        (RequestKind.POLICE, "signed", "the day on which it was signed"),
        (RequestKind.CIVIL, "necessity", "why the footage is necessary"),
        (RequestKind.COURT, "theirs", "their reference"),
    ],
)
def test_nothing_is_given_upon_a_form_that_lacks_something(kind: RequestKind, field: str, said: str) -> None:
    # proves F10
    of = facts(kind)
    condition = conditions_of(kind, ASSOCIATION)[0].id
    choice = ("granted", "", "legitimate-interests", condition)
    assert decided("others-answer", of, *choice) == Decision(*choice)
    empty: dict[str, Any] = {field: None if field == "signed" else ""}
    lacking = replace(of.draft, **empty)
    assert refused("others-answer", replace(of, draft=lacking), *choice) == (
        f"The form or order lacks {said}; write that down first."
    )


def test_safeguarding_needs_recognised_legitimate_interests() -> None:
    # proves F10
    of = facts(RequestKind.POLICE)
    choice = ("granted", "", "recognised-legitimate-interests", "safeguarding")
    assert decided("others-answer", of, *choice) == Decision(*choice)
    said = refused("others-answer", of, "granted", "", "legitimate-interests", "safeguarding")
    assert said == "That condition needs recognised legitimate interests as its basis."
    assert refused("others-answer", of, "granted", "", "public-task", "safeguarding", landlord=COUNCIL) == (
        "Choose the condition under which it is given."
    )
    assert refused("others-answer", of, "granted") == "Choose the lawful basis on which it is given."


def test_a_right_is_granted_once_a_search_was_written_down() -> None:
    of = facts(RequestKind.ACCESS)
    assert decided("answer", of, "partly") == Decision("partly")
    assert refused("answer", of, "refused") == "Choose whether it is granted, or granted in part."
    assert refused("answer", replace(of, is_searched=False), "granted").startswith("Write down the search")


@pytest.mark.parametrize("kind", sorted(RIGHTS))
def test_two_more_months_are_told_of_within_the_first_and_once(kind: RequestKind) -> None:
    # proves F10
    of = facts(kind)
    last = of.clock.extend_by
    assert last == date(2027, 4, 1)
    assert "extension" in sendable(of, last)
    assert "extension" not in sendable(of, last + timedelta(days=1))
    late = "The first month is over: the person can be told of two more months within it alone."
    with pytest.raises(SendingError, match=late):
        check_sending("extension", of, Decision(), ASSOCIATION, last + timedelta(days=1))
    longer = read_clock(ClockFacts(ClockKind.RIGHT, of.draft.received, extended=TODAY), is_bank_holiday)
    again = replace(of, clock=longer, is_extended=True)
    assert refused("extension", again) == "The person was told of two more months already."
    asked = ClockFacts(ClockKind.RIGHT, of.draft.received, pauses=(ClockPause(TODAY),))
    paused = replace(of, clock=read_clock(asked, is_bank_holiday))
    assert refused("extension", paused).startswith("While the clock waits or stands still")
    assert refused("clarification", paused).startswith("A question is open already")


def test_identity_is_asked_for_once_and_authority_of_those_alone_who_act_for_somebody() -> None:
    of = facts(RequestKind.ACCESS)
    assert "identity" in sendable(of, TODAY)
    assert "authority" not in sendable(of, TODAY)
    assert "identity" not in sendable(replace(of, asked=frozenset({WaitKind.IDENTITY})), TODAY)
    agent = replace(of, draft=replace(of.draft, acts_for="B. Hill"))
    assert "authority" in sendable(agent, TODAY)
    for kind in (RequestKind.COMPLAINT, *OTHERS):
        assert not {"identity", "authority", "fee", "clarification", "extension"} & set(
            sendable(facts(kind), TODAY)
        )


def test_an_answer_may_follow_an_answer_and_nothing_else_may() -> None:
    of = facts(RequestKind.ERASURE, is_answered=True)
    assert sendable(of, TODAY) == ("answer", "refusal")
    assert sendable(replace(of, is_restricted=True), TODAY) == ("restriction-ends", "answer", "refusal")
    assert refused("fee", of).startswith("It was answered already")
    complaint = facts(RequestKind.COMPLAINT)
    assert sendable(complaint, TODAY) == ("complaint-received", "complaint-outcome")
    assert sendable(replace(complaint, is_acknowledged=True), TODAY) == ("complaint-outcome",)
    for outcome in ("upheld", "partly-upheld", "not-upheld"):
        assert decided("complaint-outcome", complaint, outcome) == Decision(outcome)
    for outcome in ("", "granted", "partly", "withdrawn", "in-letter"):
        assert refused("complaint-outcome", complaint, outcome) == (
            "Choose whether the complaint is upheld, upheld in part, or not upheld."
        )
    assert refused("answer", facts(RequestKind.ACCESS), "upheld").startswith("Choose whether it is granted")


@pytest.mark.parametrize("kind", sorted(RIGHTS))
@pytest.mark.parametrize("is_answered", [False, True])
def test_nothing_is_granted_while_who_asks_was_asked_for_and_not_shown(
    kind: RequestKind, *, is_answered: bool
) -> None:
    # proves F10
    for wait, said in (
        (WaitKind.IDENTITY, "The person was asked to show who they are, and has not."),
        (WaitKind.AUTHORITY, "It was asked whether they may act for the person, and that was not shown."),
    ):
        of = facts(kind, unshown=frozenset({wait}), is_answered=is_answered)
        assert "answer" not in sendable(of, TODAY)
        for outcome in ("granted", "partly"):
            assert refused("answer", of, outcome) == (
                f"{said} Note first that it came, or why nobody doubts it any longer. "
                "Before that it can be refused, and not granted."
            )
        assert decided("refusal", of, "", "not-shown") == Decision("refused", "not-shown")
        assert decided("refusal", of, "", "unfounded") == Decision("refused", "unfounded")


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (RequestKind.ERASURE, "neither deleted nor being deleted. Delete it first"),
        (RequestKind.RESTRICTION, "not restricted. Restrict it first"),
    ],
)
def test_what_is_granted_was_done(kind: RequestKind, left: str) -> None:
    # proves F10
    linked = ("recording 1 of cam-01", "import IMP-1")
    one = facts(kind, done=DoneFacts(linked, linked[:1]))
    assert refused("answer", one, "granted") == (
        f"It is not done yet: recording 1 of cam-01 is {left}, or take out what the request is not about."
    )
    assert decided("answer", one, "partly") == Decision("partly")
    none = facts(kind, done=DoneFacts(linked, linked))
    for outcome in ("granted", "partly"):
        assert "recording 1 of cam-01, import IMP-1 are " in refused("answer", none, outcome)
    many = tuple(f"recording {number} of cam-01" for number in range(1, 6))
    assert "recording 3 of cam-01 and 2 more are" in refused(
        "answer", facts(kind, done=DoneFacts(many, many)), "granted"
    )
    for done in (DoneFacts(linked), DoneFacts()):
        assert decided("answer", facts(kind, done=done), "granted") == Decision("granted")


@pytest.mark.parametrize("kind", [RequestKind.ACCESS, RequestKind.PORTABILITY, *sorted(OTHERS)])
def test_what_is_given_without_a_release_is_said_how(kind: RequestKind) -> None:
    # proves F10
    letter = "others-answer" if kind in OTHERS else "answer"
    condition = conditions_of(kind, ASSOCIATION)[0].id if kind in OTHERS else ""
    basis = {RequestKind.ACCESS: "", RequestKind.PORTABILITY: "consent"}.get(kind, "legitimate-interests")
    linked = DoneFacts(("recording 1 of cam-01",))
    for outcome in ("granted", "partly"):
        choice = (outcome, "", basis, condition)
        assert refused(letter, facts(kind, done=linked), *choice) == (
            "No release of what is linked is made. "
            "Say how it was given otherwise, as when it was watched here."
        )
        watched = (*choice, "Watched here on 9 March")
        assert decided(letter, facts(kind, done=linked), *watched) == Decision(*watched)
        for done in (replace(linked, is_given=True), DoneFacts()):
            assert decided(letter, facts(kind, done=done), *choice) == Decision(*choice)


def test_every_kind_has_words() -> None:
    assert set(KINDS) == set(RequestKind)
