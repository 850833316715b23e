"""Whether the vault is sealed, what unseals it, and what sealing it does, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.openers.tray import GivenShare
from fleet.vault.sealed import UNSEALED_BY, UPLOADS, Sealed
from fleet.web.views.moments import count, moment

_HOW = {
    OpenedBy.KEY_FILE: "Its key file opens it by itself, at each start of the service too: once that can be "
    "used, and unless somebody has sealed the vault by hand.",
    OpenedBy.HARDWARE: "A hardware module opens it by itself, at each start of the service too: once that "
    "can be used, and unless somebody has sealed the vault by hand.",
    OpenedBy.PASSPHRASE: "Its passphrase opens it. After each start of the service it is sealed until "
    "somebody types that.",
    OpenedBy.SHARES: "{people} open it, each with a share of their own. After each start of the service it "
    "is sealed until they do.",
}


@dataclass(frozen=True, slots=True)
class VaultView:
    """What the page says.

    Attributes:
        is_sealed: whether nothing can be opened now.
        sentence: what is so.
        since: since when it is sealed, as the service knows it; empty while it is open.
        why: why its key file or hardware module cannot be used; empty where that is not what it waits for.
        how: what opens it.
        asks: what whoever unseals it gives: ``passphrase``, ``share``, ``nothing``, or empty where nobody can
            here.
        given: the shares that were given and count.
        step: who unseals it where.
        sealing: what sealing it does, and how that is undone.
        of_one: that this is about one process of several; empty where there can be one alone.
        may_seal: whether there is anything that sealing it by hand would change.
    """

    is_sealed: bool
    sentence: str
    since: str
    why: str
    how: str
    asks: str
    given: tuple[str, ...]
    step: str
    sealing: str
    of_one: str = ""
    may_seal: bool = True


def vault_view(
    sealed: Sealed | None,
    opener: VaultOpener,
    given: Sequence[GivenShare],
    now: datetime,
    *,
    may_be_several: bool = False,
) -> VaultView:
    """Say it.

    Args:
        sealed: why it is sealed; None while it is open.
        opener: what opens it.
        given: the shares that count.
        now: the time of the page.
        may_be_several: whether several processes may serve this fleet, each with its own keys in memory.
    """
    of_one = _OF_ONE if may_be_several else ""
    how = _HOW[opener.by].format(people=f"{opener.needed} people")
    by_hand = Sealed(opener, now, by_hand="somebody")
    sealing = (
        "Whoever watches is cut off, and nothing can be watched, exported or checked until "
        f"{by_hand.until}. {UPLOADS}"
    )
    if sealed is None:
        sentence = "The vault is open: it opens footage to be watched, exported and checked."
        return VaultView(False, sentence, "", "", how, "", (), "", sealing, of_one)
    sentence = "The vault is sealed" if not sealed.by_hand else f"{sealed.by_hand} sealed the vault by hand"
    return VaultView(
        True,
        f"{sentence}: no footage can be opened until {sealed.until}.",
        f"{_SINCE[bool(sealed.by_hand)]} {moment(sealed.since, now, seconds=True).text}.",
        sealed.why,
        how,
        _asks(sealed),
        tuple(_given(each, now) for each in given) + _left(opener, given),
        UNSEALED_BY if sealed.waits_for_people else _BACK[opener.by],
        sealing,
        of_one,
        not sealed.by_hand and (may_be_several or not opener.is_people),
    )


_OF_ONE = (
    "Where several processes serve this fleet, this is about the one that answers. Sealing it by hand counts "
    "in all of them; where people open it, each is unsealed by itself."
)
_BACK = {
    OpenedBy.KEY_FILE: "Whoever runs the service puts right what is wrong with the key file.",
    OpenedBy.HARDWARE: "Whoever runs the service puts right what is wrong with the hardware module.",
}
_SINCE = {True: "So it has been since", False: "The process that answers has found it sealed since"}


def _asks(sealed: Sealed) -> str:
    if not sealed.waits_for_people:
        return ""
    return {OpenedBy.PASSPHRASE: "passphrase", OpenedBy.SHARES: "share"}.get(sealed.opener.by, "nothing")


def _given(each: GivenShare, now: datetime) -> str:
    return (
        f"Share {each.share.number} was given, and counts until {moment(each.until, now, seconds=True).text}."
    )


def _left(opener: VaultOpener, given: Sequence[GivenShare]) -> tuple[str, ...]:
    if not given:
        return ()
    left = opener.needed - len(given)
    return (f"{count(left, 'more share')} {'is' if left == 1 else 'are'} needed, each from somebody else.",)
