"""Files over TLS, by servers whom an authority of the test vouches for, and by others."""

from __future__ import annotations

import base64
import functools
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Vouches for servers; ``path`` is its certificate in PEM."""

    folder: Path
    name: str = "authority"

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.pem"

    @functools.cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @functools.cached_property
    def _certificate(self) -> x509.Certificate:
        found = _sign(self.name, self._key, self.name, self._key, (), (-DAY, DAY))
        self.path.write_bytes(found.public_bytes(Encoding.PEM))
        return found

    def context(
        self, host: str = "127.0.0.1", lives: tuple[timedelta, timedelta] = (-DAY, DAY)
    ) -> ssl.SSLContext:
        """What a server shows that this one vouches for, of a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        shown = _sign(host, key, self._certificate.subject.rfc4514_string()[3:], self._key, (host,), lives)
        path = self.folder / f"{self.name}-{host}-{shown.serial_number}.pem"
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(shown.public_bytes(Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def _sign(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuing: ec.EllipticCurvePrivateKey,
    hosts: tuple[str, ...],
    lives: tuple[timedelta, timedelta],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + lives[0])
        .not_valid_after(now + lives[1])
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(list(map(_general_name, hosts))), critical=False
        )
    return builder.sign(issuing, SHA256())


def _general_name(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(host))
    return x509.DNSName(host)


class _Files(SimpleHTTPRequestHandler):
    """Files of a folder, whole or in part; ``/to/ADDRESS`` leads there."""

    protocol_version = "HTTP/1.1"

    def __init__(self, login: str, *args: object, directory: str) -> None:
        self._login = base64.b64encode(login.encode()).decode()
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]  # as the server gives them

    def do_GET(self) -> None:
        with suppress(OSError):
            if self._login and self.headers.get("Authorization") != f"Basic {self._login}":
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/to/"))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            path = Path(self.directory, self.path.lstrip("/"))
            data = path.read_bytes() if path.is_file() else b""
            begin = int(part[1]) if part else 0
            piece = data[begin : int(part[2]) + 1] if part and part[2] else data[begin:]
            self.send_response(206 if part else 200 if path.is_file() else 404)
            self.send_header("Content-Length", str(len(piece)))
            self.send_header("Accept-Ranges", "bytes")
            if part:
                self.send_header("Content-Range", f"bytes {begin}-{begin + len(piece) - 1}/{len(data)}")
            self.end_headers()
            self.wfile.write(piece)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who does not like the certificate hangs up."""


@contextmanager
def running_site(folder: Path, context: ssl.SSLContext | None, login: str = "") -> Iterator[str]:
    """The address of a server of files; without TLS where there is no context.

    Args:
        folder: Where they lie.
        context: What it shows.
        login: Name and password that it asks for (RFC 7617); the address does not hold them.
    """
    with running_handler(functools.partial(_Files, login, directory=str(folder)), context) as url:
        yield url


@contextmanager
def running_handler(
    handler: Callable[..., BaseHTTPRequestHandler], context: ssl.SSLContext | None
) -> Iterator[str]:
    """The address of a server whose requests a handler answers; without TLS where there is no context."""
    server = _Server(("127.0.0.1", 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http{'' if context is None else 's'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
