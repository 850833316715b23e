"""What the pages of redaction say of a plan, a search and who watched."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState, TimeSpan
from fleet.redaction.rules.plan import Muting, RedactionPlan
from fleet.releases.redacting.models import CopyWatched, ReleaseRedaction
from fleet.releases.rules.clock import PlayerClock
from fleet.web.views.releases.redacting import (
    MOST_SHOWN,
    left_words,
    mask_rows,
    mute_rows,
    plan_bars,
    redaction_line,
    search_words,
    usual_reason,
    watch_rows,
)

SECOND = 10**9
CUT = PlayerClock(((0, 0), (10 * SECOND, 50 * SECOND)))


@given(st.integers(0, 30 * SECOND))
def test_what_a_player_shows_is_found_again(shown: int) -> None:
    # proves F8
    assert CUT.shown(CUT.recorded(shown)) == shown


@given(st.integers(0, 90 * SECOND))
def test_what_is_left_out_is_shown_where_it_goes_on(recorded: int) -> None:
    # proves F8
    shown = CUT.shown(recorded)
    is_left_out = 10 * SECOND <= recorded < 60 * SECOND
    assert shown == 10 * SECOND if is_left_out else CUT.recorded(shown) == recorded


def masked(*states: MaskState) -> RedactionPlan:
    keys = (KeyFrame(SECOND, Area(0, 0, 9, 9)), KeyFrame(61_500_000_000, Area(0, 0, 9, 9)))
    masks = tuple(
        Mask(number, keys, state=state, reason="" if state is MaskState.PROPOSED else f"why {number}")
        for number, state in enumerate(states, start=1)
    )
    return RedactionPlan(masks, (Muting(99, TimeSpan(SECOND, 2 * SECOND), "a name"),))


def test_proposals_come_first_and_every_mask_is_on_a_page() -> None:
    # proves F8
    plan = masked(MaskState.REFUSED, MaskState.ACCEPTED, MaskState.PROPOSED, MaskState.KEPT)
    rows, before, after = mask_rows(plan, CUT)
    assert [(each.number, each.state) for each in rows] == [
        (3, "Proposed, not decided"),
        (4, "Kept in sight"),
        (2, "Hidden"),
        (1, "Not hidden: refused"),
    ]
    assert (before, after, rows[0].when, rows[0].start_s) == (0, 0, "0:01 to 0:11.5", 1.0)
    many = masked(*[MaskState.ACCEPTED] * (MOST_SHOWN + 5))
    first, second = mask_rows(many, CUT), mask_rows(many, CUT, MOST_SHOWN)
    assert (len(first[0]), first[1:], len(second[0]), second[1:]) == (MOST_SHOWN, (0, 5), 5, (MOST_SHOWN, 0))
    assert mask_rows(many, CUT, 900)[1] == MOST_SHOWN  # past the end is the last page
    assert mask_rows(RedactionPlan(), CUT, 900) == ((), 0, 0)


def test_the_time_line_has_what_is_hidden_and_proposed() -> None:
    plan = masked(MaskState.REFUSED, MaskState.ACCEPTED, MaskState.PROPOSED)
    bars = plan_bars(plan, PlayerClock(), 100.0)
    assert [each.kind for each in bars] == ["plan-accepted", "plan-proposed", "plan-mute"]
    assert (bars[0].x, bars[0].width, bars[2].words) == (10.0, 605.0, "Mute 99: 0:01 to 0:02")
    assert [(each.when, each.reason) for each in mute_rows(plan, CUT)] == [("0:01 to 0:02", "a name")]
    assert usual_reason(plan) == "why 2"
    assert usual_reason(RedactionPlan()) == ""


def redaction(**more: object) -> ReleaseRedaction:
    usual = {"masks": 2, "mutes": 1, "undecided": 0, "search": "", "searched": 0, "to_search": 0}
    return ReleaseRedaction(**{**usual, "left_out": 0, "search_trouble": "", **more})


def test_the_search_is_told_as_far_as_it_has_come() -> None:
    # proves F8, F7
    assert search_words(redaction()) == ("", "")
    asked = redaction(search="asked")
    assert search_words(asked) == ("Faces are being searched for: it has not begun.", "busy")
    waits = redaction(search="asked", searched=12, to_search=60, search_trouble="The vault is sealed.")
    assert search_words(waits)[0] == (
        "Faces are being searched for: 12 of 60 seconds. It waits: The vault is sealed. "
        "It is tried again by itself."
    )
    failed = redaction(search="failed", search_trouble="No faces are proposed.")
    assert search_words(failed) == ("Faces could not be searched for: No faces are proposed.", "bad")
    done, tone = search_words(redaction(search="done", searched=1, left_out=2))
    assert tone == "warn"
    assert done.startswith(
        "1 second searched for faces. 2 more faces did not fit into a plan and are not proposed"
    )
    assert search_words(redaction(search="done", searched=9))[1] == "quiet"
    assert redaction_line(redaction(undecided=1)) == "2 masks, 1 mute, 1 proposal not decided"


def test_who_watched_how_much_is_told() -> None:
    # proves F8, F10
    said = datetime(2027, 3, 1, tzinfo=UTC)
    half = CopyWatched(name="DPO 1", needed=[[0, 4000]], sent=[], played=[[0, 1000], [2000, 4000]], said=said)
    whole = CopyWatched(name="Head 1", needed=[[0, 4000]], sent=[], played=[[0, 4000]], said=said)
    first, second = watch_rows([half, whole])
    assert "watched 3 s of 4 s of it; 1 s left." in first.words
    assert (first.is_whole, second.is_whole) == (False, True)
    assert second.words.endswith("watched all of it.")
    assert left_words(half) == (("0:01 to 0:02", 1.0),)


def test_a_little_that_was_watched_or_is_left_is_never_said_to_be_nothing() -> None:
    # proves F8
    said = datetime(2027, 3, 1, tzinfo=UTC)
    bit, most = (
        CopyWatched(name="DPO 1", needed=[[0, 4000]], sent=[], played=[[0, until]], said=said)
        for until in (40, 3500)
    )
    first, second = watch_rows([bit, most])
    assert first.words.endswith("watched 0.04 s of 4 s of it; 4 s left.")
    assert second.words.endswith("watched 3.5 s of 4 s of it; 0.5 s left.")
