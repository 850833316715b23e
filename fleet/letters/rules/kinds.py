"""The kinds of letters. Pure data; each domain defines its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter.

    Attributes:
        id: a stable word for addresses and tables, at most 40 characters.
        title: what it is, for whoever chooses one.
        fields: what a template may name.
        required: what every template must name, whoever edits it.
        why: why it must, a sentence.
        text: the template until somebody edits it.
    """

    id: str
    title: str
    fields: frozenset[str]
    required: frozenset[str]
    why: str
    text: str
