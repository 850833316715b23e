"""That the vault is sealed, as it stands on Today and in alerts, with what to do. Pure."""

from __future__ import annotations

from datetime import datetime

from fleet.alerts.rules.kinds import BAD
from fleet.vault.keybox import OpenedBy
from fleet.vault.sealed import UNSEALED_BY, Sealed
from fleet.web.views.claims import Claim, say
from fleet.web.views.desk.grouping import Need
from fleet.web.views.moments import moment

_FIRST_WAITS = "Until then a camera's first recording waits for its receipt."


def sealed(state: Sealed, now: datetime) -> Need:
    """Say that the vault is sealed, and what to do."""
    if not state.waits_for_people and state.opener.by is OpenedBy.HARDWARE:
        step = (
            "Tell whoever runs this service to put right what is wrong with the hardware module that "
            f"opens it: it is tried again by itself. {_FIRST_WAITS}"
        )
        return Need(BAD, "lock", say(Claim.VAULT_WAITS, until=state.until), step, "/vault")
    if not state.waits_for_people:
        step = (
            "Tell whoever runs this service to put right what is wrong with its key file: it is looked "
            f"for by itself. {_FIRST_WAITS}"
        )
        return Need(BAD, "lock", say(Claim.VAULT_SEALED), step, "/vault")
    text = say(Claim.VAULT_WAITS, until=state.until)
    if state.by_hand:
        when = moment(state.since, now, seconds=True).text
        text = say(Claim.VAULT_SEALED_BY_HAND, sealer=state.by_hand, when=when, until=state.until)
    return Need(BAD, "lock", text, f"{UNSEALED_BY} {_FIRST_WAITS}", "/vault")
