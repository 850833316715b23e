"""One review, with what was found, who signed, and what was done. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.review.models import Review, ReviewEntry
from fleet.review.rules.closing import (
    SIGNING_WORDS,
    ReviewSigner,
    ReviewState,
    SigningFacts,
    SigningRole,
    signing_refusal,
)
from fleet.review.rules.draw import LOT_BYTES
from fleet.review.rules.findings import ACTIONS, found_words
from fleet.review.rules.reasons import share_words
from fleet.web.views.moments import Moment, full_moment, moment

_ACTS = {
    "queued": "To be reviewed",
    "reason": "Another reason",
    "opened again": "Opened again",
    "found": "Found",
    "signed": "Signed",
    "taken back": "Taken back",
    "closed": "Closed",
    "gone": "Deletion had begun before both had signed",
    "asked": "Asked",
    "explained": "Explained",
}
_BY_RULE = "by rule"


@dataclass(frozen=True, slots=True)
class ReviewReason:
    """Why, and since when."""

    words: str
    since: Moment


@dataclass(frozen=True, slots=True)
class FoundView:
    """What was found: in words, what is done about it, their own words, by whom and when."""

    found: str
    action: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class NameView:
    """One of the two names.

    Attributes:
        role: for its form.
        words: whose name it is.
        signed: who signed and when, or that nobody did.
        is_signed: whether somebody did.
        may_sign: whether whoever looks can sign it now.
        is_own: whether whoever looks has signed it, and can take that back.
        why_not: why whoever has that role cannot sign it now; empty for others, and where they can.
    """

    role: str
    words: str
    signed: str
    is_signed: bool
    may_sign: bool
    is_own: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class DoneLine:
    """One thing that was done: what, by whom, when, and in which words."""

    act: str
    by: str
    when: Moment
    words: str
    text: str


def reason_lines(review: Review, now: datetime) -> tuple[ReviewReason, ...]:
    """Return why, in the order in which it became so."""
    return tuple(
        ReviewReason(str(words), moment(datetime.fromisoformat(str(since)), now))
        for _, _, words, since in review.reasons
    )


def found_view(review: Review) -> FoundView | None:
    """Return what was found; None where nobody has written it."""
    if review.findings is None or review.found_at is None:
        return None
    kept = review.findings
    return FoundView(
        found_words(str(each) for each in kept["found"]),
        ACTIONS.get(str(kept["action"]), str(kept["action"])),
        str(kept["text"]),
        f"{review.found_by}, {full_moment(review.found_at).text}",
    )


def name_views(review: Review, signer: ReviewSigner, facts: SigningFacts) -> tuple[NameView, ...]:
    """Return the two names as whoever looks sees them."""
    signed = {
        SigningRole.HEAD_OF_SAFETY: (review.head_id, review.head_name, review.head_at),
        SigningRole.CCTV_MANAGER: (review.manager_id, review.manager_name, review.manager_at),
    }
    found = []
    for role, (who, name, at) in signed.items():
        refusal = signing_refusal(signer, role, review.version, facts)
        asks = who is None and role in signer.roles
        found.append(
            NameView(
                role=str(role),
                words=SIGNING_WORDS[role][0].upper() + SIGNING_WORDS[role][1:],
                signed=f"{name}, {full_moment(at).text}" if at is not None else "Not signed yet",
                is_signed=who is not None,
                may_sign=asks and refusal is None,
                is_own=who == signer.id and signer.is_person and review.state != ReviewState.CLOSED,
                why_not=refusal or "" if asks else "",
            )
        )
    return tuple(found)


def done_lines(entries: Sequence[ReviewEntry], now: datetime) -> tuple[DoneLine, ...]:
    """Return what was done, the newest first."""
    return tuple(
        DoneLine(
            _ACTS.get(each.act, each.act),
            each.by or _BY_RULE,
            moment(each.at, now),
            each.words,
            str(each.detail.get("text", "")),
        )
        for each in entries
    )


def lot_words(review: Review) -> str:
    """Say what its lot was; empty where none was drawn."""
    if review.lot is None or review.share is None:
        return ""
    part = int.from_bytes(review.lot, "big") / (1 << (8 * LOT_BYTES))
    return (
        f"Its lot is {part:.6f} of 1 ({review.lot.hex()}); the share was {share_words(review.share)}, and "
        "what lies below it is drawn."
    )
