"""Whether an answer says what was done: nothing is granted that was not carried out. Pure.

Rules:
- erasure is granted once all that is linked is deleted or being deleted, and restriction once the request
  restricts all of it; in part, once some of it is;
- what is given out goes by a release that answers the request and is made, or went out already. What is given
  in another way, as when the person watched it here, is said beside the answer;
- where nothing is linked nothing is left to do: the search that was written down says what there was.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.requests.rules.kinds import OTHERS, RequestKind, RequestOutcome

MOST_NAMED = 3
GIVEN = frozenset({RequestKind.ACCESS, RequestKind.PORTABILITY}) | OTHERS
"""What is granted by giving something out."""
NO_RELEASE = (
    "No release of what is linked is made. Say how it was given otherwise, as when it was watched here."
)
_LEFT = {
    RequestKind.ERASURE: ("neither deleted nor being deleted", "Delete it"),
    RequestKind.RESTRICTION: ("not restricted", "Restrict it"),
}


@dataclass(frozen=True, slots=True)
class DoneFacts:
    """What became of what a request is about.

    Attributes:
        linked: what is linked, as people name it.
        undone: what of it is neither deleted nor being deleted, of an erasure; what the request does not
            restrict, of a restriction; nothing of others.
        is_given: whether a release that answers it is made, or went out.
    """

    linked: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    is_given: bool = False


def asks_how_given(kind: RequestKind, done: DoneFacts) -> bool:
    """Say whether a granting answer has to say how it was given."""
    return kind in GIVEN and bool(done.linked) and not done.is_given


def why_not_granted(kind: RequestKind, outcome: str, done: DoneFacts, otherwise: str) -> str:
    """Return why it cannot be said to be granted, or granted in part; empty where it can."""
    if asks_how_given(kind, done):
        return "" if otherwise else NO_RELEASE
    whole = outcome == RequestOutcome.GRANTED
    if kind not in _LEFT or not done.undone or (not whole and len(done.undone) < len(done.linked)):
        return ""
    left, do = _LEFT[kind]
    named = ", ".join(done.undone[:MOST_NAMED])
    more = len(done.undone) - MOST_NAMED
    named = f"{named} and {more} more" if more > 0 else named
    verb = "is" if len(done.undone) == 1 else "are"
    return (
        f"It is not done yet: {named} {verb} {left}. {do} first, or take out what the request is not about."
    )
