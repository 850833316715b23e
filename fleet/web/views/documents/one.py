"""A document as its page shows it: facts beside what was published, and the landlord's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.documents.rules.differences import Agreement, FactPair
from fleet.documents.rules.facts import Fact, seconds_words
from fleet.documents.rules.live_settings import CameraHeard
from fleet.documents.rules.plan import DocumentKind, DocumentPlan, part_states
from fleet.web.views.moments import Moment, count
from fleet.web.views.state import Badge

NAMES = {
    DocumentKind.NOTICE: "privacy notice",
    DocumentKind.ASSESSMENT: "impact assessment",
    DocumentKind.RECORD: "record of processing",
}
"""What sentences call each."""
_BADGES = {
    Agreement.SAME: Badge("As published", "circle-check", "good", "It is what was published"),
    Agreement.DIFFERS: Badge("Differs", "shield-x", "bad", "It is not what was published"),
    Agreement.UNTOLD: Badge("Not known", "info-circle", "quiet", "Nobody can tell whether it is so still"),
    Agreement.NEW: Badge("Not in it", "info-circle", "quiet", "What was published does not say it"),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact beside what was published of it.

    Attributes:
        title: what it is about.
        was: what was published; empty where it is not in it.
        now: what is so.
        source: where that comes from.
        badge: how the two stand to each other; None where nothing was published.
    """

    title: str
    was: str
    now: str
    source: str
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a document.

    Attributes:
        heading: what stands above it.
        section: the id of the landlord's words; empty where there are none.
        question: what they answer.
        text: the words; empty while nobody wrote them.
        version: of the words; 0 for none.
        is_changed: whether the words are others than those that were published.
        facts: the facts in it.
    """

    heading: str
    section: str
    question: str
    text: str
    version: int
    is_changed: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class CameraRowView:
    """What one camera is told, and what it said."""

    camera: str
    window: str
    follows: str


def fact_rows(pairs: Sequence[FactPair], *, is_published: bool) -> tuple[FactRow, ...]:
    """Show facts, those that differ first."""
    rows = [
        FactRow(
            pair.fact.title,
            "" if pair.was is None else pair.was.said,
            "this version of the service does not say" if pair.now is None else pair.now.said,
            pair.fact.source,
            _BADGES[pair.agreement] if is_published else None,
        )
        for pair in sorted(pairs, key=lambda each: each.agreement is not Agreement.DIFFERS)
    ]
    return tuple(rows)


def standing(pairs: Sequence[FactPair], published: Moment | None) -> str:
    """Say how a document stands to what is set, in one sentence."""
    if published is None:
        return "It was not published yet."
    differing = sum(each.agreement is Agreement.DIFFERS for each in pairs)
    unknown = sum(each.agreement is Agreement.UNTOLD for each in pairs)
    if differing:
        verb = "differs" if differing == 1 else "differ"
        return f"{count(differing, 'fact').capitalize()} {verb} from what was published."
    if unknown:
        return f"Of {count(unknown, 'fact')} nobody can tell whether what was published is so still."
    return "All facts that were published are so now."


def part_views(
    plan: DocumentPlan,
    facts: Sequence[Fact],
    words: Mapping[str, tuple[int, str]],
    published: Mapping[str, int] | None,
) -> tuple[PartView, ...]:
    """Show the parts of a document.

    Args:
        plan: which document.
        facts: the facts in it.
        words: the version and the words of each section that somebody wrote.
        published: the versions that were published; None where nothing was.
    """
    return tuple(
        PartView(
            part.heading,
            part.section,
            part.question,
            text,
            version,
            is_changed=published is not None
            and bool(part.section)
            and published.get(part.section) != version,
            facts=tuple(each for each in facts if part_states(part, each.id)),
        )
        for part in plan.parts
        for version, text in [words.get(part.section, (0, ""))]
    )


def camera_rows(cameras: Sequence[CameraHeard]) -> tuple[CameraRowView, ...]:
    """Show what cameras said of their window, and of what they are told."""
    said = {
        None: "It has not said whether it follows what it is told now.",
        True: "It said that it follows what it is told now.",
        False: "It said that it is set otherwise than it is told.",
    }
    return tuple(
        CameraRowView(
            each.camera,
            "not known" if each.window_s is None else f"last said {seconds_words(each.window_s)}",
            said[each.follows],
        )
        for each in cameras
    )
