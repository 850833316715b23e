"""What the pages on which something is hidden, and a copy is watched, say in each state (F8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pages.states import PageState, state, whole_state

REDACT, COPY = "releases/redact.html", "releases/watch_copy.html"
SEARCH_FORM = 'action="/search?viewing=v"><input type="hidden" name="csrf_token" value="">'


def mask(**more: object) -> dict[str, Any]:
    usual = {"number": 3, "when": "0:01 to 0:04", "state": "Hidden", "reason": "", "start_s": 1.0}
    return {**usual, "is_open": False, "is_hidden": False, "by_machine": False, **more}


def open_editor(hidden: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    usual = {"masks": (), "mutes": (), "bars": (), "more": 0, "before": 0, "shown": 40, "duration_s": 9}
    narrow = {"is_narrow": False, "wideners": (), "widening": {"percent": 15, "pixels": 4}, "widened_s": 0.2}
    usual = {**usual, **narrow}
    facts = {"fills": {"solid": "Black", "blur": "Blur"}, "fill": "solid", "warning": "It can be undone."}
    return {
        "viewing": {"id": "v"},
        "hidden": {**usual, **facts, **(hidden or {})},
        "state.version": 4,
        **more,
    }


WIDENERS = (
    {"name": "percent", "words": "At each side, % of its size", "value": "15", "most": 100, "step": "1"},
    {"name": "seconds", "words": "Before and after, in seconds", "value": "0.2", "most": 2, "step": "any"},
)
STATES = [
    state(
        REDACT,
        open_editor({"is_narrow": True, "wideners": WIDENERS}),
        "Less than usual is hidden around masks",
        'id="widen-percent" name="percent" min="0" max="100" step="1" value="15"',
        'min="0" max="2" step="any" value="0.2"',
        'min="0" max="2" step="0.1" value="0.2"',
        'by sliding" min="0" max="100" step="1" value="15"',
    ),
    state(REDACT, open_editor(), "Each mask hides 15 % and 4 pixels more", "NOT Less than usual"),
    # A clip that is not cut yet, and one that never will be.
    state(
        REDACT,
        {"viewing": {"id": "v", "waits": "The clip is being cut into seconds."}, "here": "/h"},
        "Not to be shown yet",
        "The clip is being cut into seconds.",
        'class="muted"><svg',
        "#clock",
        'href="/h?viewing=v"',
        "NOT tone-bad",
        "NOT Draw a mask",
    ),
    state(
        REDACT,
        {"viewing": {"id": "v", "waits": "It could not be cut.", "is_over": True}, "here": "/h"},
        "It could not be cut.",
        'class="tone-bad"><svg',
        "#alert-triangle",
        'href="/h"',
        "NOT ?viewing=v",
        "NOT Draw a mask",
    ),
    whole_state(REDACT, {"viewing": {"id": "v", "waits": "It waits."}}, "It waits.", "NOT redact.js"),
    # A photograph has no time, and no sound.
    whole_state(
        REDACT,
        {**open_editor(), "viewing": {"id": "v", "picture": "/media"}},
        "/redact.js",
        'src="/media"',
        "NOT /player.js",
    ),
    state(
        REDACT,
        {
            **open_editor({"masks": (mask(),), "wideners": WIDENERS}),
            "viewing": {"id": "v", "picture": "/media"},
        },
        'src="/media"',
        "Move it: mask 3",
        "15 % and 4 pixels more at each side than is drawn.",
        '<div class="field" hidden><label for="widen-seconds">',
        '<div class="field"><label for="widen-percent">',
        "NOT data-playlist",
        "NOT plan-line",
        "NOT s before and after",
        "NOT where the footage stands now",
        "NOT data-go",
        "NOT It ends here",
        "NOT Muted sound",
    ),
    state(
        COPY,
        {"viewing": {"id": "v", "waits": "The clip is being cut into seconds."}, "here": "/h"},
        "The clip is being cut into seconds.",
        'href="/h?viewing=v"',
        "NOT data-played",
    ),
    whole_state(
        COPY, {"viewing": {"id": "v", "waits": "It waits."}}, "It waits.", "NOT watched.js", "NOT still.js"
    ),
    whole_state(
        COPY, {"viewing": {"id": "v"}, "picture": "/still.jpg"}, "/watched_still.js", "NOT /player.js"
    ),
    state(
        COPY,
        {"viewing": {"id": "v"}, "picture": "/still.jpg", "left": (("0:00", 0.0),)},
        'src="/still.jpg"',
        "You have still to have it in sight for a second.",
        "was in sight on this page for a second",
        "NOT still to watch",
        "NOT at twice the speed",
    ),
    state(REDACT, {}, "Open it to hide something", "NOT notice", "NOT Draw a mask"),
    state(REDACT, {"sealed": "The vault is sealed."}, "The vault is sealed.", "NOT tone-bad"),
    state(
        REDACT,
        {"sealed": "The vault is sealed.", "watch.fault": "Choose why."},
        "Choose why.",
        "NOT The vault is sealed.",
    ),
    state(
        REDACT,
        {"why_not": "It waits for approval no longer."},
        "It waits for approval no longer.",
        "NOT Open it to hide something",
    ),
    state(
        REDACT,
        open_editor(),
        "None yet.",
        'data-version="4"',
        'class="muted">It can be undone.',
        'value="solid" selected',
        'NOT value="blur" selected',
        "NOT Open it to hide something",
        "NOT Those before",
        "NOT Those after",
        "NOT Let it be heard again",
        "NOT not decided yet",
        "NOT tone-busy",
        'disabled><svg class="icon" aria-hidden="true" focusable="false"><use href="/assets',
    ),
    state(
        REDACT,
        open_editor(
            {"can_undo": True, "can_redo": True, "fill": "blur", "before": 40, "more": 2},
            **{
                "state.search": "12 of 60 seconds",
                "state.search_tone": "busy",
                "state.is_searching": True,
                "state.undecided": 3,
                "state.warning": "It can be undone.",
                "watch.fault": "A mask has a reason.",
            },
        ),
        "A mask has a reason.",
        "12 of 60 seconds",
        "not decided yet: 3.",
        "Those before (40)",
        "Those after (2)",
        'class="notice tone-warn">It can be undone.',
        "skip=0",
        "skip=80",
    ),
    state(
        REDACT,
        open_editor({"masks": (mask(is_open=True, by_machine=True),), "reason": "as before"}),
        "Proposal 3",
        "Do not hide",
        "</svg>Hide<",
        'value="as before"',
        "NOT None yet.",
        "NOT Remove<",
        "NOT <bdi>",
    ),
    state(
        REDACT,
        open_editor({"masks": (mask(is_hidden=True, reason="a neighbour"),), "reason": "as before"}),
        "Mask 3",
        "<bdi>a neighbour</bdi>",
        'id="why-3" name="reason" maxlength="200" required autocomplete="off" value="a neighbour"',
        "Remove<",
        "NOT Do not hide",
        "NOT </svg>Hide<",
    ),
    state(
        REDACT,
        open_editor(
            {
                "mutes": ({"number": 5, "when": "0:02 to 0:03", "reason": "a name", "start_s": 2},),
                "bars": (
                    {"kind": "plan-mute", "words": "Mute 5"},
                    {"kind": "plan-accepted", "words": "Mask 3"},
                ),
            }
        ),
        "Mute 5",
        "Let it be heard again",
        'y="14" height="8"><title>Mute 5',
        'y="2" height="8"><title>Mask 3',
    ),
    state(
        COPY, {}, "Watch the copy", "Nobody yet", "NOT notice", "NOT You can approve", "NOT still to watch"
    ),
    state(REDACT, open_editor({"before": 40}), "Those before (40)", "NOT Those after"),
    state(REDACT, open_editor({"more": 2}), "Those after (2)", "NOT Those before"),
    state(COPY, {"sealed": "The vault is sealed."}, "The vault is sealed.", "NOT tone-bad"),
    state(COPY, {"sealed": "x", "watch.fault": "Choose why."}, "Choose why.", "NOT >x<"),
    state(COPY, {"undecided": 2}, "decided about every proposal", "NOT Watch the copy"),
    state(COPY, {"warning": "It can be undone."}, "It can be undone."),
    state(
        COPY,
        {
            "viewing": {"id": "v"},
            "duration_s": 9,
            "playlist": "/main.m3u8",
            "watched": (
                {"words": "DPO 1 watched 2 s of 9 s of it; 7 s left."},
                {"words": "It is whole", "is_whole": True},
            ),
            "left": (("0:02 to 0:05", 2.0), ("0:07 to 0:09", 7.0)),
        },
        'data-playlist="/main.m3u8"',
        "DPO 1 watched 2 s of 9 s of it; 7 s left.",
        "circle-check",
        '#clock"',
        '0:02 to 0:05</a>, <a href="#player" data-go="7.0">0:07 to 0:09</a>.',
        "NOT Nobody yet",
        "NOT decided about every proposal",
    ),
    state(COPY, {"left": (("0:02", 2.0),)}, "NOT still to watch"),
    state(COPY, {"may_approve": True}, "You can approve the release now."),
    state(
        "releases/one.html",
        {
            "hidden": (
                {"name": "Recording 7 of cam-01", "words": "Nothing is hidden in it", "recording": "r"},
            ),
            "may_hide": True,
            "may_watch": True,
        },
        "Recording 7 of cam-01: Nothing is hidden in it.",
        "/redact/r",
        "NOT /copy/r",
    ),
    state(
        "releases/one.html",
        {
            "hidden": (
                {
                    "name": "Recording 7",
                    "words": "1 mask, no mutes",
                    "recording": "r",
                    "has_copy": True,
                    "watched": ({"words": "DPO 1 did", "is_whole": True}, {"words": "Head 1 did not"}),
                },
            ),
            "may_watch": True,
            "can": {"approve": True},
            "why_not_approve": "You have not watched it.",
        },
        "DPO 1 did",
        "Head 1 did not",
        "/copy/r",
        "You have not watched it.",
        "NOT /redact/r",
        "NOT Approve the release",
    ),
    state(
        "releases/one.html",
        {"hidden": ({"name": "Recording 7", "words": "1 mask", "has_copy": True},), "can": {"decline": True}},
        "NOT /copy/",
        "NOT Approve the release",
    ),
    whole_state(REDACT, {}, "Open it to hide something", "NOT player.js", "NOT redact.js"),
    whole_state(REDACT, open_editor(), "/player.js", "/redact.js"),
    whole_state(COPY, {}, "Watch the copy", "NOT player.js", "NOT watched.js"),
    whole_state(COPY, {"viewing": {"id": "v"}, "duration_s": 9}, "/player.js", "/watched.js"),
    state(COPY, {"viewing": {"id": "v"}, "duration_s": 9}, "Who watched it", "NOT still to watch"),
    state(
        "releases/one.html",
        {"hidden": ({"watched": ({"words": "DPO 1 did", "is_whole": True},)},)},
        "#circle-check",
        "NOT #clock",
    ),
    state(
        "releases/one.html",
        {"hidden": ({"watched": ({"words": "Head 1 did not"},)},)},
        "#clock",
        "NOT #circle-check",
    ),
    # A step names what it does where its button does not, and only there.
    state(
        REDACT,
        open_editor({"masks": (mask(),)}),
        'name="do" value="draw"',
        'type="hidden" name="do" value="leave-out"',
        'NOT name="do" value=""',
        'id="draw-left" name="left" min="0"',
        'id="draw-top" name="top" min="0"',
        'id="draw-width" name="width" min="1"',
        'id="draw-height" name="height" min="1"',
    ),
    # What cannot be undone, done again or asked for now cannot be pressed; all else can.
    state(
        REDACT,
        open_editor(),
        'value="undo"><button class="btn" disabled>',
        'value="redo"><button class="btn" disabled>',
        f'{SEARCH_FORM}<button class="btn"><svg',
        'NOT <div class="notice tone-">',
        'NOT <div class="notice tone-bad" role="alert"><svg',
        "NOT <p></p>",
    ),
    state(
        REDACT,
        open_editor({"can_undo": True, "can_redo": True}, **{"state.is_searching": True}),
        'value="undo"><button class="btn">',
        'value="redo"><button class="btn">',
        f'{SEARCH_FORM}<button class="btn" disabled><svg',
    ),
]


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_says_what_holds(each: PageState) -> None:
    # proves F8
    assert each.wrong() == []
