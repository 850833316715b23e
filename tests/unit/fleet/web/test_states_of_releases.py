"""What the pages of releases say in each state (F8)."""

from __future__ import annotations

import pytest

from tests.support.pages.states import PageState, state, whole_state

SPAN = {"recording": "r", "name": "Recording 7 of cam-01", "words": "0:00 to 0:10, picture and sound"}
RELEASES = [
    state("releases/collect.html", {"link": "abc"}, 'action="/collect/abc"', "NOT code-fault"),
    state(
        "releases/collect.html", {"fault": "That code is not right."}, "That code is not right.", "code-fault"
    ),
    state(
        "releases/list.html",
        {"states": {"all": "All", "waiting": "Wait"}, "chosen": {"state": "waiting"}},
        "No releases yet",
        '"waiting" selected',
        "NOT Draft a release",
        'NOT "all" selected',
        "NOT from-fault",
        "NOT Clear",
        "NOT print-only",
        "NOT pager",
        "NOT Nothing matches",
    ),
    state(
        "releases/list.html",
        {"chosen": {"any": True}, "may_draft": True, "fault": "That is no day.", "fault_field": "from"},
        "Nothing matches",
        "Draft a release",
        'id="from-fault"',
        "Clear",
        'NOT id="to-fault"',
        "NOT No releases yet",
    ),
    state(
        "releases/list.html",
        {"rows": [{"reference": "REL-1"}]},
        "REL-1",
        "NOT pager",
        "NOT No releases yet",
    ),
    state(
        "releases/list.html",
        {"rows": [{"reference": "REL-1"}], "on_paper": "1 to 1 of 2.", "after": "/next"},
        "REL-1",
        "1 to 1 of 2.",
        'href="/next"',
        "NOT Before",
        "NOT No releases yet",
    ),
    state("releases/list.html", {"rows": [{}], "before": "/first"}, 'href="/first"', "NOT Next"),
    whole_state(
        "releases/form.html",
        {
            "is_new": True,
            "form": {"basis": "consent"},
            "bases": {"consent": "Consent", "contract": "A contract"},
            "rows": [{"tracks": "sound"}],
            "tracks": {"both": "both", "sound": "sound"},
        },
        "<title>Draft a release",
        "<h1>Draft a release",
        '"consent" selected',
        '"sound" selected',
        "Choose one",
        "</svg>Draft it",
        'NOT "contract" selected',
        'NOT "both" selected',
        "NOT Keep the change",
        "NOT fault",
    ),
    whole_state(
        "releases/form.html",
        {"fault": "Choose the last day.", "fault_field": "expires"},
        "<title>Change the draft",
        "<h1>Change the draft",
        'id="expires-fault"',
        "Keep the change",
        "NOT Draft it",
        'NOT id="basis-fault"',
        'NOT class="notice',
    ),
    state(
        "releases/form.html",
        {"fault": "There is no such recording.", "fault_field": "not_found"},
        "There is no such recording.",
        "NOT -fault",
    ),
    state(
        "releases/one.html",
        {"reference": "REL-1", "spans": [SPAN]},
        "Release REL-1",
        "0:00 to 0:10, picture and sound",
        "NOT It answers",
        "NOT The link and its code",
        "NOT tone-warn",
        "NOT segments are made",
        "NOT notice",
        "NOT Approve it?",
        "NOT Handing over",
        "NOT The end",
        "NOT Change the draft",
    ),
    state(
        "releases/one.html",
        {
            "request_link": "/requests/q",
            "request_reference": "REQ-1",
            "spans": [{**SPAN, "gone": "This recording was deleted."}],
            "trouble": "It was restricted.",
            "can": {"approve": True, "change": True, "retry": True, "withdraw": True},
        },
        'href="/requests/q">REQ-1',
        "This recording was deleted.",
        "It was restricted.",
        "Approve the release",
        "Change the draft",
        "Make it again",
        "Withdraw",
        "NOT Decline",
        "NOT Revoke",
    ),
    state(
        "releases/one.html",
        {"can": {"decline": True, "revoke": True}, "progress": (1, 3)},
        "Decline",
        "1 of 3 segments are made.",
        "Revoke",
        "NOT Approve the release",
        "NOT Make it again",
        "NOT Withdraw",
    ),
    state(
        "releases/one.html",
        {"can": {"hand_over": True, "receipt": True}, "by_link": True, "issued": {"code": "ABCDE-FGHJK"}},
        "The link and its code",
        "ABCDE-FGHJK",
        "Give out a link",
        "NOT End the link",
        "NOT Download for a medium",
        "NOT Write a receipt down",
    ),
    state(
        "releases/one.html",
        {"can": {"hand_over": True}, "by_link": True, "link": "The link is good"},
        "The link is good",
        "End the link",
    ),
    state(
        "releases/one.html",
        {"can": {"hand_over": True, "receipt": True}, "was_handed": True},
        "Download for a medium",
        "Write a receipt down",
        "NOT Give out a link",
    ),
    state(
        "releases/one.html",
        {"can": {"receipt": True}, "was_handed": True, "by_link": True},
        "Write a receipt down",
        "NOT Download for a medium",
        "NOT Give out a link",
    ),
    state(
        "releases/one.html",
        {"can": {"receipt": True}, "link": "The link was ended"},
        "The link was ended",
        "NOT Write a receipt down",
    ),
    state("releases/one.html", {"was_handed": True}, "NOT Handing over"),
    state("releases/one.html", {"can": {"withdraw": True}}, "The end", "Withdraw", "NOT Make it again"),
    state("releases/one.html", {"can": {"retry": True}}, "The end", "Make it again", "NOT Withdraw"),
    state("parts/released.html", {}, "NOT Releases"),
    state("parts/released.html", {"may_release": True}, "NOT Releases"),
    state("parts/released.html", {"held": True}, "NOT Releases"),
    state(
        "parts/released.html",
        {"may_release": True, "held": True, "name": "r"},
        "?recording=r",
        "NOT Keys of parts",
    ),
    state(
        "parts/released.html",
        {"was_released": True, "may_release": True},
        "Keys of parts",
        "NOT Draft a release",
    ),
    state(
        "parts/released.html",
        {"releases": [{"reference": "REL-1", "words": "Released to Jane"}], "held": True},
        "Released to Jane",
        "NOT Draft a release",
        "NOT Keys of parts",
    ),
    state(
        "requests/one.html",
        {"may_release": True, "is_open": True, "linked": [{"id": "r"}], "case_id": "q"},
        "?request=q",
        "Draft a release of this footage",
    ),
    state(
        "requests/one.html",
        {"releases": [{"reference": "REL-1"}], "may_release": True, "linked": [{"id": "r"}]},
        "REL-1",
        "NOT Draft a release",
    ),
    state(
        "requests/one.html",
        {"releases": [{"reference": "REL-1"}], "may_release": True, "is_open": True},
        "REL-1",
        "NOT Draft a release",
    ),
    state(
        "requests/one.html", {"releases": [{"reference": "REL-1"}], "is_open": True, "linked": [{}]}, "REL-1"
    ),
    state("requests/one.html", {"may_release": True, "is_open": True}, "NOT Releases<"),
    state("requests/one.html", {"may_release": True, "linked": [{}]}, "NOT Releases<"),
]
STATES = RELEASES


@pytest.mark.parametrize("each", STATES, ids=str)
def test_a_page_of_releases_says_what_is_so_and_nothing_else(each: PageState) -> None:
    # proves F8
    assert not each.wrong()
