"""What somebody looks for among releases: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fleet.releases.finding import REGISTER_STATES, ReleaseFilter
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PAGE, days_between


@dataclass(frozen=True, slots=True)
class ReleaseSearch:
    """What somebody looks for, as typed; empty text does not matter."""

    state: str = "all"
    text: str = ""
    start: str = ""
    end: str = ""
    skip: int = 0

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return self.state != "all" or any((self.text, self.start, self.end))

    def wanted(self) -> ReleaseFilter:
        """Return what is looked for.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        start, end = days_between(self.start, self.end)
        return ReleaseFilter(self.state, self.text, start, end)

    def without_days(self) -> ReleaseFilter:
        """Return what is looked for, where its days cannot be used."""
        return ReleaseFilter(self.state, self.text)

    def at_end(self, total: int) -> ReleaseSearch:
        """Return the last page of the same search."""
        return replace(self, skip=(total - 1) // PAGE * PAGE)

    def query(self, skip: int = 0) -> str:
        """Return the search as the query of an address."""
        fields = {
            "state": self.state if self.state != "all" else "",
            "q": self.text,
            "from": self.start,
            "to": self.end,
            "skip": str(skip) if skip else "",
        }
        return urlencode({name: value for name, value in fields.items() if value})

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        query = self.query(skip)
        return f"/releases?{query}" if query else "/releases"

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the register was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("State", REGISTER_STATES[self.state] if self.state != "all" else ""),
            ("Text", self.text),
            ("Drafted from", self.start if days else ""),
            ("to", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)

    def pager(self, total: int) -> tuple[str, str]:
        """Return the addresses of the page before and of the next one; empty where there is none."""
        before = self.address(max(0, self.skip - PAGE)) if self.skip else ""
        after = self.address(self.skip + PAGE) if self.skip + PAGE < total else ""
        return before, after
