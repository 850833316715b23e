"""The kind of the alert that somebody says it was not they who did something to their account."""

from __future__ import annotations

from typing import Final

from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.core.actor import Role

NOT_ME: Final = AlertKind(
    "people.not-me",
    "Somebody says that something on their account was not they",
    "{number} times somebody says that something on their account was not they.",
    BAD,
    "lock",
    frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER}),
    urgent=True,
    is_event=True,
)
