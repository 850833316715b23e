"""What somebody looks for among requests: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fleet.requests.finding import STATES, RequestFilter
from fleet.requests.rules.kinds import KINDS, RequestKind
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PAGE, dates_between


@dataclass(frozen=True, slots=True)
class RegisterSearch:
    """What somebody looks for, as typed; empty text does not matter."""

    state: str = "open"
    kind: str = ""
    text: str = ""
    start: str = ""
    end: str = ""
    skip: int = 0

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

    def at_end(self, total: int) -> RegisterSearch:
        """Return the last page of the same search."""
        return replace(self, skip=(total - 1) // PAGE * PAGE)

    def query(self) -> str:
        """Return the search as the query of an address, from its beginning."""
        return _query(self, 0)

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        query = _query(self, skip)
        return f"/requests?{query}" if query else "/requests"

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

    def pager(self, total: int) -> tuple[str, str]:
        """Return the addresses of the page before and of the next one; empty where there is none."""
        before = self.address(max(0, self.skip - PAGE)) if self.skip else ""
        after = self.address(self.skip + PAGE) if self.skip + PAGE < total else ""
        return before, after


def _query(search: RegisterSearch, skip: int) -> str:
    fields = {
        "state": search.state if search.state != "open" else "",
        "kind": search.kind,
        "q": search.text,
        "from": search.start,
        "to": search.end,
        "skip": str(skip) if skip else "",
    }
    return urlencode({name: value for name, value in fields.items() if value})
