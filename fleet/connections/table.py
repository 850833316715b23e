"""Which connections a listener holds, and which one goes when there are too many. Pure.

Rules:
- nobody is kept out because others came first: a new connection is let in, and one that is *loose* goes. On
  that nobody is being answered: it is still agreeing on keys, has not asked for anything yet, is sending what
  it asks, does not read what it is sent, or was answered and is silent;
- it goes from the address that has most loose ones, the one that has been so for longest: whoever opens a
  thousand connections loses their own;
- where nobody is loose, the new one goes;
- a peer whose certificate is known counts by itself, wherever it is, and holds so many and no more: its own
  oldest loose one goes, or else the new one.

An IPv6 address counts by its first 64 bits, which is what one household or office is given.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_PREFIX_BITS = 64
_KNOWN = "peer "  # no address begins so


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections one listener holds.

    Attributes:
        in_all: of any kind.
        loose: on which nobody is being answered.
        each_peer: of one peer with a certificate.
    """

    in_all: int
    loose: int
    each_peer: int


@dataclass(slots=True)
class _Standing:
    whose: str
    peer: str = ""


Key = TypeVar("Key", bound=Hashable)


class ConnectionTable(Generic[Key]):
    """The connections of one listener. Not for several threads."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._places: dict[Key, _Standing] = {}
        self._loose: dict[str, dict[Key, None]] = {}
        self._loose_count = 0
        self._peers: dict[str, dict[Key, None]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    @property
    def loose(self) -> int:
        """How many there are on which nobody is being answered."""
        return self._loose_count

    def come(self, key: Key, address: str) -> Key | None:
        """Take in a connection, which is loose; return the one that has to go, perhaps this one.

        Whoever is returned is here no longer.
        """
        is_full = len(self._places) >= self.limits.in_all
        going = self._first_loose() if is_full or self._loose_count >= self.limits.loose else None
        if is_full and going is None:
            return key
        if going is not None:
            self.leave(going)
        self._places[key] = _Standing(network_of(address))
        self._make_loose(key)
        return going

    def know(self, key: Key, peer: str) -> Key | None:
        """Note whose connection it is; return the one of theirs that has to go, perhaps this one."""
        place = self._places.get(key)
        if place is None or place.peer:
            return None
        theirs = self._peers.setdefault(peer, {})
        is_loose = self._is_loose(key)
        if is_loose:
            self._drop_loose(key, place)
        theirs[key], place.peer, place.whose = None, peer, f"{_KNOWN}{peer}"
        if is_loose:
            self._make_loose(key)
        if len(theirs) <= self.limits.each_peer:
            return None
        others = (each for each in theirs if each != key and self._is_loose(each))
        going = next(others, key)
        self.leave(going)
        return going

    def answer(self, key: Key) -> None:
        """Note that somebody is being answered on it."""
        place = self._places.get(key)
        if place is not None and self._is_loose(key):
            self._drop_loose(key, place)

    def let_loose(self, key: Key) -> None:
        """Note that nobody is being answered on it any more, from now on."""
        place = self._places.get(key)
        if place is not None:
            if self._is_loose(key):
                self._drop_loose(key, place)
            self._make_loose(key)

    def leave(self, key: Key) -> None:
        """Forget a connection; one that is not here is none."""
        place = self._places.get(key)
        if place is None:
            return
        if self._is_loose(key):
            self._drop_loose(key, place)
        del self._places[key]
        theirs = self._peers.get(place.peer)
        if theirs is not None:
            theirs.pop(key, None)
            if not theirs:
                del self._peers[place.peer]

    def make_room(self) -> Key | None:
        """Return the connection that goes where the machine has no room for more; None if all are busy."""
        going = self._first_loose()
        if going is not None:
            self.leave(going)
        return going

    def _first_loose(self) -> Key | None:
        if not self._loose:
            return None
        most = max(self._loose.values(), key=len)
        return next(iter(most))

    def _is_loose(self, key: Key) -> bool:
        return key in self._loose.get(self._places[key].whose, {})

    def _make_loose(self, key: Key) -> None:
        self._loose.setdefault(self._places[key].whose, {})[key] = None
        self._loose_count += 1

    def _drop_loose(self, key: Key, place: _Standing) -> None:
        of_whose = self._loose[place.whose]
        del of_whose[key]
        self._loose_count -= 1
        if not of_whose:
            del self._loose[place.whose]


def network_of(address: str) -> str:
    """Return what an address counts as: itself, or the first 64 bits of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 - of the Internet Protocol
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _PREFIX_BITS), strict=False))
