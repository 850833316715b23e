"""What is said of trainings and whom alerts are of, by each condition (F8)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fleet.core.config import FleetConfig
from fleet.core.sections.training import TrainingSection
from fleet.people.training.rules import TrainingStanding
from fleet.web.alerting import training
from fleet.web.views.people.training import condition_words
from tests.support.fleet.read_rows import NOW

LAST = date(2026, 11, 1)
VALID = TrainingStanding(is_valid=True, until=date(2027, 5, 1), is_soon=False)
SOON = TrainingStanding(is_valid=True, until=date(2026, 12, 3), is_soon=True)
ENDED = TrainingStanding(is_valid=False, until=LAST, is_soon=False)
NEVER = TrainingStanding(is_valid=False, until=None, is_soon=False)
WANTED = "No camera is handed to them until one is noted."


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (TrainingSection(), "Cameras are handed to officers with or without one."),
        (TrainingSection(required=True), "A camera is handed to them only while a training is valid."),
        (
            TrainingSection(required=True, course="Cameras"),
            "A camera is handed to them only while a training of “Cameras” is valid.",
        ),
    ],
)
def test_whether_it_is_a_condition_is_said_with_its_course(wanted: TrainingSection, said: str) -> None:
    assert condition_words(wanted) == said


def alerts(
    monkeypatch: pytest.MonkeyPatch, *, required: bool, known: bool = True, **found: TrainingStanding
) -> list[str]:
    """Return what alerts say of officers, by their standings; of unknown ones the rows have gone since."""
    asked: list[object] = []
    monkeypatch.setattr(training, "standings", lambda *_: found)
    rows = [SimpleNamespace(id=each, name=f"Officer {each}") for each in found] if known else []

    def execute(query: object) -> list[SimpleNamespace]:
        asked.append(query)
        return rows

    session = SimpleNamespace(execute=execute)
    config = FleetConfig(training=TrainingSection(required=required))
    source = training.training_source(cast("Any", nullcontext), config)
    looked = source.look(cast("Any", SimpleNamespace(session=session, now=NOW, lasting={})))
    assert len(asked) == bool(looked.findings or not known), "no name is asked for where none is told"
    return [each.words for each in looked.findings]


def test_who_is_trained_for_long_is_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    assert alerts(monkeypatch, required=True, a=VALID) == []
    assert alerts(monkeypatch, required=False, a=VALID, b=NEVER) == []


def test_what_ends_soon_and_what_has_ended_is_told_and_what_follows_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert alerts(monkeypatch, required=False, a=SOON, b=ENDED, c=NEVER) == [
        "The training of Officer a is valid until 3 December 2026.",
        "The last training of Officer b that is noted was valid until 1 November 2026.",
    ]
    assert alerts(monkeypatch, required=True, b=ENDED, c=NEVER) == [
        f"The last training of Officer b that is noted was valid until 1 November 2026. {WANTED}",
        f"No training of Officer c that counts today is noted. {WANTED}",
    ]


def test_of_an_officer_whose_row_has_gone_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert alerts(monkeypatch, required=True, known=False, a=ENDED) == []
