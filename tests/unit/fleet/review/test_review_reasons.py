from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.review.rules.closing import new_reasons
from fleet.review.rules.reasons import (
    PRIVATE,
    SAFETY_OVERRIDE,
    SENSOR_CAUSES,
    ReasonKind,
    ReviewFacts,
    reasons,
    with_draw,
)

REFERENCES = st.lists(st.sampled_from([f"INC-2026-{each:04d}" for each in range(9)]), unique=True).map(tuple)
FACTS = st.builds(
    ReviewFacts,
    is_marked=st.booleans(),
    incidents=REFERENCES,
    near=REFERENCES,
    marks=st.lists(st.sampled_from([SAFETY_OVERRIDE, "unassigned", "other"])).map(tuple),
    is_private=st.booleans(),
    conditions=st.lists(st.sampled_from(["black picture", "silence"])).map(tuple),
    causes=st.lists(st.sampled_from([*sorted(SENSOR_CAUSES), PRIVATE, "docked", "just booted"])).map(tuple),
    is_refused=st.booleans(),
    is_ended=st.booleans(),
    drawn=st.none() | st.floats(0, 1),
)


def kinds(facts: ReviewFacts) -> list[str]:
    return [str(each.kind) for each in reasons(facts)]


@pytest.mark.parametrize(
    ("facts", "kind", "words"),
    [
        (ReviewFacts(is_marked=True), "incident", "Somebody said that it shows an incident."),
        (ReviewFacts(incidents=("INC-2026-0007",)), "incident", "It belongs to INC-2026-0007."),
        (
            ReviewFacts(marks=("unassigned", SAFETY_OVERRIDE)),
            "override",
            "It was pressed for while the camera was private: a safety override.",
        ),
        (
            ReviewFacts(is_private=True, near=("INC-2026-0007",)),
            "private",
            "Its camera was private for a time about the time of INC-2026-0007.",
        ),
        (
            ReviewFacts(conditions=("black picture", "silence", "silence")),
            "sensors",
            "Picture or sound was of no use for a time: black picture and silence.",
        ),
        (
            ReviewFacts(causes=("no microphone", "docked", "encoder gap")),
            "sensors",
            "Something is missing that its camera puts down to its sensors: encoder gap and no microphone.",
        ),
        (ReviewFacts(is_refused=True), "refused", "What was sent did not verify."),
        (
            ReviewFacts(is_ended=True),
            "ended",
            "A person said that no more of it will come, and not all of it is known to be here.",
        ),
        (
            with_draw(ReviewFacts(), 0.025),
            "drawn",
            "It was drawn at random, with a chance of 2.5 %.",
        ),
    ],
)
def test_each_reason_is_said_in_words(facts: ReviewFacts, kind: str, words: str) -> None:
    assert [(str(each.kind), each.words) for each in reasons(facts)] == [(kind, words)]


def test_what_needs_no_review_has_no_reason() -> None:
    assert reasons(ReviewFacts()) == ()
    assert reasons(ReviewFacts(marks=("unassigned",), causes=("docked", "just booted", "muted"))) == ()
    assert reasons(ReviewFacts(near=("INC-2026-0001",))) == (), "near an incident, and never private"
    assert reasons(ReviewFacts(is_private=True, causes=(PRIVATE,))) == (), "private, and near nothing"


def test_private_time_counts_with_an_incident_of_its_own_or_near_it() -> None:
    assert kinds(ReviewFacts(is_private=True, is_marked=True)) == ["incident", "private"]
    assert kinds(ReviewFacts(is_private=True, incidents=("INC-2026-0001",))) == ["incident", "private"]


@given(facts=FACTS)
def test_every_incident_override_fault_and_refusal_is_a_reason(facts: ReviewFacts) -> None:
    found = set(kinds(facts))
    assert ("incident" in found) == bool(facts.is_marked or facts.incidents)
    assert ("override" in found) == (SAFETY_OVERRIDE in facts.marks)
    assert ("sensors" in found) == bool(facts.conditions or SENSOR_CAUSES & set(facts.causes))
    assert ("refused" in found) == facts.is_refused
    assert ("ended" in found) == facts.is_ended
    private = facts.is_private and (facts.is_marked or bool(facts.incidents or facts.near))
    assert ("private" in found) == private
    others = found - {"drawn"}
    assert ("drawn" in found) == (facts.drawn is not None and not others)


@given(facts=FACTS)
def test_reasons_are_told_once_each_in_words_of_a_bounded_length(facts: ReviewFacts) -> None:
    found = reasons(facts)
    assert len({each.key for each in found}) == len(found)
    assert all(each.words.endswith(".") and len(each.words) < 300 for each in found)
    assert {each.kind for each in found} <= set(ReasonKind)


@given(before=FACTS, reference=st.sampled_from(["INC-2027-0001", "INC-2027-0002"]))
def test_a_new_incident_is_new_and_what_was_there_is_not(before: ReviewFacts, reference: str) -> None:
    keys = [each.key for each in reasons(before)]
    assert new_reasons(keys, reasons(before)) == ()
    after = replace(before, incidents=(*before.incidents, reference))
    assert f"incident {reference}" in [each.key for each in new_reasons(keys, reasons(after))]
