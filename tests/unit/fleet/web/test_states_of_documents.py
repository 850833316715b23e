"""What the pages of documents and of training say in each state (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.states import TIME, PageState, state

PLAN = {"title": "Privacy notice", "rule": "UK GDPR Art. 13"}
FACT = {"title": "Sound", "said": "recorded", "source": "cameras.sound"}
ROW = {"title": "Sound", "was": "silent", "now": "recorded", "source": "cameras.sound"}
WRITTEN = {
    "heading": "Why",
    "section": "purposes",
    "question": "What for?",
    "text": "For safety.",
    "version": 2,
}
TRAINING = {"id": "1", "course": "Cameras", "said": "taken on 10 January 2026", "noted": TIME, "by": "Jane"}

DOCUMENTS = [
    state(
        "documents/all.html",
        {
            "documents": [("privacy-notice", "Privacy notice", 0, None, "", "It was not published yet.")],
            "settings": [FACT],
        },
        "It was not published yet.",
        "No camera is in use.",
        "Sound: recorded.",
        "NOT was published <time",
        "NOT <table",
    ),
    state(
        "documents/all.html",
        {
            "documents": [("privacy-notice", "Privacy notice", 3, TIME, "Jane", "All facts are so.")],
            "cameras": [{"camera": "cam-01", "window": "not known", "follows": "It has not said."}],
        },
        "Number 3 was published <time",
        "It has not said.",
        "NOT No camera is in use.",
    ),
    state(
        "documents/one.html",
        {"kind": "privacy-notice", "plan": PLAN, "sentence": "It was not published yet.", "rows": [ROW]},
        "It was not published yet.",
        "Nothing was published yet.",
        "NOT As published",
        "NOT Compared",
        "NOT silent",
        "NOT Publish</h2>",
        "NOT tone-bad",
    ),
    state(
        "documents/one.html",
        {
            "plan": PLAN,
            "may_publish": True,
            "lacks": ["Why"],
            "fault": "Somebody wrote it anew.",
            "parts": [{**WRITTEN, "text": "", "version": 0}],
        },
        "Somebody wrote it anew.",
        "Write first what only you can say:",
        "This is not written yet.",
        "Write it anew",
        "NOT Publish it as it is now",
        "NOT words, version",
    ),
    state(
        "documents/one.html",
        {
            "plan": PLAN,
            "may_publish": True,
            "rows": [ROW],
            "published": [(1, TIME, "Jane", "ab" * 32)],
            "parts": [{**WRITTEN, "is_changed": True}, {"heading": "How long", "facts": [FACT]}],
        },
        "Publish it as it is now",
        "silent",
        "Compared",
        "version 2: others than were published.",
        "<li>Sound: recorded</li>",
        'id="part-2"',
        "Number 1</a>",
        "NOT Write first",
        "NOT Nothing was published yet.",
        "NOT This is not written yet.",
    ),
    state(
        "documents/one.html",
        {"plan": PLAN, "parts": [WRITTEN]},
        "version 2.",
        "NOT others than were published",
        "NOT Write it anew",
        "NOT <li>Sound",
    ),
    state(
        "documents/words.html",
        {"plan": PLAN, "part": WRITTEN},
        "What for?",
        "NOT Versions</h2>",
        "NOT text-fault",
    ),
    state(
        "documents/words.html",
        {
            "plan": PLAN,
            "part": WRITTEN,
            "fault": "Write something.",
            "versions": [(1, TIME, "Jane", "For safety.")],
        },
        "Write something.",
        'aria-describedby="text-fault"',
        "Version 1</p>",
    ),
]
TRAININGS = [
    state(
        "officers/training.html",
        {"name": "Dana", "condition": "With or without one."},
        "No training is noted.",
        "NOT Note a training",
        "NOT Take it back",
    ),
    state(
        "officers/training.html",
        {"name": "Dana", "rows": [TRAINING], "may_note": True, "typed": ("", "", "")},
        "Take it back",
        "Note a training",
        "NOT it does not count",
        "NOT training-fault",
        "NOT No training is noted.",
    ),
    state(
        "officers/training.html",
        {
            "name": "Dana",
            "rows": [{**TRAINING, "withdrawn": TIME, "withdrawn_by": "Tom"}],
            "may_note": True,
            "typed": ("Cameras", "", ""),
            "fault": "Say on which day it was taken.",
        },
        "it does not count.",
        "Say on which day it was taken.",
        'aria-describedby="training-fault"',
        "NOT Take it back",
    ),
    state(
        "officers/training.html",
        {"name": "Dana", "rows": [TRAINING]},
        "taken on 10 January 2026",
        "NOT Take it back",
    ),
    state(
        "mine/all.html",
        {"officer": {"name": "Dana"}, "trainings": [TRAINING]},
        "<bdi>Cameras</bdi>, taken on 10 January 2026",
        "NOT No training of yours is noted.",
    ),
    state(
        "mine/all.html",
        {"officer": {"name": "Dana"}},
        "No training of yours is noted.",
    ),
]
STATES = [*DOCUMENTS, *TRAININGS]


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_of_documents_says_what_is_so_and_nothing_else(each: PageState) -> None:
    # proves F8
    assert not each.wrong()
