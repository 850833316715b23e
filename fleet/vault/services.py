"""What the vault is made of, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.vault.control import VaultControl
from fleet.vault.following import SealFollowing
from fleet.vault.unsealing import Unsealing
from fleet.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class VaultServices:
    """The vault and what opens it.

    Attributes:
        vault: opens recordings.
        unsealing: lets people unseal it.
        control: lets the command line do so.
        following: seals it when another process was sealed by hand.
    """

    vault: Vault
    unsealing: Unsealing
    control: VaultControl
    following: SealFollowing


VAULT: AppKey[VaultServices] = AppKey("vault")

VaultDep = Annotated[VaultServices, Depends(VAULT)]
