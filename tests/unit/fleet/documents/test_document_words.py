"""What is said of facts and of documents that differ from them, by each condition (F8, F10)."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fleet.alerts.sources import AlertLook
from fleet.documents.rules.differences import FactPair
from fleet.documents.rules.facts import Fact
from fleet.documents.rules.plan import DocumentKind
from fleet.web.alerting import documents
from fleet.web.views.documents.one import fact_rows, standing
from fleet.web.views.moments import moment
from tests.support.fleet.read_rows import NOW

KEPT = Fact("kept", "How long", "6 months", "retention.without_incident")
LONGER = Fact("kept", "How long", "12 months", "retention.without_incident")
UNTOLD = Fact("kept", "How long", None, "retention.without_incident")
SOUND = Fact("sound", "Sound", "on", "cameras.sound")
SAME, DIFFERS, NEW = FactPair(KEPT, KEPT), FactPair(KEPT, LONGER), FactPair(None, SOUND)
GONE = FactPair(KEPT, None)


def test_what_differs_comes_first_and_each_is_told_as_far_as_it_is_known() -> None:
    rows = fact_rows([SAME, NEW, GONE, DIFFERS], is_published=True)
    assert [row.badge.word if row.badge else "" for row in rows] == [
        "Differs",
        "As published",
        "Not in it",
        "Not known",
    ]
    assert [row.now for row in rows] == [
        "12 months",
        "6 months",
        "on",
        "this version of the service does not say",
    ]
    assert [row.was for row in rows] == ["6 months", "6 months", "", "6 months"]
    assert [row.badge for row in fact_rows([DIFFERS], is_published=False)] == [None]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([SAME, NEW], "All facts that were published are so now."),
        ([DIFFERS, GONE], "1 fact differs from what was published."),
        ([DIFFERS, DIFFERS], "2 facts differ from what was published."),
        ([SAME, GONE], "Of 1 fact nobody can tell whether what was published is so still."),
    ],
)
def test_how_it_stands_is_one_sentence(pairs: list[FactPair], said: str) -> None:
    assert standing(pairs, moment(NOW, NOW)) == said
    assert standing(pairs, None) == "It was not published yet."


def alerts(
    monkeypatch: pytest.MonkeyPatch, was: list[Fact], now: list[Fact], states: set[str]
) -> tuple[list[str], frozenset[tuple[str, str]], int]:
    """Return what is told, what is not known, and how often the facts were asked for, of two documents."""
    asked: list[int] = []
    plan = SimpleNamespace(states=lambda fact: fact in states)
    kinds = (DocumentKind.NOTICE, DocumentKind.RECORD, DocumentKind.ASSESSMENT)
    monkeypatch.setattr(documents, "PLANS", dict.fromkeys(kinds, plan))
    row = SimpleNamespace(published=NOW)
    found = dict.fromkeys(kinds[:2], row)
    monkeypatch.setattr(documents, "newest_of_each", lambda _session: found)
    monkeypatch.setattr(documents, "published_facts", lambda _row: was)

    def live_facts(*_: object) -> list[Fact]:
        asked.append(1)
        return now

    monkeypatch.setattr(documents, "live_facts", live_facts)
    source = documents.document_source(cast("Any", nullcontext), cast("Any", None))
    looked = source.look(AlertLook(cast("Any", None), NOW, {}))
    return [each.subject for each in looked.findings], looked.unknown, len(asked)


def test_an_alert_is_of_what_differs_and_of_nothing_that_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # proves F10
    both = {"kept", "sound"}
    told, unknown, asked = alerts(monkeypatch, [KEPT], [LONGER, SOUND], both)
    assert told == [f"{DocumentKind.NOTICE}/kept", f"{DocumentKind.RECORD}/kept"]
    assert (unknown, asked) == (frozenset(), 1)
    assert alerts(monkeypatch, [KEPT], [KEPT], both)[:2] == ([], frozenset())
    of_both = frozenset(
        {("document.differs", f"{each}/kept") for each in (DocumentKind.NOTICE, DocumentKind.RECORD)}
    )
    assert alerts(monkeypatch, [KEPT], [UNTOLD], both)[:2] == ([], of_both)
    assert alerts(monkeypatch, [KEPT], [LONGER], set())[:2] == ([], of_both), "the plan has it no more"


@pytest.mark.parametrize("pair", [NEW, GONE])
def test_what_is_not_there_twice_is_no_difference(pair: FactPair) -> None:
    with pytest.raises(ValueError, match="internal error"):
        documents._finding("notice", "notice/kept", pair, "today")
