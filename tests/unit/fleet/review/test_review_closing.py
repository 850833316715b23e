from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.incidents.rules.draft import clean_text
from fleet.review.rules.closing import (
    ReviewSigner,
    ReviewState,
    SigningFacts,
    SigningRole,
    due_day,
    signable,
    signing_refusal,
)
from fleet.review.rules.findings import (
    ACTIONS,
    FINDINGS,
    LONGEST_TEXT,
    FindingsError,
    clean_findings,
    found_words,
)

HEAD = ReviewSigner("1", is_person=True, roles=frozenset({"head-of-safety"}))
MANAGER = ReviewSigner("2", is_person=True, roles=frozenset({"cctv-manager"}))
BOTH = ReviewSigner("3", is_person=True, roles=frozenset({"head-of-safety", "cctv-manager"}))
FOUND = SigningFacts(ReviewState.FOUND, version=1, is_arriving=False, officer="o-1", signed={})
OFFICER_TOO = replace(BOTH, officer="o-2")
SIGNED_BY_OFFICER = replace(
    FOUND,
    signed={SigningRole.CCTV_MANAGER: "9"},
    officers={SigningRole.CCTV_MANAGER: frozenset({"o-2", "o-3"})},
)

SIGNERS = st.builds(
    ReviewSigner,
    id=st.sampled_from(["1", "2", "3"]),
    is_person=st.booleans(),
    roles=st.frozensets(st.sampled_from(["head-of-safety", "cctv-manager", "administrator"])),
    officer=st.sampled_from([None, "o-1", "o-2"]),
)
SIGNED = st.dictionaries(st.sampled_from(list(SigningRole)), st.sampled_from(["1", "2", "3"]))
FACTS = st.builds(
    SigningFacts,
    state=st.sampled_from(list(ReviewState)),
    version=st.integers(0, 3),
    is_arriving=st.booleans(),
    officer=st.sampled_from([None, "o-1"]),
    signed=SIGNED,
)


def refusal(signer: ReviewSigner, role: SigningRole, facts: SigningFacts, seen: int = 1) -> str | None:
    return signing_refusal(signer, role, seen, facts)


def test_each_signs_for_their_own_name() -> None:
    assert refusal(HEAD, SigningRole.HEAD_OF_SAFETY, FOUND) is None
    assert refusal(MANAGER, SigningRole.CCTV_MANAGER, FOUND) is None
    assert refusal(HEAD, SigningRole.CCTV_MANAGER, FOUND) == "To sign as CCTV manager takes that role."
    assert refusal(MANAGER, SigningRole.HEAD_OF_SAFETY, FOUND) == "To sign as head of safety takes that role."


@pytest.mark.parametrize(
    ("signer", "facts", "seen", "sentence"),
    [
        (replace(HEAD, is_person=False), FOUND, 1, "by a person who is signed in, and by no program"),
        (replace(HEAD, officer="o-1"), FOUND, 1, "It is your own recording"),
        (HEAD, replace(FOUND, state=ReviewState.OPEN), 1, "Write first what was found."),
        (HEAD, replace(FOUND, state=ReviewState.CLEAR), 1, "Write first what was found."),
        (HEAD, replace(FOUND, state=ReviewState.GONE), 1, "had begun before both had signed"),
        (HEAD, replace(FOUND, state=ReviewState.CLOSED), 1, "Both have signed: it is closed."),
        (HEAD, FOUND, 0, "Somebody wrote the findings anew meanwhile"),
        (HEAD, replace(FOUND, signed={SigningRole.HEAD_OF_SAFETY: "9"}), 1, "It is signed as head of safety"),
        (BOTH, replace(FOUND, signed={SigningRole.CCTV_MANAGER: "3"}), 1, "two people sign"),
        (OFFICER_TOO, SIGNED_BY_OFFICER, 1, "An account of the same officer has signed"),
        (replace(HEAD, officer="o-3"), SIGNED_BY_OFFICER, 1, "An account of the same officer has signed"),
        (HEAD, replace(FOUND, is_arriving=True), 1, "More of its recording may come"),
    ],
)
def test_a_signature_is_refused_with_the_reason(
    signer: ReviewSigner, facts: SigningFacts, seen: int, sentence: str
) -> None:
    said = refusal(signer, SigningRole.HEAD_OF_SAFETY, facts, seen)
    assert said is not None
    assert sentence in said


@given(one=SIGNERS, other=SIGNERS, facts=FACTS, first=st.sampled_from(list(SigningRole)))
def test_whatever_happens_two_people_have_signed_and_neither_is_recorded(
    one: ReviewSigner, other: ReviewSigner, facts: SigningFacts, first: SigningRole
) -> None:
    facts = replace(facts, signed={})
    if first not in signable(one, facts):
        return
    was = frozenset() if one.officer is None else frozenset({one.officer})
    after = replace(facts, signed={first: one.id}, officers={first: was})
    if first.other not in signable(other, after):
        return
    assert one.id != other.id
    assert one.officer is None or one.officer != other.officer
    assert {first, first.other} == set(SigningRole)
    assert first in one.roles
    assert first.other in other.roles
    assert facts.officer is None or facts.officer not in {one.officer, other.officer}
    assert facts.state is ReviewState.FOUND
    assert not facts.is_arriving


@given(signer=SIGNERS, facts=FACTS, seen=st.integers(-1, 4))
def test_nobody_signs_what_they_did_not_see(signer: ReviewSigner, facts: SigningFacts, seen: int) -> None:
    for role in SigningRole:
        if signing_refusal(signer, role, seen, facts) is None:
            assert seen == facts.version
            assert role not in facts.signed


def test_a_day_is_due_after_so_many() -> None:
    assert due_day(date(2026, 12, 20), 14) == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("found", "action", "text", "field"),
    [
        ([], "none", "", "found"),
        (["nothing", "no such"], "none", "", "found"),
        (["nothing", "late"], "none", "Both.", "found"),
        (["nothing"], "", "", "action"),
        (["nothing"], "no such", "", "action"),
        (["late"], "none", "  \n ", "text"),
        (["nothing"], "talk", "", "text"),
        (["late"], "talk", "x" * (LONGEST_TEXT + 1), "text"),
    ],
)
def test_findings_that_cannot_be_kept_are_refused_by_their_field(
    found: list[str], action: str, text: str, field: str
) -> None:
    with pytest.raises(FindingsError) as error:
        clean_findings(found=found, action=action, text=text)
    assert error.value.field == field


def test_findings_are_kept_in_the_order_in_which_they_are_offered() -> None:
    found = clean_findings(
        found=["equipment", "late"], action="repair", text=" The\u200b lens \n\n was  wet. "
    )
    assert found.found == ("late", "equipment")
    assert found.text == "The lens\n\nwas wet."
    assert found_words(found.found) == (
        "Pressed late, or stopped early; Camera, lens or microphone did not work as they should"
    )


@given(
    found=st.lists(st.sampled_from([*FINDINGS, "x"]) | st.text(max_size=5)),
    action=st.sampled_from([*ACTIONS, ""]) | st.text(max_size=5),
    text=st.text(max_size=50),
)
def test_whatever_is_sent_is_kept_clean_or_refused(found: list[str], action: str, text: str) -> None:
    try:
        kept = clean_findings(found=found, action=action, text=text)
    except FindingsError:
        return
    assert set(kept.found) <= set(FINDINGS)
    assert kept.action in ACTIONS
    assert kept.text == clean_text(kept.text, longest=LONGEST_TEXT)
    assert all(each.isprintable() for each in kept.text.splitlines())
