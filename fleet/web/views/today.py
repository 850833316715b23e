"""The page that is open all day: is everyone covered, what needs me, what was recorded.

Rules:
- the headline answers the first question in one sentence;
- cameras that somebody has come first, then those that are free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.attention import Need, needs
from fleet.web.views.moments import count, long_day, sentence_list
from fleet.web.views.recordings import Row, row
from fleet.web.views.tile import Tile, tile
from fleet.web.zone import local

RECENT = 8
_HELD = "held"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many recordings were made today, and where they are."""

    made: int
    received: int
    coming: int
    refused: int


@dataclass(frozen=True, slots=True)
class Today:
    """Everything that the page says.

    Attributes:
        day: today, in full.
        headline: whether everyone is covered.
        covered: whether that is good news.
        summary: the cameras in one sentence.
        tiles: one for each camera.
        needs: what needs somebody.
        recent: the newest recordings.
        figures: today's counts.
    """

    day: str
    headline: str
    covered: bool
    summary: str
    tiles: tuple[Tile, ...]
    needs: tuple[Need, ...]
    recent: tuple[Row, ...]
    figures: Figures


def today(cameras: Sequence[CameraFacts], recordings: Sequence[RecordingFacts], now: datetime) -> Today:
    """Make the page as of ``now``; ``recordings`` come newest first and cover at least today."""
    working = [facts for facts in cameras if facts.revoked is None]
    ordered = sorted(working, key=lambda facts: (facts.officer is None, facts.camera))
    headline, covered = _headline(working)
    return Today(
        day=long_day(now),
        headline=headline,
        covered=covered,
        summary=_summary(working),
        tiles=tuple(tile(facts, now) for facts in ordered),
        needs=needs(working, recordings, now),
        recent=tuple(row(facts, now) for facts in recordings[:RECENT]),
        figures=_figures(recordings, now),
    )


class PressCoverage(StrEnum):
    """Whether a press on a camera would be kept, by what it says of itself; of one not heard, unknown."""

    COVERED = "covered"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    UNKNOWN = "unknown"


def coverage(facts: CameraFacts) -> PressCoverage:
    """Say whether a press on this camera would be kept, as far as is known now."""
    if not facts.online:
        return PressCoverage.UNKNOWN
    if facts.state in ("ready", "recording", "private"):
        return PressCoverage.COVERED
    return PressCoverage.REFUSED if facts.state in ("off", "docked", "locked") else PressCoverage.DOUBTFUL


_COVERAGE = {
    PressCoverage.REFUSED: "{names} {verb} not covered.",
    PressCoverage.DOUBTFUL: "{names} may not be covered.",
    PressCoverage.UNKNOWN: "Whether {names} {verb} covered is not known.",
}


def _headline(cameras: Sequence[CameraFacts]) -> tuple[str, bool]:
    out = [facts for facts in cameras if facts.officer]
    if not cameras:
        return "No cameras yet.", False
    if not out:
        return "All cameras are in.", True
    said = []
    for cover, sentence in _COVERAGE.items():
        names = sorted(facts.officer or "" for facts in out if coverage(facts) is cover)
        if names:
            said.append(sentence.format(names=sentence_list(names), verb="is" if len(names) == 1 else "are"))
    return (" ".join(said), False) if said else ("Everyone is covered.", True)


def _summary(cameras: Sequence[CameraFacts]) -> str:
    if not cameras:
        return ""
    recording = sum(1 for facts in cameras if facts.online and facts.state == "recording")
    ready = sum(1 for facts in cameras if facts.online and facts.state == "ready")
    offline = sum(1 for facts in cameras if not facts.online)
    out = sum(1 for facts in cameras if facts.officer)
    parts = [f"{out} of {count(len(cameras), 'camera')} handed out"]
    parts += [f"{number} {word}" for number, word in ((recording, "recording"), (ready, "ready")) if number]
    parts += [f"{offline} not heard"] if offline else []
    return ", ".join(parts) + "."


def _figures(recordings: Sequence[RecordingFacts], now: datetime) -> Figures:
    day = local(now).date()
    made = [facts.summary for facts in recordings if local(facts.summary.moment).date() == day]
    received = sum(1 for recording in made if recording.state == _HELD)
    refused = sum(1 for recording in made if recording.state == "failed")
    return Figures(len(made), received, len(made) - received - refused, refused)
