"""What every section of the configuration is, and what several of them hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=1, le=65535)]
PublicPort = Annotated[int, Field(ge=0, le=65535)]
"""A port by which something is reached from outside; 0 for the one that is listened on."""
TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hours and minutes, as in 07:30."""


class Section(BaseModel):
    """The base of every section: strict, frozen, without unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
