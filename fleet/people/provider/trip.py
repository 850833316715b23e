"""One way to the provider and back, kept in the browser's own cookie, which only this fleet can read.

It holds the state, the nonce and the verifier of the code (PKCE), so that an answer is taken only in the
browser that asked, in time, and once (``fleet.people.factors.questions`` keeps what was answered).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import Response

from fleet.people.factors.seal import FactorSeal
from fleet.people.secrets import new_secret

COOKIE: Final = "__Host-lapel-provider"
GOOD_FOR: Final = timedelta(minutes=10)
LONGEST_TARGET: Final = 1000
_PURPOSE: Final = "the way to the provider"


@dataclass(frozen=True, slots=True)
class Trip:
    """One way there and back.

    Attributes:
        state: comes back with the answer.
        nonce: comes back in the token.
        verifier: whose digest went out (RFC 7636).
        target: the page that was wanted.
        expires: from when it is good no more, in seconds since 1970.
        confirms: the digest of the session that it confirms, in hex; empty for a sign-in.
    """

    state: str
    nonce: str
    verifier: str
    target: str
    expires: float
    confirms: str = ""

    @property
    def begun(self) -> float:
        """When it began, in seconds since 1970."""
        return self.expires - GOOD_FOR.total_seconds()


def new_trip(random: Callable[[int], bytes], target: str, moment: datetime, *, confirms: str = "") -> Trip:
    """Return one that begins now."""
    chosen = target if len(target) <= LONGEST_TARGET else "/"
    until = (moment + GOOD_FOR).timestamp()
    return Trip(new_secret(random), new_secret(random), new_secret(random), chosen, until, confirms)


def set_trip(response: Response, seal: FactorSeal, trip: Trip) -> None:
    """Give it to the browser. It comes back from another site, so it cannot be of the strictest kind."""
    carried = base64.urlsafe_b64encode(seal.close(json.dumps(asdict(trip)), _PURPOSE)).decode("ascii")
    response.set_cookie(COOKIE, carried, secure=True, httponly=True, samesite="lax", path="/")


def trip_of(seal: FactorSeal, carried: str, moment: datetime) -> Trip | None:
    """Return the one that a cookie holds; None for one that is over, or is not the fleet's."""
    try:
        said = seal.open(base64.urlsafe_b64decode(carried), _PURPOSE)
        trip = Trip(**json.loads(said)) if said else None
    except (ValueError, TypeError):
        return None
    return trip if trip is not None and moment.timestamp() < trip.expires else None


def clear_trip(response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax", path="/")
