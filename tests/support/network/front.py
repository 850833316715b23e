"""What stands before several processes: a port whose connections go to whichever of them answers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Sequence

from fleet.core.tasks import beside

_BLOCK = 65_536


class Front:
    """Passes each connection on to the next process in turn, or to the first that answers.

    Attributes:
        port: where it listens.
    """

    def __init__(self, ports: Sequence[int], *, spread: bool) -> None:
        self.port = 0
        self._ports = tuple(ports)
        self._next = itertools.count() if spread else itertools.repeat(0)

    async def serve(self, up: threading.Event) -> None:
        """Pass connections on until the task is cancelled."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        up.set()
        async with server:
            await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(self._next) % len(self._ports)
        for port in (*self._ports[first:], *self._ports[:first]):
            try:
                there = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
            await asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))
            return
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_BLOCK):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.contextmanager
def standing_before(*fronts: Front) -> Iterator[None]:
    """Run fronts in a thread of their own."""
    ups, ends = [threading.Event() for _ in fronts], queue.SimpleQueue[Callable[[], object]]()

    async def run() -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        ends.put(lambda: loop.call_soon_threadsafe(over.set))
        async with beside(*(each.serve(up) for each, up in zip(fronts, ups, strict=True))):
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    try:
        assert all(up.wait(10) for up in ups)
        yield
    finally:
        ends.get()()
        thread.join()
