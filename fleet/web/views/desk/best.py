"""Which of the cameras that are in is the best to take, and why. Pure.

Rules:
- only one that is heard and speaks for itself, and is fit to take, is ever named;
- more charge counts before more room, and these before how lately a recording of it was verified: an empty
  battery ends the day, and the rest can wait. Steps of ten percent, so that the answer does not change from
  minute to minute;
- what a camera does not report counts as worse than what is good enough, never as full or empty;
- of cameras that are equal in all that, the lowest number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from fleet.core.natural import NaturalKey, natural_key
from fleet.web.facts import CameraFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.moments import moment, sentence_list

LATELY = timedelta(days=14)
"""A recording verified so lately shows that all of a camera's way works."""
_STEP = 10
_UNKNOWN_CHARGE = 40
_UNKNOWN_USE = 60

Rank = tuple[int, int, bool, NaturalKey]


def best(fit: Iterable[CameraFacts], now: datetime) -> CameraFacts | None:
    """Return the best of the cameras that are fit to take; None where none of them is heard."""
    return min((facts for facts in fit if facts.online), key=lambda facts: rank(facts, now), default=None)


def rank(facts: CameraFacts, now: datetime) -> Rank:
    """Return what cameras are compared by, the best first."""
    charge = _UNKNOWN_CHARGE if facts.battery is None else facts.battery
    used = _UNKNOWN_USE if facts.storage_used is None else facts.storage_used
    return -(charge // _STEP), used // _STEP, not _was_verified_lately(facts, now), natural_key(facts.camera)


def best_words(facts: CameraFacts, now: datetime) -> str:
    """Say which camera to take, and why; only what it reports, or what was verified here, is a reason."""
    reasons = []
    if facts.battery is not None:
        reasons.append(say(Claim.BEST_CHARGE, percent=facts.battery))
    if facts.storage_used is not None:
        reasons.append(say(Claim.BEST_ROOM, percent=facts.storage_used))
    if facts.verified is not None and _was_verified_lately(facts, now):
        reasons.append(say(Claim.BEST_VERIFIED, when=moment(facts.verified, now).text))
    return say(Claim.BEST, camera=facts.camera, why=sentence_list(reasons or [say(Claim.READY_TO_GO)]))


def _was_verified_lately(facts: CameraFacts, now: datetime) -> bool:
    return facts.verified is not None and timedelta(0) <= now - facts.verified < LATELY
