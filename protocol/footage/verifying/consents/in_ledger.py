"""What a recording's ledger says of consent, in words. Pure.

A detail that does not fit is no fault: then the kind alone is said, which is what every reader knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.consents.consent_result import SAID, what_was_said
from protocol.footage.verifying.results.wording import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.ledger.ledger import LedgerEvent

MOST: Final = 20
"""So many are named; more are counted."""
_OF_KIND: Final = {
    EventKind.CONSENT_GIVEN: SaidOfConsent.GIVEN,
    EventKind.CONSENT_REFUSED: SaidOfConsent.REFUSED,
    EventKind.CONSENT_OVERRIDDEN: SaidOfConsent.OVERRIDDEN,
}


def is_of_consent(event: LedgerEvent) -> bool:
    """Say whether an event of a ledger tells of consent."""
    return event.kind in _OF_KIND or (
        event.kind is EventKind.BOOKMARK and event.detail.get("consent") in list(map(str, SaidOfConsent))
    )


def consent_notes(events: Sequence[LedgerEvent], first_ns: int) -> Iterator[str]:
    """Say what a ledger tells of consent, and when.

    Args:
        events: Those that tell of it, in order.
        first_ns: Where the recording begins, on the boot-time clock.
    """
    for each in events[:MOST]:
        at = seconds(abs(each.at_ns - first_ns))
        before = " before the first chunk" if each.at_ns < first_ns else ""
        yield f"Its ledger says, at {at}{before}: {_words(each)}."
    if len(events) > MOST:
        yield f"Its ledger tells of consent {len(events) - MOST} more times."


def _words(event: LedgerEvent) -> str:
    told, why, wording = (str(event.detail.get(name, "")) for name in ("consent", "why", "wording"))
    if told in list(map(str, SaidOfConsent)):
        return what_was_said(ConsentSaid(SaidOfConsent(told), why, wording))
    return SAID[_OF_KIND[event.kind]]
