"""What was said at a door as a step, as ledgers and signed events tell it. Pure.

Rule: what no step can say, such as a reason that there is not, is left to a remark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from protocol.footage.consent import ConsentSaid, SaidOfConsent, WhyNotAsked
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.consents.in_ledger import is_of_consent
from simulator.scenario.steps.consent import WORDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protocol.footage.ledger.ledger import LedgerEvent
    from simulator.replay.found import FoundRecording

BEGAN_BY: Final = {
    "consent overridden": SaidOfConsent.OVERRIDDEN,
    "asked for": SaidOfConsent.ASKED_FOR,
}
"""What began a recording, as it says, where that was a word at the door."""
CLOSES: Final = frozenset({SaidOfConsent.REFUSED, SaidOfConsent.WITHDRAWN})
AT_ONCE_NS: Final = 2_000_000_000
"""So soon after a word the recording begins or ends by it."""
_OF_KIND: Final = {
    EventKind.CONSENT_GIVEN: SaidOfConsent.GIVEN,
    EventKind.CONSENT_REFUSED: SaidOfConsent.REFUSED,
    EventKind.CONSENT_OVERRIDDEN: SaidOfConsent.OVERRIDDEN,
}


def said_in(event: LedgerEvent) -> ConsentSaid | None:
    """Return what an event of a ledger says was said; None of one that tells of no consent."""
    if not is_of_consent(event):
        return None
    told, why, wording = (str(event.detail.get(name, "")) for name in ("consent", "why", "wording"))
    known = told in list(map(str, SaidOfConsent))
    return ConsentSaid(SaidOfConsent(told) if known else _OF_KIND[event.kind], why, wording)


def detail_of(event: LedgerEvent) -> str:
    """Return what an event tells beside its kind, as it stands there."""
    return ", ".join(f"{key} {value}" for key, value in event.detail.items())


def step_of_word(said: ConsentSaid) -> Mapping[str, Any] | None:
    """Return the step that says a word; None where there is none."""
    keys: dict[str, Any] = {"do": "consent", "kind": str(said.kind)}
    if said.kind is SaidOfConsent.NOT_ASKED:
        if said.why not in list(map(str, WhyNotAsked)):
            return None
        keys["why"] = said.why
    if WORDING.fullmatch(said.wording):
        keys["wording"] = said.wording
    return keys


def began_it(recording: FoundRecording) -> LedgerEvent | None:
    """Return the word in a recording's ledger with which it began; None where a press did."""
    wanted = BEGAN_BY.get(recording.ledger.open.trigger)
    latest_ns = recording.ledger.open.press_ns + AT_ONCE_NS
    return _first(recording.ledger.events, wanted, latest_ns)


def ended_it(recording: FoundRecording) -> bool:
    """Say whether a recording ended by a word in its ledger: consent was refused, or withdrawn."""
    close = recording.ledger.close
    if close is None or close.reason != "private":
        return False
    said = [(each.at_ns, said_in(each)) for each in recording.ledger.events]
    return any(
        word is not None and word.kind in CLOSES and close.at_ns - at_ns <= AT_ONCE_NS for at_ns, word in said
    )


def _first(events: Sequence[LedgerEvent], wanted: SaidOfConsent | None, latest_ns: int) -> LedgerEvent | None:
    for each in events:
        word = said_in(each)
        if wanted is not None and word is not None and word.kind is wanted and each.at_ns <= latest_ns:
            return each
    return None
