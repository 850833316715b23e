"""A server that says one thing, over TLS or without."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def said_to_each(
    text: str, context: ssl.SSLContext | None, heard: list[bytes] | None = None, then: str | None = None
) -> Iterator[int]:
    """A server that says this to whoever has said something or shaken hands, and its port.

    Args:
        text: What it says, a byte a character; at once where that is a list or a transport stream.
        context: Its TLS, where it has any.
        heard: Learns what it was told first.
        then: What it says to what it is told next.
    """
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with suppress(OSError):
                connection.settimeout(8)
                spoken = context.wrap_socket(connection, server_side=True) if context else connection
                if not text.startswith(("#", "G")):
                    said = spoken.recv(4096)
                    if heard is not None and said:
                        heard.append(said)
                spoken.sendall(text.encode("latin-1"))
                if then is not None and spoken.recv(4096):
                    spoken.sendall(then.encode())
                if isinstance(spoken, ssl.SSLSocket):
                    spoken.unwrap()
                spoken.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
