"""What the pages of alerts, reviews, the log, the vault and what is set say in each state (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.states import TIME, PageState, state

ALERT = {"id": "a", "kind": "Late", "name": "cam-01", "text": "It is late.", "since": TIME, "owner_id": "1"}
ALERTS = [
    state(
        "alerts/list.html",
        {"nothing": "All is well."},
        "Nothing needs anybody",
        "NOT Nothing matches",
        "NOT Clear",
        'NOT class="print-only"></p>',
        "NOT As of .",
    ),
    state(
        "alerts/list.html",
        {
            "chosen": {"is_any": True, "which": "s"},
            "states": [("s", "Open"), ("t", "Resolved")],
            "on_paper": "1 to 2 of 3.",
        },
        "Nothing matches",
        "Clear",
        '"s" selected',
        "1 to 2 of 3.",
        'NOT "t" selected',
        "NOT Nothing needs anybody",
    ),
    state(
        "alerts/list.html",
        {"alerts": [ALERT]},
        "It is late.",
        "12:00</time></p>",
        ">Seen<",
        "NOT pager",
        "NOT <p></p>",
        "NOT Nothing needs anybody",
    ),
    state(
        "alerts/list.html",
        {
            "alerts": [
                {
                    **ALERT,
                    "step": "Look at it.",
                    "comes_and_goes": "3 times",
                    "state": "Seen by Jane",
                    "is_resolved": True,
                }
            ],
            "before": "/before",
        },
        "Look at it.",
        " · 3 times · Seen by Jane</p>",
        'href="/before"',
        "NOT >Seen<",
        "NOT >More<",
    ),
    state("alerts/list.html", {"alerts": [ALERT], "after": "/after"}, 'href="/after"', "NOT </svg>Back"),
    state(
        "alerts/one.html",
        {"alert": {**ALERT, "link": "/there"}, "before": [ALERT], "others": [{"id": "2", "name": "Tom"}]},
        '<p><a href="/there">Go there',
        ">Seen<",
        "Resolve</button>",
        "12:00</time></p></div></li>",
        'aria-describedby="note-hint"',
        "The same before",
        "Give it to somebody",
        "NOT notice tone-bad",
        "NOT field-fault",
        "NOT aria-invalid",
        "NOT Open it again",
        "NOT Nothing is to be done.",
    ),
    state(
        "alerts/one.html",
        {
            "alert": {**ALERT, "step": "Look at it.", "is_resolved": True},
            "fault": "Tom has it.",
            "before": [{**ALERT, "state": "Resolved"}],
        },
        "<p>Look at it. <a",
        "Tom has it.",
        "notice tone-bad",
        " · Resolved</p>",
        "Nothing is to be done.",
        "NOT >Seen<",
        "NOT Resolve</button>",
        "NOT Open it again",
    ),
    state(
        "alerts/one.html",
        {"alert": {"is_resolved": True, "can_reopen": True}},
        "Open it again",
        "NOT is to be",
    ),
    state(
        "alerts/one.html",
        {"alert": ALERT, "fault": "Say why.", "is_of_note": True},
        'aria-invalid="true" aria-describedby="note-fault note-hint"',
        'id="note-fault" role="alert"',
        "NOT notice tone-bad",
        "NOT The same before",
        "NOT Give it to somebody",
    ),
    state("alerts/one.html", {"alert": ALERT, "fault": "Tom has it."}, "notice tone-bad", "NOT note-fault"),
    state(
        "alerts/one.html",
        {"alert": {"is_resolved": True}, "fault": "Say why.", "is_of_note": True},
        "notice tone-bad",
        "Say why.",
    ),
    state("alerts/one.html", {"alert": {"is_resolved": True}}, "NOT notice tone-bad"),
    state(
        "alerts/told.html",
        {},
        "This service sends no e-mail",
        "A program has no mail of its own.",
        "None yet.",
        "NOT notice tone-bad",
        "NOT Keep this",
        "NOT Send a test",
        "NOT The webhook",
    ),
    state(
        "alerts/told.html",
        {
            "has_mail": True,
            "is_user": True,
            "fault": "That is no address.",
            "choice": {"address": "jane@example.org", "level": "urgent"},
            "levels": [("urgent", "Urgent"), ("all", "All")],
            "boxes": [
                {"id": "a", "title": "Late", "is_chosen": True, "is_urgent": True},
                {"id": "b", "title": "Silent"},
            ],
            "mails": [{"text": "Sent."}],
            "may_manage": True,
            "webhook": "example.org",
            "hooks": [{"text": "Answered."}],
        },
        "That is no address.",
        '"urgent" selected',
        'value="a" checked',
        'Late <span class="muted">urgent',
        'value="b"><span class="form-check-label">Silent</span>',
        "Sent.",
        "Send a test to yourself",
        "A program at example.org",
        "Answered.",
        "Send a test to the webhook",
        'NOT "all" selected',
        "NOT sends no e-mail",
        "NOT A program has no mail",
        "NOT None yet.",
        "NOT No program is told",
    ),
    state(
        "alerts/told.html",
        {"may_manage": True, "webhook": "example.org"},
        "Send a test to the webhook",
        'NOT <ul class="history">',
    ),
    state("alerts/told.html", {"may_manage": True}, "No program is told", "NOT A program at"),
    *(
        state("alerts/told.html", facts, "Your last messages", "NOT Send a test to yourself")
        for facts in (
            {"has_mail": True, "is_user": True},
            {"has_mail": True, "choice.address": "jane@example.org"},
            {"is_user": True, "choice.address": "jane@example.org"},
        )
    ),
]

LOOK = {"id": "v", "name": "cam-01 · 1", "due": "Due by Sunday", "recording": None}
CHOICES = {
    "chosen": {"any": True, "state": "s", "kind": "k", "officer": "o", "who": "o"},
    "states": {"s": "Open", "t": "Closed"},
    "kinds": {"k": "Force", "l": "Lot"},
    "officers": [{"id": "o", "name": "Jane"}, {"id": "p", "name": "Tom"}],
    "people": [("o", "Jane"), ("p", "Tom")],
    "on_paper": "1 to 2 of 3.",
    "sent": "q=1",
}
REVIEWS = [
    *(
        state(
            page,
            {},
            nothing,
            f'href="{table}"',
            "NOT Nothing matches",
            "NOT Nothing is listed",
            "NOT Clear",
            'NOT class="print-only"></p>',
            "NOT notice tone-warn",
            'NOT class="out"',
        )
        for page, nothing, table in (
            ("reviews/queue.html", "Nothing to review", "/reviews.csv"),
            ("reviews/looks.html", "Nothing to ask about", "/viewings.csv"),
        )
    ),
    *(
        state(
            page,
            CHOICES,
            "Nothing matches",
            "Clear",
            '"s" selected',
            '"k" selected',
            '"o" selected',
            "1 to 2 of 3.",
            f'href="{table}?q=1"',
            'NOT "t" selected',
            'NOT "l" selected',
            'NOT "p" selected',
            f"NOT {nothing}",
        )
        for page, nothing, table in (
            ("reviews/queue.html", "Nothing to review", "/reviews.csv"),
            ("reviews/looks.html", "Nothing to ask about", "/viewings.csv"),
        )
    ),
    *(
        state(
            page,
            {"behind": "The rules are behind."},
            "The rules are behind.",
            "Nothing is listed",
            f"NOT {nothing}",
        )
        for page, nothing in (
            ("reviews/queue.html", "Nothing to review"),
            ("reviews/looks.html", "Nothing to ask about"),
        )
    ),
    *(
        state(page, {"rows": [{}], one: "/there"}, 'href="/there"', f"NOT {other}")
        for page, one, other in (
            ("reviews/queue.html", "before", "Due later"),
            ("reviews/queue.html", "after", "Due earlier"),
            ("reviews/looks.html", "before", ">More<"),
            ("reviews/looks.html", "after", "</svg>Back"),
        )
    ),
    state(
        "reviews/queue.html",
        {"rows": [LOOK]},
        'aria-label="Review of cam-01 · 1">cam-01 · 1</a></p>',
        "Due by Sunday</p>",
        "NOT pager",
        "NOT Nothing to review",
    ),
    state(
        "reviews/queue.html",
        {
            "rows": [
                {
                    **LOOK,
                    "recording": {
                        "press": TIME,
                        "undated": "Arrived",
                        "officer": "Jane",
                        "kept": "until May",
                    },
                }
            ]
        },
        'Review of cam-01 · 1"><time',
        "Arrived then",
        "<span>Jane</span>",
        " · to be kept: until May</p>",
    ),
    state(
        "reviews/queue.html",
        {"rows": [{**LOOK, "recording": {"press": TIME, "officer": "Jane"}}]},
        '</time></a> <span>Jane</span> <span class="muted">cam-01 · 1</span>',
        "NOT to be kept",
        "NOT then</span>",
    ),
    state("reviews/looks.html", {"rows": [{"who": "Jane"}]}, "Jane", "NOT <p></p>", "NOT pager"),
    state("reviews/looks.html", {"rows": [{"odd": ["At night."]}]}, "<p>At night. </p>"),
    state(
        "reviews/look.html",
        {"row": {"who": "Jane", "number": 7}},
        "No rule finds anything odd about it.",
        "Nothing yet.",
        "NOT notice",
        "NOT That was you",
        "NOT It is explained",
        "NOT I ask about it",
        "NOT These are the newest",
    ),
    state(
        "reviews/look.html",
        {"done": [{"act": "asked"}], "more_done": True},
        "These are the newest 1.",
    ),
    state(
        "reviews/look.html",
        {
            "row": {"odd": ["At night."]},
            "own": True,
            "fault": "It is late.",
            "typed": "They said so.",
            "done": [{"act": "Asked"}],
        },
        "At night.",
        "That was you",
        "It is late.",
        "What you wrote was not kept:",
        "They said so.",
        "<strong>Asked",
        "NOT No rule finds anything odd",
        "NOT Nothing yet.",
    ),
    state(
        "reviews/look.html",
        {"fault": "Say how.", "form": "explain", "typed": "So.", "may_explain": True, "may_ask": True},
        'aria-describedby="explain-fault">So.</textarea>',
        'id="explain-fault" role="alert"',
        '<details class="reveal"><summary class="btn">I ask',
        "NOT notice tone-bad",
        "NOT ask-fault",
        'NOT maxlength="">So.',
    ),
    state(
        "reviews/look.html",
        {"fault": "Say whom.", "form": "ask", "typed": "Tom.", "may_explain": True, "may_ask": True},
        'aria-describedby="ask-fault">Tom.</textarea>',
        'id="ask-fault" role="alert"',
        '<details class="reveal" open><summary class="btn">I ask',
        "NOT notice tone-bad",
        "NOT explain-fault",
        'NOT maxlength="">Tom.',
    ),
    *(
        state(
            "reviews/look.html",
            {"form": form, "may_explain": True, "may_ask": True},
            "It is explained",
            "NOT field-fault",
            "NOT aria-invalid",
            "NOT notice",
        )
        for form in ("explain", "ask")
    ),
    state(
        "reviews/look.html",
        {"may_ask": True, "may_explain": True, "typed": "So.", "fault": "No."},
        "NOT >So.</textarea>",
        "NOT field-fault",
    ),
    state(
        "reviews/one.html",
        {
            "page.head.name": "cam-01 · 1",
            "page.can_ask": True,
            "page.names": [{"signed": "Nobody"}],
            "page.done": [{"act": "Asked"}],
        },
        "Review of cam-01 · 1",
        "NOT notice",
        'NOT <p class="page-sub">',
        "NOT to be kept",
        "NOT Go to the recording",
        'NOT <p class="muted"></p>',
        "NOT Write what was found",
        'NOT class="sub written"',
        "NOT field-fault",
    ),
    state(
        "reviews/one.html",
        {"page.is_waiting": True, "page.head.due": "Due by Sunday", "page.head.recording": {"press": TIME}},
        "Write what was found",
        "Due by Sunday</p>",
        "Go to the recording",
        "NOT field-fault",
        "NOT to be kept",
    ),
    state("reviews/one.html", {"page.head": LOOK}, "Due by Sunday</p>", "NOT Go to the recording"),
    *(
        state(
            "reviews/one.html", {**facts, form: "Say why."}, "notice tone-bad", "Say why.", "NOT field-fault"
        )
        for form in ("written.fault", "asked.fault")
        for facts in ({}, {"page.is_own": True, "page.is_waiting": True, "page.can_ask": True})
    ),
    state("reviews/one.html", {"looks": [{"who": "Jane"}]}, "Jane", "NOT These are the newest"),
    state("reviews/one.html", {"looks": [{}], "page.more_looks": True}, "These are the newest 1."),
    state("reviews/one.html", {"fault": "It is closed."}, 'tone-bad" role="alert"', "It is closed."),
    state(
        "reviews/one.html",
        {"page.is_waiting": True, "written.fault": "Say why."},
        'field-fault" role="alert"',
        "NOT notice tone-bad",
    ),
    state(
        "reviews/one.html",
        {"page.can_ask": True, "asked.fault": "Say why."},
        'id="ask-fault" role="alert"',
        "NOT notice tone-bad",
    ),
    state("reviews/one.html", {"page.is_own": True}, "Nobody yet.", "NOT It is your own recording"),
    state("reviews/one.html", {"page.found": {"found": "f"}}, 'NOT <p class="written"></p>'),
    state(
        "reviews/one.html",
        {
            "page.lot": "Drawn by lot.",
            "page.head.due": "Due by Sunday",
            "page.head.recording": {"press": TIME, "kept": "until May"},
        },
        "Drawn by lot.",
        "Due by Sunday · to be kept: until May",
    ),
    state("reviews/figures.html", {}, "No review was due in that month.", "NOT <table"),
    state("reviews/figures.html", {"lines": [{"kind": "Force"}]}, "Force", "NOT No review was due"),
]

LOG = [
    state(
        "audit.html",
        {"entries": [{"number": 1, "text": "Jane signed in."}]},
        "Jane signed in.</p>",
        'action="/audit/export"',
        'class="muted">entry 1</p>',
        "NOT No checkpoint could be made",
        "NOT Open<span",
        "NOT “”",
        'NOT <p class="muted"></p> </div>',
        "NOT pager",
        'NOT class="print-only"></p>',
    ),
    state("audit.html", {"entries": [{"number": 1, "link": "/there"}]}, 'href="/there">Open<span'),
    state(
        "audit.html", {"state.trouble": "The disk is full."}, "No checkpoint could be made. The disk is full."
    ),
    state("audit.html", {"entries": [{}], "newer": "/newer"}, 'href="/newer"', "NOT Older"),
    state("audit.html", {"entries": [{}], "older": "/older"}, 'href="/older"', "NOT Newest"),
    state("audit_verification.html", {}, "Verify now"),
    state("audit_verification.html", {"state.running": True}, "Does it hold?", "NOT Verify now"),
]

VAULT = [
    state(
        "vault/one.html",
        {"vault.sentence": "It can be read."},
        ">Open<",
        'notice tone-good" role="status"',
        "#circle-check",
        "NOT >Sealed<",
        "NOT notice tone-bad",
        "NOT notice tone-warn",
        "NOT <p></p>",
        'NOT <p class="muted"></p>',
        "NOT Unseal it",
        "NOT Seal it",
    ),
    state(
        "vault/one.html",
        {
            "vault": {
                "is_sealed": True,
                "sentence": "It cannot be read.",
                "of_one": "Of one.",
                "since": "Since noon.",
                "asks": "passphrase",
                "may_seal": True,
            },
            "may_seal": True,
            "fault": "That is wrong.",
        },
        ">Sealed<",
        'notice tone-warn" role="status"',
        "#lock",
        'notice tone-bad" role="alert"',
        "That is wrong.",
        "Of one.",
        "Since noon.",
        "Passphrase of the vault",
        "Unseal the vault",
        'action="/vault/unseal"',
        "NOT is asked to confirm it first.",
        "Seal it",
        "NOT >Open<",
        "NOT Your share",
        "NOT Give my share",
        "NOT #circle-check",
    ),
    state(
        "vault/one.html",
        {"vault.asks": "share", "may_seal": True},
        "Your share, its words in order",
        "Give my share",
        'action="/vault/unseal"',
        "NOT is asked to confirm it first.",
        "NOT Passphrase of the vault",
        "NOT Unseal the vault",
        "NOT Seal it",
    ),
    state(
        "vault/one.html",
        {"vault.asks": "nothing", "may_seal": True},
        "Unseal the vault",
        'action="/vault/unseal/by-itself"',
        "is asked to confirm it first.",
        "NOT What you type is not kept",
        "NOT Your share",
        "NOT Passphrase of the vault",
    ),
    state("vault/one.html", {"may_seal": True, "vault.may_seal": True}, "Seal it", "NOT Unseal it"),
    state("vault/one.html", {"vault": {"asks": "share", "may_seal": True}}, "NOT Unseal it", "NOT Seal it"),
]

SECTION = {"kind": "site", "title": "Sites", "one": "site"}
SETTINGS = [
    state(
        "settings.html",
        {
            "lines": [{"name": "Disk", "said": "It is well."}],
            "keys": [{"name": "The authority"}],
            "settings": [{"key": "site.zone", "value": "Europe/London"}],
        },
        "It does not end.",
        "<strong>The authority</strong></p>",
        "Europe/London</strong></p>",
        'NOT <p class="muted"></p></div><div',
        "NOT as it comes",
        "NOT Ended",
        "NOT Good until",
        'NOT <p class="tone-warn">',
    ),
    state(
        "settings.html",
        {
            "lines": [{"name": "Disk", "step": "Make room."}],
            "keys": [{"name": "The authority", "fingerprint": "ab:cd", "ends": TIME}],
            "settings": [{"is_default": True}],
        },
        "Make room.",
        "<code>ab:cd",
        "Good until <time",
        "as it comes",
        "NOT It does not end.",
        "NOT Ended",
        'NOT <p class="tone-warn">',
    ),
    state(
        "settings.html",
        {"keys": [{"ends": TIME, "has_ended": True}]},
        '<p class="tone-warn">Ended <time',
        "NOT Good",
    ),
    state(
        "settings.html",
        {"keys": [{"ends": TIME, "is_soon": True}]},
        '<p class="tone-warn">Good until',
        "NOT Ended",
    ),
    state(
        "settings/groups.html",
        {"sections": [SECTION]},
        "None yet.",
        "NOT notice",
        "NOT is-invalid",
        "NOT aria-invalid",
        "NOT field-fault",
        'NOT class="out"',
    ),
    state(
        "settings/groups.html",
        {
            "sections": [
                {**SECTION, "lines": [{"name": "Depot"}, {"name": "Old depot", "is_retired": True}]},
                {"kind": "team", "one": "team"},
            ],
            "refused": "It is gone.",
            "fault": "There is one.",
            "fault_of": "site",
            "typed": "Depot",
        },
        "It is gone.",
        'is-invalid" id="site-new" name="name" value="Depot"',
        'aria-describedby="site-fault"',
        'id="site-fault" role="alert"',
        'form-control" id="team-new" name="name" value=""',
        "Retire Depot",
        "Bring Old depot back",
        "NOT team-fault",
        "NOT Retire Old depot",
        "NOT Bring Depot back",
    ),
    state(
        "settings/groups.html", {"sections": [SECTION], "fault_of": "site"}, "None yet.", "NOT field-fault"
    ),
]

STATES = [*ALERTS, *REVIEWS, *LOG, *VAULT, *SETTINGS]


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_of_the_service_says_what_is_so_and_nothing_else(each: PageState) -> None:
    # proves F8
    assert not each.wrong()
