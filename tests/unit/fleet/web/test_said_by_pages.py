"""Each text that the pages of evidence choose in their templates, in the states in which it is false (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.one_block import Given, one_block
from tests.unit.fleet.web.test_said_by_templates import NOT, TIME

ROW: Given = {"share": None, "press": TIME}
LISTED = {"rows": [ROW]}


def row(words: str, given: Given | None = None, **change: object) -> tuple[str, Given, Given, str]:
    """A line of a list of recordings."""
    before = {**ROW, **(given or {})}
    return ("parts/recordings.html", {"rows": [before]}, {"rows": [{**before, **change}]}, words)


def chosen(field: str, values: str, value: object = ("v", "Word")) -> tuple[str, Given, Given, str]:
    """A choice that a search has made."""
    return ("recordings.html", {values: [value]}, {f"chosen.{field}": "v"}, " selected>")


def on(
    template: str, words: str, given: Given | None = None, **change: object
) -> tuple[str, Given, Given, str]:
    """A text of a page; two underscores stand for a dot."""
    return (template, given or {}, {name.replace("__", "."): value for name, value in change.items()}, words)


LISTS = [
    row("first heard of", undated="first heard of"),
    row("dated by another", reckoned="dated by another"),
    row("; its clock was not set", {"undated": "first heard of"}, why_undated="its clock was not set"),
    row("marked as theft", told="marked as theft"),
    row("3:20", length="3:20"),
    row("NOT >not known<", length="3:20"),
    row("not known yet", is_coming=True),
    row("0:30 before the press", prerecord="0:30 before the press"),
    row("9 B here", here="9 B"),
    row("NOT 9 B here", {"here": "9 B"}, share=50),
    row("Altered", verdict={"word": "Altered"}),
    row("NOT sub tone", {"verdict": {"word": "Altered"}}, verdict={"word": "Intact"}),
    chosen("officer", "officers", {"id": "v"}),
    chosen("officer", "teams"),
    chosen("camera", "cameras", "v"),
    chosen("camera", "sites"),
    chosen("state", "states"),
    chosen("incident", "incident_choices"),
    ("recordings.html", {"categories": {"v": "Word"}}, {"chosen.category": "v"}, '"v" selected'),
    on("recordings.html", "Who is in a team now", teams=[("v", "Word")]),
    on("recordings.html", "What is kept at a site now", sites=[("v", "Word")]),
    on("recordings.html", "Those that fit what you chose", filtered=True),
    on("recordings.html", "Nothing matches", filtered=True),
    on("recordings.html", "NOT No recordings yet", filtered=True),
    on("recordings.html", "NOT No recordings yet", rows=[ROW]),
    on("recordings.html", "2 were marked", marked={"text": "2 were marked"}),
    on("recordings.html", "/marking/m/undo", {"marked": {"text": "t"}}, marked={"text": "t", "undo": "m"}),
    on("recordings.html", "Clear</a>", chosen__any=True),
    on("recordings.html", "It is odd.", odd="It is odd."),
    on("recordings.html", "1 to 2 of 3.", on_paper="1 to 2 of 3."),
    on("recordings.html", "Keep the view", may_save=True),
    on("recordings.html", "/views?q=1", {"may_save": True}, search_query="q=1"),
    on("recordings.html", "/recordings.csv?q=1", search_query="q=1"),
    *(
        on("recordings.html", said, {"fault_field": field}, fault="That is no day.")
        for field in ("from", "to", "goes")
        for said in ("is-invalid", 'aria-invalid="true"', "That is no day.</p>")
    ),
    *(
        on(
            "recordings.html",
            "NOT That is no day.",
            {"fault": "That is no day.", "fault_field": each},
            fault_field="x",
        )
        for each in ("from", "goes")
    ),
]

HEAD = {"head.row.share": None}
RECORDING_PAGE = [
    on("recording.html", "because its clock", HEAD, head__row__why_undated="because its clock"),
    on("recording.html", "Another came as number 7", HEAD, head__shared="Another came as number 7"),
    on("recording.html", "Its clock was not set", HEAD, head__clock="Its clock was not set"),
    on("recording.html", "By the hand-out list", HEAD, head__row__wearer="By the hand-out list"),
    on("recording.html", "state tone-bad", HEAD, head__row__verdict={"tone": "bad"}),
    on(
        "recording.html",
        "NOT Word</span>",
        {**HEAD, "head.row.verdict": {"tone": "bad", "word": "Word"}},
        head__row__verdict={"tone": "good", "word": "Word"},
    ),
    on("recording.html", "It did not verify.", HEAD, head__refused="It did not verify."),
    on("recording.html", "It says of itself", {**HEAD, "head.refused": "x"}, head__said="It says of itself"),
    on("recording.html", "Ended by Jane.", HEAD, head__stopped="Ended by Jane."),
    on("recording.html", "Not all is here.", HEAD, head__waiting="Not all is here."),
    on(
        "recording.html", "notice tone-warn", {**HEAD, "head.waiting": "w"}, head__row__badge={"tone": "warn"}
    ),
    on("recording.html", "verdict tone-bad", HEAD, head__verdict__badge={"tone": "bad", "icon": "x"}),
    on("recording.html", "#shield-x", HEAD, head__verdict__badge={"tone": "bad", "icon": "shield-x"}),
    on("recording.html", "What was looked at", HEAD, head__verdict__details=[{"term": "Checked"}]),
    on(
        "recording.html",
        "whole report, for an expert",
        {**HEAD, "head.verdict.details": [{}]},
        has_report=True,
    ),
    on("recording.html", "<dt>Begins", {**HEAD, "playable": True}, playable=False),
    on("recording.html", "<dt>Begins", {**HEAD, "head.here": True}, head__here=False),
    on("recording.html", "Recorded from", {**HEAD, "head.here": True}, head__incomplete="It lacks its end."),
    on(
        "recording.html",
        "NOT Footage from",
        {**HEAD, "head.here": True},
        head__incomplete="It lacks its end.",
    ),
    on("recording.html", "<dd>not known yet", HEAD, head__unknown_start="not known yet"),
    on("recording.html", "</time> to <time", HEAD, head__end=TIME),
    on("recording.html", ", by its own clock", HEAD, head__by_clock="by its own clock"),
    on("recording.html", "Sunday", HEAD, head__day="Sunday"),
    on(
        "recording.html",
        "Sunday, by its own clock",
        {**HEAD, "head.day": "Sunday"},
        head__by_clock="by its own clock",
    ),
    on(
        "recording.html", "Nothing is told", {**HEAD, "lines": [{}]}, lines=[], why_no_lines="Nothing is told"
    ),
    on(
        "recording.html",
        "<summary>2 gaps",
        {**HEAD, "lines": [{"text": "2 gaps"}]},
        lines=[{"text": "2 gaps", "fold": "gaps", "inner": [{}]}],
    ),
    on("recording.html", "Its review", HEAD, may_review=True),
    on("recording.html", "Download</h2>", HEAD, may_export=True),
    on("recording.html", "Download as MP4", {**HEAD, "may_export": True}, exportable=True),
    on("recording.html", 'id="download"', {**HEAD, "may_export": False}, may_export=True, exportable=True),
    on(
        "recording.html",
        "It was refused.",
        {**HEAD, "may_export": True, "exportable": True},
        exportable=False,
        why_not_exportable="It was refused.",
    ),
    on(
        "recording.html",
        "It lacks its end.",
        {**HEAD, "may_export": True, "exportable": True},
        head__incomplete="It lacks its end.",
    ),
    on("recording.html", "Will the rest never come?", HEAD, may_end=True),
    on("recording.html", "Why are you watching this?", {**HEAD, "may_play": True}, playable=True),
    on("recording.html", "NOT Nothing to watch", {**HEAD, "may_play": True}, playable=True),
    on("recording.html", "Nothing to watch", HEAD, may_play=True),
    on("recording.html", "at=9#watch", {**HEAD, "lines": [{"offset_s": 9}]}, playable=True),
    on(
        "recording.html",
        "NOT data-begin-at=",
        {**HEAD, "playable": True, "lines": [{"offset_s": 9}]},
        lines=[{"offset_s": None}],
    ),
]

TOLD = {"judged.told": {"category": "theft"}, "categories": {"theft": "Theft"}}
JUDGED = [
    on(
        "parts/judged.html",
        "Category: Theft.",
        {"judged.told": {}, "categories": {"theft": "Theft"}},
        judged__told={"category": "theft"},
    ),
    on("parts/judged.html", "It belongs to", judged__told__incidents=[("a", "INC-1")]),
    on("parts/judged.html", "About the same time", judged__near=[{"id": "a", "press": TIME}]),
    on(
        "parts/judged.html",
        "an incident of these",
        {"may_classify": True},
        judged__near=[{"id": "a", "press": TIME}],
    ),
    on(
        "parts/judged.html",
        "NOT an incident of it",
        {"may_classify": True},
        judged__near=[{"id": "a", "press": TIME}],
    ),
    on("parts/judged.html", "The officer's own words", judged__own_words=[{"text": "w"}]),
    on("parts/judged.html", "<h3>Notes", judged__notes=[{"text": "w"}]),
    on("parts/judged.html", "Write a note", may_classify=True),
    on(
        "parts/judged.html",
        "Somebody was first.",
        {"may_classify": True},
        judging__fault="Somebody was first.",
    ),
    on(
        "parts/judged.html",
        '"theft" selected',
        {"may_classify": True, "categories": {"theft": "Theft"}},
        judged__told={"category": "theft"},
    ),
    on(
        "parts/judged.html",
        'value="theft -"',
        {"may_classify": True, "categories": {"theft": "Theft"}},
        judged__told={"category": "theft"},
    ),
    on("parts/judged.html", 'value="yes" selected', {"may_classify": True}, judged__told__incident=True),
    on("parts/judged.html", 'value="no" selected', {"may_classify": True}, judged__told__incident=False),
    on("parts/judged.html", 'value="- yes"', {"may_classify": True}, judged__told__incident=True),
    on("parts/judged.html", 'value="- no"', {"may_classify": True}, judged__told__incident=False),
    *(
        on("parts/judged.html", said, {"may_classify": True}, noting__fault="Write something.")
        for said in ("note-kept note-fault", 'aria-invalid="true"', "Write something.</p>")
    ),
]

OTHER_PAGES = [
    on("set_up.html", "It is over.", fault="It is over."),
    on(
        "mine/all.html",
        "marked as theft",
        {"officer": {}, "rows": [{}]},
        rows=[{"told": "marked as theft"}],
        officer={"name": "J"},
    ),
    on("marking.html", '"v" selected', {"rows": [ROW], "categories": {"v": "w"}}, said__category="v"),
    on("incident.html", "Say what happened.", {"may_change": True}, written={"fault": "Say what happened."}),
    on(
        "incident.html",
        'NOT "field-fault" role="alert"',
        {"may_change": True, "written": {"fault": "Say it."}},
        written={"fault": "Say it.", "fault_field": "nowhere"},
    ),
]

ENTRY = {"number": 1}
AUDIT = [
    on("audit.html", "Nothing matches", narrowed=True),
    on("audit.html", "NOT Nothing further back", narrowed=True),
    on("audit.html", "Entries that fit", narrowed=True),
    on("audit.html", "NOT Nothing further back", entries=[ENTRY]),
    on("audit.html", "1 to 2 of 3.", on_paper="1 to 2 of 3."),
    on("audit.html", "Clear</a>", search__any=True),
    on("audit.html", "/audit/export?q=1", search__query="q=1"),
    on("audit.html", 'yes" selected', search__refusals=True),
    on("audit.html", '"v" selected', {"actions": [("a", [("v", "w")])]}, search__action="v"),
    on("audit.html", "/newest", {"entries": [ENTRY]}, newer="/newest"),
    on("audit.html", "/older", {"entries": [ENTRY]}, older="/older"),
    *(
        on("audit.html", said, {"entries": [ENTRY]}, entries=[{**ENTRY, **change}])
        for change, said in (
            ({"is_damaged": True}, '<p class="tone-bad"'),
            ({"is_damaged": True}, "#alert-triangle"),
            ({"is_refusal": True}, '<p class="tone-warn"'),
            ({"is_refusal": True}, "#lock"),
            ({"purpose": "Why not"}, "“Why not”"),
            ({"facts": "a: b"}, "a: b"),
            ({"when": TIME}, "12:00</time>"),
            ({"address": "192.0.2.1"}, "192.0.2.1"),
        )
    ),
    *(
        on("audit.html", said, {"fault_field": field}, fault="That is none.")
        for field in ("action", "from", "to")
        for said in ("is-invalid", 'aria-invalid="true"', "That is none.</p>")
    ),
    *(
        on(
            "audit.html",
            "NOT That is none.",
            {"fault": "That is none.", "fault_field": each},
            fault_field="x",
        )
        for each in ("action", "to")
    ),
]

ASKS = {"page.can_ask": True}
REVIEW = [
    on("reviews/one.html", "Too late.", fault="Too late."),
    on("reviews/one.html", "Due by Sunday", page__head__due="Due by Sunday"),
    on("reviews/one.html", "NOT No rule asks", page__reasons=[{"words": "w"}]),
    on("reviews/one.html", "NOT Nobody yet.", looks=[{}]),
    on("reviews/one.html", "NOT Nobody has written that yet.", page__found={"found": "f"}),
    on(
        "reviews/one.html",
        "In their words",
        {"page.found": {"found": "f"}},
        page__found={"found": "f", "text": "In their words"},
    ),
    on("reviews/one.html", "Write it anew", {"page.is_waiting": True}, page__found={"found": "f"}),
    on(
        "reviews/one.html",
        "What was signed is taken away",
        {"page.is_waiting": True},
        page__found={"found": "f"},
    ),
    on("reviews/one.html", "Keep it</button>", page__is_waiting=True),
    on(
        "reviews/one.html",
        '"reveal" open',
        {"page.is_waiting": True, "page.found": {"found": "f"}},
        written__fault="x",
    ),
    on(
        "reviews/one.html",
        '"reveal" open',
        {"page.is_waiting": True, "page.found": {"found": "f"}},
        fault="x",
    ),
    on("reviews/one.html", 'NOT "reveal" open', {"page.is_waiting": True}, page__found={"found": "f"}),
    on(
        "reviews/one.html",
        '"v" checked',
        {"page.is_waiting": True, "findings": {"v": "w"}, "written.found": []},
        written__found=["v"],
    ),
    on(
        "reviews/one.html",
        '"v" selected',
        {"page.is_waiting": True, "actions": {"v": "w"}},
        written__action="v",
    ),
    on(
        "reviews/one.html", "Choose one first.", {"page.is_waiting": True}, written__fault="Choose one first."
    ),
    on(
        "reviews/one.html",
        'NOT <p class="muted">Jane',
        {"page.names": [{"signed": "Jane"}]},
        page__names=[{"signed": "Jane", "is_signed": True}],
    ),
    on(
        "reviews/one.html",
        "two people sign",
        {"page.names": [{}]},
        page__names=[{"why_not": "two people sign"}],
    ),
    on("reviews/one.html", "Sign</button>", {"page.names": [{}]}, page__names=[{"may_sign": True}]),
    on("reviews/one.html", "Take back</button>", {"page.names": [{}]}, page__names=[{"is_own": True}]),
    on("reviews/one.html", "Have it reviewed", page__can_ask=True),
    on("reviews/one.html", "NOT Have it reviewed", ASKS, page__is_own=True),
    on("reviews/one.html", "Have it reviewed again", ASKS, page__is_closed=True),
    *(
        on("reviews/one.html", said, {**ASKS, "page.found": {"found": "f"}}, asked__fault="Say why.")
        for said in ('"reveal" open', "is-invalid", 'aria-invalid="true"', "Say why.</p>")
    ),
    on("reviews/one.html", "NOT Nothing yet.", page__done=[{}]),
    on("reviews/one.html", "In their words", {"page.done": [{}]}, page__done=[{"text": "In their words"}]),
    on("reviews/one.html", "These are the newest", {"page.done": [{}]}, page__more_done=True),
]


ROWS = [*LISTS, *RECORDING_PAGE, *JUDGED, *AUDIT, *REVIEW, *OTHER_PAGES]


@pytest.mark.parametrize(("template", "given", "change", "words"), ROWS)
def test_a_page_says_a_text_where_it_is_true_and_nowhere_else(
    template: str, given: Given, change: Given, words: str
) -> None:
    # proves F8
    said, without = one_block(template, {**given, **change}), one_block(template, given)
    if words.startswith(NOT):
        said, without, words = without, said, words.removeprefix(NOT)
    assert words in said
    assert words not in without
