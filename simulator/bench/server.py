"""Serves the bench on this machine's loopback, in a thread, until it is told to stop."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn

from simulator.bench.app import create_app
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from simulator.bench.wall import Wall

ADDRESS = "127.0.0.1"
START_S = 20
STOP_S = 5


class BenchServer:
    """The bench, served while the context lasts.

    Args:
        wall: The cameras.
        port: The port to ask for; another is taken when it is not free.

    Raises:
        SimulatorError: No port can be opened at all.
    """

    def __init__(self, wall: Wall, port: int) -> None:
        self._socket, self.moved_from = _listen(port)
        self.port = int(self._socket.getsockname()[1])
        hosts = [f"{name}:{self.port}" for name in (ADDRESS, "localhost")]
        config = uvicorn.Config(
            create_app(wall, hosts=hosts),
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws_max_size=65_536,
            timeout_graceful_shutdown=STOP_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="bench", daemon=True)

    @property
    def url(self) -> str:
        """The bench's address."""
        return f"http://{ADDRESS}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def _listen(port: int) -> tuple[socket.socket, int | None]:
    """Open the port, or any; say which one was taken."""
    try:
        return _bound(port), None
    except OSError:
        # Somebody has it: any other will do.
        try:
            return _bound(0), port
        except OSError as error:
            raise SimulatorError(f"No port can be opened on {ADDRESS} for the bench: {error}.") from error


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # So that the port is free again right after the last bench was stopped.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening
