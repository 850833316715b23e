"""The packet that a client of MQTT begins with, and the same under the name in its certificate. Pure.

MQTT 3.1.1, section 3.1, and MQTT 5.0, section 3.1. What a client calls itself counts for nothing: another
client id and user name stand in place of its own, and a password is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.units import KIB

MOST_BYTES: Final = 64 * KIB
"""Of the whole packet: its last will is as long as a message at most."""
_CONNECT: Final = 0x10
_PROTOCOLS: Final = {(b"MQIsdp", 3), (b"MQTT", 4), (b"MQTT", 5)}
_WITH_PROPERTIES: Final = 5
_WILL, _USER_NAME = 0x04, 0x80
_KEPT: Final = 0x3E  # will, its quality and retaining, and whether to start clean
_CLEAN: Final = 0x02
_LENGTH_BYTES: Final = 4
_REFUSED: Final = b"\x20\x03\x00\x87\x00"
_REFUSED_BEFORE: Final = b"\x20\x02\x00\x05"
"""In MQTT before 5.0."""
_MORE: Final = 0x80


class FirstPacketError(ValueError):
    """It does not begin as a client of MQTT does."""


@dataclass(slots=True)
class _Reading:
    """Takes a packet apart from its front."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) < count:
            raise FirstPacketError("the packet ends within a field")
        self.at += count
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def field(self) -> bytes:
        return self.take(self.number())

    def properties(self) -> bytes:
        """Take a list of properties with its own length in front."""
        began = self.at
        found = length_at(self.data, self.at)
        if found is None:
            raise FirstPacketError("the packet ends within a field")
        length, self.at = found
        self.take(length)
        return self.data[began : self.at]


def length_at(data: bytes, at: int) -> tuple[int, int] | None:
    """Read a variable length at a place; return it and where it ends, or None where more has to come.

    Raises:
        FirstPacketError: it has no end.
    """
    value = 0
    for place in range(_LENGTH_BYTES):
        if at + place >= len(data):
            return None
        byte = data[at + place]
        value |= (byte & ~_MORE) << (7 * place)
        if not byte & _MORE:
            return value, at + place + 1
    raise FirstPacketError("a length has no end")


def end_of_first(data: bytes) -> int | None:
    """Return where the first packet ends; None where more has to come.

    Raises:
        FirstPacketError: it is none to connect by, or is too long.
    """
    if data and data[0] != _CONNECT:
        raise FirstPacketError("the first packet is none to connect by")
    found = length_at(data, 1)
    if found is None:
        return None
    length, began = found
    if length > MOST_BYTES:
        raise FirstPacketError("the first packet is too long")
    return began + length if len(data) >= began + length else None


def named(packet: bytes, name: str, *, clean: bool = False) -> bytes:
    """Return a first packet whose client id and user name are ``name``, and that has no password.

    Args:
        packet: one whole packet, as ``end_of_first`` found it.
        name: from the certificate.
        clean: whether it starts clean, whatever it says: nothing is kept from one connection to the next.

    Raises:
        FirstPacketError: it is not built as the standard says.
    """
    found = length_at(packet, 1)
    if found is None:
        raise FirstPacketError("the packet ends within a field")
    reading = _Reading(packet, found[1])
    protocol, level = reading.field(), reading.take(1)[0]
    if (protocol, level) not in _PROTOCOLS:
        raise FirstPacketError("it speaks no version of MQTT that is known here")
    flags, keep_alive = reading.take(1)[0], reading.take(2)
    has_properties = level == _WITH_PROPERTIES
    properties = reading.properties() if has_properties else b""
    reading.field()  # what it calls itself
    began = reading.at
    if flags & _WILL:
        if has_properties:
            reading.properties()
        reading.field()
        reading.field()
    will = packet[began : reading.at]
    for flag in (_USER_NAME, _USER_NAME >> 1):
        if flags & flag:
            reading.field()
    if reading.at != len(packet):
        raise FirstPacketError("the packet goes on behind its last field")
    own = _field(name.encode("utf-8"))
    flags = flags & _KEPT | _USER_NAME | (_CLEAN if clean else 0)
    rest = b"".join((_field(protocol), bytes((level, flags)), keep_alive, properties, own, will, own))
    return bytes((_CONNECT,)) + _length(len(rest)) + rest


def refusal(packet: bytes) -> bytes:
    """Return the answer to a first packet whose sender is not let in: not authorised.

    Raises:
        FirstPacketError: it is not built as the standard says.
    """
    found = length_at(packet, 1)
    if found is None:
        raise FirstPacketError("the packet ends within a field")
    reading = _Reading(packet, found[1])
    reading.field()
    return _REFUSED if reading.take(1)[0] == _WITH_PROPERTIES else _REFUSED_BEFORE


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def _length(value: int) -> bytes:
    """Write a variable length."""
    written = bytearray()
    while True:
        value, byte = value >> 7, value & ~_MORE & 0xFF
        written.append(byte | _MORE if value else byte)
        if not value:
            return bytes(written)
