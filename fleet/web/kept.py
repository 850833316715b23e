"""What pages of recordings and incidents tell of how long those are kept, and of their holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fleet.core.actor import Actor
from fleet.people.permissions import Permission, may
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.switching import Switches
from fleet.web.views.kept import HOLD_WORDS, HoldView, default_review, kept_view


def kept_part(
    kept: Keeping | None, holds: Sequence[HoldView], actor: Actor, now: datetime, switches: Switches = ()
) -> dict[str, Any]:
    """Return what the part of a page about keeping is made of; ``kept`` is None for an incident."""
    return {
        "kept": None if kept is None else kept_view(kept, now, switches),
        "holds": holds,
        "hold_words": HOLD_WORDS,
        "review_day": default_review(now),
        "may_retain": may(actor.roles, Permission.RETAIN),
    }
