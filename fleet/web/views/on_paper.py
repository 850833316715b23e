"""What a list says on paper, where the form does not stand that narrowed it. Pure.

The list of recordings says it in words of its own (``fleet.web.views.search``).
"""

from __future__ import annotations

from collections.abc import Iterable

from fleet.web.views.bidi import isolated


def narrowed_words(
    chosen: Iterable[tuple[str, str]], *, skip: int = 0, shown: int = 0, total: int = 0
) -> str:
    """Say what a list was narrowed to, and which part of it this is; empty for a list that is whole.

    Args:
        chosen: the label of each field with what was chosen in it; empty where nothing was.
        skip: how many this page passes over.
        shown: how many it has.
        total: how many fit.

    >>> narrowed_words([("Person", "Jane"), ("About", "")]), narrowed_words([], shown=50, total=60)
    ('Only those with: Person “Jane”.', '1 to 50 of 60.')
    """
    parts = "; ".join(f"{label} “{isolated(value)}”" for label, value in chosen if value)
    span = f"{skip + 1} to {skip + shown} of {total}." if shown < total else ""
    return " ".join(each for each in (f"Only those with: {parts}." if parts else "", span) if each)
