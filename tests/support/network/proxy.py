"""A TCP proxy with a bad temper, to put between a camera and its fleet.

    with Proxy("127.0.0.1", 8444) as network:
        network.cut_after(100_000)      # cuts once that many more bytes have gone up
        network.was_cut.wait(10)
        network.refuse()                # cuts, and ends every new connection at once
        network.hold()                  # nothing moves in either direction, connections stay
        network.go()                    # a good network again

What passes is not looked at: it is TLS.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

BLOCK = 16 * 1024


class Proxy:
    """Forwards connections on a free loopback port to one address."""

    def __init__(self, host: str, port: int, *, delay_s: float = 0.0) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._delay_s = delay_s
        self._moving = threading.Event()
        self._moving.set()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._refusing = False
        self._fuse: int | None = None
        self._mark: int | None = None
        self.sent_up = 0
        self.came_down = 0
        self.connections = 0
        self.was_cut = threading.Event()
        self.passed = threading.Event()

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._moving.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self) -> None:
        """Reset every connection."""
        with self._lock:
            doomed, self._open = self._open, set()
        for each in doomed:
            with contextlib.suppress(OSError):  # a reset instead of an end, as a cable pulled would look
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.was_cut.set()

    def cut_after(self, count: int) -> None:
        """Cut once ``count`` more bytes have gone up."""
        self.was_cut.clear()
        with self._lock:
            self._fuse = count

    def tell_after(self, count: int) -> None:
        """Set ``passed`` once ``count`` more bytes have gone up, and let them through."""
        self.passed.clear()
        with self._lock:
            self._mark = self.sent_up + count

    def refuse(self) -> None:
        """Cut, and end every new connection at once."""
        self._refusing = True
        self.cut()

    def hold(self) -> None:
        """Let nothing through, and keep connections."""
        self._moving.clear()

    def go(self) -> None:
        """Be a good network again."""
        self._refusing = False
        self._moving.set()

    def _spawn(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]  # any callable
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                near.close()
                continue
            try:
                far = socket.create_connection(self._target, 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            self.connections += 1
            with self._lock:
                self._open |= {near, far}
            self._spawn(self._pump, near, far, True)
            self._spawn(self._pump, far, near, False)

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while block := source.recv(BLOCK):
                if self._delay_s:
                    self._ended.wait(self._delay_s)
                self._moving.wait()
                if up and self._burn(len(block)):
                    self.cut()
                    return
                sink.sendall(block)
                self.came_down += 0 if up else len(block)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        with self._lock:
            self._open -= {source, sink}

    def _burn(self, count: int) -> bool:
        """Count bytes that go up; True when the fuse has burnt down, before they are forwarded."""
        with self._lock:
            if self._fuse is not None:
                self._fuse -= count
                if self._fuse <= 0:
                    self._fuse = None
                    return True
            self.sent_up += count
            if self._mark is not None and self.sent_up >= self._mark:
                self._mark = None
                self.passed.set()
        return False
