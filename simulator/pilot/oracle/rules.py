"""The promises that a pilot is judged by, each with its name and its words. Pure."""

from __future__ import annotations

from typing import Final

from simulator.oracle.rule import NamedRule

ACTS: Final = NamedRule("acts", "the script comes about", "each act came about, or was refused as it says")
PLANNED: Final = NamedRule("visits", "visits are kept as planned", "each visit is told as it was planned")
NOTICES: Final = NamedRule(
    "notices", "notices are kept", "each visit stands with its notice as that was sent"
)
CONSENT: Final = NamedRule("consent", "no word of consent is lost", "each visit tells all that was said")
HELD: Final = NamedRule(
    "footage", "what was recorded is held", "the fleet gave its receipt within ten minutes"
)
BY_VISIT: Final = NamedRule(
    "by visit", "footage lies by its visit", "each page of a visit names its recording"
)
INCIDENTS: Final = NamedRule(
    "incidents", "incidents keep their footage", "each has the recordings of its visits"
)
CLOCKS: Final = NamedRule(
    "clocks", "every clock shows its day", "after each step a clock shows what the law says"
)
IN_TIME: Final = NamedRule("in time", "every clock is met", "each request was answered by its last day")
LETTERS: Final = NamedRule("letters", "every letter is right", "each letter is kept, and says what it has to")
DELETED: Final = NamedRule(
    "deletions", "every deletion is on its day", "each went on its day, or is still here"
)
CERTIFIED: Final = NamedRule("certificates", "a deletion is certified", "each certificate names the day")
REQUESTS: Final = NamedRule("requests", "the register of requests is as the script", "each line reads as it")
RELEASES: Final = NamedRule("releases", "the register of releases is as the script", "each line reads as it")
RULES: Final = (
    ACTS,
    PLANNED,
    NOTICES,
    CONSENT,
    HELD,
    BY_VISIT,
    INCIDENTS,
    CLOCKS,
    IN_TIME,
    LETTERS,
    DELETED,
    CERTIFIED,
    REQUESTS,
    RELEASES,
)
"""Everything that is judged."""
