"""What a document is made of: its parts, each with the landlord's words, with facts, or with both. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

KEPT_FOR = (
    "retention.plain",
    "retention.incident",
    "retention.cctv",
    "retention.photographs",
    "retention.then",
    "retention.visits",
)
"""How long what is kept, of recordings, of what was imported, and of visits: in every document alike."""


class DocumentKind(StrEnum):
    """Which document."""

    NOTICE = "privacy-notice"
    ASSESSMENT = "impact-assessment"
    RECORD = "processing-record"


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a document.

    Attributes:
        heading: what stands above it.
        section: the id of the landlord's words in it; empty where there are none.
        question: what those words answer.
        facts: the facts in it, by their ids; one that ends in a point stands for all that begin so.
    """

    heading: str
    section: str = ""
    question: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """A document.

    Attributes:
        kind: which.
        title: what it is called.
        rule: which rule asks for it.
        parts: in their order.
        has_sources: whether it says where its facts come from.
    """

    kind: DocumentKind
    title: str
    rule: str
    parts: tuple[PlanPart, ...]
    has_sources: bool = True

    @property
    def sections(self) -> Mapping[str, PlanPart]:
        """The parts with words of the landlord's, by their ids."""
        return {each.section: each for each in self.parts if each.section}

    def states(self, fact: str) -> bool:
        """Say whether it states a fact."""
        return any(_covers(each, fact) for part in self.parts for each in part.facts)


def part_states(part: PlanPart, fact: str) -> bool:
    """Say whether a part states a fact."""
    return any(_covers(each, fact) for each in part.facts)


def _covers(named: str, fact: str) -> bool:
    return fact.startswith(named) if named.endswith(".") else fact == named
