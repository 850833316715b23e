"""Changing certificates: the tree of their DER is changed and they are issued anew, so that signatures fit.

A change of bytes alone breaks a length or the signature almost always; then nothing behind them is tried.
"""

from __future__ import annotations

import random
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from protocol.footage.format.cbor import Value, decode, encode
from protocol.footage.format.errors import FormatError
from tests.harness.fuzz.mutate import IDENTITY, Blind, flip_some
from tests.support.vectors.forging import plain

_CONSTRUCTED: Final = 0x20
_LONG: Final = 0x80
_DEEPEST: Final = 12
_BIT_STRING: Final = 0x03
_SIGNED_PARTS: Final = 3

Node = tuple[int, "bytes | list[Node]"]
"""A tag with its content, or with the nodes in it."""


def mutate_chain(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change one certificate of a chain, which is an encoded array of byte strings."""
    try:
        chain = plain(decode(data))
    except FormatError:
        return blind(data)
    if not isinstance(chain, list) or not chain or draw.random() < 0.1:
        return blind(data)
    at = draw.randrange(len(chain))
    match draw.randrange(8):
        case 0:
            del chain[at]
        case 1:
            chain.insert(draw.randrange(len(chain)), chain[at])
        case _:
            chain[at] = _mutate_certificate(chain[at], draw, blind)
    return encode(chain)


def _mutate_certificate(certificate: Value, draw: random.Random, blind: Blind) -> bytes:
    if not isinstance(certificate, bytes):
        return b""
    nodes = _parse(certificate, 0)
    if nodes is None or len(nodes) != 1 or draw.random() < 0.1:
        return blind(certificate)
    tag, inner = nodes[0]
    if not isinstance(inner, list) or len(inner) != _SIGNED_PARTS:
        return _write(_change(nodes[0], draw))
    signed = _change(inner[0], draw)
    signature = IDENTITY.authority_key.sign(
        _write(signed), ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    )
    return _write((tag, [signed, inner[1], (_BIT_STRING, b"\0" + signature)]))


def _change(node: Node, draw: random.Random) -> Node:
    tag, content = node
    if isinstance(content, bytes):
        return (tag, flip_some(content, draw)) if draw.random() < 0.8 else (draw.randrange(31), content)
    if not content or draw.random() < 0.05:
        return tag, b""
    at, changed = draw.randrange(len(content)), list(content)
    match draw.randrange(10):
        case 0:
            del changed[at]
        case 1:
            changed.insert(at, changed[at])
        case _:
            changed[at] = _change(changed[at], draw)
    return tag, changed


def _parse(data: bytes, depth: int) -> list[Node] | None:
    """Read DER as a tree, None where it is not such."""
    nodes: list[Node] = []
    at = 0
    while at < len(data):
        taken = _head(data, at)
        if taken is None:
            return None
        start, end = taken
        tag, content = data[at], data[start:end]
        inside = _parse(content, depth + 1) if tag & _CONSTRUCTED and depth < _DEEPEST else None
        nodes.append((tag, content if inside is None else inside))
        at = end
    return nodes


def _head(data: bytes, at: int) -> tuple[int, int] | None:
    """Return where an element's content begins and ends."""
    if at + 2 > len(data):
        return None
    length, start = data[at + 1], at + 2
    if length >= _LONG:
        start += length - _LONG
        length = int.from_bytes(data[at + 2 : start], "big")
    return (start, start + length) if start + length <= len(data) else None


def _write(node: Node) -> bytes:
    tag, content = node
    inside = content if isinstance(content, bytes) else b"".join(map(_write, content))
    if len(inside) < _LONG:
        return bytes([tag, len(inside)]) + inside
    length = len(inside).to_bytes((len(inside).bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + inside
