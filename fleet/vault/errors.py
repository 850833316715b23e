"""What can go wrong with the vault."""

from __future__ import annotations

from fleet.core.errors import FleetError


class VaultError(FleetError):
    """The vault cannot be opened; the message says which file is wrong and what to do."""

    exit_code = 2


class SecretAwayError(VaultError):
    """What opens the vault by itself cannot be had now; the vault can wait for it, sealed.

    Attributes:
        is_final: whether trying again by itself would do harm.
    """

    is_final = False


class KeyFileAwayError(SecretAwayError):
    """The key file is not there or cannot be read."""


class HardwareAwayError(SecretAwayError):
    """The hardware module cannot be used."""

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final


class WrongSecretError(VaultError):
    """What was given does not open the vault."""


class ShareRefusedError(VaultError):
    """A share that does not count.

    Attributes:
        code: a stable word for programs and the audit log.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
