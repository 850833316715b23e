"""The section of the configuration about the fleet's certificate authority."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from fleet.core.sections.section import Section


class AuthoritySection(Section):
    """The authority that certifies cameras and servers."""

    key_file: str = Field(
        "",
        description="File under whose secret the authority's keys are encrypted (32 random bytes); empty for "
        "one made in STATE at first start.",
    )
    pkcs11_key: str = Field(
        "",
        description="Label of an AES key on the hardware module that the section of the vault names, under "
        "which that secret is encrypted in place of a key file; made there if it is not there. Empty for a "
        "key file.",
    )

    @model_validator(mode="after")
    def _has_one_secret(self) -> Self:
        if self.key_file and self.pkcs11_key:
            raise ValueError("key_file and pkcs11_key are both set; the keys are encrypted under one of them")
        return self
