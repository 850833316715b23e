"""What a reading process and the service say to each other, over one socket.

The process asks for spans of the file and gives spans of the copy; at the end it says what it found, or why
it refuses. It holds no key, and gets nothing else.

Every message begins with its letter, an offset of 8 bytes and a length of 4, big-endian; then so many bytes.
"""

from __future__ import annotations

import io
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import asdict

from fleet.imagery.reading.limits import ReadFacts, ReadingRefusedError
from protocol.units import MIB

READ, WRITE, FOUND, REFUSED = b"R", b"W", b"F", b"X"
MOST = 4 * MIB
"""Bytes of one message."""
LONGEST_SAID = 2000
_HEAD = struct.Struct(">cQI")


class ChannelError(Exception):
    """The other side said what nobody says, or is gone."""


def send(to: socket.socket, letter: bytes, offset: int, data: bytes) -> None:
    """Send a message."""
    to.sendall(_HEAD.pack(letter, offset, len(data)) + data)


def receive(of: socket.socket) -> tuple[bytes, int, int]:
    """Return the head of the next message: its letter, offset and length.

    Raises:
        ChannelError: the other side is gone, or says nonsense.
    """
    letter, offset, length = _HEAD.unpack(exactly(of, _HEAD.size))
    if letter not in {READ, WRITE, FOUND, REFUSED} or length > MOST or offset >= 1 << 62:
        raise ChannelError("internal error: a reading process said something odd")
    return letter, offset, length


def exactly(of: socket.socket, length: int) -> bytes:
    """Return so many bytes.

    Raises:
        ChannelError: the other side is gone before.
    """
    data = bytearray()
    while len(data) < length:
        block = of.recv(min(length - len(data), MIB))
        if not block:
            raise ChannelError("internal error: a reading process ended early")
        data += block
    return bytes(data)


class RemoteSource:
    """The file, as the process reads it."""

    def __init__(self, service: socket.socket, size: int) -> None:
        self._service, self._size = service, size
        self._at = 0

    def read(self, size: int) -> bytes:
        """Return up to so many bytes from where it stands."""
        wanted = max(0, min(size, MOST, self._size - self._at))
        if not wanted:
            return b""
        send(self._service, READ, self._at, wanted.to_bytes(4, "big"))
        _, _, length = receive(self._service)
        data = exactly(self._service, length)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; return it."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at


class RemoteTarget:
    """The copy, as the process writes it."""

    def __init__(self, service: socket.socket) -> None:
        self._service = service
        self._at = self._size = 0

    def write(self, data: bytes) -> int:
        """Write at the place where it stands."""
        for begin in range(0, len(data), MOST):
            block = bytes(data[begin : begin + MOST])
            send(self._service, WRITE, self._at, block)
            self._at += len(block)
        self._size = max(self._size, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; return it."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at


def serve(
    process: socket.socket, read: Callable[[int, int], bytes], write: Callable[[int, bytes], None]
) -> ReadFacts:
    """Answer a reading process until it says what it found.

    Args:
        process: the service's end of the socket.
        read: returns a span of the file, by offset and length.
        write: takes a span of the copy.

    Raises:
        ReadingRefusedError: it refuses the file.
        ChannelError: it is gone, or says nonsense.
        TimeoutError: it says nothing for as long as the socket waits.
    """
    while True:
        letter, offset, length = receive(process)
        data = exactly(process, length)
        if letter == READ and length == 4:  # noqa: PLR2004 - a length
            wanted = min(MOST, int.from_bytes(data, "big"))
            send(process, READ, offset, read(offset, wanted))
        elif letter == WRITE:
            write(offset, data)
        elif letter == FOUND and length <= LONGEST_SAID:
            return ReadFacts(**json.loads(data))
        elif letter == REFUSED and length <= LONGEST_SAID:
            raise ReadingRefusedError(data.decode("utf-8"))
        else:
            raise ChannelError("internal error: a reading process said something odd")


def say_found(service: socket.socket, facts: ReadFacts) -> None:
    """Say what was found, for a process that is done."""
    send(service, FOUND, 0, json.dumps(asdict(facts)).encode())


def say_refused(service: socket.socket, why: str) -> None:
    """Say why a file is refused."""
    send(service, REFUSED, 0, why.encode()[:LONGEST_SAID])
