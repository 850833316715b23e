"""What somebody looks for among requests: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.requests.finding import STATES, RequestFilter
from fleet.requests.rules.kinds import KINDS, RequestKind
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PagedSearch
from fleet.web.views.searching.days import dates_between


@dataclass(frozen=True, slots=True)
class RegisterSearch(PagedSearch):
    """What somebody looks for, as typed; empty text does not matter."""

    PATH = "/requests"

    state: str = "open"
    kind: str = ""
    text: str = ""
    start: str = ""
    end: str = ""

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return self.state != "open" or any((self.kind, self.text, self.start, self.end))

    def wanted(self) -> RequestFilter:
        """Return what is looked for.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        return RequestFilter(self.state, self.kind, self.text, *dates_between(self.start, self.end))

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "state": self.state if self.state != "open" else "",
            "kind": self.kind,
            "q": self.text,
            "from": self.start,
            "to": self.end,
        }

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the register was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("State", STATES[self.state] if self.state != "all" else ""),
            ("Kind", KINDS[RequestKind(self.kind)].title if self.kind else ""),
            ("Text", self.text),
            ("Received from", self.start if days else ""),
            ("to", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)
