"""Alerts of officers whose training ends soon, has ended, or is wanted and not noted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.config import FleetConfig
from fleet.people.models import Officer
from fleet.people.training.rules import TrainingStanding, day_words
from fleet.people.training.service import standings
from fleet.web.alerting.service import Around
from fleet.web.zone import local

ENDS = AlertKind(
    "training.ends",
    "An officer's training ends soon",
    "The trainings of {number} officers end soon.",
    icon="clock-exclamation",
)
LACKS = AlertKind(
    "training.lacks",
    "An officer has no valid training",
    "{number} officers have no valid training.",
    icon="alert-triangle",
)
_NAME = "an officer"
_STEP = "Have them trained, and note it on their page."
_WANTED = "No camera is handed to them until one is noted."


def training_source(around: Around, config: FleetConfig) -> AlertSource:
    """Return the source of those alerts. Who was never trained is one only where training is wanted."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            found = standings(session, config, local(now).date())
        soon = {
            officer: each
            for officer, each in found.items()
            if _is_told(each, wanted=config.training.required)
        }
        query = select(Officer.id, Officer.name).where(Officer.id.in_(soon))
        names = {row.id: row.name for row in session.execute(query)} if soon else {}
        return tuple(
            _finding(officer, names[officer], each, wanted=config.training.required)
            for officer, each in soon.items()
            if officer in names
        )

    return simple((ENDS, LACKS), find)


def _is_told(standing: TrainingStanding, *, wanted: bool) -> bool:
    return standing.is_soon or (not standing.is_valid and (wanted or standing.until is not None))


def _finding(officer: str, name: str, standing: TrainingStanding, *, wanted: bool) -> AlertFinding:
    link = f"/officers/{officer}/training"
    until = "" if standing.until is None else day_words(standing.until)
    if standing.is_valid:
        words = f"The training of {name} is valid until {until}."
        return AlertFinding(ENDS, officer, _NAME, words, _STEP, link, aspect=until)
    words = f"The last training of {name} that is noted was valid until {until}."
    if not until:
        words = f"No training of {name} that counts today is noted."
    if wanted:
        words = f"{words} {_WANTED}"
    return AlertFinding(LACKS, officer, _NAME, words, _STEP, link, aspect=until)
