"""What fuzzing begins with, the same every time: the golden vectors, and one message of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fleet.audit.chain import START, Entry
from fleet.audit.checkpoints.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from fleet.audit.checkpoints.note import NoteSigner
from fleet.audit.checkpoints.proof import ConsistencyProof, InclusionProof
from fleet.audit.export import ExportHead, PieceMaker, head_line, piece_line
from fleet.audit.merkle.proofs import RangeHashes, consistency_ranges, inclusion_ranges
from fleet.audit.merkle.tree import Frontier
from protocol.footage.format.cbor import Value, decode, encode
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import Track
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.released.release import RELEASE_NAME
from protocol.footage.released.released_part import Treatment
from tests.harness.fuzz.mutate import IDENTITY, INTEGERS, WORDS, take_apart
from tests.support.media.recordings import chain_below, record
from tests.support.media.releases import releases
from tests.support.network.messages import EXAMPLES
from tests.support.vectors.consents import chain_of, odd_chains
from tests.support.vectors.vectors import read_vector, vector_names

FILES: Final = read_vector("intact-receipt").files


@cache
def recordings() -> tuple[dict[str, bytes], ...]:
    """Every vector's files."""
    return tuple(read_vector(name).files for name in vector_names())


def folders() -> list[bytes]:
    return [encode(dict(files)) for files in recordings()]


def segments() -> list[bytes]:
    return _distinct(data for files in recordings() for name, data in files.items() if name.endswith(".seg"))


@cache
def _released() -> dict[str, bytes]:
    """A release of a small recording, each part treated another way than the one before."""
    ways = list(Treatment)
    return releases(record(IDENTITY), lambda seq, track: ways[(seq + (track is Track.AUDIO)) % len(ways)])


def released_segments() -> list[bytes]:
    return [data for name, data in _released().items() if name.endswith(".rel")]


def release_statements() -> list[bytes]:
    return [_released()[RELEASE_NAME]]


def released_folders() -> list[bytes]:
    return [encode(dict(_released()))]


def consents() -> list[bytes]:
    """A camera's consent events, and some that do not fit others."""
    odd = (data for _, _, files, _ in odd_chains(IDENTITY) for data in files.values())
    return _distinct([*chain_of(IDENTITY, 4).values(), *odd])


def ledgers() -> list[bytes]:
    return _distinct(files["ledger.cbor"] for files in recordings() if "ledger.cbor" in files)


def receipts() -> list[bytes]:
    return _distinct(files[RECEIPT_NAME] for files in recordings() if RECEIPT_NAME in files)


@cache
def _log() -> tuple[list[Entry], list[SignedCheckpoint], NoteSigner]:
    leaves = [Entry(n, n, "user:A", "x:y:z", "s", "", {}, START, salt=bytes(16)) for n in range(1, 6)]
    signer = NoteSigner("example.org/audit", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    tree, signed = Frontier(), []
    for each in leaves:
        tree.append(each.leaf)
        signed.append(sign_checkpoint(Checkpoint(tree.size, tree.root(), signer.name), signer))
    return leaves, signed, signer


def log_checkpoint() -> Checkpoint:
    """The newest checkpoint of the log that checkpoints, proofs and exports are of."""
    return _log()[1][-1].checkpoint


@cache
def log_leaves() -> frozenset[bytes]:
    """The leaves of that log."""
    return frozenset(each.leaf for each in _log()[0])


def exports() -> list[bytes]:
    """Exports of some and of all of its entries."""
    leaves, signed, signer = _log()
    found = []
    for shown in ({1, 2, 3, 4, 5}, {5}, set[int]()):
        maker = PieceMaker([2])
        lines = [head_line(ExportHead(signed[-1], signer.key.text, {}))]
        for each in leaves:
            lines += map(piece_line, maker.add(each, shown=each.number in shown))
        found.append("".join([*lines, *map(piece_line, maker.finish())]).encode())
    return found


@cache
def _checkpoints() -> tuple[bytes, ...]:
    leaves, signed, signer = _log()
    last, found = signed[-1], [each.note for each in signed]
    for index, each in enumerate(leaves):
        path = _hashes(leaves, inclusion_ranges(index, 5))
        found.append(InclusionProof(index, path, each.leaf_data, last).text())
    found += [
        ConsistencyProof(old, _hashes(leaves, consistency_ranges(old, 5)), last).text() for old in (1, 2, 3)
    ]
    return (*found, signer.key.text.encode())


def _hashes(leaves: list[Entry], ranges: list[tuple[int, int]]) -> tuple[bytes, ...]:
    wanted = RangeHashes(ranges)
    for each in leaves:
        wanted.add(each.number - 1, each.leaf)
    return tuple(wanted.hashes())


def checkpoints() -> list[bytes]:
    """Checkpoints of a log of the audit log's form, proofs about it, and its key."""
    return list(_checkpoints())


@cache
def signed_notes() -> frozenset[bytes]:
    """The notes of the checkpoints that the log signed."""
    return frozenset(each.note for each in _log()[1])


def bodies() -> list[bytes]:
    """The bodies of records, each behind a byte for its kind."""
    kinds = ("chunk", "open", "keys", "event", "close")
    found = []
    for data in [*segments(), *ledgers()]:
        for piece in take_apart(data)[0]:
            record = decode(piece)
            kind, body = record[:2] if isinstance(record, list) and len(record) > 1 else (None, None)
            if isinstance(kind, str) and isinstance(body, memoryview) and kind in kinds:
                found.append(bytes([kinds.index(kind)]) + bytes(body))
    return _distinct(found)


def values() -> list[bytes]:
    """Bodies, and small values with every kind of head."""
    plain: list[Value] = [[], {}, None, True, {"a": [1, b"2", "3"]}, *INTEGERS, *WORDS]
    small = [encode(value) for value in plain]
    return _distinct([*small, *(body[1:] for body in bodies())])


def chains() -> list[bytes]:
    camera, fleet = IDENTITY.certificates, (IDENTITY.receipts_certificate, IDENTITY.authority)
    below = (*chain_below([0]), IDENTITY.authority)
    chains = (camera, fleet, camera[:1], (*camera, IDENTITY.authority), below)
    return [encode(list(chain)) for chain in chains]


def messages() -> list[bytes]:
    """One message of each kind behind a byte for its kind, by name."""
    kinds = sorted({type(each).__name__ for each in EXAMPLES})
    return [bytes([kinds.index(type(each).__name__)]) + each.model_dump_json().encode() for each in EXAMPLES]


def dictionary() -> str:
    """Words of the format and the messages, as libFuzzer reads a dictionary."""
    words = {word.encode() for word in WORDS if word}
    words |= {word for body in bodies() for word in _keys(_value(body[1:]))}
    words |= {name.encode() for each in EXAMPLES for name in json.loads(each.model_dump_json())}
    words |= {encode(value) for value in INTEGERS} | {b"\x5f", b"\x9f", b"\xbf", b"\xff", b"\xf6"}
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(words))
    return "".join(f'"{word}"\n' for word in escaped)


def _value(body: bytes) -> object:
    """Decode a body; some vectors' bodies cannot be."""
    try:
        return decode(body)
    except FormatError:
        return None


def _keys(value: object) -> Iterator[bytes]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield encode(name)
            yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


def _distinct(found: Iterator[bytes] | list[bytes]) -> list[bytes]:
    return list(dict.fromkeys(found))
