"""Facts that pages show, changed by name."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.facts import RecordingFacts

_OF_THE_SUMMARY = frozenset(each.name for each in fields(RecordingSummary))


def changed(facts: RecordingFacts, **change: Any) -> RecordingFacts:  # noqa: ANN401 - any field
    """Return the facts with other values, those of their summary included."""
    of_summary = {name: value for name, value in change.items() if name in _OF_THE_SUMMARY}
    others = {name: value for name, value in change.items() if name not in _OF_THE_SUMMARY}
    return replace(facts, summary=replace(facts.summary, **of_summary), **others)
