from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.recordings.wearer import WearerBasis, WearerDoubt
from fleet.web.facts import RecordingFacts
from fleet.web.views.desk.attention import needs
from fleet.web.views.wearer import wearer_name, wearer_note

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)


def summary(known: dict[str, Any]) -> RecordingSummary:
    held = {"id": "ab" * 16, "camera": "cam-01", "number": 7, "state": "held", "announced": NOW}
    return RecordingSummary(**{**held, "verdict": "intact", **known})


SIGNED = {"officer_name": "Officer 1", "wearer_basis": WearerBasis.SIGNED}
UNKNOWN = {"wearer_basis": WearerBasis.UNKNOWN}

STATES: list[tuple[dict[str, Any], str, str, str]] = [
    (SIGNED, "Officer 1", "", ""),
    (
        {**SIGNED, "wearer_doubt": WearerDoubt.LIST_HAS_ANOTHER, "listed_name": "Officer 2"},
        "Officer 1",
        "The camera signed that Officer 1 had it; by the hand-out list Officer 2 had it at the press.",
        "Whose recording 7 of cam-01 is, is disputed.",
    ),
    (
        {**UNKNOWN, "state": "failed", "verdict": "altered", "wearer_doubt": WearerDoubt.NOT_VERIFIED},
        "Not known who had it",
        "What was sent did not verify, so what it says of that does not count.",
        "Recording 7 of cam-01 was refused",
    ),
    (
        {**SIGNED, "wearer_doubt": WearerDoubt.LIST_HAS_NOBODY},
        "Officer 1",
        "The camera signed that Officer 1 had it; by the hand-out list nobody had it at the press.",
        "Whose recording 7 of cam-01 is, is disputed.",
    ),
    (
        {
            **UNKNOWN,
            "wearer_doubt": WearerDoubt.SIGNED_UNKNOWN,
            "signed_assignment": "a9",
            "listed_name": "Officer 2",
        },
        "Not known who had it",
        "The camera names a hand-out that this service does not know (a9).",
        "It is not known who had the camera for recording 7 of cam-01.",
    ),
    (
        {**UNKNOWN, "wearer_doubt": WearerDoubt.SIGNED_OTHER_CAMERA, "signed_assignment": "a3"},
        "Not known who had it",
        "The camera names a hand-out of another camera.",
        "It is not known who had the camera",
    ),
    (
        {
            **UNKNOWN,
            "wearer_doubt": WearerDoubt.CLOCK_NOT_SET,
            "listed_name": "Officer 2",
            "marks": ("unassigned",),
        },
        "Not known who had it",
        (
            "The camera knew of nobody at the press, and its clock was not set, "
            "so the hand-out list cannot say either."
        ),
        "It is not known who had the camera",
    ),
    (
        {**UNKNOWN, "wearer_doubt": WearerDoubt.NOT_SIGNED_YET},
        "Not known who had it",
        "The camera named nobody so far, and what it signed is not here yet.",
        "",
    ),
    (
        {
            "officer_name": "Officer 2",
            "wearer_basis": WearerBasis.LISTED,
            "wearer_doubt": WearerDoubt.SIGNED_NOBODY,
            "marks": ("unassigned",),
        },
        "Officer 2",
        "This is by the hand-out list; the camera itself knew of nobody at the press.",
        "",
    ),
    (
        {"wearer_basis": WearerBasis.NOBODY, "marks": ("unassigned",)},
        "Nobody had the camera",
        "The camera knew of nobody at the press, and the hand-out list has nobody then.",
        "Recording 7 of cam-01 was made while nobody had the camera.",
    ),
    (
        {"officer_name": "Officer 1", "wearer_basis": WearerBasis.ANNOUNCED},
        "Officer 1",
        "This is what the camera said; what it signed is not here yet.",
        "",
    ),
    (
        {"officer_name": "Officer 1"},
        "Officer 1",
        "How this was known was not kept for this recording.",
        "",
    ),
    ({}, "Not known who had it", "How this was known was not kept for this recording.", ""),
    (
        {"state": "announced", "pressed": None},
        "Not known who had it",
        "Nobody has said yet who had it, and what the camera signed is not here.",
        "",
    ),
]


@pytest.mark.parametrize(("known", "name", "note", "need"), STATES)
def test_whose_a_recording_is_said_as_it_is_known(
    known: dict[str, Any], name: str, note: str, need: str
) -> None:
    # proves F8: each sentence in the state in which it is true, and no other sentence in that state
    shown = summary(known)
    assert (wearer_name(shown), wearer_note(shown)) == (name, note)
    said = [each.text for each in needs([], [RecordingFacts(shown)], NOW)]
    assert len(said) == bool(need)
    assert all(text.startswith(need) for text in said)


def test_every_doubt_has_its_sentence() -> None:
    tried = {known.get("wearer_doubt") for known, *_ in STATES}
    assert tried == {None, *WearerDoubt}
    assert {known.get("wearer_basis") for known, *_ in STATES} == {None, *WearerBasis}
