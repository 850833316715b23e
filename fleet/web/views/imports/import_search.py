"""What somebody looks for among imports: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.imagery.finding import STATES, ImportFilter
from fleet.imagery.rules.kinds import KIND_WORDS, ImportKind
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PagedSearch
from fleet.web.views.searching.days import days_between


@dataclass(frozen=True, slots=True)
class ImportSearch(PagedSearch):
    """What somebody looks for, as typed; empty text does not matter."""

    PATH = "/imports"

    state: str = "here"
    kind: str = ""
    text: str = ""
    start: str = ""
    end: str = ""

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return self.state != "here" or any((self.kind, self.text, self.start, self.end))

    def wanted(self) -> ImportFilter:
        """Return what is looked for; days are the site's, and the last counts to its end.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        return ImportFilter(self.state, self.kind, self.text, *days_between(self.start, self.end))

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "state": self.state if self.state != "here" else "",
            "kind": self.kind,
            "q": self.text,
            "from": self.start,
            "to": self.end,
        }

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the list was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("State", STATES[self.state] if self.state != "all" else ""),
            ("Kind", KIND_WORDS[ImportKind(self.kind)] if self.kind else ""),
            ("Text", self.text),
            ("Taken or received from", self.start if days else ""),
            ("to", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)
