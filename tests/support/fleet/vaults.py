"""Vaults that people open: by a passphrase that costs nothing to try, or by shares."""

from __future__ import annotations

from fleet.core.actor import OPERATOR
from fleet.server.compose import FleetServices
from fleet.vault.changing import OpeningChange
from fleet.vault.openers.shares import Share

PASSPHRASE = "correct horse battery staple"
CHEAP = 2


def open_by_passphrase(services: FleetServices) -> None:
    """Have the passphrase open the vault from the next start on."""
    change = OpeningChange(services, passphrase_cost=CHEAP)
    change.to_passphrase(change.unlocked(None), PASSPHRASE, OPERATOR)


def open_by_shares(services: FleetServices, *, needed: int = 2, shares: int = 3) -> tuple[Share, ...]:
    """Have shares open the vault from the next start on; return them."""
    change = OpeningChange(services)
    made = change.make_shares(needed=needed, shares=shares)
    change.to_shares(change.unlocked(None), made, list(made.shares[-needed:]), OPERATOR)
    return made.shares
