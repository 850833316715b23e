"""What programs send to the JSON API: a member that is not known is refused, never passed over.

A whole number in an address has an end, for the database has one: beyond it is a 422, and no fault.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict

HIGHEST: Final = 2**63 - 1
"""The highest whole number that a database compares."""
PathNumber = Annotated[int, Path(ge=0, le=HIGHEST)]
"""A whole number in the path of a request."""


class RequestBody(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(extra="forbid")
