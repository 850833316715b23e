"""Cameras that say a great deal at once: MQTT 5.0 over TLS, as bytes that were made before.

A camera's own client would take longer to say it than the fleet takes to keep it. What the broker
acknowledged (PUBACK, section 3.4) is counted: that much must be in the database.
"""

from __future__ import annotations

import hashlib
import selectors
import socket
import ssl
import time
from typing import TYPE_CHECKING

from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.topics import Up, topic

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = "127.0.0.1"
_PATIENCE_S = 60.0
_CONNACK, _PUBACK = 2, 4
_CONNECT = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"
"""Version 5, a clean start, kept alive for a minute, no properties, no client id: the relay gives it one."""
_AT_LEAST_ONCE = 0x32
_REFUSED = 0x80
_MORE = 0x80


def announcement(camera: str, number: int) -> bytes:
    """Return what a camera says of a recording that was opened just now."""
    return (
        CameraEvent(
            id=f"{number:08d}",
            kind=NewsKind.RECORDING_OPENED,
            camera=camera,
            at_utc_us=time.time_ns() // 1000,
            clock_synchronised=True,
            number=number,
            recording=hashlib.sha256(f"{camera} {number}".encode()).hexdigest()[:32],
            trigger="button",
            prerecord_s=180.0,
            asked_s=180.0,
        )
        .model_dump_json(exclude_none=True)
        .encode()
    )


def publish_packet(name: str, number: int, payload: bytes) -> bytes:
    """Return a PUBLISH packet with quality 1 (section 3.3). Pure."""
    named = name.encode("utf-8")
    rest = len(named).to_bytes(2, "big") + named + number.to_bytes(2, "big") + b"\x00" + payload
    return bytes((_AT_LEAST_ONCE,)) + _length(len(rest)) + rest


def acknowledged(received: bytearray) -> int:
    """Take whole packets from the front of what came; return how many say that a message was taken.

    Raises:
        RuntimeError: The broker refuses one, or says what is not expected.
    """
    count = 0
    while len(received) >= 2 and len(received) >= 2 + received[1]:
        kind, size = received[0] >> 4, received[1]
        body = bytes(received[2 : 2 + size])
        del received[: 2 + size]
        refused = kind == _PUBACK and size > 2 and body[2] >= _REFUSED
        if kind not in {_CONNACK, _PUBACK} or refused or (kind == _CONNACK and body[1]):
            raise RuntimeError(f"the broker says {kind} {body.hex()}")
        count += kind == _PUBACK
    return count


class Speaker:
    """One camera's connection to the broker."""

    def __init__(self, camera: str, port: int, context: ssl.SSLContext) -> None:
        """Connect, and wait for the broker's yes."""
        self.camera = camera
        self.acknowledged = 0
        plain = socket.create_connection((HERE, port), timeout=_PATIENCE_S)
        self.socket = context.wrap_socket(plain, server_hostname=HERE)
        self._received = bytearray()
        self.socket.sendall(_CONNECT)
        while not self._received:
            self._received += self.socket.recv(4096)
        acknowledged(self._received)

    def prepare(self, count: int) -> bytes:
        """Return so many announcements as they go to the broker."""
        name = topic(self.camera, "up", Up.EVENT)
        return b"".join(
            publish_packet(name, number, announcement(self.camera, number)) for number in range(1, count + 1)
        )

    def take(self) -> None:
        """Count what the broker acknowledged meanwhile."""
        try:
            while data := self.socket.recv(65_536):
                self._received += data
        except (ssl.SSLWantReadError, BlockingIOError):
            pass
        self.acknowledged += acknowledged(self._received)

    def close(self) -> None:
        """Leave."""
        self.socket.close()


def say_all(speakers: Sequence[Speaker], count: int) -> float:
    """Have each say so many at once, and wait until the broker has acknowledged them all.

    Returns:
        How many seconds that took.

    Raises:
        RuntimeError: The broker did not acknowledge all of them in time.
    """
    packets = [each.prepare(count) for each in speakers]
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for speaker, said in zip(speakers, packets, strict=True):
            speaker.socket.sendall(said)
            speaker.socket.setblocking(False)
            selector.register(speaker.socket, selectors.EVENT_READ, speaker)
        while any(each.acknowledged < count for each in speakers):
            if time.perf_counter() - began > _PATIENCE_S:
                raise RuntimeError("the broker did not acknowledge what was said")
            for key, _ in selector.select(timeout=1.0):
                key.data.take()
    return time.perf_counter() - began


def _length(value: int) -> bytes:
    found = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        found.append(byte | (_MORE if value else 0))
        if not value:
            return bytes(found)
