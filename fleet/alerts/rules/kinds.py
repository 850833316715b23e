"""The kinds of alerts. Pure data; each domain defines its own, and one list of all is made at start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from fleet.core.actor import Role

HANDLERS = frozenset(
    {Role.SAFETY_TEAM, Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.ADMINISTRATOR},
)
"""Whom most alerts are for."""
BAD, WARN = "bad", "warn"


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A kind of alert.

    Attributes:
        id: a stable word for programs and tables, such as ``camera.battery``; at most 60 characters.
        title: what it is about in a few words, without the name of anybody or anything.
        many: several alike in a sentence, with ``{number}`` and maybe ``{detail}``, which they share.
        tone: ``bad`` or ``warn``.
        icon: a name in the icon sprite.
        roles: whose it is: who sees it, takes it and is told of it.
        urgent: whether whoever is told is told in quiet hours too.
        settles: how long it has to be true before anybody is told who is not looking at the page.
        is_event: whether it happened once and stays true, so that people alone resolve it.
    """

    id: str
    title: str
    many: str
    tone: str = WARN
    icon: str = "alert-triangle"
    roles: frozenset[Role] = HANDLERS
    urgent: bool = False
    settles: timedelta = timedelta()
    is_event: bool = False


MORE = AlertKind("alerts.more", "More of one kind than are kept", "There is more of {number} kinds.", BAD)
"""Says that there is more of a kind than is kept as alerts of their own; its subject is the kind."""


class Kinds:
    """All kinds that there are, by their ids."""

    def __init__(self, kinds: Iterable[AlertKind]) -> None:
        self._kinds: dict[str, AlertKind] = {}
        for kind in (*kinds, MORE):
            if self._kinds.setdefault(kind.id, kind) != kind:
                raise ValueError(f"internal error: two kinds of alerts are called {kind.id}")

    def __getitem__(self, kind: str) -> AlertKind:
        """Return a kind; one that this version does not know, from a newer one, is told by its id."""
        known = self._kinds.get(kind)
        return known if known is not None else AlertKind(kind, kind, "{number} of " + kind)

    def of(self, roles: Iterable[Role]) -> tuple[AlertKind, ...]:
        """Return the kinds that somebody with these roles sees, by their titles."""
        held = frozenset(roles)
        seen = (kind for kind in self._kinds.values() if not held.isdisjoint(kind.roles))
        return tuple(sorted(seen, key=lambda kind: kind.title))

    @property
    def all(self) -> Mapping[str, AlertKind]:
        """Every kind by its id."""
        return dict(self._kinds)
