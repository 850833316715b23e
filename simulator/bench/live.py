"""The bench's live connection: tiles that changed, and pictures, over one WebSocket.

Rules:

* Text messages are JSON: a list of tiles that changed, or an object with the log's new lines. A binary
  message is a picture: one byte for the length of the camera's name, the name, the JPEG.
* Pictures are made only while somebody watches, and a slow watcher gets fewer, never older ones: each round
  takes the newest.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from simulator.bench.wall import Wall

ROUND_S = 0.25


def live_route(wall: Wall) -> Callable[[WebSocket], Awaitable[None]]:
    """Return the route that keeps one page up to date."""

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        left = asyncio.ensure_future(_until_left(socket))
        try:
            with wall.watching():
                await _keep_up(socket, wall, left)
        except (WebSocketDisconnect, RuntimeError):
            # The page went away in the middle of a message.
            return
        finally:
            left.cancel()

    return live


async def _keep_up(socket: WebSocket, wall: Wall, left: asyncio.Future[None]) -> None:
    shown: dict[str, object] = {}
    pictures: dict[str, int] = {}
    written = 0
    while not left.done():
        tiles = [tile.as_json() for tile in await run_in_threadpool(wall.tiles)]
        changed = [tile for tile in tiles if shown.get(tile["camera"]) != tile]
        if changed:
            await socket.send_text(json.dumps(changed))
            shown.update({tile["camera"]: tile for tile in changed})
        lines = [asdict(line) for line in wall.log(written)]
        if lines:
            await socket.send_text(json.dumps({"log": lines}))
            written = lines[-1]["number"]
        for tile in tiles:
            camera = tile["camera"]
            newest = wall.picture(camera)
            if newest is not None and pictures.get(camera) != newest[0]:
                pictures[camera] = newest[0]
                await socket.send_bytes(picture_message(camera, newest[1]))
        await asyncio.wait([left], timeout=ROUND_S)


def picture_message(camera: str, jpeg: bytes) -> bytes:
    """Return a picture as the page's script expects it."""
    name = camera.encode("ascii")
    return bytes([len(name)]) + name + jpeg


async def _until_left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
