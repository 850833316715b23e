"""The control socket: how ``lapel-device press`` and the simulator reach a running camera.

A Unix socket in the state folder, for the camera's own user alone (0600). One JSON object a line each way:

    {"do": "press"}
    {"ok": true, "state": "recording", "number": 3, "recording": "5f…", "prerecord_s": 179.6, "sentence": "…"}

Rules:

- A line is at most 4 KiB, and a connection that says nothing for a minute is closed.
- What is not understood is answered with ``{"ok": false, "error": …}``; nothing ends the server.
- The commands are a table that its owner passes in; this module knows none.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import socketserver
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, Protocol

from device.errors import ControlError, DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Command = Callable[[Mapping[str, Any]], dict[str, Any]]

log = logging.getLogger(__name__)

MAX_LINE: Final = 4096
IDLE_S: Final = 60.0
ANSWER_S: Final = 30.0
_LONGEST_ADDRESS: Final = 107  # unix(7): sun_path holds 108 bytes with its final zero


class Orders(Protocol):
    """What takes orders for as long as the camera runs."""

    def close(self) -> None:
        """Take no more."""
        ...


class ControlServer:
    """Answers commands until it is closed, each connection in a thread of its own."""

    def __init__(self, path: Path, commands: Mapping[str, Command]) -> None:
        """Begin to listen.

        Args:
            path: Where the socket is to be; one that is left from before is replaced. Its folder is locked by
                the camera, so nobody else is listening on it.
            commands: What to do for each ``do``, with the whole request; what it returns is the answer.

        Raises:
            ControlError: The system refused.
        """
        self._path = path
        path.unlink(missing_ok=True)
        try:
            with _address(path) as address:
                self._server = _Server(address, _Handler)
        except OSError as error:
            raise ControlError(f"The control socket {path} cannot be made: {error.strerror}.") from error
        path.chmod(0o600)
        self._server.commands = commands
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and remove the socket."""
        self._closing.set()
        self._server.socket.shutdown(socket.SHUT_RDWR)  # which wakes whoever waits for a connection
        self._thread.join()
        self._server.server_close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        """Wait for one connection after the other; ``serve_forever`` would look every now and then."""
        while not self._closing.is_set():
            self._server.handle_request()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    commands: Mapping[str, Command]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what broke in the log; the next connection finds the server as it was."""
        log.error("A control connection broke (%r, %r).", request, client_address, exc_info=sys.exc_info())


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    timeout = IDLE_S

    def handle(self) -> None:
        with contextlib.suppress(TimeoutError, BrokenPipeError, ConnectionResetError):  # the other side left
            while line := self.rfile.readline(MAX_LINE + 1):
                self.wfile.write(json.dumps(answer(self.server.commands, line)).encode() + b"\n")
                if len(line) > MAX_LINE:
                    return  # the rest of the line is not the beginning of another


def answer(commands: Mapping[str, Command], line: bytes) -> dict[str, Any]:
    """The answer to one line, whatever it is.

    Args:
        commands: What can be done.
        line: As it came, at most one byte longer than is allowed.
    """
    if len(line) > MAX_LINE:
        return _error(f"A request has at most {MAX_LINE} bytes.")
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        return _error("A request is one JSON object on a line.")
    if not isinstance(request, dict) or not isinstance(request.get("do"), str):
        return _error('A request is one JSON object on a line, such as {"do": "status"}.')
    command = commands.get(request["do"])
    if command is None:
        return _error(f"This camera can: {', '.join(commands)}.")
    try:
        return command(request)
    except DeviceError as error:
        return _error(str(error))


def ask(path: Path, do: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the command takes
    """Send one command to the camera that listens on a socket, and return its answer.

    Args:
        path: The control socket.
        do: The command.
        more: What else it takes.

    Raises:
        ControlError: No camera is running there, or it does not answer.
    """
    try:
        with _address(path) as address, socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_S)
            connection.connect(address)
            connection.sendall(json.dumps({"do": do, **more}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                found = json.loads(lines.readline())
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise ControlError(f"No camera listens at {path}: start one with lapel-device run.") from error
    except PermissionError as error:
        raise ControlError(
            f"{path} cannot be reached by this user: run this as the camera's user."
        ) from error
    except (OSError, ValueError) as error:
        raise ControlError(f"The camera at {path} does not answer: {error}.") from error
    if not isinstance(found, dict):
        raise ControlError(f"What listens at {path} is not a camera.")
    return found


def _error(sentence: str) -> dict[str, Any]:
    return {"ok": False, "error": sentence}


@contextlib.contextmanager
def _address(path: Path) -> Iterator[str]:
    """An address for a socket's path, however long: one that is too long goes by way of its open folder."""
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
