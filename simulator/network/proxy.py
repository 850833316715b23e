"""The network between each camera and the fleet, so that a tester can slow it down or pull the cable.

Rules:

* A cut line is silent, as a pulled cable is: nothing arrives, nothing is refused, and what was in flight goes
  on when the cable is back. Noticing is the camera's and the fleet's business.
* Listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

from simulator.errors import SimulatorError
from simulator.network.endpoint import Endpoint
from simulator.network.line import ProxiedLine, Traffic
from simulator.network.relay import Peer, relay

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, TypeVar

    T = TypeVar("T")

LOOPBACK = "127.0.0.1"


class Network:
    """All cameras' lines, served by one thread.

    Example:
        >>> with Network() as network:
        ...     line = network.line()
        ...     here = network.forward(line, Endpoint("127.0.0.1", 8444))
        ...     line.cut()
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def line(self, seed: str = "") -> ProxiedLine:
        """Return a new line in good order.

        Args:
            seed: The same draws the same jitter and loss.
        """
        return ProxiedLine(self._loop, seed)

    def forward(self, line: ProxiedLine, to: Endpoint, traffic: Traffic = Traffic.UPLOADS) -> Endpoint:
        """Open a port whose connections go to ``to`` over ``line``.

        Args:
            line: The line.
            to: Where they go.
            traffic: What they are for.

        Raises:
            SimulatorError: No port could be opened.
        """
        return self._run(self._listen(line, to, traffic))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self, line: ProxiedLine, to: Endpoint, traffic: Traffic) -> Endpoint:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await relay(line, traffic, to, Peer(reader, writer))

        try:
            server = await asyncio.start_server(connected, LOOPBACK, 0)
        except OSError as error:
            raise SimulatorError(
                f"No port can be opened on {LOOPBACK} for a camera's network: {error}."
            ) from error
        self._servers.append(server)
        return Endpoint(LOOPBACK, server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
