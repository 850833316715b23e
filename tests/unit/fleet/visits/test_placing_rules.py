"""Of which visit a camera's word is, and which two tell of one moment. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.visits.rules.consent import (
    REASON_WITHIN,
    TOGETHER,
    ConsentFacts,
    ConsentKind,
    ConsentWay,
    pairs_of,
)
from fleet.visits.rules.linking import EARLY, LATE, PlannedVisit
from fleet.visits.rules.placing import DOUBTS, WHY_WORDS, PlacedConsent, PlacingDoubt, place
from protocol.footage.consent import SaidOfConsent, WhyNotAsked

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ONE, TWO = PlannedVisit("one", NOW, NOW + HOUR), PlannedVisit("two", NOW + HOUR, NOW + 2 * HOUR)
LATER = PlannedVisit("later", NOW + 8 * HOUR, NOW + 9 * HOUR)


def test_camera_and_fleet_have_the_same_words() -> None:
    assert list(map(str, SaidOfConsent)) == list(map(str, ConsentKind))
    assert set(map(str, WhyNotAsked)) == set(WHY_WORDS)
    assert set(DOUBTS) == set(PlacingDoubt)


def test_exactly_one_visit_about_that_time_is_it() -> None:
    assert place("o1", NOW - EARLY, [ONE, LATER]) == PlacedConsent("one")
    assert place("o1", NOW + HOUR + LATE, [ONE, LATER]) == PlacedConsent("one")
    assert place("o1", NOW - EARLY - MINUTE, [ONE]).doubt is PlacingDoubt.NONE
    assert place("o1", NOW + HOUR, [ONE, TWO]).doubt is PlacingDoubt.SEVERAL
    assert place("o1", NOW, []).doubt is PlacingDoubt.NONE


def test_without_officer_or_time_no_visit_is_guessed() -> None:
    assert place(None, NOW, [ONE]).doubt is PlacingDoubt.OFFICER
    assert place("o1", None, [ONE]).doubt is PlacingDoubt.CLOCK


# proves F8
@given(
    st.none() | st.just("o1"),
    st.none() | st.integers(-600, 600).map(lambda each: NOW + each * MINUTE),
    st.lists(st.sampled_from([ONE, TWO, LATER]), unique=True),
)
def test_a_visit_or_a_doubt_and_never_both(
    officer: str | None, at: datetime | None, visits: list[PlannedVisit]
) -> None:
    placed = place(officer, at, visits)
    assert (placed.visit is None) == (placed.doubt is not None)
    assert placed.visit is None or placed.visit in {each.id for each in visits}


def way(
    name: str,
    *,
    kind: ConsentKind = ConsentKind.GIVEN,
    minutes: float = 0,
    signed: bool = False,
    reason: str = "",
) -> ConsentWay:
    return ConsentWay(name, ConsentFacts(kind, NOW + minutes * MINUTE, reason), signed)


def test_what_a_camera_signed_and_what_was_written_down_of_the_same_moment_are_one() -> None:
    assert pairs_of([way("phone"), way("camera", minutes=1, signed=True)]) == {"camera": "phone"}
    within = TOGETHER / MINUTE
    assert pairs_of([way("phone"), way("camera", minutes=within, signed=True)]) == {"camera": "phone"}
    assert pairs_of([way("phone"), way("camera", minutes=within + 0.1, signed=True)]) == {}


def test_two_of_one_kind_are_two() -> None:
    assert pairs_of([way("phone"), way("program")]) == {}
    assert pairs_of([way("c1", signed=True), way("c2", signed=True)]) == {}
    assert pairs_of([way("phone"), way("camera", kind=ConsentKind.REFUSED, signed=True)]) == {}


def test_two_reasons_that_differ_are_two() -> None:
    kind = ConsentKind.OVERRIDDEN
    assert pairs_of([way("phone", kind=kind, reason="A knife"), way("camera", kind=kind, signed=True)]) == {
        "camera": "phone"
    }
    assert (
        pairs_of(
            [way("phone", kind=kind, reason="A knife"), way("camera", kind=kind, signed=True, reason="A dog")]
        )
        == {}
    )


def test_the_nearest_is_the_other_one() -> None:
    entries = [way("p1"), way("p2", minutes=1.5), way("c1", minutes=1, signed=True)]
    assert pairs_of(entries) == {"c1": "p2"}


# proves F8
@given(
    st.lists(
        st.builds(
            way,
            st.uuids().map(str),
            kind=st.sampled_from(ConsentKind),
            minutes=st.integers(0, 4),
            signed=st.booleans(),
            reason=st.sampled_from(["", "A knife", "A dog"]),
        ),
        max_size=8,
        unique_by=lambda each: each.id,
    )
)
def test_nothing_is_in_two_pairs_and_what_is_said_stays(entries: list[ConsentWay]) -> None:
    pairs, by_id = pairs_of(entries), {each.id: each for each in entries}
    assert len(set(pairs.values())) == len(pairs)
    for signed, written in pairs.items():
        one, other = by_id[signed], by_id[written]
        assert (one.is_signed, other.is_signed) == (True, False)
        assert one.facts.kind is other.facts.kind
        assert {one.facts.reason, other.facts.reason} != {"A knife", "A dog"}
    assert REASON_WITHIN > TOGETHER
