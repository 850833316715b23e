"""What somebody looks for among imports: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fleet.imagery.finding import STATES, ImportFilter
from fleet.imagery.rules.kinds import KIND_WORDS, ImportKind
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PAGE, days_between


@dataclass(frozen=True, slots=True)
class ImportSearch:
    """What somebody looks for, as typed; empty text does not matter."""

    state: str = "here"
    kind: str = ""
    text: str = ""
    start: str = ""
    end: str = ""
    skip: int = 0

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

    def at_end(self, total: int) -> ImportSearch:
        """Return the last page of the same search."""
        return replace(self, skip=(total - 1) // PAGE * PAGE)

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        fields = {
            "state": self.state if self.state != "here" else "",
            "kind": self.kind,
            "q": self.text,
            "from": self.start,
            "to": self.end,
            "skip": str(skip) if skip else "",
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/imports?{query}" if query else "/imports"

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

    def pager(self, total: int) -> tuple[str, str]:
        """Return the addresses of the page before and of the next one; empty where there is none."""
        before = self.address(max(0, self.skip - PAGE)) if self.skip else ""
        after = self.address(self.skip + PAGE) if self.skip + PAGE < total else ""
        return before, after
