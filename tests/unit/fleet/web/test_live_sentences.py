"""What a live page says of what others change lies in a region that follows the stream (F8)."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.support.pages.one_block import one_block

_VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "path", "circle", "line", "source", "wbr"}
TIME = {"text": "12:00", "iso": "", "title": ""}


class _Regions(HTMLParser):
    """Collects the text of a page, that inside regions that follow something apart from the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.outside: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._open.append((tag, any(name == "data-live" for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        lives = any(is_live for _, is_live in self._open)
        (self.inside if lives else self.outside).append(" ".join(data.split()))


def _regions(template: str, facts: dict[str, Any]) -> tuple[str, str]:
    found = _Regions()
    found.feed(one_block(template, facts))
    return " ".join(filter(None, found.inside)), " ".join(filter(None, found.outside))


RELEASE = {
    "here": "/releases/r",
    "reference": "REL-1",
    "state.word": "Made",
    "can": dict.fromkeys(("approve", "decline", "hand_over", "receipt", "retry", "withdraw", "revoke"), True),
    "by_link": True,
    "was_handed": True,
    "link": "The link is good until noon.",
    "facts": [("Decided by", "DPO 1")],
    "kept": "Kept until 2033.",
}
REQUEST = {
    "here": "/requests/q",
    "state.word": "Due, 30 days left",
    "is_open": True,
    "is_right": True,
    "clock": ["It is due on 1 May."],
    "waits": [{"words": "It waits for an identity.", "open": "identity"}],
    "linked": [{"name": "Recording 7", "state": "It is held.", "is_here": True}],
    "releases": [{"reference": "REL-1", "words": "Made."}],
    "facts": [("Why it was closed", "Withdrawn")],
    "kept": "Kept until 2030.",
}
VISIT = {
    "here": "/visits/v",
    "may_plan": True,
    "may_see_recordings": True,
    "visit.notice": {"word": "Not sent", "hint": "No notice was sent."},
    "entries": [{"words": "They agree", "at": TIME, "how": "At the door"}],
    "kept": {"until": "Until noon", "then": "Then it goes."},
}
IMPORT = {
    "here": "/imports/i",
    "said": [("Source", "A shop")],
    "file": [("Picture", "4 by 3 pixels")],
    "copied": "A copy is shown.",
    "incident": "INC-1",
}


@pytest.mark.parametrize(
    ("template", "facts", "said"),
    [
        (
            "releases/one.html",
            RELEASE,
            (
                "Made",
                "The link is good until noon.",
                "Approve the release",
                "Give out a link",
                "Decided by",
                "Kept until 2033.",
                "Revoke",
            ),
        ),
        (
            "requests/one.html",
            REQUEST,
            (
                "Due, 30 days left",
                "It waits for an identity.",
                "No letter was sent yet.",
                "It is held.",
                "REL-1",
                "Why it was closed",
                "Close it without an answer",
            ),
        ),
        ("requests/one.html", {**REQUEST, "is_open": False}, ("Open it again", "Kept until 2030.")),
        (
            "visits/one.html",
            VISIT,
            (
                "Not sent",
                "No notice was sent.",
                "They agree",
                "Until noon",
                "Keep it longer",
                "None is linked to it.",
                "Call it off",
            ),
        ),
        ("visits/one.html", {**VISIT, "entries": [], "nothing_said": "Nobody said."}, ("Nobody said.",)),
        (
            "mine/visit.html",
            {"here": "/mine/visits/v", "visit": {"time": "10:00", "notice": {"word": "Sent"}}},
            ("10:00", "Sent"),
        ),
        ("imports/one.html", IMPORT, ("A shop", "4 by 3 pixels", "A copy is shown.", "INC-1")),
        (
            "reviews/look.html",
            {"row": {"odd": ["Out of hours"], "badge": {"word": "Asked"}}, "may_explain": True},
            ("Out of hours", "Asked", "It is explained"),
        ),
    ],
)
def test_what_others_change_is_said_in_a_region_that_follows_it(
    template: str, facts: dict[str, Any], said: tuple[str, ...]
) -> None:
    # proves F8
    inside, outside = _regions(template, facts)
    assert [each for each in said if each not in inside] == []
    assert [each for each in said if each in outside] == []


REFUSED = {"fault": "No.", "form": "link", "which": "", "field": "recording"}


@pytest.mark.parametrize(
    ("template", "facts", "forms"),
    [
        ("requests/one.html", REQUEST, {"sent": REFUSED}),
        ("visits/one.html", VISIT, {"fault": "No.", "fault_part": "keeping"}),
    ],
)
def test_what_was_wrong_with_a_form_is_not_swapped_away(
    template: str, facts: dict[str, Any], forms: dict[str, Any]
) -> None:
    # proves F8
    inside, outside = _regions(template, {**facts, **forms})
    assert "No." in outside.split()
    assert "No." not in inside.split()


def test_a_release_that_comes_to_a_recording_has_a_region_to_come_into() -> None:
    # proves F8
    page = one_block("parts/released.html", {"here": "/recordings/r"})
    assert 'id="released" data-live="release recording"' in page
