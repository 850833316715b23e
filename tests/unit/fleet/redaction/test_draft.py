"""Drafts: what is undone is as it was, what is read back is the same, and anything else is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.redaction.rules import document
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.document import read_draft, write_draft
from fleet.redaction.rules.editing import (
    accept,
    draw,
    end_at,
    end_between,
    keep_only,
    mask_of,
    move,
    mute,
    propose,
    refuse,
    remove_key,
    remove_mask,
    remove_mute,
)
from fleet.redaction.rules.mask import KeyFrame, MaskState, TimeSpan
from fleet.redaction.rules.plan import Fill, RedactionPlan, Widening
from fleet.redaction.rules.redaction_draft import MOST_STEPS, RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError
from tests.unit.fleet.redaction.plans import SECOND, plans

FACE = Area(10, 10, 50, 60)


@st.composite
def drafts(draw: st.DrawFn) -> RedactionDraft:
    draft = RedactionDraft(RedactionPlan())
    for plan in draw(st.lists(plans(), min_size=1, max_size=4)):
        draft = draft.changed(plan)
    for _ in range(draw(st.integers(0, draft.done))):
        draft = draft.undone()
    return draft


@given(drafts(), plans())
def test_undo_after_a_step_is_as_if_nothing_was_done(draft: RedactionDraft, plan: RedactionPlan) -> None:
    done = draft.changed(plan)
    assert done.plan == plan
    assert done.undone().plan == draft.plan
    assert done.undone().done_again() == done
    assert done.undone().next_number == done.next_number, "no number is given twice"


@given(drafts())
def test_a_draft_that_is_read_back_is_the_same(draft: RedactionDraft) -> None:  # proves F7
    again = read_draft(write_draft(draft))
    assert again == draft
    while again.done:
        again, draft = again.undone(), draft.undone()
        assert again.plan == draft.plan


def walk(value: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    """Return every place in a document: what holds it, and under which key."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    return [
        place
        for key, inner in pairs
        for place in [(value, key), *(walk(inner) if isinstance(inner, dict | list) else [])]
    ]


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=3),
    st.just([]),
    st.just({"a": 1}),
)


@given(drafts(), st.data())
def test_a_document_that_was_tampered_with_is_read_or_refused(
    draft: RedactionDraft, data: st.DataObject
) -> None:  # proves F6
    found = json.loads(write_draft(draft))
    holder, key = data.draw(st.sampled_from(range(len(walk(found)))).map(lambda at: walk(found)[at]))
    holder[key] = data.draw(ODD)
    try:
        again = read_draft(json.dumps(found).encode())
        while again.done:
            again = again.undone()
    except RedactionRefusalError:
        pass


@given(st.binary(max_size=60))
def test_bytes_that_are_no_document_are_refused(data: bytes) -> None:  # proves F6
    with pytest.raises(RedactionRefusalError):
        read_draft(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[" * 100_000, "no JSON"),
        (b'{"version": 2}', "not of version 1"),
        (b'{"version": 1, "other": 2}', "lacks or has more than"),
        (b'{"version": ' + b"9" * 5000 + b"}", "no JSON"),
        (b"\xff", "no JSON"),
    ],
)
def test_another_document_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:  # proves F6
    with pytest.raises(RedactionRefusalError, match=sentence):
        read_draft(data)


def test_a_history_that_is_too_long_is_forgotten_from_its_oldest_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = RedactionDraft(RedactionPlan())
    for number in range(1, MOST_STEPS + 3):
        draft = draft.changed(draw(draft.plan, number, KeyFrame(number, FACE), "a neighbour"))
    assert draft.done == len(draft.steps) == MOST_STEPS
    monkeypatch.setattr(document, "LONGEST_DOCUMENT", 60_000)
    written = write_draft(draft)
    again = read_draft(written)
    assert len(written) <= 60_000
    assert again.plan == draft.plan
    assert again.steps == draft.steps[-len(again.steps) :]
    monkeypatch.setattr(document, "LONGEST_DOCUMENT", 600)
    with pytest.raises(RedactionRefusalError, match="too large"):
        write_draft(draft)


