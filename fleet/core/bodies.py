"""What programs send to the JSON API: a member that is not known is refused, never passed over."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """The base of every request body."""

    model_config = ConfigDict(extra="forbid")
