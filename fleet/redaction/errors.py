"""What can go wrong as a copy is redacted."""

from __future__ import annotations

from fleet.core.errors import FleetError


class RedactionError(FleetError):
    """A second cannot be redacted, or not as it was asked; the message says which and why."""


class NotHiddenError(RedactionError):
    """What was made shows, or may show, what it should hide: it is given to nobody."""
