"""What pages say of reviews, figures and notices, in the states in which each would be false (F8)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from fleet.retention.deletion.going import Going, Notices
from fleet.retention.lookup import KindPreview, PeriodsPreview
from fleet.retention.rules.switching import DeletionSwitch
from fleet.review.queue import KindFigures, ReviewCounts
from fleet.review.rules.closing import ReviewSigner, ReviewState, SigningFacts, SigningRole
from fleet.web.views.retention.deletion import notice_words, switch_words, switching_words
from fleet.web.views.retention.periods import preview_lines
from fleet.web.views.reviews.figures import Month, figure_lines, month_of
from fleet.web.views.reviews.looks import LookSearch
from fleet.web.views.reviews.one import name_views
from fleet.web.views.reviews.queue import ReviewSearch, about_words, kind_list, queue_title, warnings
from tests.unit.fleet.web.test_said_of_keeping import NOW, ON, TODAY, ZONE, review

# What is looked for and counted in reviews


def test_a_search_among_reviews_knows_the_words_that_there_are() -> None:
    # proves F8
    assert ReviewSearch.of("odd", "odd", "", 0) == ReviewSearch()
    told = ReviewSearch.of("closed", "incident", "o", 0)
    assert (told.state, told.kind, told.officer, told.any) == ("closed", "incident", "o", True)
    assert not ReviewSearch().any
    assert queue_title(2, ReviewSearch()) == "2 reviews still to do"
    assert queue_title(2, told) == "2 reviews found"
    assert about_words(ReviewSearch(state="everything")) != about_words(ReviewSearch())
    assert told.labelled("Jane")[0] == ("State", "Closed")
    assert ReviewSearch().labelled("")[0] == ("State", "")
    assert "state=closed" in told.query()
    assert ReviewSearch().query() == ""
    looks = LookSearch.of("odd one", "odd one", "", 0)
    assert looks == LookSearch()
    watched = LookSearch.of("all", "own", "user:Jane", 0)
    assert [value for _, value in watched.labelled] == ["All", "Their own recording", "Jane"]
    assert [value for _, value in LookSearch().labelled] == ["", "", ""]
    assert watched.query() == "state=all&kind=own&who=user%3AJane"


def test_warnings_of_reviews_are_of_what_there_is() -> None:
    # proves F8
    assert warnings(ReviewCounts(0, 0, 0)) == ()
    assert len(warnings(ReviewCounts(1, 1, 0))) == 1
    assert warnings(ReviewCounts(1, 0, 1))[0][1] == "/reviews?state=goes"
    assert kind_list(["private", "incident"]) == "Incident, Private during an incident"
    assert kind_list([]) == ""


def test_a_month_has_one_before_and_one_after() -> None:
    assert (Month(2026, 1).before, Month(2026, 2).before) == (Month(2025, 12), Month(2026, 1))
    assert (Month(2026, 12).after, Month(2026, 11).after) == (Month(2027, 1), Month(2026, 12))
    assert month_of("1999-12", NOW) == Month(2026, 11)
    assert month_of("9000-01", NOW) == Month(2026, 11)
    none = KindFigures(*(0 for _ in fields(KindFigures)))
    figures = figure_lines({"": none, "incident": none, "odd": none})
    assert [each.kind for each in figures] == ["All", "Incident", "odd"]


def test_a_name_can_be_signed_only_by_who_has_the_role_and_says_why_not() -> None:
    # proves F8
    facts = SigningFacts(ReviewState.FOUND, 1, is_arriving=False, officer=None, signed={})
    head = ReviewSigner("1", is_person=True, roles=frozenset({SigningRole.HEAD_OF_SAFETY}))

    def names(of: SigningFacts, **more: object) -> list[tuple[bool, bool]]:
        found = name_views(review(state=ReviewState.FOUND, **more), head, of)
        return [(each.may_sign, bool(each.why_not)) for each in found]

    assert names(facts) == [(True, False), (False, False)]
    assert names(replace(facts, is_arriving=True)) == [(False, True), (False, False)]
    assert names(facts, head_id="2", head_name="H", head_at=NOW) == [(False, False), (False, False)]
    shown = name_views(review(head_id="2", head_name="H", head_at=NOW), head, facts)
    assert [each.signed.split(",")[0] for each in shown] == ["H", "Not signed yet"]


def test_what_a_change_of_periods_would_do_is_counted_as_it_is() -> None:
    # proves F8
    def said(more: int, fewer: int) -> tuple[str, ...]:
        found = PeriodsPreview(KindPreview(5, more, fewer, ()), KindPreview(0, 0, 0, ()), 0, TODAY)
        return preview_lines(found, (), ())[0].sentences

    assert said(0, 0) == (
        "On 29 November 2026 as many recordings would be past the last day as without it: 5.",
    )
    assert said(1, 0) == ("1 more recording would be past the last day on 29 November 2026.",)
    assert said(0, 2) == ("2 recordings would not be past the last day any more on 29 November 2026.",)
    assert len(said(1, 2)) == 2


def test_notices_of_deletion_are_counted() -> None:
    # proves F8
    assert notice_words(Notices(1, (TODAY,))).startswith("1 recording that shows an incident is to be")
    assert ", the first on 29 November 2026." in notice_words(Notices(2, (TODAY,)))


def test_switching_deletion_says_what_it_does() -> None:
    # proves F8
    found = Going(date(2026, 12, 6), date(2026, 12, 30), 1, 2, 0, (), is_counted=True)
    assert switching_words(ON, found).startswith("Switched off, it stops at once, but for what")
    assert switching_words((), found).startswith("For 7 days no deletion is begun")
    off = (*ON, DeletionSwitch(2, NOW, is_on=False, by="Jim"))
    assert "Jim switched it off" in switch_words(off, NOW, ZONE, None)
    assert "switched it off" not in switch_words((), NOW, ZONE, None)
    assert switch_words((replace(ON[0], at=NOW),), NOW, ZONE, None).startswith(
        "Deletion begins on 7 December"
    )
