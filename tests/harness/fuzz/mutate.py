"""Structure-aware changes, so that inputs get past the first byte of CBOR and past the signatures.

A file of records is taken apart; a field of one record is changed, or records change places; what was changed
is chained and signed anew with the key of the test's camera. So the rules behind the signatures are reached
as well, by a forger who holds the key.

Every function takes a source of draws and ``blind``, the engine's own change of bytes without structure:
libFuzzer's where atheris runs, ``flip_some`` elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from typing import Final, TypeAlias

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protocol.footage.format.cbor import Decoded, Reader, Value, decode, encode
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import GapCause, Track
from protocol.footage.format.signing import Domain
from protocol.footage.ledger.ledger import DOMAINS, EventKind
from tests.support.media.recordings import TestIdentity, make_identity
from tests.support.vectors.forging import body_digest, plain

Blind: TypeAlias = Callable[[bytes], bytes]
Mutator: TypeAlias = Callable[[bytes, random.Random, Blind], bytes]

IDENTITY: Final = make_identity()
DOMAIN_OF: Final = {
    "chunk": Domain.CHUNK,
    "run": Domain.RUN,
    "receipt": Domain.RECEIPT,
    "consent": Domain.CONSENT,
    **DOMAINS,
}
INTEGERS: Final = (
    0,
    1,
    2,
    15,
    16,
    23,
    24,
    255,
    256,
    2**16 - 1,
    2**16,
    2**31,
    2**32,
    2**63,
    2**64 - 1,
    -1,
    -(2**64),
)
WORDS: Final = (
    *(str(word) for kind in (GapCause, EventKind, Track) for word in kind),
    *("", "cam-01", "fleet", "a-", "fleet receipts", "avc1.42C01E", "\0", "\x1b[2K", "ä"),
    *("x" * 1024, "y" * 1025),
)  # fmt: skip


def flip_some(data: bytes, draw: random.Random) -> bytes:
    """Change, insert or remove a few bytes anywhere: what stands in for libFuzzer's own mutations."""
    changed = bytearray(data or b"\0")
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        at = draw.randrange(len(changed) + 1)
        match draw.randrange(5):
            case 0:
                changed[at:at] = draw.randbytes(draw.choice((1, 1, 2, 9)))
            case 1:
                del changed[at : at + draw.choice((1, 1, 2, 9, 64))]
            case 2:
                changed[at : at + 1] = bytes([draw.choice((0, 0x18, 0x5B, 0x7F, 0x9B, 0xBF, 0xF6, 0xFF))])
            case _:
                changed[at : at + 1] = bytes([draw.randrange(256)])
    return bytes(changed)


