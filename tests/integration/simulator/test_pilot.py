"""A pilot in virtual time: its week passes, one seed is one history, and what a fleet does wrong is named."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fleet.requests import letters
from simulator.oracle.check import Result
from simulator.report.outcome import RunOutcome
from simulator.report.report import RunReport
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Left, Run
from tests.support.pilots.week import TEXT


class Unseen:
    """Shows nothing."""

    def doing(self, words: str, *, of: int = 0) -> None: ...
    def done(self) -> None: ...
    def failed(self) -> None: ...


@dataclass(frozen=True)
class Played:
    """A week that was played."""

    report: RunReport

    @property
    def broken(self) -> set[str]:
        """The promises that were broken."""
        return {each.promise for each in self.report.promises if each.result is Result.BROKEN}


def played(keep: Path, between: Callable[[Left], None] = lambda _: None) -> Played:
    loaded = LoadedScenario(parse_scenario(TEXT, origin="week.toml"), TEXT)
    draft = draft_of(loaded, 7, None, kept=True)
    keep.mkdir()
    Run(loaded, draft.seed, keep, None, {}, threading.Event(), Unseen(), draft, between).perform()
    return Played(draft.report())


def loses_a_word(left: Left) -> None:
    """Lose what was said on one visit, and a request's line, as nobody can through the fleet."""
    database = sqlite3.connect(left.exports.parent / "fleet" / "fleet.sqlite3")
    with database:
        lost = database.execute("DELETE FROM consent_entries WHERE kind = 'withdrawn'").rowcount
        cut = database.execute("UPDATE request_cases SET owner = 'Nobody' WHERE kind = 'police'").rowcount
    database.close()
    assert (lost, cut) == (1, 1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return played(tmp_path_factory.mktemp("pilot") / "whole")


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The same week at a fleet whose refusals do not say how to complain, and that loses what was said."""
    kind = letters.LETTERS["refusal"]
    with pytest.MonkeyPatch.context() as patch:
        text = kind.text.replace("{{how_to_complain}}", "")
        patch.setitem(letters.LETTERS, "refusal", replace(kind, text=text))
        return played(tmp_path_factory.mktemp("pilot") / "spoilt", loses_a_word)


def test_a_week_of_a_pilot_keeps_every_promise(whole: Played) -> None:
    # proves F3, F10
    report = whole.report
    assert [each.sentence for each in report.checks if not each.passed] == []
    assert (report.outcome, report.exit_status, report.error) == (RunOutcome.HELD, 0, None)
    assert {each.result for each in report.promises} == {Result.HELD}
    assert len(report.promises) == 14
    assert {each.sentence for each in report.recordings} == {"The copy on the camera was not looked at."}
    assert sorted(each.fleet_state or "" for each in report.recordings) == ["deleted", "held", "held"]


def test_what_a_fleet_does_wrong_is_named_and_nothing_else(spoilt: Played) -> None:
    # proves F10
    assert spoilt.broken == {
        "no word of consent is lost",
        "every letter is right",
        "the register of requests is as the script",
    }
    assert (spoilt.report.outcome, spoilt.report.exit_status) == (RunOutcome.BROKEN, 1)
    said = " ".join(each.sentence for each in spoilt.report.checks if not each.passed)
    for words in ("visit V05", "letter 1 (refusal) of R3", "Who answers for it of REQ-2026-0002"):
        assert words in said


def test_the_same_seed_is_the_same_history(whole: Played, spoilt: Played) -> None:
    # proves F10
    assert whole.report.events
    assert spoilt.report.events == whole.report.events


def test_a_pilot_that_is_stopped_has_not_passed(tmp_path: Path) -> None:
    # proves F10
    stopping = threading.Event()

    class StopsOnTuesday(Unseen):
        def doing(self, words: str, *, of: int = 0) -> None:
            del of
            if words.startswith("2026-11-24"):
                stopping.set()

    loaded = LoadedScenario(parse_scenario(TEXT, origin="week.toml"), TEXT)
    draft = draft_of(loaded, 7, None, kept=True)
    Run(loaded, draft.seed, tmp_path, None, {}, stopping, StopsOnTuesday(), draft).perform()
    report = draft.report()
    assert (report.outcome, report.exit_status) == (RunOutcome.INTERRUPTED, 130)
    assert [each.result for each in report.steps] == ["interrupted"]
    assert report.checks == ()
