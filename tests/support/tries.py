"""How many examples a property test tries that names a number of its own."""

from __future__ import annotations

from hypothesis import settings

_QUICKLY = 4


def tries(usual: int) -> int:
    """Return as many examples as are usual, and a quarter of them in the fast loop, as profiles have it."""
    return max(1, usual // _QUICKLY) if settings.get_current_profile_name() == "quick" else usual
