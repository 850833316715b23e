"""What the link by which a release is fetched is good for, in words. Pure."""

from __future__ import annotations

from datetime import datetime

from fleet.releases.models import FootageRelease, ReleaseLink
from fleet.releases.rules.codes import LinkFacts, LinkState, link_state
from fleet.releases.rules.states import ReleaseState
from fleet.vault.sealed import Sealed
from fleet.web.views.moments import count, full_moment


def can_end_link(release: FootageRelease, row: ReleaseLink | None, now: datetime) -> bool:
    """Say whether there is a link that is good, and so can be ended."""
    if row is None or release.state != ReleaseState.MADE or now >= release.ends:
        return False
    return link_state(_link_facts(row), now) is LinkState.GOOD


def barred_words(why_not: str, sealed: Sealed | None) -> str:
    """Say why footage that was released cannot go out now; empty where it can.

    Args:
        why_not: what is with its recordings (``fleet.releases.choosing``); empty for nothing.
        sealed: that the vault is; None where it is not.
    """
    if why_not or sealed is None:
        return why_not
    return f"The vault is sealed, until {sealed.until}."


def link_words(release: FootageRelease, row: ReleaseLink | None, now: datetime, barred: str = "") -> str:
    """Say what the link that was given out last is good for; empty where none was.

    ``barred`` says why its footage cannot go out now (``barred_words``); empty where it can.
    """
    if row is None:
        return ""
    state = link_state(_link_facts(row), now)
    times = "time" if row.allowed == 1 else "times"
    used = f"download begun {row.fetched} of {row.allowed} {times}, {count(row.wrong, 'wrong code')}"
    if state is LinkState.GOOD and release.state != ReleaseState.MADE:
        return f"The link is over, as the release is: {used}."
    if state is LinkState.GOOD and barred:
        return f"The link gives nothing now: {used}. {barred}"
    words = {
        LinkState.GOOD: f"The link is good until {full_moment(row.expires).text}",
        LinkState.EXPIRED: f"The link expired, {full_moment(row.expires).text}",
        LinkState.AHEAD: "The link was given out by a clock that was ahead and is over; give out another",
        LinkState.ENDED: "The link was ended",
        LinkState.USED: "Downloads by the link were begun as often as was allowed",
        LinkState.WORN: "The link got too many wrong codes and is over",
    }
    return f"{words[state]}: {used}."


def _link_facts(row: ReleaseLink) -> LinkFacts:
    return LinkFacts(row.made, row.expires, row.ended, row.fetched, row.allowed, row.wrong)
