"""What pages of recordings and incidents tell of how long those are kept, and of their holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fleet.core.actor import Actor
from fleet.people.permissions import Permission, may
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.switching import Switches
from fleet.web.views.kept import HOLD_WORDS, HoldView, default_review, kept_view

NEW_HOLD: Final = "new"


@dataclass(frozen=True, slots=True)
class HoldForm:
    """A form of holds as it was sent, and why it was refused; empty before that.

    Attributes:
        which: ``NEW_HOLD``, or the id of the hold that was to be ended.
        kind: what for, as sent.
        owner: who answers for it, as typed.
        reason: why, as typed.
        review: when it is looked at again, as typed.
        fault: why it was refused.
        status: HTTP's number for that.
    """

    which: str = ""
    kind: str = ""
    owner: str = ""
    reason: str = ""
    review: str = ""
    fault: str = ""
    status: int = 200


NO_HOLD_FORM: Final = HoldForm()
"""Before any form of holds was sent."""


def kept_part(
    kept: Keeping | None,
    holds: Sequence[HoldView],
    actor: Actor,
    now: datetime,
    switches: Switches = (),
    *,
    holding: HoldForm = NO_HOLD_FORM,
) -> dict[str, Any]:
    """Return what the part of a page about keeping is made of; ``kept`` is None for an incident."""
    return {
        "kept": None if kept is None else kept_view(kept, now, switches),
        "holds": holds,
        "hold_words": HOLD_WORDS,
        "review_day": default_review(now),
        "holding": holding,
        "may_retain": may(actor.roles, Permission.RETAIN),
    }