def mutate_text(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change a file of lines: lose, double or swap some, change the figures of one, or any bytes."""
    lines = data.split(b"\n")
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[other])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            word, space, _ = lines[at].rpartition(b" ")
            lines[at] = word + space + str(draw.choice(INTEGERS)).encode()
        case _:
            return blind(data)
    return b"\n".join(lines)


def mutate_value(value: Value, draw: random.Random) -> Value:
    """Change one thing somewhere inside a value."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        return _in_map(value, draw)
    if isinstance(value, list) and value and draw.random() < 0.8:
        return _in_list(value, draw)
    if isinstance(value, bytes | bytearray) and draw.random() < 0.8:
        return (
            flip_some(bytes(value), draw)
            if draw.random() < 0.5
            else bytes(value[: draw.randrange(len(value) + 1)])
        )
    if isinstance(value, int) and not isinstance(value, bool) and draw.random() < 0.5:
        return max(-(2**64), min(2**64 - 1, value + draw.choice((-1, 1, 2, 10**9, -(10**9)))))
    return draw.choice(
        (draw.choice(INTEGERS), draw.choice(WORDS), None, True, False, b"", bytes(16), bytes(32), [], {})
    )


def _in_map(value: dict[str, Value], draw: random.Random) -> Value:
    changed = dict(value)
    name = draw.choice(list(changed))
    match draw.randrange(12):
        case 0:
            del changed[name]
        case 1:
            changed[draw.choice(WORDS)] = changed[name]
        case _:
            changed[name] = mutate_value(changed[name], draw)
    return changed


def _in_list(value: list[Value], draw: random.Random) -> Value:
    changed = list(value)
    at = draw.randrange(len(changed))
    match draw.randrange(8):
        case 0:
            del changed[at]
        case 1:
            changed[at:at] = [changed[at]] * draw.choice((1, 1, 2, 70))
        case 2:
            changed.reverse()
        case _:
            changed[at] = mutate_value(changed[at], draw)
    return changed


def mutate_encoded(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change a value inside an encoded value; bytes alone when they are none, or now and then."""
    if draw.random() < 0.3:
        return blind(data)
    try:  # with cbor2, which is quick and takes more than the strict reader does: so tags and floats survive
        return _encode(mutate_value(cbor2.loads(data), draw), draw)
    except (cbor2.CBORError, ValueError, TypeError, RecursionError):
        return blind(data)


def mutate_records(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change a file of records: their order, a field of one, or its bytes; and mostly sign and chain anew."""
    pieces, tail = take_apart(data)
    if not pieces or draw.random() < 0.1:
        return blind(data)
    if draw.random() < 0.2:
        _move(pieces, draw)
    else:
        at = draw.randrange(len(pieces))
        pieces[at] = mutate_record(pieces[at], draw, blind)
    if draw.random() < 0.5:
        pieces = chain_anew(pieces)
    return b"".join(pieces) + (tail if draw.random() < 0.5 else b"")


def take_apart(data: bytes) -> tuple[list[bytes], bytes]:
    """Take a file apart into whole values, and what follows the last that can be read."""
    reader, pieces, start = Reader(data), [], 0
    try:
        while reader.left:
            start = reader.position
            reader.value()
            pieces.append(data[start : reader.position])
    except FormatError:
        return pieces, data[start:]
    return pieces, b""


def mutate_record(piece: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change one record and sign it anew, now and then as another kind."""
    taken = _record(piece)
    if taken is None:
        return blind(piece)
    kind, body, rest = taken
    if rest and draw.random() < 0.2:
        return _with_parts(body, [mutate_value(each, draw) for each in rest], draw)
    body = mutate_encoded(body, draw, blind)
    if draw.random() < 0.05:
        kind = draw.choice(list(DOMAIN_OF))
    return _signed(kind, body, rest)


def chain_anew(pieces: list[bytes]) -> list[bytes]:
    """Make every record follow the one before it again, and sign it, where records can still be read."""
    chained: list[bytes] = []
    for piece in pieces:
        taken = _record(piece)
        fields = _fields(taken[1]) if taken is not None else None
        if taken is None or fields is None or not chained or "previous" not in fields:
            chained.append(piece)
            continue
        before = _record(chained[-1])
        if before is not None and (taken[0] != "chunk" or before[0] == "chunk"):
            fields["previous"] = body_digest(chained[-1])
        if "ledger" in fields:
            fields["ledger"] = hashlib.sha256(b"".join(chained)).digest()
        chained.append(_signed(taken[0], encode(fields), taken[2]))
    return chained


def mutate_folder(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change one file of a recording's folder, which is an encoded map of names to bytes."""
    files = _fields(data)
    if not files:
        return blind(data)
    name = draw.choice(sorted(files))
    content = files[name]
    match draw.randrange(20):
        case 0:
            del files[name]
        case 1:
            files[draw.choice(WORDS[-6:])] = files.pop(name)
        case 2:
            files[draw.choice(sorted(files))] = content
        case _:
            files[name] = mutate_records(content, draw, blind) if isinstance(content, bytes) else b""
    return encode(files)


def mutate_json(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change one thing in a JSON document; its first byte says which message it is and is changed seldom."""
    if draw.random() < 0.2:
        return blind(data)
    try:
        value = json.loads(data[1:])
    except ValueError:
        return blind(data)
    changed = mutate_value(value, draw) if not isinstance(value, float) else draw.choice(INTEGERS)
    first = bytes([draw.randrange(256)]) if draw.random() < 0.03 else data[:1]
    return (
        first
        + json.dumps(changed, default=lambda each: each.hex() if isinstance(each, bytes) else None).encode()
    )


def _move(pieces: list[bytes], draw: random.Random) -> None:
    at, other = draw.randrange(len(pieces)), draw.randrange(len(pieces))
    match draw.randrange(3):
        case 0:
            del pieces[at]
        case 1:
            pieces.insert(other, pieces[at])
        case _:
            pieces[at], pieces[other] = pieces[other], pieces[at]


def _record(piece: bytes) -> tuple[str, bytes, list[Value]] | None:
    """Take a record apart: its kind, its body, and what follows the signature."""
    try:
        whole = plain(decode(piece))
    except FormatError:
        return None
    match whole:
        case [str(kind), bytes(body), bytes(), *rest]:
            return kind, body, rest
    return None


def _fields(body: bytes) -> dict[str, Value] | None:
    try:
        value: Decoded = decode(body)
    except FormatError:
        return None
    fields = plain(value)
    return fields if isinstance(fields, dict) else None


def _with_parts(header: bytes, rest: list[Value], draw: random.Random) -> bytes:
    """Let the header say what its changed parts are, so that only rules behind the digests can refuse it."""
    fields = _fields(header)
    parts = rest[0]
    stated = fields.get("parts") if fields is not None else None
    if fields is not None and isinstance(parts, list) and isinstance(stated, list) and draw.random() < 0.8:
        for each, part in zip(stated, parts, strict=False):
            if isinstance(each, dict) and isinstance(part, bytes):
                each["length"], each["digest"] = len(part), hashlib.sha256(part).digest()
        header = encode(fields)
    return _signed("chunk", header, rest)


def _signed(kind: str, body: bytes, rest: list[Value]) -> bytes:
    domain = DOMAIN_OF.get(kind, Domain.CHUNK)
    signature = _key(IDENTITY, domain).sign(domain.value + body)
    return encode([kind, body, signature, *rest])


def _key(identity: TestIdentity, domain: Domain) -> Ed25519PrivateKey:
    return identity.receipts_key if domain is Domain.RECEIPT else identity.camera_key


def _encode(value: Value, draw: random.Random) -> bytes:
    """Encode, now and then with the keys of maps in another order."""
    return cbor2.dumps(value) if draw.random() < 0.05 else encode(value)
