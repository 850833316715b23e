"""A real HTTPS server for tests that takes webhooks, on a free port of the loopback."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class HookLog:
    """What came in, and what is answered."""

    port: int = 0
    status: int = 204
    location: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextlib.contextmanager
def running_hook_server(certificate: Path, key: Path) -> Iterator[HookLog]:
    """Take requests until the block is left."""
    log = HookLog()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            log.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            log.headers.append(dict(self.headers))
            log.paths.append(self.path)
            self.send_response(log.status)
            if log.location:
                self.send_header("Location", log.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    log.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
