"""One connection over a line: bytes passed on both ways until either side ends, or the line ends it.

Rules:

* Bytes are passed on as they come; TLS goes through untouched, so a camera still proves itself to the fleet.
* A reset is a reset (RST), not an end: what was on its way is lost.
* A portal answers in plain HTTP with status 511 (RFC 6585), whatever was asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from simulator.network.conditions import LineState
from simulator.network.line import OneWay, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.network.endpoint import Endpoint
    from simulator.network.line import ProxiedLine, Traffic

    Pieces: TypeAlias = asyncio.Queue[tuple[float, bytes] | None]

UNDER_WAY = 256
"""So many pieces may be under way at once on a connection, each way; more wait to be sent."""
LINGER_NOT = struct.pack("ii", 1, 0)
PAGE = b"<!doctype html><title>Sign in to this network</title>\n"
PORTAL = (
    b"HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
)


@dataclass(frozen=True, slots=True)
class Peer:
    """One side of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def reset(self) -> None:
        """End it at once, with a reset."""
        sock = self.writer.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.writer.transport.abort()


async def relay(line: ProxiedLine, traffic: Traffic, to: Endpoint, camera: Peer) -> None:
    """Carry one connection from its beginning to its end."""
    up, down = line.lane(traffic, Way.UP), line.lane(traffic, Way.DOWN)
    try:
        await up.passes()
        state = up.conditions.state
        if state is LineState.PORTAL:
            await _portal(camera)
        elif state is LineState.RESET:
            await camera.reader.read(1)
            camera.reset()
        elif state is LineState.HALF_OPEN:
            await _half_open(up, camera)
        else:
            await _through(up, down, camera, to)
    finally:
        camera.writer.close()


async def _through(up: OneWay, down: OneWay, camera: Peer, to: Endpoint) -> None:
    try:
        fleet = Peer(*await asyncio.open_connection(to.host, to.port))
    except OSError:
        # The fleet is not there: the camera sees its connection end, as from a machine that is down.
        camera.writer.transport.abort()
        return
    await _carry(up, down, camera, fleet)


async def _carry(up: OneWay, down: OneWay, camera: Peer, fleet: Peer) -> None:
    pumps = [
        asyncio.ensure_future(_pump(up, camera.reader, fleet.writer)),
        asyncio.ensure_future(_pump(down, fleet.reader, camera.writer)),
    ]
    ended = asyncio.ensure_future(up.ends())
    try:
        await asyncio.wait([*pumps, ended], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            await _stopped(pumps)
            fleet.reset()
            if ended.result() is LineState.HALF_OPEN:
                await _half_open(up, camera)
            else:
                camera.reset()
    finally:
        await _stopped(pumps)
        ended.cancel()
        # Closing, unlike aborting, still delivers what was passed on already.
        fleet.writer.close()


async def _stopped(tasks: Sequence[asyncio.Future[None]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _portal(camera: Peer) -> None:
    if await camera.reader.read(1):
        camera.writer.write(PORTAL)
        await camera.writer.drain()


async def _half_open(lane: OneWay, camera: Peer) -> None:
    """Leave the camera with a connection that nobody else knows of, until somebody says so."""
    await lane.is_over(LineState.HALF_OPEN)
    camera.reset()


async def _pump(lane: OneWay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on one way, in order, each when it is due."""
    pieces: Pieces = asyncio.Queue(UNDER_WAY)
    sending = asyncio.ensure_future(_take(lane, reader, pieces))
    try:
        # One side went away: the relay ends the other.
        with contextlib.suppress(OSError):
            while (piece := await pieces.get()) is not None:
                due_s, data = piece
                wait_s = due_s - asyncio.get_running_loop().time()
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                await lane.passes()
                writer.write(data)
                await writer.drain()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def _take(lane: OneWay, reader: asyncio.StreamReader, pieces: Pieces) -> None:
    """Take what is sent, and say of each piece when it arrives."""
    before_s = 0.0
    with contextlib.suppress(OSError):
        while data := await reader.read(lane.piece):
            # A cut line takes nothing: whoever sends waits.
            await lane.passes()
            before_s = lane.arrives(await lane.send(len(data)), before_s)
            await pieces.put((before_s, data))
    await pieces.put(None)
