"""A document as a text, of which a page and a PDF are made that say the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fleet.documents.rules.facts import Fact
from fleet.documents.rules.plan import DocumentPlan, PlanPart, part_states

UNWRITTEN = "This is not written yet."
_SOURCES = "Where the facts come from"


def body_of(plan: DocumentPlan, facts: Sequence[Fact], words: Mapping[str, str]) -> str:
    """Return what a document says: a plain text as ``fleet.printing.blocks.read_text`` reads one.

    Args:
        plan: which document.
        facts: all facts there are.
        words: the landlord's, by section; a section that is missing or empty is said to be unwritten.
    """
    said = [_part(each, facts, words) for each in plan.parts]
    if plan.has_sources:
        stated = stated_by(plan, facts)
        said.append("\n".join((f"# {_SOURCES}", "", *(f"- {each.title}: {each.source}" for each in stated))))
    return "\n\n".join(said)


def stated_by(plan: DocumentPlan, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return the facts that a document states."""
    return tuple(each for each in facts if plan.states(each.id))


def unwritten(plan: DocumentPlan, words: Mapping[str, str]) -> tuple[PlanPart, ...]:
    """Return the parts whose words the landlord has still to write."""
    return tuple(part for section, part in plan.sections.items() if not words.get(section, "").strip())


def _part(part: PlanPart, facts: Sequence[Fact], words: Mapping[str, str]) -> str:
    said = [f"# {part.heading}"]
    if part.section:
        said.append(words.get(part.section, "").strip() or UNWRITTEN)
    lines = [f"- {each.title}: {each.said}" for each in facts if part_states(part, each.id)]
    if lines:
        said.append("\n".join(lines))
    return "\n\n".join(said)
