"""How much a listener bears, and for how long it waits. Pure.

The numbers of connections follow from how many files the process may have open (getrlimit(2),
``RLIMIT_NOFILE``): what is left for tables, footage and the rest is ``OWN_FILES``.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.connections.table import ConnectionLimits
from protocol.units import KIB

OWN_FILES = 256
MOST = 1024
"""Connections of a listener, however many files there may be."""
FEWEST = 16
EACH_PEER = 16
"""Connections of one camera: it needs two or three."""
_SHARES = 4  # the dashboard's and the cameras' listener one each; the broker's two, for both its ends


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """How long is waited, in seconds, and how much is read, before a connection ends.

    Attributes:
        handshake_s: until TLS is agreed on.
        head_s: until the head of a request has come whole, from when the connection stands or its first byte.
        still_s: for the next byte of a body, and for the other end to read what it was sent.
        head_bytes: of a head, all in all.
        target_bytes: of its address.
        headers: how many.
    """

    handshake_s: float = 10.0
    head_s: float = 10.0
    still_s: float = 60.0
    head_bytes: int = 32 * KIB
    target_bytes: int = 8 * KIB
    headers: int = 100


def connection_limits(files: int) -> ConnectionLimits:
    """Return what each listener bears where the process may have so many files open."""
    in_all = max(FEWEST, min(MOST, (files - OWN_FILES) // _SHARES))
    return ConnectionLimits(in_all=in_all, loose=in_all // 2, each_peer=EACH_PEER)
