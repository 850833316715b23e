"""Wakes a thread that waits for a network: a byte on a socket, from any thread."""

from __future__ import annotations

import contextlib
import selectors
import socket


class Waker:
    """A pair of sockets.

    Attributes:
        out: What to wait for: it can be read once somebody has woken.
    """

    def __init__(self) -> None:
        self._in, self.out = socket.socketpair()
        self._in.setblocking(False)
        self.out.setblocking(False)

    def wake(self) -> None:
        """Wake whoever waits. Returns at once."""
        with contextlib.suppress(BlockingIOError):  # full: it will wake anyway
            self._in.send(b"\0")

    def clear(self) -> None:
        """Whoever waited is awake."""
        with contextlib.suppress(BlockingIOError):
            while self.out.recv(4096):
                pass

    def wait(self, longest_s: float) -> None:
        """Wait until somebody wakes, and no longer than that."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.out, selectors.EVENT_READ)
            selector.select(longest_s)
