"""What cannot be printed."""

from __future__ import annotations

from fleet.core.errors import FleetError


class NotPrintableError(FleetError):
    """A page cannot be printed as it stands: a character has no shape, or it is too long."""


class FontsMissingError(FleetError):
    """The fonts are not where the installation puts them."""

    exit_code = 2
