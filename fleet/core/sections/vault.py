"""The section of the configuration about what opens the vault."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Section


class VaultSection(Section):
    """The private sealing key."""

    key_file: str = Field(
        "",
        description="File that unlocks the vault (32 bytes); empty for one made in STATE at first start.",
    )
    sealed_minutes: int = Field(
        15,
        ge=0,
        le=1440,
        description="An alert says so when a vault that people unseal is sealed for longer than this, in "
        "minutes.",
    )
    follow_hours: int = Field(
        168,
        ge=1,
        le=8760,
        description="An alert names each camera that has not said this long after a rotation that it seals "
        "to the vault's newest key, in hours.",
    )
    pkcs11_module: str = Field(
        "", description="Library (PKCS #11) of a hardware module that opens the vault; empty for none."
    )
    pkcs11_token: str = Field("", description="Label of its token.")
    pkcs11_key: str = Field(
        "lapel-vault",
        min_length=1,
        description="Label of the AES key on it; made there by “lapel-fleet vault set-hardware” if it is not "
        "there.",
    )
    pkcs11_pin_file: str = Field(
        "", description="File with the token's PIN, readable by its owner alone (mode 0600)."
    )
    share_minutes: int = Field(
        15,
        ge=1,
        le=240,
        description="How long a share that somebody gave to unseal the vault counts, in minutes.",
    )
