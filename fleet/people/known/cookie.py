"""Browsers that somebody signed in with before: a stranger's flood and wrong passwords are not theirs (F9).

After a sign-in the browser keeps a signed cookie for ``GOOD_FOR`` ("device cookies", OWASP). Rules:

- it opens nothing: whoever shows it gives password and second factor as ever;
- requests that show it wait in places of their own, apart from others' (``fleet.people.trying.anonymous``);
- for its own person failures are counted by the browser, so that whoever guesses elsewhere keeps nobody out;
  for anybody else's name they are counted as a stranger's;
- it says nothing but an id without a meaning elsewhere, and ends for that with the password that it was made
  under;
- of those who share one, such as a computer at a desk, it knows the latest ``MOST``.

Nothing is kept of it here. Who has copied a browser's cookies has this one as well: so many guesses, and a
place in the queue, and nothing else. Of somebody who is retired it goes on to hold a place until it ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from fleet.core.errors import StateError
from fleet.core.one_time import is_ahead
from fleet.people.models import User
from fleet.people.secrets import digest, new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fastapi import Response

    from fleet.people.factors.seal import FactorSeal

log = logging.getLogger(__name__)

COOKIE: Final = "__Host-lapel-known"
GOOD_FOR: Final = timedelta(days=180)
_PURPOSE: Final = "known-browser"
MOST: Final = 6
"""People who are known to have signed in with one browser."""
_BETWEEN: Final = "~"
_LONGEST: Final = 300
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class FamiliarBrowser:
    """A browser that its person signed in with.

    Attributes:
        user: the id of that person.
        browser: tells it from others of theirs.
        password: digest of what was kept of their password then, shortened.
        made: seconds since the epoch.
    """

    user: str
    browser: str
    password: str
    made: int

    @classmethod
    def new(
        cls,
        user: User,
        random: Callable[[int], bytes],
        now: datetime,
        *,
        before: FamiliarBrowser | None = None,
    ) -> Self:
        """Make it of somebody who has just signed in; it stays the same browser as ``before``."""
        browser = new_id(random) if before is None else before.browser
        return cls(user.id, browser, _mark(user), int(now.timestamp()))

    @property
    def key(self) -> str:
        """What its failures are counted by."""
        return f"browser {self.browser}"

    def is_of(self, user: User | None) -> bool:
        """Say whether it is this user's, under the password that they have now."""
        return user is not None and self.user == user.id and self.password == _mark(user)

    def signed(self, seal: FactorSeal) -> str:
        """Return the part of it that a cookie holds.

        Raises:
            StateError: the key's file cannot be made or read.
        """
        said = f"{self.user}.{self.browser}.{self.password}.{self.made}"
        signature = base64.urlsafe_b64encode(seal.sign(_PURPOSE, said.encode("ascii"))).decode("ascii")
        return f"{said}.{signature.rstrip('=')}"


def known_browsers(seal: FactorSeal, cookie: str, now: datetime) -> tuple[FamiliarBrowser, ...]:
    """Return for whom the browser is known that shows this cookie, whoever signed in last first."""
    parts = cookie.split(_BETWEEN, MOST)[:MOST]
    found = (known_browser(seal, each, now) for each in parts)
    return tuple(each for each in found if each is not None)


def cookie_of(seal: FactorSeal, known: Iterable[FamiliarBrowser]) -> str:
    """Return what the cookie holds of these, of whom the first signed in last.

    Raises:
        StateError: the key's file cannot be made or read.
    """
    return _BETWEEN.join(each.signed(seal) for each in tuple(known)[:MOST])


def known_browser(seal: FactorSeal, cookie: str, now: datetime) -> FamiliarBrowser | None:
    """Return which browser one part of a cookie is of; None for none of this fleet's, or one that ended."""
    said, _, signature = cookie.rpartition(".")
    parts = said.split(".")
    if not cookie.isascii() or len(cookie) > _LONGEST or len(parts) != _PARTS - 1:
        return None
    try:
        shown = base64.urlsafe_b64decode(signature + "=")
        if not seal.is_signed(_PURPOSE, said.encode("ascii"), shown):
            return None
        found = FamiliarBrowser(parts[0], parts[1], parts[2], int(parts[3]))
        made = datetime.fromtimestamp(found.made, now.tzinfo)
    except StateError as error:
        log.warning("Browsers that signed in before are not known: %s", error)
        return None
    except (binascii.Error, ValueError, OverflowError, OSError):
        return None
    return None if now - made >= GOOD_FOR or is_ahead(made, now) else found


def keep_known(response: Response, cookie: str) -> None:
    """Have the browser keep it."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(GOOD_FOR.total_seconds()),
        secure=True,
        httponly=True,
        samesite="lax",
        path="/",
    )


def _mark(user: User) -> str:
    """Return what changes with a password; nothing is found out of it, which was salted."""
    return hashlib.sha256(digest(user.password or "")).hexdigest()[:16]
