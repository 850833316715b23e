"""What the pages of cameras and of handing them out, and every page's frame, say in each state (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.states import TIME, PageState, state, whole_state

UNTIL = "2026-01-01T12:00:00Z"
GOES = f'data-until="{UNTIL}"'
COMES = f'data-from="{UNTIL}" hidden'
BADGE = {"word": "Ready", "tone": "good", "icon": "check", "hint": "It is ready."}
COMMAND = {"what": "Refused", "by": "Jane", "became": {"text": "It says that it did it."}}
LAPSED = {"word": "Not heard", "tone": "warn", "icon": "clock", "hint": "It was ready."}

TODAY = [
    state(
        "today.html",
        {"page.day": "Sunday"},
        "No recordings here yet",
        "An administrator adds them.",
        "NOT Add a camera",
        'NOT class="figures"',
        "NOT All recordings",
        'NOT class="newest"',
        "NOT Needs attention",
        "NOT Hand out or take back",
        'NOT class="tiles"',
    ),
    state("today.html", {"may_enrol": True}, "Add a camera", "NOT An administrator adds them."),
    state("today.html", {"page.figures.ended": 1}, "NOT Ended by a person"),
    state(
        "today.html",
        {"page.figures.known": 4, "page.figures.held": 3},
        "<dd>4</dd>",
        "<dd>3</dd>",
        "NOT Ended by a person",
        "NOT Contradicted",
        "NOT Refused",
    ),
    *(
        state("today.html", {"page.figures": {"known": 4, figure: 2}}, f"<dt>{word}</dt><dd>2</dd>")
        for figure, word in (
            ("ended", "Ended by a person"),
            ("contradicted", "Contradicted"),
            ("refused", "Refused"),
        )
    ),
    state(
        "today.html",
        {
            "page.tiles": [{"camera": "cam-01"}],
            "page.needs": [{"text": "Look at it."}],
            "page.recent": [
                {
                    "id": "r",
                    "number": 1,
                    "camera": "cam-01",
                    "name": "cam-01 · 1",
                    "press": TIME,
                    "undated": "Arrived",
                    "why_undated": "its clock was not set",
                    "disputed": "Who wore it is disputed",
                    "verdict": {"tone": "bad", "word": "Contradicted"},
                }
            ],
        },
        "Look at it.",
        "All recordings",
        'class="newest"',
        "Hand out or take back",
        'class="tiles"',
        "Recording 1 of cam-01, Arrived 12:00",
        'title="Arrived then; its clock was not set">, undated',
        'title="Who wore it is disputed">, disputed',
        '<span class="tone-bad">, contradicted',
        "NOT No recordings here yet",
        "NOT No cameras in service",
    ),
    state(
        "today.html",
        {"page.recent": [{"number": 1, "camera": "cam-01", "press": TIME}]},
        "Recording 1 of cam-01, 12:00",
        "NOT undated",
        "NOT disputed",
        'NOT <span class="tone-',
    ),
    state(
        "today.html",
        {"page.recent": [{"undated": "Arrived"}]},
        'title="Arrived then">, undated',
    ),
    *(
        state("today.html", {"page.recent": [row]}, 'class="newest"', 'NOT <span class="tone-')
        for row in (
            {"verdict": {"tone": "good", "word": "Intact"}},
            {"verdict": {"tone": "bad", "word": "Contradicted"}, "is_coming": True},
        )
    ),
]

LEVEL = {"label": "Storage", "text": "50 % free", "value": 50, "maximum": 100, "tone": "good"}
TILE = [
    state(
        "parts/tile.html",
        {"tile.camera": "cam-01", "tile.holder": "Nobody has it", "tile.badge": BADGE},
        '<p class="tile-officer muted"><bdi>Nobody has it',
        "Ready",
        "NOT tile-stale",
        "NOT data-until",
        "NOT data-from",
        "NOT tile-note",
        "NOT tile-recording",
        "NOT tile-levels",
        "NOT tile-foot",
    ),
    state(
        "parts/tile.html",
        {
            "tile.badge": BADGE,
            "tile.lapsed": LAPSED,
            "tile.stale": True,
            "tile.until": UNTIL,
            "tile.officer": "Jane",
            "tile.one_said": "Two say that they are it.",
            "tile.recording": "Recording 7",
            "tile.upload": {**LEVEL, "label": "Sending"},
            "tile.waiting": "2 to send",
            "tile.matters": [LEVEL],
        },
        "tile-stale",
        f'{GOES} data-then-tone="warn"',
        '<p class="tile-officer"><bdi>Jane',
        "Two say that they are it.",
        "<strong>Recording 7</strong></p>",
        "Sending",
        "50 % free",
        "tile-levels",
        COMES,
        "Not heard",
        'NOT <svg class="bar',
        "NOT 2 to send",
        "NOT tile-foot",
    ),
]

NOW_AND_THEN = {"text": "No picture comes.", "lapsed": "It said last: No picture comes."}
LAST = {"text": "It said last: No picture comes."}
ITS_TILE = {"tile.camera": "cam-01", "tile.badge": BADGE, "tile.lapsed": LAPSED}
OWN = {"camera": "cam-01", "badge": BADGE, "lapsed": LAPSED}
TROUBLE = [
    each
    for template, opens, facts in (
        ("parts/tile.html", '<p class="tile-trouble tone-bad"', lambda more: {**ITS_TILE, **more}),
        ("camera.html", '<div class="notice tone-bad" role="alert"', lambda more: {**ITS_TILE, **more}),
        (
            "mine/all.html",
            '<p class="tile-trouble tone-bad"',
            lambda more: {
                "officer": {"name": "Jane"},
                "tile": {**OWN, **{name.removeprefix("tile."): value for name, value in more.items()}},
            },
        ),
    )
    for each in (
        state(
            template,
            facts({"tile.trouble": [NOW_AND_THEN], "tile.until": UNTIL}),
            f"{opens} {GOES}>",
            "No picture comes.",
            f'tone-bad" {COMES}>',
            "It said last: No picture comes.",
        ),
        state(
            template,
            facts({"tile.trouble": [NOW_AND_THEN]}),
            f"{opens}>",
            "No picture comes.",
            "NOT It said last",
        ),
        state(
            template,
            facts({"tile.trouble": [LAST], "tile.until": UNTIL}),
            f"{opens}>",
            "It said last: No picture comes.",
            f'NOT tone-bad" {COMES}>',
        ),
    )
]

STRIP = [
    state(
        "parts/strip.html",
        {"page.strip.headline": "All covered", "page.strip.recording": [{"text": "x", "camera": "x"}]},
        "All covered",
        "<strong>x</strong></span>",
        "NOT data-until",
        "NOT data-from",
    ),
    state(
        "parts/strip.html",
        {"page.strip.until": UNTIL, "page.strip.lapsed": "Nothing new has come."},
        f'{GOES} data-then-tone="warn"',
        f"{COMES}>Nothing new has come.",
    ),
    state(
        "parts/needs.html",
        {"page.needs": [{"text": "One."}, {"members": [{"text": "Two."}]}]},
        "One.",
        "Two.",
        "NOT need-mark",
        'NOT <p class="need-step"',
        "NOT need-rest",
        "NOT Nothing new has come.",
    ),
    state(
        "parts/needs.html",
        {"page.needs": [{"members": [{"step": "Look at it."}, {"step": "Leave it."}]}]},
        '<span class="need-step">Look at it.</span></li>',
        '<span class="need-step">Leave it.</span></li>',
        'NOT <p class="need-step"',
    ),
    state(
        "parts/needs.html",
        {"page.needs": [{"step": "Look at both.", "members": [{}, {}]}]},
        '<p class="need-step">Look at both.</p>',
        'NOT <span class="need-step"',
    ),
    state("parts/needs.html", {"page.strip.until": UNTIL}, f"{COMES}>Nothing new has come."),
    state(
        "parts/told.html",
        {"told": [{"name": "Jane", "lasts": True}, {"name": "Tom"}]},
        'data-lasts="yes"><svg',
        'data-lasts="no"',
        "<bdi>Jane</bdi> . Reason: <bdi></bdi></span>",
        '<bdi>Tom</bdi> . Reason: <bdi></bdi> <a href="/break-glass">',
    ),
    state("parts/told.html", {"told": [{"lasts": True}]}, 'data-lasts="yes"', 'NOT data-lasts="no"'),
    state("parts/told.html", {"told": [{}]}, 'data-lasts="no"', 'NOT data-lasts="yes"'),
]

SITES = [("s", "North"), ("t", "South")]
CAMERAS = [
    state(
        "cameras.html",
        {},
        "No cameras in service",
        "An administrator adds them here.",
        "NOT empty-step",
        "NOT ?site=",
        "NOT Add a camera",
        "NOT Make an enrolment code above",
        'NOT name="site"',
        "NOT kept at this site now",
        'NOT class="rows"',
    ),
    state(
        "cameras.html",
        {"may_enrol": True},
        "Add a camera",
        "Make an enrolment code above",
        "NOT An administrator adds them here.",
    ),
    state(
        "cameras.html",
        {"sites": SITES, "site": "s"},
        'name="site"',
        '"s" selected',
        'hx-get="/cameras?site=s"',
        "No camera in service is kept at this site now",
        'NOT "t" selected',
        "NOT No cameras in service",
    ),
    state(
        "cameras.html",
        {"tiles": [{"camera": "cam-01", "holder": "Nobody has it", "seen_ago": "never heard"}]},
        'class="rows"',
        '<span class="muted">Nobody has it',
        '<span class="muted wide-word">',
        '<span class="muted">never heard',
        "NOT No cameras in service",
        'NOT <span class="muted"></span>',
        "NOT Pre-record </span>",
        "NOT Heard </span>",
        "NOT data-ago",
        'NOT class="person"',
    ),
    state(
        "cameras.html",
        {
            "tiles": [
                {
                    "site": "North",
                    "officer": "Jane",
                    "holder": "Nobody has it",
                    "prerecord": {"text": "30 s"},
                    "seen": TIME,
                    "seen_ago": "a minute ago",
                }
            ]
        },
        '<span class="muted">North',
        "<bdi>Jane",
        "Pre-record </span>",
        "30 s",
        "Heard </span>",
        "data-ago>a minute ago",
        "NOT Nobody has it",
        "NOT wide-word",
    ),
    state(
        "parts/add_camera.html",
        {"code_lasts": "15 minutes"},
        "expires after 15 minutes",
        "Make an enrolment code",
        'hx-get="/cameras"',
        'NOT id="add" aria',
        "NOT notice",
        "NOT for another camera",
    ),
    state(
        "parts/add_camera.html",
        {"code": {"text": "abc", "command": "lapel-camera"}},
        'id="add" aria',
        "for another camera",
        "NOT hx-get",
        "NOT Make an enrolment code",
    ),
    state(
        "parts/add_camera.html",
        {"fault": "Too many."},
        'id="add" aria',
        "Make an enrolment code",
        "NOT hx-get",
    ),
    state("parts/add_camera.html", {"full": "It is full."}, 'role="status"', "NOT Make an enrolment code"),
    state("parts/add_camera.html", {"full": "It is full.", "fault": "No."}, 'role="alert"', "NOT status"),
    state(
        "camera.html",
        {
            "tile.camera": "cam-01",
            "tile.holder": "Nobody has it",
            "tile.seen_ago": "never",
            "tile.badge": BADGE,
        },
        ">What is known<",
        "Nobody has it",
        "<dd>never",
        "No recordings of it are known",
        "NOT data-from",
        "NOT >Now<",
        "NOT Two devices or more",
        "NOT <dt>Recording",
        "NOT <dt>Pre-record",
        "NOT <dt>Sending",
        "NOT data-ago",
        "NOT notice tone-bad",
        "NOT Site where it is kept",
        "NOT All of them",
        "NOT What it was asked",
    ),
    state(
        "camera.html",
        {"tile.badge": BADGE, "commands": [COMMAND]},
        "What it was asked",
        "<strong>Refused</strong>",
        "by <bdi>Jane</bdi>",
        '<span class="asked muted"><span>It says that it did it.',
        "NOT There are more",
    ),
    state(
        "camera.html",
        {"tile.badge": BADGE, "commands": [COMMAND], "more_commands": True},
        "These are the newest 1. There are more.",
    ),
    state(
        "camera.html",
        {
            "tile.camera": "cam-01",
            "tile.badge": BADGE,
            "tile.lapsed": LAPSED,
            "tile.until": UNTIL,
            "tile.officer": "Jane",
            "tile.one_said": "Two say that they are it.",
            "tile.recording": "7",
            "tile.prerecord": {**LEVEL, "label": "Pre-record", "text": "30 s", "value": 0},
            "tile.seen": TIME,
            "about": [
                {"word": "Added", "at": TIME},
                {"word": "Software", "text": "1.0", "lapsed": "1.0 then"},
            ],
            "refused": "It was refused.",
            "may_enrol": True,
            "rows": [{"share": None}],
            "may_place": True,
            "tile.levels": [LEVEL, {"label": "Battery", "text": "full"}],
        },
        '50 % free</span> <svg class="bar',
        "full</span> </div>",
        f"{COMES}>It was ready.",
        ">Now<",
        "Two devices or more",
        "<dt>Recording</dt><dd>7</dd>",
        "<dt>Pre-record",
        '<svg class="bar ',
        "data-ago",
        "<dt>Added</dt><dd><time",
        "1.0 then",
        "It was refused.",
        "<strong>Jane has it now.",
        "All of them",
        'class="rows"',
        "NOT Site where it is kept",
        "NOT <dd>never",
        "NOT No recordings of it are known",
        "NOT field-fault",
    ),
    state(
        "camera.html",
        {"may_enrol": True, "about": [{"word": "Software", "text": "1.0"}], "tile.until": UNTIL},
        "<dd>1.0",
        "NOT has it now.",
        "NOT field-fault",
    ),
]

FREE = {"camera": "cam-01", "note": "It is off."}
PERSON = {"id": "1", "name": "Jane", "initials": "J"}
ASKED = {"camera": "cam-01", "officer": "Jane", "officer_id": "1"}
HAND_OUT = [
    state(
        "hand_out.html",
        {"page.none_out": "Nobody has one."},
        "Nobody has one.",
        "NOT notice tone-good",
        "NOT notice tone-bad",
        'NOT id="ask"',
        'NOT class="best"',
    ),
    state(
        "hand_out.html",
        {
            "done": "Jane has cam-01.",
            "fault": "It is out.",
            "page.out": [
                {"camera": "cam-01", "officer": "Jane", "note": "It records."},
                {"camera": "cam-02"},
            ],
        },
        "Jane has cam-01.",
        "It is out.",
        "It records.",
        'tile-note"><svg',
    ),
    state(
        "hand_out.html", {"page.out": [{"camera": "cam-02"}]}, "cam-02", 'aria-hidden="true">\u2013</span>'
    ),
    state(
        "hand_out.html", {"page.out": [{"camera": "cam-02", "initials": "JD"}]}, ">JD</span>", "NOT tile-note"
    ),
    state("hand_out.html", {}, "NOT empty-step"),
    state(
        "hand_out.html",
        {"asked": ASKED},
        "Hand cam-01 to Jane?",
        'action="/hand-out"><',
        'name="officer" value="1"',
        "Take another camera",
        "Hand it out all the same",
        "NOT Take cam-01 back",
        "NOT Leave it with",
        "NOT Take it back all the same",
    ),
    state(
        "hand_out.html",
        {"asked": {**ASKED, "assignment": "a"}},
        "Take cam-01 back from Jane?",
        'action="/hand-out/a/end"><',
        "Leave it with Jane",
        "Take it back all the same",
        "NOT Hand cam-01 to",
        'NOT name="officer"',
        "NOT Take another camera",
        "NOT Hand it out all the same",
    ),
    state(
        "hand_out.html",
        {"page.chosen": FREE, "page.unheard": "Not heard.", "page.people.shown": [PERSON]},
        "It is off.",
        "NOT Not heard.",
        'NOT <p class="muted"></p>',
        "NOT Find an officer",
    ),
    state(
        "hand_out.html",
        {"page.chosen": {**FREE, "until": UNTIL}, "page.unheard": "Not heard."},
        f"<p {GOES}>It is off.",
        f"<p {COMES}>Not heard.",
    ),
    state(
        "hand_out.html",
        {"page.chosen": {**FREE, "fit": True, "until": UNTIL}, "page.unheard": "Not heard."},
        f'role="status" {COMES}>',
        "Not heard.",
        "NOT It is off.",
    ),
    state(
        "hand_out.html",
        {"page.chosen": {**FREE, "fit": True}, "page.unheard": "Not heard."},
        "Who takes cam-01?",
        "NOT Not heard.",
        "NOT It is off.",
    ),
]

ENTRY = {"path": "/cameras", "word": "Cameras", "symbol": "device-cctv"}
MORE = {"path": "/log", "word": "Log", "symbol": "history", "is_more": True}
FRAME = [
    whole_state(
        "base.html",
        {"shown_at": TIME},
        "/session.js",
        '<body class="" hx-history="false">',
        "NOT /live.js",
        'NOT class="top"',
        "NOT Told on every page",
        "NOT Printed by",
        "NOT live-status",
        "NOT signed-out",
    ),
    whole_state(
        "base.html",
        {
            "actor": {"id": "1", "name": "Jane"},
            "navigation": [ENTRY, MORE],
            "path": "/cameras/cam-01",
            "shown_at": TIME,
            "may_audit": True,
        },
        "/live.js",
        'data-who="1"',
        'class="top"',
        '<a href="/cameras" aria-current="page">',
        'menu-list"> <a href="/log">',
        '<span>Cameras</span></a> <details class="menu more">',
        "<span>More</span>",
        "Audit log",
        "Told on every page",
        "Printed by <bdi>Jane",
        "As of 12:00.",
        "signed-out",
        "NOT /session.js",
    ),
    whole_state(
        "base.html",
        {"actor": {"id": "1", "name": "Jane", "lacks_second": True}, "path": "/"},
        "/session.js",
        'class="top"',
        "NOT /live.js",
        "NOT nav-main",
        "NOT Audit log",
    ),
    whole_state(
        "base.html",
        {"actor": {"id": "1"}, "navigation": [{"path": "/", "word": "Today"}, ENTRY], "path": "/cameras"},
        '<a href="/">',
        '<a href="/cameras" aria-current="page">',
        "NOT <span>More</span>",
        'NOT <a href="/" aria-current="page">',
    ),
    whole_state(
        "base.html",
        {"actor": {"id": "1"}, "navigation": [{"path": "/", "word": "Today"}, ENTRY], "path": "//odd"},
        '<a href="/">',
        'NOT <a href="/" aria-current="page">',
    ),
    whole_state(
        "base.html",
        {"actor": {"id": "1"}, "navigation": [{"path": "/", "word": "Today"}, ENTRY], "path": "/"},
        '<a href="/" aria-current="page">',
        '<a href="/cameras">',
    ),
    whole_state(
        "fault.html",
        {"title": "Not here", "detail": "There is no such page."},
        '<body class="plain"',
        'NOT <p class="muted">',
    ),
    whole_state(
        "fault.html",
        {"title": "Not here", "step": "Go back.", "actor": {"id": "1"}},
        '<body class=""',
        '<p class="muted">Go back.',
    ),
]

STATES = [*TODAY, *TILE, *TROUBLE, *STRIP, *CAMERAS, *HAND_OUT, *FRAME]


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_of_the_desk_says_what_is_so_and_nothing_else(each: PageState) -> None:
    # proves F8
    assert not each.wrong()
