"""The network between each camera and the fleet, so that a tester can slow it down or pull the cable.

Rules:

* Bytes are passed on as they come; TLS goes through untouched, so a camera still proves itself to the fleet.
* A cut line is silent, as a pulled cable is: nothing arrives, nothing is refused, and what was in flight goes
  on when the cable is back. Noticing is the camera's and the fleet's business.
* A slow line shares its rate between all connections and both directions.
* Listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, TypeVar

    T = TypeVar("T")

LOOPBACK = "127.0.0.1"
PIECE = 65_536
PIECES_A_SECOND = 20  # of a slow line: fine enough that a small message does not wait behind a large one


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a port."""

    host: str
    port: int


class ProxiedLine:
    """One camera's line. All methods may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open = asyncio.Event()
        self._open.set()
        self._lock = asyncio.Lock()
        self._bytes_per_s: float | None = None
        self._state = "good"

    @property
    def state(self) -> str:
        """``good``, ``slow`` or ``cut``."""
        return self._state

    def good(self) -> None:
        """Pass everything on at once."""
        self._set("good", None)

    def slow(self, kbit_s: int) -> None:
        """Pass on no more than ``kbit_s`` thousand bits a second."""
        self._set("slow", kbit_s * 1000 / 8)

    def cut(self) -> None:
        """Pass nothing on."""
        self._set("cut", None)

    def piece(self) -> int:
        """Return how many bytes to take at a time."""
        return PIECE if self._bytes_per_s is None else max(1, int(self._bytes_per_s / PIECES_A_SECOND))

    async def passage(self, size: int) -> None:
        """Return when ``size`` bytes may be passed on."""
        await self._open.wait()
        if self._bytes_per_s is not None:
            async with self._lock:
                await asyncio.sleep(size / self._bytes_per_s)
            await self._open.wait()

    def _set(self, state: str, bytes_per_s: float | None) -> None:
        self._state, self._bytes_per_s = state, bytes_per_s
        self._loop.call_soon_threadsafe(self._open.clear if state == "cut" else self._open.set)


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

    def line(self) -> ProxiedLine:
        """Return a new line in good order."""
        return ProxiedLine(self._loop)

    def forward(self, line: ProxiedLine, to: Endpoint) -> Endpoint:
        """Open a port whose connections go to ``to`` over ``line``.

        Raises:
            SimulatorError: No port could be opened.
        """
        return self._run(self._listen(line, to))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self, line: ProxiedLine, to: Endpoint) -> Endpoint:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is not None:
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await _relay(line, to, reader, writer)

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


async def _relay(
    line: ProxiedLine, to: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Pass bytes both ways until either side ends."""
    try:
        await line.passage(0)
        far_reader, far_writer = await asyncio.open_connection(to.host, to.port)
    except OSError:
        # The fleet is not there: the camera sees its connection end, as from a machine that is down.
        writer.transport.abort()
        return
    pumps = [
        asyncio.ensure_future(_pump(line, reader, far_writer)),
        asyncio.ensure_future(_pump(line, far_reader, writer)),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        # Closing, unlike aborting, still delivers what was passed on already.
        far_writer.close()
        writer.close()


async def _pump(line: ProxiedLine, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # One side went away: the relay ends the other.
    with contextlib.suppress(OSError):
        while piece := await reader.read(line.piece()):
            await line.passage(len(piece))
            writer.write(piece)
            await writer.drain()
