"""What somebody looks for among releases: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.releases.finding import REGISTER_STATES, ReleaseFilter
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PagedSearch
from fleet.web.views.searching.days import days_between


@dataclass(frozen=True, slots=True)
class ReleaseSearch(PagedSearch):
    """What somebody looks for, as typed; empty text does not matter."""

    PATH = "/releases"

    state: str = "all"
    text: str = ""
    start: str = ""
    end: str = ""

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

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "state": self.state if self.state != "all" else "",
            "q": self.text,
            "from": self.start,
            "to": self.end,
        }

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the register was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("State", REGISTER_STATES[self.state] if self.state != "all" else ""),
            ("Text", self.text),
            ("Drafted from", self.start if days else ""),
            ("to", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)