def test_a_mask_is_drawn_moved_ended_and_begun_again() -> None:
    plan = draw(RedactionPlan(), 1, KeyFrame(SECOND, FACE), "a neighbour")
    plan = move(plan, 1, 5 * SECOND, FACE.grown(4, 4))
    plan = move(plan, 1, 5 * SECOND, FACE.grown(8, 8))
    assert [key.at_ns for key in mask_of(plan, 1).keys] == [SECOND, 5 * SECOND]
    assert mask_of(plan, 1).area_at(3 * SECOND) == FACE.grown(4, 4)
    ended = end_between(plan, 1, TimeSpan(2 * SECOND, 3 * SECOND))
    assert list(mask_of(ended, 1).present()) == [(SECOND, 2 * SECOND), (3 * SECOND, 5 * SECOND)]
    short = end_at(ended, 1, 4 * SECOND)
    assert list(mask_of(short, 1).present()) == [(SECOND, 2 * SECOND), (3 * SECOND, 4 * SECOND)]
    assert mask_of(short, 1).area_at(4 * SECOND) == mask_of(plan, 1).area_at(4 * SECOND)
    assert end_at(ended, 1, SECOND).masks[0].keys == (KeyFrame(SECOND, FACE),)
    assert mask_of(remove_key(plan, 1, SECOND), 1).keys == (KeyFrame(5 * SECOND, FACE.grown(8, 8)),)
    assert remove_mask(plan, 1).masks == ()


def test_keeping_one_person_hides_all_others_but_what_was_refused() -> None:
    plan = propose(RedactionPlan(), 1, [[KeyFrame(at, FACE)] for at in range(4)])
    assert plan.undecided == 4
    plan = keep_only(refuse(plan, 4), 2, "she asked for it")
    accepted, kept = MaskState.ACCEPTED, MaskState.KEPT
    assert [mask.state for mask in plan.masks] == [accepted, kept, accepted, MaskState.REFUSED]
    assert all(mask.reason for mask in plan.masks[:3])
    other = keep_only(plan, 3, "he asked for it")
    assert [mask.state for mask in other.masks] == [accepted, accepted, kept, MaskState.REFUSED]
    assert accept(plan, 4, "a child").undecided == 0


def test_sound_is_muted_and_heard_again() -> None:
    plan = mute(RedactionPlan(), 3, TimeSpan(5, 9), "a telephone number")
    assert plan.touches_sound(8, 10)
    assert remove_mute(plan, 3) == RedactionPlan()


PROPOSED = propose(RedactionPlan(), 1, [[KeyFrame(0, FACE)]])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: remove_mask(PROPOSED, 1), "refused, not removed"),
        (lambda: accept(PROPOSED, 1, ""), "Say why"),
        (lambda: keep_only(PROPOSED, 1, ""), "Say why"),
        (lambda: refuse(PROPOSED, 2), "no mask 2"),
        (lambda: remove_key(PROPOSED, 1, 5), "no key frame at that time"),
        (lambda: remove_key(PROPOSED, 1, 0), "only key frame"),
        (lambda: end_at(PROPOSED, 1, 5), "between its first and its last"),
        (lambda: remove_mute(PROPOSED, 1), "no mute 1"),
        (lambda: draw(PROPOSED, 1, KeyFrame(0, FACE), "twice"), "each once"),
        (lambda: RedactionDraft(RedactionPlan()).undone(), "nothing to undo"),
        (lambda: RedactionDraft(RedactionPlan()).done_again(), "nothing to do again"),
        (lambda: RedactionDraft(PROPOSED), "not given yet"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(wrong: object, sentence: str) -> None:  # proves F6
    assert callable(wrong)
    with pytest.raises(RedactionRefusalError, match=sentence):
        wrong()


def test_widening_and_fill_are_steps_like_any_other() -> None:
    draft = RedactionDraft(RedactionPlan())
    wide = draft.changed(replace(draft.plan, widening=Widening(50), fill=Fill.BLUR))
    assert read_draft(write_draft(wide)).undone().plan == draft.plan
