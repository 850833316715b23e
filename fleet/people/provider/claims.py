"""What a provider's claims mean here, by the configuration. Pure.

Rules:
- a role is given only where the configuration says which value gives it; a claim that is no text and no list
  of texts gives none;
- the provider's second factor counts only where the configuration says so and the claims show it;
- a name is one that people can read, or it is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fleet.core.actor import Role
from fleet.core.sections.provider import ProviderSection

LONGEST_NAME = 100


def roles_of(section: ProviderSection, claims: Mapping[str, Any]) -> frozenset[Role]:
    """Return the roles that somebody's groups give."""
    groups = _texts(claims.get(section.roles_claim))
    return frozenset(role for group in groups for role in section.roles.get(group, ()))


def name_of(section: ProviderSection, claims: Mapping[str, Any]) -> str | None:
    """Return what somebody is called; None where the claim is missing or unreadable."""
    named = claims.get(section.name_claim)
    clean = " ".join(named.split()) if isinstance(named, str) else ""
    return clean if clean and len(clean) <= LONGEST_NAME and clean.isprintable() else None


def shows_second(section: ProviderSection, claims: Mapping[str, Any]) -> bool:
    """Say whether the provider asked for a second factor that counts here."""
    if section.second_factor != "provider":
        return False
    acr = claims.get("acr")
    by_acr = isinstance(acr, str) and acr in section.second_acr
    return by_acr or not _texts(claims.get("amr")).isdisjoint(section.second_amr)


def signed_in_at(claims: Mapping[str, Any]) -> datetime | None:
    """Return when somebody last told the provider who they are; None where it does not say that."""
    told = claims.get("auth_time")
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        return datetime.fromtimestamp(told, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _texts(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list):
        return frozenset(each for each in value if isinstance(each, str))
    return frozenset()
