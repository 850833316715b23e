"""The section about a provider of identities."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from fleet.core.actor import Role
from fleet.core.sections.section import Section

GivenRoles = Annotated[tuple[Annotated[Role, Field(strict=False)], ...], Field(strict=False)]
"""Roles, as a list of their names."""


class ProviderSection(Section):
    """Signing in through somebody else's service for identities (OpenID Connect)."""

    issuer: str = Field(
        "",
        max_length=300,
        description="Address of the provider, as it calls itself; https, or http on this machine alone. "
        "Empty for none: then nobody signs in through one.",
    )
    name: str = Field(
        "your organisation", max_length=60, description="What the button on the sign-in page calls it."
    )
    client_id: str = Field("", max_length=255, description="What the provider calls this fleet.")
    client_secret_file: str = Field(
        "", description="File with the client's secret, readable by its owner alone (mode 0600)."
    )
    authority_file: str = Field(
        "", description="Certificates (PEM) that the provider's is checked against; empty for the system's."
    )
    scopes: tuple[str, ...] = Field(
        ("openid", "profile", "offline_access"),
        strict=False,
        description="What is asked for; offline_access, or what the provider calls it, lets the fleet see "
        "when somebody has left.",
    )
    name_claim: str = Field(
        "preferred_username", description="Claim that names a person here; it has to be one person's."
    )
    roles_claim: str = Field("groups", description="Claim with somebody's groups, a text or a list of texts.")
    roles: dict[str, GivenRoles] = Field(
        {},
        description='Which roles a value of that claim gives, as { "CCTV" = ["cctv-manager"] }; what is '
        "not written here gives none.",
    )
    second_factor: Literal["ours", "provider"] = Field(
        "ours",
        description="Whose second factor counts: ours alone, or the provider's where it says that it asked "
        "for one.",
    )
    second_acr: tuple[str, ...] = Field(
        (), strict=False, description="Values of acr by which the provider says that it asked for one."
    )
    second_amr: tuple[str, ...] = Field(
        ("mfa",), strict=False, description="Values of amr by which it says so (RFC 8176)."
    )
    check_minutes: int = Field(
        10,
        ge=1,
        le=1440,
        description="How often the provider is asked whether somebody is still there, in minutes.",
    )

    @property
    def is_used(self) -> bool:
        """Whether there is a provider."""
        return bool(self.issuer)

    @model_validator(mode="after")
    def _is_whole(self) -> ProviderSection:
        """Refuse a provider of which something is missing."""
        if not self.issuer:
            return self
        parts = urlsplit(self.issuer)
        near = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if (parts.scheme != "https" and not near) or not parts.netloc or parts.query or parts.fragment:
            raise PydanticCustomError("issuer", "The issuer is an https address without a query")
        if not (self.client_id and self.client_secret_file):
            raise PydanticCustomError("client", "A provider needs client_id and client_secret_file")
        if "openid" not in self.scopes:
            raise PydanticCustomError("scopes", "The scopes of a provider hold openid")
        return self
