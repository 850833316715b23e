"""What a look at the facts finds: what is true, and of what nobody knows whether it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.alerts.rules.kinds import AlertKind

Key = tuple[str, str]
"""The id of a kind and its subject: the same fact is one alert."""


@dataclass(frozen=True, slots=True)
class AlertFinding:
    """Something that is true now.

    Attributes:
        kind: what sort of thing.
        subject: what it is about, as its domain names it; with the kind it tells one alert from another. It
            and ``name`` are sent to people who are not looking at the page: neither holds the name of anybody
            nor anything that somebody typed.
        name: what it is about in a word or two: "cam-01", "cam-01, 7".
        words: a sentence, true now.
        step: what to do, a sentence.
        link: the page where it is done.
        tone: ``bad`` or ``warn``; empty for the kind's own.
        aspect: what there is of it, a line each, where a person who resolves it has seen only that much: with
            a line more it is a new alert. Empty where it is always the same.
        detail: what others must share to stand in one line with it.
    """

    kind: AlertKind
    subject: str
    name: str
    words: str
    step: str
    link: str
    tone: str = ""
    aspect: str = ""
    detail: str = ""

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return (self.kind.id, self.subject)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found.

    Attributes:
        kinds: the ids of the kinds that were looked for; alerts of others are let alone.
        findings: what is true.
        unknown: of what nobody can tell now whether it is true, such as the battery of a camera that is not
            heard; an alert about that is neither true nor over.
    """

    kinds: frozenset[str]
    findings: tuple[AlertFinding, ...]
    unknown: frozenset[Key] = frozenset()


def together(looks: Iterable[Looked]) -> Looked:
    """Return several looks as one."""
    all_of = tuple(looks)
    return Looked(
        frozenset(kind for each in all_of for kind in each.kinds),
        tuple(finding for each in all_of for finding in each.findings),
        frozenset(key for each in all_of for key in each.unknown),
    )
