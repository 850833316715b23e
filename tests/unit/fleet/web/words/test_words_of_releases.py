"""What is said of releases, what is hidden in them, and their register, by what decides it (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from fleet.footage.recordings.models import Recording, RecordingState
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState
from fleet.redaction.rules.plan import RedactionPlan
from fleet.releases.models import (
    FootageRelease,
    ReleaseExhibit,
    ReleaseFolder,
    ReleaseLink,
    ReleaseSpan,
)
from fleet.releases.redacting.models import CopyWatched, ReleaseRedaction
from fleet.releases.rules.clock import PlayerClock
from fleet.releases.rules.codes import MOST_WRONG
from fleet.releases.rules.draft import ReleaseMethod
from fleet.releases.rules.states import ReleaseState
from fleet.requests.rules.bases import BASES, CRIME, Basis
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web.views.releases.links import barred_words, can_end_link, link_words
from fleet.web.views.releases.one import (
    amounts,
    release_badge,
    release_facts,
    release_line,
    released_views,
    span_views,
)
from fleet.web.views.releases.redacting import (
    hidden_view,
    mask_rows,
    plan_bars,
    redaction_line,
    search_words,
)
from fleet.web.views.releases.register import HEADINGS, release_cells
from fleet.web.views.releases.search import ReleaseSearch
from fleet.web.views.search import PAGE
from tests.support.fleet.read_rows import NOW

DAY = timedelta(days=1)
SECOND = 10**9
SAID = "Sunday 22 November 2026, 12:00:00 GMT"


def release(**changed: Any) -> FootageRelease:  # noqa: ANN401 - any column
    plain = {
        "id": "r1",
        "reference": "REL-2026-0001",
        "state": ReleaseState.DRAFT,
        "recipient": "Jane Roe",
        "organisation": "",
        "purpose": "A claim.",
        "basis": Basis.CONSENT,
        "condition": "",
        "withheld": "Nothing.",
        "method": ReleaseMethod.LINK,
        "expires": date(2026, 11, 29),
        "ends": NOW + 7 * DAY,
        "request": "",
        "request_reference": "",
        "drafted": NOW,
        "drafted_by": "Head 1",
        "decided_by": "",
        "why": "",
        "handed": 0,
        "receipt": "",
        "spans": [],
    }
    return FootageRelease(**{**plain, **changed})


def span(state: str, deleted: datetime | None = None, number: int = 7, first: int = 0) -> ReleaseSpan:
    row = Recording(
        id=number,
        camera_id="cam-01",
        number=number,
        recording=f"{number:032x}",
        state=state,
        changed=NOW,
        deleted=deleted,
    )
    return ReleaseSpan(
        number=number, recording=row, recording_id=number, from_ms=first, to_ms=None, tracks="both"
    )


# How it stands


@pytest.mark.parametrize(
    ("changed", "word", "tone"),
    [
        ({}, "Waits for approval", "warn"),
        ({"state": "approved"}, "Approved, being made", "busy"),
        ({"state": "failed"}, "Could not be made", "bad"),
        ({"state": "made"}, "Made", "good"),
        ({"state": "made", "handed": 1}, "Download begun", "good"),
        ({"state": "revoked", "handed": 1}, "Revoked", "quiet"),
        ({"state": "approved", "handed": 1}, "Approved, being made", "busy"),
        ({"ends": NOW}, "Past its last day", "quiet"),
        ({"state": "made", "handed": 1, "ends": NOW}, "Past its last day", "quiet"),
        ({"state": "declined", "ends": NOW}, "Declined", "quiet"),
        ({"state": "withdrawn", "ends": NOW}, "Withdrawn", "quiet"),
        ({"state": "revoked", "ends": NOW}, "Revoked", "quiet"),
    ],
)
def test_a_release_is_said_to_stand_as_it_does(changed: dict[str, Any], word: str, tone: str) -> None:
    # proves F8
    badge = release_badge(release(**changed), NOW)
    assert (badge.word, badge.tone) == (word, tone)


def test_a_line_names_recipient_and_request_where_there_are_any() -> None:
    # proves F8
    plain = release_line(release(), NOW)
    assert (plain.recipient, plain.words) == ("Jane Roe", "Drafted 12:00 by Head 1")
    whole = release_line(release(organisation="A court", request_reference="REQ-2026-0001"), NOW)
    assert whole.recipient == "Jane Roe, A court"
    assert whole.words == "Drafted 12:00 by Head 1 · REQ-2026-0001"


def exhibits(*recordings: int) -> list[ReleaseExhibit]:
    return [ReleaseExhibit(recording_id=each, initials="ABC", number=each, given=NOW) for each in recordings]


def test_exhibit_numbers_stand_on_the_line_and_with_who_got_the_recording() -> None:
    # proves F10
    spans = [span(RecordingState.HELD, number=each) for each in (7, 8, 9)]
    seven, eight, nine = (each.recording for each in spans)
    one = release(exhibits=exhibits(7), spans=spans[:1])
    two = release(exhibits=exhibits(7, 8), spans=spans, first_handed=NOW)
    assert release_line(one, NOW).words == "Drafted 12:00 by Head 1 · Exhibit ABC/7"
    assert release_line(two, NOW).words == "Drafted 12:00 by Head 1 · Exhibits ABC/7, ABC/8"
    (of_recording,) = released_views([two], NOW, eight)
    assert of_recording.words == f"Release to Jane Roe as exhibit ABC/8: download begun {SAID}"
    (of_another,) = released_views([two], NOW, nine)
    assert of_another.words == f"Release to Jane Roe: download begun {SAID}"
    (of_request,) = released_views([two], NOW)
    assert of_request.words == f"Release to Jane Roe as exhibits ABC/7, ABC/8: download begun {SAID}"
    (to_be,) = released_views([one], NOW, seven)
    assert to_be.words == "To be released to Jane Roe as exhibit ABC/7, if it is approved; no download begun"


def test_what_is_written_of_a_release_is_told_and_nothing_else() -> None:
    # proves F8
    plain = {
        "Recipient": "Jane Roe",
        "What it is for": "A claim.",
        "Lawful basis": BASES[Basis.CONSENT],
        "What is withheld and why": "Nothing.",
        "How it is handed over": "By a link with a one-time code",
        "Last day": "29 November 2026",
        "Drafted by": "Head 1",
    }
    assert dict(release_facts(release())) == plain
    received = release(condition=CRIME.id, decided_by="DPO 1", received=NOW.date(), receipt="Signed.")
    assert dict(release_facts(received)) == {
        **plain,
        "Condition": CRIME.words,
        "Approved by": "DPO 1",
        "Receipt": "22 November 2026: Signed.",
    }
    declined = release(state=ReleaseState.DECLINED, decided_by="DPO 1", why="Too much.")
    assert dict(release_facts(declined)) == {**plain, "Declined by": "DPO 1", "Why it ended": "Too much."}


@pytest.mark.parametrize(
    ("state", "deleted", "said"),
    [
        (RecordingState.HELD, None, ""),
        (
            RecordingState.DELETING,
            None,
            "This recording is being deleted; nothing more of it is handed over.",
        ),
        (RecordingState.DELETING, NOW, "This recording is being deleted; nothing more of it is handed over."),
        (
            RecordingState.DELETED,
            NOW,
            f"This recording was deleted, {SAID}; nothing more of it is handed over.",
        ),
    ],
)
def test_a_span_says_what_became_of_its_recording(state: str, deleted: datetime | None, said: str) -> None:
    # proves F3 F8
    [shown] = span_views(release(spans=[span(state, deleted)]))
    assert (shown.name, shown.words, shown.gone) == (
        "Recording 7 of cam-01",
        "0:00 to its end, picture and sound",
        said,
    )


def test_of_each_track_is_told_how_much_of_it_there_is() -> None:
    # proves F8

    def said(*tracks: dict[str, int]) -> str:
        untouched, withheld, changed = tracks
        folder = ReleaseFolder(
            name="cam-01-00000007", untouched=untouched, withheld=withheld, changed=changed
        )
        [words] = amounts([folder])
        return words.removeprefix("cam-01-00000007: ")

    assert said({"video": 2000}, {}, {}) == "picture 2 s untouched, 0 s withheld"
    assert said({}, {"audio": 1500}, {}) == "sound 0 s untouched, 1.5 s withheld"
    assert said({}, {}, {"video": 500}) == "picture 0 s untouched, 0.5 s with something masked, 0 s withheld"
    assert said({"video": 2000, "audio": 2000}, {"video": 1000}, {"audio": 500}) == (
        "picture 2 s untouched, 1 s withheld; sound 2 s untouched, 0.5 s with something muted, 0 s withheld"
    )
    assert said({"video": 40}, {"video": 49}, {"video": 1}) == (
        "picture 0.04 s untouched, 0.001 s with something masked, 0.049 s withheld"
    )


# Handing over


MADE = release(state=ReleaseState.MADE)
REVOKED = release(state=ReleaseState.REVOKED, revoked=NOW)


@pytest.mark.parametrize(
    ("row", "changed", "said"),
    [
        (MADE, {}, "The link is good until Monday 23 November 2026, 12:00:00 GMT: "),
        (MADE, {"expires": NOW}, f"The link expired, {SAID}: "),
        (
            MADE,
            {"made": NOW + DAY},
            "The link was given out by a clock that was ahead and is over; give out another: ",
        ),
        (MADE, {"ended": NOW}, "The link was ended: "),
        (MADE, {"fetched": 2}, "Downloads by the link were begun as often as was allowed: "),
        (MADE, {"wrong": MOST_WRONG}, "The link got too many wrong codes and is over: "),
        (REVOKED, {}, "The link is over, as the release is: "),
        (REVOKED, {"ended": NOW}, "The link was ended: "),
        (REVOKED, {"fetched": 2}, "Downloads by the link were begun as often as was allowed: "),
    ],
)
def test_a_link_is_said_to_be_good_for_what_it_is(
    row: FootageRelease, changed: dict[str, Any], said: str
) -> None:
    # proves F8
    plain = {"made": NOW, "expires": NOW + DAY, "ended": None, "fetched": 0, "allowed": 2, "wrong": 0}
    link = ReleaseLink(**{**plain, **changed})
    assert link_words(row, link, NOW) == (
        f"{said}download begun {link.fetched} of 2 times, {link.wrong or 'no'} wrong codes."
    )


@pytest.mark.parametrize(
    ("row", "changed", "good"),
    [
        (MADE, {}, True),
        (MADE, {"expires": NOW}, False),
        (MADE, {"ended": NOW}, False),
        (MADE, {"fetched": 2}, False),
        (MADE, {"wrong": MOST_WRONG}, False),
        (release(state=ReleaseState.MADE, ends=NOW), {}, False),
        (REVOKED, {}, False),
    ],
)
def test_the_end_of_a_link_is_offered_while_it_is_good(
    row: FootageRelease, changed: dict[str, Any], good: bool
) -> None:
    # proves F8
    plain = {"made": NOW, "expires": NOW + DAY, "ended": None, "fetched": 0, "allowed": 2, "wrong": 0}
    assert can_end_link(row, ReleaseLink(**{**plain, **changed}), NOW) is good
    assert not can_end_link(row, None, NOW)


def test_one_of_a_thing_is_said_as_one() -> None:
    # proves F8
    once = ReleaseLink(made=NOW, expires=NOW + DAY, ended=None, fetched=0, allowed=1, wrong=1)
    assert link_words(MADE, once, NOW).endswith(": download begun 0 of 1 time, 1 wrong code.")


@pytest.mark.parametrize(
    ("row", "changed", "is_barred"),
    [
        (MADE, {}, True),
        (MADE, {"expires": NOW}, False),
        (MADE, {"ended": NOW}, False),
        (MADE, {"fetched": 2}, False),
        (REVOKED, {}, False),
    ],
)
def test_a_good_link_is_said_to_give_nothing_where_its_footage_cannot_go_out(
    row: FootageRelease, changed: dict[str, Any], is_barred: bool
) -> None:
    # proves F8
    plain = {"made": NOW, "expires": NOW + DAY, "ended": None, "fetched": 0, "allowed": 2, "wrong": 0}
    said = link_words(row, ReleaseLink(**{**plain, **changed}), NOW, "Recording 7 of cam-01 was deleted.")
    assert said.startswith("The link gives nothing now: ") == is_barred
    assert said.endswith(" wrong codes. Recording 7 of cam-01 was deleted.") == is_barred
    assert "The link is good" not in said


def test_while_the_vault_is_sealed_a_link_is_said_to_give_nothing() -> None:
    # proves F8
    opener = VaultOpener(OpenedBy.SHARES, needed=2)
    link = ReleaseLink(made=NOW, expires=NOW + DAY, ended=None, fetched=0, allowed=2, wrong=0)
    sealed = Sealed(opener, NOW)
    said = link_words(MADE, link, NOW, barred_words("", sealed))
    assert said.startswith("The link gives nothing now: ")
    assert said.endswith("The vault is sealed, until 2 people unseal it with their shares.")
    assert link_words(MADE, link, NOW, barred_words("", None)).startswith("The link is good until ")
    assert barred_words("It was deleted.", sealed) == "It was deleted.", "which no unsealing mends"


def test_a_release_whose_footage_cannot_go_out_is_not_said_to_be_to_be_released() -> None:
    # proves F8
    rows = [release(), release(state="made"), release(state="made", first_handed=NOW)]
    found = released_views(rows, NOW, why_not=lambda _: "Recording 7 of cam-01 was deleted.")
    barred = "Meant for Jane Roe; nothing of it goes out now: Recording 7 of cam-01 was deleted."
    assert [each.words for each in found] == [
        barred,
        barred,
        f"Release to Jane Roe: download begun {SAID}",
    ]


def test_of_no_link_nothing_is_said() -> None:
    # proves F8
    assert link_words(MADE, None, NOW) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "To be released to Jane Roe, if it is approved; no download begun"),
        ({"state": "approved"}, "To be released to Jane Roe; no download begun"),
        ({"state": "failed"}, "To be released to Jane Roe; no download begun"),
        ({"state": "made"}, "To be released to Jane Roe; no download begun"),
        ({"state": "made", "ends": NOW}, None),
        ({"ends": NOW}, None),
        ({"state": "declined"}, None),
        ({"state": "withdrawn"}, None),
        ({"state": "revoked"}, None),
        ({"state": "revoked", "first_handed": NOW}, f"Release to Jane Roe: download begun {SAID}"),
        ({"state": "made", "first_handed": NOW, "ends": NOW}, f"Release to Jane Roe: download begun {SAID}"),
    ],
)
def test_a_recording_says_what_went_out_and_what_may(changed: dict[str, Any], said: str | None) -> None:
    # proves F8
    found = released_views([release(**changed)], NOW)
    assert [each.words for each in found] == ([] if said is None else [said])
    assert all((each.id, each.reference) == ("r1", "REL-2026-0001") for each in found)


# The register


def test_a_register_of_releases_has_what_is_known_and_no_more() -> None:
    # proves F8
    plain = dict(zip(HEADINGS, release_cells(release(spans=[span(RecordingState.HELD)])), strict=True))
    assert plain["Recordings, imports and spans"] == (
        f"Recording 7 of cam-01 ({7:032x}), 0:00 to its end, picture and sound"
    )
    assert plain["Drafted (UTC)"] == "2026-11-22 12:00:00"
    empty = {
        "Exhibits",
        "Organisation",
        "Condition",
        "Answers",
        "Decided (UTC)",
        "Decided by",
        "Made (UTC)",
        "Download first begun (UTC)",
        "Received on",
        "Receipt",
        "Revoked (UTC)",
        "Why it ended",
        "Deleted since",
    }
    assert {heading for heading, cell in plain.items() if not cell} == empty
    spans = [
        span(RecordingState.DELETED, NOW),
        span(RecordingState.DELETED, NOW, first=9000),
        span(RecordingState.DELETING, number=8),
        span(RecordingState.HELD, number=9),
    ]
    spans[0].recording_id, spans[2].recording_id = 7, 8
    more = release(
        received=NOW.date(),
        receipt="Signed.",
        made=NOW,
        first_handed=NOW,
        revoked=NOW,
        spans=spans,
        exhibits=exhibits(7, 8),
    )
    whole = dict(zip(HEADINGS, release_cells(more), strict=True))
    assert whole["Exhibits"] == "ABC/7 (Recording 7 of cam-01); ABC/8 (Recording 8 of cam-01)"
    assert whole["Received on"] == "2026-11-22"
    assert (
        whole["Made (UTC)"]
        == whole["Download first begun (UTC)"]
        == whole["Revoked (UTC)"]
        == ("2026-11-22 12:00:00")
    )
    assert whole["Decided (UTC)"] == ""
    assert whole["Deleted since"] == "Recording 7 of cam-01; Recording 8 of cam-01"


@pytest.mark.parametrize(
    ("search", "address", "has_any", "paper"),
    [
        (ReleaseSearch(), "/releases", False, ""),
        (
            ReleaseSearch(state="handed"),
            "/releases?state=handed",
            True,
            "Only those with: State “Download begun”.",
        ),
        (ReleaseSearch(text="roe"), "/releases?q=roe", True, "Only those with: Text “roe”."),
        (
            ReleaseSearch(start="2026-11-01"),
            "/releases?from=2026-11-01",
            True,
            "Only those with: Drafted from “2026-11-01”.",
        ),
        (
            ReleaseSearch(end="2026-11-02"),
            "/releases?to=2026-11-02",
            True,
            "Only those with: to “2026-11-02”.",
        ),
    ],
)
def test_a_search_among_releases_is_linked_and_printed_as_it_was_chosen(
    search: ReleaseSearch, address: str, paper: str, *, has_any: bool
) -> None:
    # proves F8
    assert search.address(0) == address
    assert search.address(9) == f"{address}{'&' if has_any else '?'}skip=9"
    assert search.any is has_any
    assert search.on_paper(1, 1, days=True) == paper
    unused = replace(search, start="", end="").on_paper(1, 1, days=True)
    assert search.on_paper(1, 1, days=False) == unused, "days that could not be used narrow nothing"


def test_a_list_of_releases_is_paged_where_there_are_more() -> None:
    # proves F8
    assert ReleaseSearch().pager(PAGE) == ("", "")
    assert ReleaseSearch().pager(PAGE + 1) == ("", f"/releases?skip={PAGE}")
    assert ReleaseSearch(skip=PAGE).pager(2 * PAGE) == ("/releases", "")
    assert ReleaseSearch(skip=PAGE).pager(2 * PAGE + 1) == ("/releases", f"/releases?skip={2 * PAGE}")


# What is hidden


def redaction(**more: object) -> ReleaseRedaction:
    usual = {"masks": 2, "mutes": 1, "undecided": 0, "search": "done", "searched": 9, "to_search": 9}
    return ReleaseRedaction(**{**usual, "left_out": 0, "search_trouble": "", **more})


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (0, ""),
        (1, " 1 more face did not fit into a plan and is not proposed: look for those yourself."),
        (2, " 2 more faces did not fit into a plan and are not proposed: look for those yourself."),
    ],
)
def test_faces_that_were_left_out_are_counted(left_out: int, said: str) -> None:
    # proves F8
    assert search_words(redaction(left_out=left_out))[0] == (
        f"9 seconds searched for faces.{said} "
        "The search does not find heads from behind, and misses faces: watch the copy."
    )


def test_a_recording_of_a_release_says_what_is_hidden_in_it() -> None:
    # proves F8
    row = Recording(camera_id="cam-01", number=7, recording="ab" * 16)
    watched = [CopyWatched(name="DPO 1", needed=[[0, 4000]], sent=[], played=[[0, 4000]], said=NOW)]
    bare = hidden_view(row, None, ())
    assert (bare.words, bare.has_copy, bare.watched) == ("Nothing is hidden in it", False, ())
    hidden = hidden_view(row, redaction(), watched)
    assert (hidden.name, hidden.words, hidden.has_copy) == ("Recording 7 of cam-01", "2 masks, 1 mute", True)
    assert [each.words for each in hidden.watched] == ["DPO 1 watched all of it."]
    assert redaction_line(redaction(undecided=2)) == "2 masks, 1 mute, 2 proposals not decided"


def mask(number: int, state: MaskState, *at_s: int) -> Mask:
    keys = tuple(KeyFrame(each * SECOND, Area(0, 0, 9, 9)) for each in at_s)
    return Mask(number, keys, state=state, reason="why", by_machine=state is MaskState.PROPOSED)


def test_a_proposal_is_open_until_it_is_decided() -> None:
    # proves F8
    plan = RedactionPlan((mask(1, MaskState.PROPOSED, 1), mask(2, MaskState.ACCEPTED, 2, 5)), ())
    rows, _, _ = mask_rows(plan, PlayerClock())
    assert [(each.number, each.is_open, each.is_hidden, each.when) for each in rows] == [
        (1, True, False, "0:01"),
        (2, False, True, "0:02 to 0:05"),
    ]


def test_a_bar_ends_where_the_timeline_does() -> None:
    # proves F8
    plan = RedactionPlan((mask(1, MaskState.ACCEPTED, 5), mask(2, MaskState.ACCEPTED, 8, 30)), ())
    first, second = plan_bars(plan, PlayerClock(), 10)
    assert (first.x, first.width) == (500, 2)
    assert (second.x, second.width) == (800, 200)
    [behind] = plan_bars(RedactionPlan((mask(1, MaskState.ACCEPTED, 11, 30),), ()), PlayerClock(), 10)
    assert (behind.x, behind.width) == (1000, 0)
