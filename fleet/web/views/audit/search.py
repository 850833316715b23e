"""What somebody looks for in the audit log: read from an address, and written back into one. Pure.

Rules as for recordings (``fleet.web.views.search``): days are days of the site's zone, and the last one
counts to its end; what cannot be used is said beside the field, and narrows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from fleet.web.views.audit.actions import ACTIONS
from fleet.web.views.audit.choosing import AREAS, choice_words
from fleet.web.views.searching.days import SearchError, days_between

PAGE = 50

STRANGERS = "nobody signed in"
SERVICE = "the fleet itself"
_SPECIAL = {STRANGERS: ("anonymous",), SERVICE: ("fleet", "fleet:command line")}


@dataclass(frozen=True, slots=True)
class LogSearch:
    """What is looked for, as typed; empty text does not matter.

    Attributes:
        person: a user, a program, a camera, or one of the two above.
        action: an action, or the first word of several.
        subject: the id or the name of what it was done to.
        address: where the request came from.
        start: the first day.
        end: the last day.
        refusals: refusals alone.
        before: the number that the page ends before; None for the newest.
    """

    person: str = ""
    action: str = ""
    subject: str = ""
    address: str = ""
    start: str = ""
    end: str = ""
    refusals: bool = False
    before: int | None = None

    @property
    def query(self) -> str:
        """What is looked for, as an address has it, without what does not matter."""
        fields = {
            "person": self.person,
            "action": self.action,
            "subject": self.subject,
            "address": self.address,
            "from": self.start,
            "to": self.end,
            "refusals": "yes" if self.refusals else "",
        }
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def words(self) -> str:
        """What is looked for, as the log keeps it."""
        parts = (
            ("person", self.person),
            ("action", self.action),
            ("about", self.subject),
            ("address", self.address),
            ("from", self.start),
            ("to", self.end),
            ("refusals", "alone" if self.refusals else ""),
        )
        return "; ".join(f"{name} {value}" for name, value in parts if value) or "everything"

    @property
    def labelled(self) -> tuple[tuple[str, str], ...]:
        """What is looked for, by the labels of its fields."""
        return (
            ("Person", self.person),
            ("What was done", choice_words(self.action)),
            ("About", self.subject),
            ("From address", self.address),
            ("From", self.start),
            ("To", self.end),
            ("Which", "Refusals alone" if self.refusals else ""),
        )

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.query)

    def without_days(self) -> LogSearch:
        """Return the search without its days and its action where they cannot be used, and narrow nothing."""
        try:
            self.days()
        except SearchError:
            found = replace(self, start="", end="")
        else:
            found = self
        return found if found.is_known_action else replace(found, action="")

    def page(self, before: int | None) -> str:
        """Return the address of the same search, ending before a number."""
        query = "&".join(
            each for each in (self.query, f"before={before}" if before is not None else "") if each
        )
        return f"/audit?{query}" if query else "/audit"

    def days(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment that counts, and the first that does not any more.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        return days_between(self.start, self.end)

    @property
    def is_known_action(self) -> bool:
        """Whether the action is one, or several."""
        return not self.action or self.action in ACTIONS or self.action in AREAS


def actor_labels(person: str, users: list[str]) -> tuple[str, ...]:
    """Return what the log may call somebody: by the name that was typed, or a user's that is alike."""
    if not person:
        return ()
    if person in _SPECIAL:
        return _SPECIAL[person]
    names = dict.fromkeys([*users, person])
    return (*(f"{kind}:{name}" for name in names for kind in ("user", "token", "camera")), person)
