"""Each text that a template chooses, with what makes it true and without that (F8).

A line is a template, what both are given, what makes the text true, and the text; ``NOT`` before a text means
that it is said without that alone.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pages.one_block import Given, one_block

NOT = "NOT "
TIME = {"text": "12:00", "iso": "x", "title": "x"}
PERSON = {"id": "1", "name": "Jane", "initials": "J", "note": "has cam-02"}
OF_A_RECORDING = {"press": TIME, "officer": "Jane"}
UNTIL: Given = {"tile.until": "2026"}
FREE = {"camera": "cam-01", "note": "Ready to go", "fit": True}

PAGERS = [
    (page, {list_of: [{}], **more}, {one: "/there"}, f'href="/there"{said}')
    for page, list_of, more, one, said in (
        ("alerts/list.html", "alerts", {}, "before", ">"),
        ("alerts/list.html", "alerts", {}, "after", ">More"),
        ("incidents.html", "incidents", {}, "newer", ">"),
        ("incidents.html", "incidents", {}, "older", ">Older"),
        ("recordings.html", "rows", {"rows": [{"share": None}]}, "newer", ">"),
        ("recordings.html", "rows", {"rows": [{"share": None}]}, "older", ">Older"),
        ("reviews/queue.html", "rows", {}, "before", ">"),
        ("reviews/queue.html", "rows", {}, "after", ">Due later"),
        ("reviews/looks.html", "rows", {}, "before", ">"),
        ("reviews/looks.html", "rows", {}, "after", ">More"),
    )
]

CAMERA: list[tuple[str, Given, Given, str]] = [
    ("camera.html", {"tile.officer": "Jane"}, {"since": TIME}, '<span class="muted">since'),
    ("camera.html", {"tile.recording": "7"}, {"tile.recording_since": "since 12:00"}, "since 12:00"),
    ("camera.html", {}, {"tile.waiting": "2 recordings to send"}, "2 recordings to send"),
    ("camera.html", {"tile.waiting": "2 to send"}, {"tile.upload": {"text": "50 %"}}, "NOT 2 to send"),
    ("camera.html", {"tile.seen_ago": "never"}, {"tile.seen": TIME}, '<span class="muted">(12:00)'),
    ("camera.html", {}, {"revoked": True}, " data-revoked"),
    ("camera.html", {}, {"revoked": True}, "what it still holds does not come here"),
    ("camera.html", {}, {"revoked": True}, "NOT What it records shows here as soon as"),
    ("camera.html", {}, UNTIL, ">Now<"),
    ("camera.html", {}, UNTIL, "What it said last"),
    ("camera.html", {}, UNTIL, "NOT >What is known<"),
    ("camera.html", {"about": [{"lapsed": "a", "text": "b"}]}, UNTIL, "hidden>a<"),
    ("camera.html", {"sites": [("s", "Site")]}, {"may_place": True}, "Site where it is kept"),
    ("camera.html", {"sites": [("s", "Site")], "may_place": True}, {"site": "s"}, '"s" selected'),
    ("camera.html", {}, {"may_enrol": True}, "Take it out of service"),
    ("camera.html", {"may_enrol": True}, {"revoked": True}, "NOT Take it out of service"),
    ("camera.html", {"may_enrol": True}, {"fault": "Say why."}, 'class="danger" open'),
    ("camera.html", {"may_enrol": True}, {"fault": "Say why."}, "is-invalid"),
    ("camera.html", {"may_enrol": True}, {"fault": "Say why."}, 'aria-invalid="true"'),
    ("camera.html", {"may_enrol": True}, {"fault": "Say why."}, "Say why.</p>"),
    ("camera.html", {"until_now": "until now"}, {"history": [{"end": TIME}]}, " to <time"),
    ("camera.html", {"until_now": "until now"}, {"history": [{}]}, "until now"),
    ("camera.html", {"history": [{}]}, {"more_history": True}, "There are more."),
    ("camera.html", {}, {"history": [{}]}, "NOT Nobody yet, by the hand-out list."),
    ("parts/tile.html", {"tile.recording": "7"}, {"tile.recording_since": "since 12:00"}, "since 12:00"),
    ("parts/tile.html", {}, {"tile.waiting": "2 recordings to send"}, "2 recordings to send"),
    ("parts/tile.html", {"tile.is_late": True, "tile.seen_ago": "never"}, {"tile.seen": TIME}, "Heard"),
    ("parts/tile.html", {"tile.seen_ago": "long ago"}, {"tile.is_late": True}, "long ago"),
    ("parts/tile.html", {"tile.holder": "Nobody has it"}, {"tile.officer": "Jane"}, "NOT Nobody has it"),
    ("parts/add_camera.html", {}, {"fault": "Too many."}, "Too many."),
    ("parts/add_camera.html", {"fault": "Too many."}, {"full": "It is full."}, "NOT Too many."),
    ("parts/add_camera.html", {}, {"full": "It is full."}, "It is full."),
    ("parts/add_camera.html", {"code": {"text": "c"}}, {"full": "It is full."}, "NOT for another camera"),
    (
        "parts/strip.html",
        {},
        {"page.strip.recording": [{"text": "t", "camera": "t", "since": "since 12:00"}]},
        "since 12",
    ),
    (
        "parts/strip.html",
        {},
        {"page.strip.recording": [{"text": "t", "camera": "t", "whose": "Jane's"}]},
        "Jane",
    ),
    (
        "parts/strip.html",
        {"page.strip.recording": [{"text": "cam-01 records", "camera": "cam-01"}]},
        {"page.strip.recording": [{"text": "Jane records", "camera": "cam-01"}]},
        '<span class="strip-camera">cam-01',
    ),
    (
        "parts/strip.html",
        {"page.strip.uncovered": [{"text": "t", "cameras": ["cam-01", "b", "c", "d"]}]},
        {"page.strip.uncovered": [{"text": "t", "cameras": ["cam-01", "b", "c"]}]},
        "/cameras/cam-01",
    ),
    (
        "parts/strip.html",
        {"page.strip.headline": "All covered"},
        {"page.strip.uncovered": [{}]},
        "NOT All cov",
    ),
    ("parts/needs.html", {"page.needs": [{}]}, {"page.needs": [{"mark": "Jane has it"}]}, "Jane has it"),
    (
        "parts/needs.html",
        {"page.needs": [{"members": [{}]}]},
        {"page.needs": [{"members": [{"mark": "Jane has it"}]}]},
        "Jane has it",
    ),
    ("parts/needs.html", {"page.needs": [{}] * 3}, {"page.needs": [{}] * 4}, "1 more"),
]

HAND_OUT: list[tuple[str, Given, Given, str]] = [
    ("hand_out.html", {}, {"page.chosen": FREE}, "Who takes cam-01?"),
    ("hand_out.html", {}, {"page.undo": [{}]}, "Changes of the last minute"),
    ("hand_out.html", {"page.undo": [{}]}, {"page.chosen": FREE}, "NOT Changes of the last minute"),
    (
        "hand_out.html",
        {"page.chosen": {"fit": False}},
        {"page.chosen": {"fit": False, "until": "x"}},
        'data-from="x"',
    ),
    ("hand_out.html", {"page.chosen": FREE}, {"page.chosen": {**FREE, "until": "x"}}, 'data-from="x"'),
    ("hand_out.html", {"page.chosen": FREE}, {"page.chosen": {"note": "It is off."}}, "It is off."),
    ("hand_out.html", {"page.chosen": {"note": "n"}}, {"page.best": "Take cam-02."}, "Take cam-02."),
    (
        "hand_out.html",
        {"page.chosen": {"note": "n"}},
        {"page.best": "Take cam-02."},
        "NOT none is ready to go",
    ),
    ("hand_out.html", {"page.chosen": FREE}, {"page.people.more": "2 more"}, "Find an officer"),
    ("hand_out.html", {"page.chosen": FREE}, {"page.query": "Ja"}, "Find an officer"),
    (
        "hand_out.html",
        {"page.chosen": FREE, "page.people.shown": [PERSON]},
        {"page.people.more": "2 more"},
        '<p class="muted">2 more',
    ),
    (
        "hand_out.html",
        {"page.chosen": FREE, "page.people.shown": [PERSON]},
        {"page.people.shown": [{**PERSON, "camera": "cam-02"}]},
        '"1" disabled',
    ),
    (
        "hand_out.html",
        {"page.chosen": FREE, "page.people.shown": [PERSON]},
        {"page.people.shown": [{**PERSON, "camera": "cam-02"}]},
        "has cam-02",
    ),
    ("hand_out.html", {"page.chosen": FREE}, {"page.query": "Ja"}, "Nobody in service is called that"),
    ("hand_out.html", {"page.chosen": FREE}, {"page.query": "Ja"}, "NOT No officers in service"),
    ("hand_out.html", {"page.chosen": FREE}, {"page.people.shown": [PERSON]}, "NOT No officers in service"),
    ("hand_out.html", {"page.free": [FREE]}, {"page.best": "Take cam-02."}, "Take cam-02."),
    ("hand_out.html", {"page.free": [FREE]}, {"page.free": [{**FREE, "fit": False}]}, "tap tap-unfit"),
    ("hand_out.html", {"page.free": [FREE]}, {"page.free": [{**FREE, "fit": False}]}, "tap-note tone-warn"),
    ("hand_out.html", {"page.free": [FREE]}, {"page.free": [{**FREE, "fit": False}]}, "#alert-triangle"),
    ("hand_out.html", {"page.free": [FREE]}, {"page.free": [{**FREE, "until": "x"}]}, 'data-from="x"'),
    ("hand_out.html", {}, {"page.out": [{}]}, "All cameras in service are out"),
    ("hand_out.html", {}, {"page.out": [{}]}, "NOT No cameras in service"),
    ("hand_out.html", {}, {"may_enrol": True}, "A camera has to be added before"),
    ("hand_out.html", {}, {"may_enrol": True}, "NOT An administrator adds them."),
    ("hand_out.html", {"page.out": [{}]}, {"page.out": [{"since": TIME}]}, "since <time"),
    ("hand_out.html", {"page.none_out": "Nobody has one."}, {"page.out": [{}]}, "NOT Nobody has one."),
    ("hand_out.html", {}, {"asked": {"doubts": ["It records."]}}, "It records."),
    ("hand_out.html", {"asked.camera": "c"}, {"asked.assignment": "a"}, "Take it back all the same"),
    ("hand_out.html", {"asked.camera": "c"}, {"asked.assignment": "a"}, "NOT Hand it out all the same"),
]

OFFICERS: list[tuple[str, Given, Given, str]] = [
    ("officer.html", {}, {"refused": "They have it."}, "They have it."),
    ("officer.html", {}, {"may_change": True}, ">Retire<"),
    ("officer.html", {"may_change": True}, {"fault": "Say a name."}, "is-invalid"),
    ("officer.html", {"may_change": True}, {"fault": "Say a name."}, 'aria-invalid="true"'),
    ("officer.html", {"may_change": True}, {"fault": "Say a name."}, "Say a name.</p>"),
    ("officer.html", {"may_change": True}, {"officer.is_retired": True}, "They can be handed a camera again"),
    ("officer.html", {"may_change": True}, {"officer.is_retired": True}, "NOT They are handed no camera"),
    ("officers.html", {}, {"may_add": True}, "Add an officer"),
    ("officers.html", {"people.shown": [PERSON]}, {"may_add": True}, "Change Jane"),
    ("officers.html", {"people.shown": [PERSON]}, {"looked_for": "Ja", "people.found": "1"}, "1 of"),
    ("officers.html", {"people.shown": [PERSON]}, {"people.more": "2 more"}, "2 more"),
    (
        "officers.html",
        {"looked_for": "x"},
        {"team": "t"},
        "Nobody in service in this team now is called that",
    ),
    (
        "officers.html",
        {"looked_for": "x", "team": "t"},
        {"retired": True},
        "Nobody in this team now is called",
    ),
    ("officers.html", {}, {"looked_for": "x"}, "Nobody in service is called that"),
    ("officers.html", {"looked_for": "x"}, {"retired": True}, "Nobody is called that"),
    ("officers.html", {"looked_for": "x"}, {"retired": True}, "NOT or look among those who are retired"),
    ("officers.html", {}, {"team": "t"}, "Nobody in service is in this team now"),
    ("officers.html", {"team": "t"}, {"retired": True}, "Nobody is in this team now"),
    ("officers.html", {}, {"retired": True}, "No officers yet"),
    ("officers.html", {}, {"retired": True}, "NOT No officers in service"),
]

RECORDING: list[tuple[str, Given, Given, str]] = [
    ("parts/watch.html", {}, {"sealed": "It is sealed."}, "It is sealed."),
    ("parts/watch.html", {"sealed": "It is sealed."}, {"watch.fault": "Say why."}, "NOT It is sealed."),
    ("parts/watch.html", {}, {"watch.fault": "Say why."}, "Say why."),
    ("parts/watch.html", {}, {"begin": {"at_s": 9, "words": "0:09"}}, 'name="at" value="9"'),
    ("parts/watch.html", {}, {"begin": {"at_s": 9, "words": "0:09"}}, "NOT data-begin-words hidden"),
    ("parts/watch.html", {}, {"begin": {"at_s": 9, "words": "0:09"}}, "data-begin-clock>0:09"),
    ("parts/no_more.html", {}, {"no_more.fault": "Say why."}, "Say why."),
    ("parts/no_more.html", {}, {"no_more.fault": "Say why."}, 'class="reveal" open'),
    (
        "parts/no_more.html",
        {"no_more_choices": [{"value": "lost"}]},
        {"no_more.choice": "lost"},
        "required checked",
    ),
    (
        "parts/judged.html",
        {"judged.near": [{"id": "a", "press": TIME}]},
        {"judged.near_text": "Of two"},
        "Of two.",
    ),
    (
        "parts/judged.html",
        {"judged.told.incidents": [("a", "INC-1")]},
        {"judged.told.incidents": [("a", "INC-1"), ("b", "INC-2")]},
        "INC-1</a>, <a",
    ),
    ("parts/recordings.html", {"rows": [{"share": None}]}, {"rows": [{"share": 50}]}, "50 %"),
    (
        "parts/recordings.html",
        {"rows": [{"share": None}]},
        {"rows": [{"share": None, "kept": "held"}]},
        "held",
    ),
    (
        "parts/recordings.html",
        {"rows": [{"share": None}]},
        {"rows": [{"share": None, "disputed": "the list says another"}]},
        "the list says another",
    ),
    (
        "parts/recordings.html",
        {"rows": [{"share": None, "is_coming": True}]},
        {"rows": [{"share": None}]},
        ">not known<",
    ),
    (
        "recording.html",
        {"head.row.share": None, "head.waiting": "w"},
        {"head.row.share": 50},
        '<rect width="50"',
    ),
    ("recording.html", {"head.stopped": "Ended."}, {"head.resumed": True}, 'notice tone-quiet"'),
    ("recording.html", {"head.stopped": "Ended."}, {"head.resumed": True}, 'NOT notice tone-warn"'),
    ("recording.html", {"may_play": True}, {"coming": True}, "Nothing to watch yet"),
    ("recording.html", {"may_play": True}, {"held": True}, "There is no picture and no sound in it."),
    ("recording.html", {"may_play": True}, {"held": True}, "NOT Nothing of it is here."),
    ("recording.html", {}, {"head.chain": [{"weight": "disagreement"}]}, "verdict tone-bad"),
    ("recording.html", {}, {"head.chain": [{"weight": "missing"}]}, "verdict tone-warn"),
    ("recording.html", {}, {"head.chain": [{"weight": "disagreement"}]}, "#alert-triangle"),
    ("recording.html", {"lines": [{}]}, {"head.by_clock": "by its clock"}, "changes of hands are not told"),
    (
        "recording.html",
        {"head.by_clock": "c", "why_no_lines": "w"},
        {"lines": [{}]},
        "changes of hands are not",
    ),
    ("recording.html", {"may_export": True, "exportable": True}, {"export.fault": "Say why."}, "Say why."),
    ("recording.html", {"may_export": True, "exportable": True}, {"export.fault": "x"}, '"reveal" open'),
    ("recording.html", {"looks": [{}]}, {"more_looks": True}, "The audit log has all of them."),
    ("recording.html", {}, {"looks": [{}]}, "NOT Nobody yet."),
    (
        "recording_deleted.html",
        {"view": {"steps": []}},
        {"view": {"facts": [("What went", "2")]}},
        "What went",
    ),
    (
        "recording_deleted.html",
        {"incidents": [("a", "INC-1")]},
        {"incidents": [("a", "INC-1"), ("b", "INC-2")]},
        "INC-1</a>, <a",
    ),
]

OTHERS: list[tuple[str, Given, Given, str]] = [
    ("alerts/list.html", {"kinds": [{"id": "k"}]}, {"chosen.kind": "k"}, '"k" selected'),
    ("alerts/list.html", {"alerts": [{}]}, {"alerts": [{"comes_and_goes": "3 times"}]}, "3 times"),
    ("alerts/list.html", {"actor.id": "1"}, {"alerts": [{}]}, ">Seen<"),
    (
        "alerts/list.html",
        {"alerts": [{}], "actor.id": "1"},
        {"alerts": [{"is_seen": True}]},
        "NOT Seen</button>",
    ),
    (
        "alerts/list.html",
        {"alerts": [{"owner_id": "2"}], "actor.id": "1"},
        {"alerts": [{"owner_id": "1"}]},
        "NOT Take it</button>",
    ),
    ("alerts/one.html", {}, {"fault": "Taken."}, "Taken."),
    ("alerts/one.html", {}, {"others": [PERSON]}, "Give it to somebody"),
    ("alerts/one.html", {"before": [{}]}, {"before": [{"state": "Resolved"}]}, "Resolved"),
    ("alerts/told.html", {}, {"has_mail": True}, "NOT This service sends no e-mail"),
    (
        "alerts/told.html",
        {"is_user": True, "choice.address": "a"},
        {"has_mail": True},
        "Send a test to yourself",
    ),
    ("audit.html", {"entries": [{}]}, {"entries": [{"link": "/there"}]}, 'href="/there"'),
    ("break_glass/all.html", {"given": [{"lasts": True}]}, {"may_end": True}, "End now"),
    ("deletion.html", {"stuck": [{}]}, {"may_change": True}, "Try again"),
    ("retention.html", {"changes": [{"undo": 1}]}, {"may_change": True}, "Undo</button>"),
    ("reviews/look.html", {"fault": "Too late."}, {"typed": "I asked."}, "What you wrote was not kept:"),
    ("reviews/look.html", {}, {"row.odd": ["Out of hours."]}, "Out of hours."),
    ("reviews/queue.html", {"rows": [{"name": "n"}]}, {"rows": [{"recording": OF_A_RECORDING}]}, "Jane"),
    (
        "reviews/queue.html",
        {"rows": [{"recording": OF_A_RECORDING}]},
        {"rows": [{"recording": {**OF_A_RECORDING, "kept": "held"}}]},
        "to be kept: held",
    ),
    ("recordings.html", {"views": [{"name": "v"}]}, {"views": [{"name": "v", "query": "q=1"}]}, "?q=1"),
    ("user.html", {}, {"user.way.by_provider": True}, "NOT Make a link for a new password"),
    ("user.html", {}, {"user.is_retired": True}, "NOT Make a link for a new password"),
    ("user.html", {}, {"user.roles_from": "They came through it."}, "They came through it."),
    ("user.html", {}, {"user.roles_from": "They came through it."}, "NOT Change roles</button>"),
    (
        "user.html",
        {"link": "/l"},
        {"user.way.has_password": True},
        "Until they use it the old password works.",
    ),
    ("reviews/one.html", {}, {"page.head.recording": OF_A_RECORDING}, "Jane"),
    ("reviews/one.html", {}, {"page.head.recording": OF_A_RECORDING}, "Go to the recording"),
    (
        "reviews/one.html",
        {"page.head": {"due": "Due", "recording": OF_A_RECORDING}},
        {"page.head": {"due": "Due", "recording": {**OF_A_RECORDING, "kept": "held"}}},
        "to be kept: held",
    ),
    ("reviews/one.html", {}, {"page.lot": "Its lot is 0.5."}, "Its lot is 0.5."),
    ("reviews/one.html", {"page.is_waiting": True}, {"page.is_own": True}, "It is your own recording"),
    ("reviews/one.html", {"page.is_waiting": True}, {"page.is_own": True}, "NOT Write what was found"),
    ("vault/one.html", {}, {"vault.of_one": "One machine has it."}, "One machine has it."),
    ("settings.html", {"keys": [{"ends": TIME}]}, {"keys": [{"ends": TIME, "is_soon": True}]}, "tone-warn"),
    ("incident.html", {}, {"page.same_place": [{"reference": "INC-1"}]}, "INC-1"),
    ("marking.html", {"rows": [{}]}, {"shown": "2 recordings"}, "2 recordings"),
    (
        "today.html",
        {"page.figures": {"known": 1}},
        {"page.figures": {"known": 1, "contradicted": 2}},
        "Contradicted",
    ),
    ("second/sign_in.html", {}, {"has_app": True}, "Code of your authenticator app"),
    ("second/sign_in.html", {}, {"has_app": True}, "NOT >Recovery code<"),
    ("second/sign_in.html", {}, {"has_passkey": True}, "Use a passkey"),
    ("join.html", {"name": "Jane"}, {"renews": True}, "A new password for Jane"),
    ("join.html", {"name": "Jane"}, {"renews": True}, "NOT invited you as"),
    ("join.html", {}, {"renews": True}, "NOT Make the account"),
    ("join.html", {}, {"fault": "Too short."}, "Too short."),
    ("sign_in.html", {}, {"fresh": True}, "Nobody can sign in yet"),
    ("sign_in.html", {"next": "/"}, {"provider": "Northgate"}, "Sign in with Northgate"),
    ("sign_in.html", {}, {"said": "You are signed out."}, "You are signed out."),
    ("sign_in.html", {}, {"fault": "Wrong."}, "Wrong."),
    ("my_account.html", {}, {"sessions": [{}, {}]}, "Sign out everywhere else"),
    ("my_account.html", {"sessions": [{}, {}]}, {"sessions": [{}]}, "NOT Sign out everywhere else"),
    ("second/factors.html", {"page.has_key": True}, {"page.may_remove": True}, "NOT The last one stays"),
    (
        "second/factors.html",
        {"page": {"has_key": True, "passkeys": [{}]}},
        {"page": {"has_key": True, "passkeys": [{"used": TIME}]}},
        "last used",
    ),
    (
        "second/factors.html",
        {"page": {"has_key": True, "has_app": True}},
        {"page": {"has_key": True, "has_app": True, "may_remove": True}},
        "/account/second/app/remove",
    ),
]

LINE: Given = {
    "press_s": 30,
    "duration_s": 60,
    "here_s": 50,
    "spans": [],
    "bookmark_places": [],
    "dated_s": None,
}


def player(change: Given, words: str, **given: Any) -> tuple[str, Given, Given, str]:  # noqa: ANN401 - what is said
    """A line of the player: what its timeline is changed to, or what else is given besides."""
    return ("parts/player.html", {"line": LINE, **given}, change, words)


def on_line(words: str, given: Given | None = None, **change: Any) -> tuple[str, Given, Given, str]:  # noqa: ANN401 - as above
    """The same where only the timeline is another."""
    before = {**LINE, **(given or {})}
    return ("parts/player.html", {"line": before}, {"line": {**before, **change}}, words)


SPAN = {"x": 1, "width": 2, "label": "9 s"}
PLAYER: list[tuple[str, Given, Given, str]] = [
    player({"head.by_clock": "by its clock"}, 'NOT data-start="2026"', **{"head.start.iso": "2026"}),
    player({"begin": {"at_s": 9}}, 'data-begin="9"'),
    player({"head.refused": "It does not verify."}, 'class="refused-mark"'),
    player({"head.row.is_untrusted": True}, "Did not verify", **{"head.refused": "x"}),
    player({"head.row.is_untrusted": True}, "NOT Refused</p>", **{"head.refused": "x"}),
    player({"head.row.is_untrusted": True}, 'data-told="no"'),
    player({"head.row.is_untrusted": True}, 'NOT data-pressed="no"'),
    player({"may_export": True}, "You can also download the footage.", exportable=True),
    player({"exportable": True}, "You can also download the footage.", may_export=True),
    player({"line": None}, 'NOT data-duration="60"'),
    player({"line": None}, 'NOT data-here="50"'),
    player({"line": None}, "NOT Timeline:"),
    player({"line": None}, 'NOT max="60"'),
    player({"line": None}, "NOT data-total>1:00"),
    player({"line": None}, "Jump to the press"),
    player({"viewing.player.arrived.more": True}, "More of it has arrived since you opened it."),
    on_line('data-press="30"', is_pressed=True),
    on_line('NOT data-pressed="no"', is_pressed=True),
    on_line('data-dated="3"', dated_s=3),
    on_line('data-final="yes"', final=True),
    on_line('data-gaps="[[1, 2]]"', spans=[[1, 2]]),
    on_line('data-bookmarks="[9]"', bookmark_places=[9]),
    on_line('class="line-before"', prerecord=SPAN),
    on_line('class="line-away"', away=SPAN),
    on_line("line-gap-narrow", {"gaps": [SPAN]}, gaps=[{**SPAN, "is_narrow": True}]),
    on_line('class="line-press"', is_pressed=True, press=SPAN),
    on_line("Jump to the press", is_pressed=True),
    on_line("Before the press", {"prerecord": SPAN}, is_pressed=True),
    on_line("NOT Before it was begun", {"prerecord": SPAN}, is_pressed=True),
    on_line("legend-before", prerecord=SPAN),
    on_line("After the press", is_pressed=True),
    on_line("NOT Footage</li>", is_pressed=True),
    on_line("From there on", prerecord=SPAN),
    on_line("NOT Footage</li>", prerecord=SPAN),
    on_line("Not here yet", away=SPAN),
    on_line("Not here</li>", {"away": SPAN}, ended=True),
    on_line("NOT Not here yet", {"away": SPAN}, ended=True),
    on_line("No footage</li>", {"away": SPAN}, final=True),
    on_line("Not arrived when opened", absent=[SPAN]),
    on_line("legend-bookmark", bookmarks=[SPAN]),
    on_line("legend-gap", gaps=[SPAN]),
    on_line('text-anchor="start"', {"ticks": [{"x": 50}]}, ticks=[{"x": 49}]),
    on_line('text-anchor="middle"', {"ticks": [{"x": 49}]}, ticks=[{"x": 50}]),
    on_line('text-anchor="middle"', {"ticks": [{"x": 951}]}, ticks=[{"x": 950}]),
    on_line('text-anchor="end"', {"ticks": [{"x": 950}]}, ticks=[{"x": 951}]),
    on_line('class=" tick-middle" x="0.4%"', ticks=[{"x": n} for n in range(20)]),
    on_line('class="tick-narrow" x="0.7%"', ticks=[{"x": n} for n in range(20)]),
    on_line('class="" x="0.1%"', ticks=[{"x": n} for n in range(20)]),
]

MINE: list[tuple[str, Given, Given, str]] = [
    ("mine/all.html", {"officer": PERSON, "tile": {"camera": "c"}}, {"since": TIME}, "yours since"),
    (
        "mine/all.html",
        {"officer": PERSON, "tile": {"camera": "c"}},
        {"tile": {"camera": "c", "one_said": "One says"}},
        "One says",
    ),
    ("mine/one.html", {"mine.row": {}}, {"mine.row": {"length": "9 s"}}, "9 s long"),
    ("mine/one.html", {}, {"mine.clock": "Its clock was not set."}, "Its clock was not set."),
    ("mine/one.html", {"may_see": True}, {"may_play": True}, "and what can be watched"),
    ("mine/one.html", {}, {"may_see": True}, "NOT Your role plays no footage."),
    ("mine/one.html", {}, {"mine.may_write": True, "text": "I saw it."}, "I saw it."),
]


ROWS = [*PAGERS, *CAMERA, *HAND_OUT, *OFFICERS, *RECORDING, *OTHERS, *PLAYER, *MINE]


@pytest.mark.parametrize(("template", "given", "change", "words"), ROWS)
def test_a_template_says_a_text_where_it_is_true_and_nowhere_else(
    template: str, given: Given, change: Given, words: str
) -> None:
    # proves F8
    said, without = one_block(template, {**given, **change}), one_block(template, given)
    if words.startswith(NOT):
        said, without, words = without, said, words.removeprefix(NOT)
    assert words in said
    assert words not in without
