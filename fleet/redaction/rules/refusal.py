"""What a plan refuses. Pure."""

from __future__ import annotations


class RedactionRefusalError(ValueError):
    """It cannot be planned so; the message is one sentence for whoever asked."""
