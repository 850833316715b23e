"""What is said while it was asked who asks, or whether they may, and neither was shown. Pure."""

from __future__ import annotations

from collections.abc import Collection

from fleet.requests.rules.clock import WaitKind

NEVER = {
    WaitKind.IDENTITY: "who asks was asked for and not shown",
    WaitKind.AUTHORITY: "that they may act for the person was asked for and not shown",
}
"""What the register adds to what was granted all the same."""
_ASKED = {
    WaitKind.IDENTITY: "The person was asked to show who they are, and has not.",
    WaitKind.AUTHORITY: "It was asked whether they may act for the person, and that was not shown.",
}


def why_unshown(missing: Collection[WaitKind]) -> str:
    """Return what was asked for and not shown, and what ends that."""
    said = " ".join(_ASKED[each] for each in sorted(missing, reverse=True))
    return f"{said} Note first that it came, or why nobody doubts it any longer."
