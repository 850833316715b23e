"""What uploads are measured beside: a TLS server that does the same durable work and nothing else.

Of each body: it is received, hashed as it comes, written, and synced; the digest is compared; a link gives
the file its name; the folder is synced; the file's first name goes away; then it is answered. So does the
fleet (``fleet.footage.store``), which beside it asks whose the certificate is, keeps a row, and bounds
everything.

It is a process of its own, as the fleet is, with a thread for each connection: ``running_sink(folder)``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import multiprocessing
import os
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from protocol.messages.uploads import parse_content_digest
from protocol.units import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

HERE = "127.0.0.1"
_KEY, _CERTIFICATE = "sink.key", "sink.pem"
_ANSWER = b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
_REFUSAL = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Reader(Protocol):
    """What a connection is read through, after ``io.BufferedReader``."""

    def readline(self) -> bytes: ...
    def readinto1(self, block: memoryview, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Sink:
    """Where a sink listens.

    Attributes:
        pid: Its process.
        port: At ``127.0.0.1``.
        context: Of TLS 1.3, with which it is reached.
    """

    pid: int
    port: int
    context: ssl.SSLContext


@contextlib.contextmanager
def running_sink(folder: Path) -> Iterator[Sink]:
    """Run a sink that keeps what it is sent in a folder, for the length of the block."""
    folder.mkdir()
    make_certificate(folder)
    apart = multiprocessing.get_context("spawn")
    ours, theirs = apart.Pipe()
    process = apart.Process(target=serve, args=(folder, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        port = int(ours.recv())
        context = ssl.create_default_context(cafile=str(folder / _CERTIFICATE))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        yield Sink(process.pid or 0, port, context)
    finally:
        process.terminate()
        process.join()


def make_certificate(folder: Path) -> None:
    """Make a key and a certificate for a day, that vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HERE))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / _KEY).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / _CERTIFICATE).write_bytes(made.public_bytes(Encoding.PEM))


def serve(folder: Path, ready: Connection) -> None:
    """Take bodies in until the process is ended; says its port first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(folder / _CERTIFICATE, folder / _KEY)
    with socket.create_server((HERE, 0)) as listening:
        ready.send(listening.getsockname()[1])
        while True:
            plain, _ = listening.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_converse, args=(context, plain, folder), daemon=True).start()


def _converse(context: ssl.SSLContext, plain: socket.socket, folder: Path) -> None:
    block = memoryview(bytearray(MIB))
    with plain, context.wrap_socket(plain, server_side=True) as connection:
        reader = io.BufferedReader(connection.makefile("rb", buffering=0), MIB)
        while (head := _head(reader)) is not None:
            path, size, digest = head
            is_kept = keep(reader, block, folder / path.strip("/"), size, digest)
            connection.sendall(_ANSWER if is_kept else _REFUSAL)
            if not is_kept:
                return


def _head(reader: Reader) -> tuple[str, int, bytes] | None:
    """Read a head: path, length and digest of the body; None where no more come."""
    first = reader.readline()
    if not first:
        return None
    fields: dict[str, str] = {}
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.decode("ascii").partition(":")
        fields[name.lower()] = value.strip()
    path = first.split()[1].decode("ascii")
    return path, int(fields["content-length"]), parse_content_digest(fields["content-digest"])


def keep(reader: Reader, block: memoryview, target: Path, size: int, digest: bytes) -> bool:
    """Receive a body and make it durable under a name; False where it is cut or of another digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    spool = target.with_suffix(".new")
    found, left = hashlib.sha256(), size
    handle = os.open(spool, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while left:
            count = reader.readinto1(block[: min(left, len(block))])
            if not count:
                return False
            found.update(block[:count])
            os.write(handle, block[:count])
            left -= count
        os.fsync(handle)
        if found.digest() != digest:
            return False
        os.link(spool, target)
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        os.close(handle)
        spool.unlink()
    return True
