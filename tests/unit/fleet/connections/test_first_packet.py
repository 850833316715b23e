"""The first packet of a client of MQTT: who it says it is counts for nothing, the rest stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from fleet.connections.first_packet import MOST_BYTES, FirstPacketError, end_of_first, named, refusal

NAME = "cam-07"
small = st.binary(max_size=40)


@dataclass(frozen=True)
class Made:
    """A first packet with all that it can hold."""

    level: int
    clean: bool
    keep_alive: int
    properties: bytes
    client: bytes
    will: tuple[int, bytes, bytes, bytes] | None
    user: bytes | None
    password: bytes | None

    def packet(self, client: bytes | None = None, user: bytes | None = None, *, own: bool = True) -> bytes:
        """As the standard writes it; without ``own`` under another name and without a password."""
        client = self.client if own else client or b""
        user, password = (self.user, self.password) if own else (user, None)
        flags = 0x02 * self.clean | (0 if user is None else 0x80) | (0 if password is None else 0x40)
        has_properties = self.level == 5
        rest = field(b"MQIsdp" if self.level == 3 else b"MQTT")
        will = b""
        if self.will is not None:
            kind, properties, topic, payload = self.will
            flags |= 0x04 | kind << 3
            will = (listed(properties) if has_properties else b"") + field(topic) + field(payload)
        rest += bytes((self.level, flags)) + self.keep_alive.to_bytes(2, "big")
        rest += (listed(self.properties) if has_properties else b"") + field(client) + will
        rest += b"".join(field(each) for each in (user, password) if each is not None)
        return b"\x10" + number(len(rest)) + rest


def field(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def number(value: int) -> bytes:
    """A variable length, as the standard's own pseudo code makes it (section 2.2.3)."""
    made = b""
    while True:
        made += bytes((value % 128 | (128 if value > 127 else 0),))
        value //= 128
        if not value:
            return made


def listed(value: bytes) -> bytes:
    return number(len(value)) + value


packets = st.builds(
    Made,
    st.sampled_from((3, 4, 5)),
    st.booleans(),
    st.integers(0, 65_535),
    st.binary(max_size=300),
    small,
    st.none()
    | st.tuples(st.integers(0, 7).filter(lambda each: each & 3 != 3), small, small, st.binary(max_size=300)),
    st.none() | small,
    st.none() | small,
)


@given(packets, small)
def test_the_name_of_the_certificate_is_put_in_and_nothing_else_changes(made: Made, behind: bytes) -> None:
    # proves L1
    packet = made.packet()
    assert end_of_first(packet + behind) == len(packet)
    assert named(packet, NAME) == made.packet(NAME.encode(), NAME.encode(), own=False)


@given(packets, st.data())
def test_what_is_not_whole_is_waited_for_and_never_handed_on(made: Made, data: st.DataObject) -> None:
    # proves L1
    packet = made.packet()
    cut = packet[: data.draw(st.integers(0, len(packet) - 1))]
    assert end_of_first(cut) is None
    with pytest.raises(FirstPacketError):
        named(cut, NAME)
    with pytest.raises(FirstPacketError):
        named(packet + b"x", NAME)


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_packet_or_refused(data: bytes) -> None:
    # proves F9
    for each in (data, b"\x10" + data):
        try:
            end = end_of_first(each)
            if end is not None:
                made = named(each[:end], NAME)
                assert end_of_first(made) == len(made)
        except FirstPacketError:
            pass


@pytest.mark.parametrize(
    "data", [b"\x30\x02xx", b"\x10\xff\xff\xff\xff\x01", b"\x10" + number(MOST_BYTES + 1), b"\x11\x00"]
)
def test_what_begins_otherwise_or_has_no_end_is_refused_at_once(data: bytes) -> None:
    # proves F9
    with pytest.raises(FirstPacketError):
        end_of_first(data)


@pytest.mark.parametrize(
    ("version", "answer"), [(MQTTv311, b"\x20\x02\x00\x05"), (MQTTv5, b"\x20\x03\x00\x87\x00")]
)
def test_a_library_writes_what_is_read_here(version: int, answer: bytes) -> None:
    # proves L1
    sent: list[bytes] = []
    client = Client(CallbackAPIVersion.VERSION2, client_id="someone", protocol=version)  # type: ignore[arg-type] # paho's own constants
    client.username_pw_set("somebody", "secret")
    properties = None
    if version == MQTTv5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it untyped
        properties.SessionExpiryInterval = 90
        client._connect_properties = properties
    client.will_set("there", b"gone", 1, retain=True)
    client._clean_start = True

    def send(_command: int, packet: bytes, *_: object) -> int:
        sent.append(bytes(packet))
        return 0

    client._packet_queue = send  # type: ignore[assignment] # nothing is sent
    client._send_connect(30)
    assert refusal(sent[0]) == answer
    made = named(sent[0], NAME)
    assert b"secret" not in made
    assert b"somebody" not in made
    assert made.count(field(NAME.encode())) == 2
    assert b"there" in made
