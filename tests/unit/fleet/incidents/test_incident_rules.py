from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.incidents.rules.draft import (
    LONGEST_PLACE,
    LONGEST_WHAT,
    DraftError,
    IncidentDraft,
    clean_draft,
    clean_text,
    place_key,
    reference,
)
from fleet.incidents.rules.suggesting import WITHIN, Pressed, suggest, together_words, windows
from fleet.incidents.rules.words import people_words

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def draft(**more: object) -> IncidentDraft:
    plain = {
        "place": " 12  Elm Road ",
        "category": "threat",
        "happened": NOW,
        "what": "Shouted  at.\r\n\r\nLeft. ",
        "people": ["tenant", "officer", "king"],
        "now": NOW,
    }
    return clean_draft(**{**plain, **more})  # type: ignore[arg-type]  # by name


def pressed(number: int, at: datetime, *, camera: str = "cam-01", length: timedelta = SECOND) -> Pressed:
    return Pressed(number, camera, at, at + length)


def test_what_is_written_is_put_right() -> None:
    made = draft()
    assert made == IncidentDraft("12 Elm Road", "threat", NOW, "Shouted at.\n\nLeft.", ("officer", "tenant"))
    assert people_words(made.people) == "Officer, Tenant"
    assert place_key(" 12  ELM Road") == place_key("12 elm road")
    assert reference(2026, 12345) == "INC-2026-12345"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("place", " ", "Say where it was."),
        ("place", "x" * (LONGEST_PLACE + 1), "200 characters or fewer"),
        ("category", "king", "Choose what sort of incident"),
        ("happened", None, "Say when it began"),
        ("happened", NOW + SECOND, "in the future"),
        ("what", " \n\u200b ", "Say what happened."),
        ("what", "x" * (LONGEST_WHAT + 1), "that was 4001"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(field: str, value: object, sentence: str) -> None:
    with pytest.raises(DraftError, match=sentence) as refused:
        draft(**{field: value})
    assert refused.value.field == field


@given(st.text(max_size=300))
def test_text_that_was_cleaned_is_clean(text: str) -> None:
    once = clean_text(text, longest=300)
    assert clean_text(once, longest=300) == once
    assert all(each.isprintable() or each == "\n" for each in once)


@given(
    st.lists(st.integers(0, 7200), max_size=8),
    st.lists(st.tuples(st.integers(0, 7200), st.integers(0, 3000)), max_size=8),
)
def test_what_is_near_is_suggested_and_nothing_else(own: list[int], others: list[tuple[int, int]]) -> None:
    anchors = [pressed(each, NOW + SECOND * at) for each, at in enumerate(own)]
    found = [
        pressed(100 + each, NOW + SECOND * at, length=SECOND * length)
        for each, (at, length) in enumerate(others)
    ]
    suggested = suggest(anchors, found)
    near = {
        each.id
        for each in found
        if any(each.at - other.until <= WITHIN and other.at - each.until <= WITHIN for other in anchors)
    }
    assert {each.id for each in suggested} == near
    assert list(suggested) == sorted(suggested, key=lambda each: (each.apart, each.id))
    spans = windows(anchors)
    assert list(spans) == sorted(spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans)), "nothing is looked at twice"
    reached = {
        each.id for each in found if any(each.at <= end and each.until >= begin for begin, end in spans)
    }
    assert reached == near


def test_an_incident_without_recordings_finds_them_by_its_time() -> None:
    near, far = pressed(1, NOW - WITHIN - SECOND), pressed(2, NOW - WITHIN - 2 * SECOND)
    assert [each.id for each in suggest([], [near, far], happened=NOW)] == [1]
    assert suggest([], [near, far]) == ()
    assert windows([]) == ()
    assert windows([], happened=NOW) == ((NOW - WITHIN, NOW + WITHIN),)


def test_several_cameras_are_said_and_one_is_not() -> None:
    assert together_words(["cam-01", "cam-02", "cam-03"]) == "3 cameras recorded within 10 minutes"
    assert together_words(["cam-01", "cam-01"]) == ""
    assert together_words([]) == ""
