"""What can go wrong with the vault."""

from __future__ import annotations

from fleet.core.errors import FleetError


class VaultError(FleetError):
    """The vault cannot be opened; the message says which file is wrong and what to do."""

    exit_code = 2


class KeyFileAwayError(VaultError):
    """The key file is not there or cannot be read; the vault can wait for it, sealed."""
