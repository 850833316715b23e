"""What the pages of references say in each state (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.states import TIME, PageState, state, whole_state

REFERENCE = {"number": 1, "made": TIME, "by": "Jane", "text": "in English, version 2", "revoked": None}
REVOKED = {**REFERENCE, "number": 2, "revoked": TIME, "revoked_by": "Tom", "reason": "It is lost"}
TEXT = {
    "language": "en",
    "word": "English",
    "version": 3,
    "title": "A slip",
    "text": "It says this.",
    "approved": None,
    "by": "",
    "of": -1,
}
TOLD = {
    "summary": "1 recording of this visit is known.",
    "recordings": [{"title": "The recording", "sentences": ["It is here."]}],
    "ends": "It works until then.",
}
STATES = [
    whole_state(
        "references/page.html",
        {"landlord": "Northgate Homes", "contact": "1 Gate Street"},
        "<title>What is kept of a visit",
        "The reference on your slip",
        "Without a reference",
        "reference.js",
        "NOT Not shown",
        "NOT Ask for it",
        "NOT tone-bad",
    ),
    whole_state(
        "references/page.html",
        {"fault": "It is mistyped.", "typed": "ABCD"},
        "<title>Not shown: What is kept",
        "It is mistyped.",
        'value="ABCD"',
        "tone-bad",
        "NOT Ask for it",
    ),
    whole_state(
        "references/page.html",
        {"visit": TOLD, "complaints": "complaints@northgate.example"},
        "1 recording of this visit is known.",
        "The recording</h2>",
        "It is here.",
        "It works until then.",
        "Ask for it",
        "complaints@northgate.example",
        "NOT The reference on your slip",
        "NOT <script",
        "NOT Not shown",
    ),
    state(
        "references/own.html",
        {},
        "No text of them is approved yet.",
        "NOT Make one and show it",
        "NOT shown this once",
        "NOT tone-bad",
    ),
    state(
        "references/own.html",
        {"is_on": True, "fault": "It was called off."},
        "Make one and show it",
        "It was called off.",
        "NOT No text of them is approved yet.",
        "NOT shown this once",
    ),
    state(
        "references/own.html",
        {"is_on": True, "code": "ABCD-EFGH"},
        "ABCD-EFGH",
        "It is shown this once.",
        "NOT Make one and show it",
        "NOT tone-bad",
    ),
    state(
        "references/visit.html",
        {"may_plan": True},
        "References are off",
        "None was made.",
        "NOT Make a reference and its slip",
        "NOT was called off",
        "NOT tone-bad",
    ),
    state(
        "references/visit.html",
        {"is_on": True, "is_cancelled": True, "may_plan": True, "fault": "There are too many."},
        "This visit was called off",
        "There are too many.",
        "NOT References are off",
        "NOT Make a reference and its slip",
    ),
    state(
        "references/visit.html",
        {"is_on": True, "may_plan": True, "rows": [REFERENCE, REVOKED]},
        "Make a reference and its slip",
        "Reference 1</p>",
        "Reference 2, revoked</p>",
        "by <bdi>Tom</bdi>: <bdi>It is lost",
        "Revoke reference 1",
        "NOT Revoke reference 2",
        "NOT None was made.",
        "NOT References are off",
        "NOT was called off",
    ),
    state(
        "references/visit.html",
        {"is_on": True, "rows": [REFERENCE]},
        "Reference 1</p>",
        "NOT Make a reference and its slip",
        "NOT Revoke reference 1",
    ),
    state(
        "references/approving.html",
        {"rows": [TEXT]},
        "Off: nothing is approved",
        "Not approved.",
        "Approve version 3",
        "NOT Take the approval back",
        "NOT stays in use",
        "NOT On: whoever",
        "NOT tone-bad",
    ),
    state(
        "references/approving.html",
        {
            "is_on": True,
            "fault": "Read it first.",
            "rows": [{**TEXT, "approved": TIME, "by": "Ann", "of": 2}],
        },
        "On: whoever has a reference",
        "Read it first.",
        "Version 2 was approved",
        "stays in use until version 3 is approved",
        "Approve version 3",
        "Take the approval back",
        "NOT Not approved.",
        "NOT Off: nothing",
    ),
    state(
        "references/approving.html",
        {"is_on": True, "rows": [{**TEXT, "approved": TIME, "by": "Ann", "of": 3}]},
        "Version 3 was approved",
        "Take the approval back",
        "NOT stays in use",
        "NOT Approve version 3",
    ),
    state("visits/list.html", {"may_write": True}, "Texts", "NOT References"),
    state("visits/list.html", {"may_write": True, "may_approve": True}, "Texts", "References"),
    state(
        "visits/texts.html",
        {"use": "reference", "version": 1},
        "The slip with a reference",
        '"reference" selected',
        'id="title"',
        "A new version is used once it is approved.",
        "NOT /settings/references",
        "NOT The notice of a visit",
        "NOT What is said at the door",
    ),
    state(
        "visits/texts.html",
        {"use": "reference", "version": 1, "may_approve": True},
        "A new version is used once it is approved: <a",
        "/settings/references",
    ),
    state(
        "visits/texts.html",
        {"use": "door", "states": [{"language": "pl", "name": "Polish", "words": "Not written: the slip."}]},
        "Other languages than English",
        'use=door&amp;language=pl">Polish</a>',
        "Not written: the slip.",
    ),
    state(
        "visits/texts.html",
        {"use": "door", "version": 1},
        "What is said at the door",
        "NOT Other languages than English",
        'NOT "reference" selected',
        "NOT once it is approved",
    ),
]


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_of_references_says_what_is_so_and_nothing_else(each: PageState) -> None:
    # proves F8
    assert not each.wrong()
