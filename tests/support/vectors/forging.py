"""Changing sealed recordings as an adversary would, with or without the camera's key.

A forger without the key can only move bytes about: ``records`` takes a file apart. One with the key signs
what the writer would never write: ``reforge`` and ``reforge_ledger`` change fields and sign anew, which shows
that the verifier judges by more than signatures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from protocol.footage.format.cbor import Buffer, Decoded, Reader, Value, decode, encode
from protocol.footage.format.signing import Domain, Signer, sign
from protocol.footage.ledger.ledger import DOMAINS
from tests.support.media.recordings import TestIdentity

Fields = dict[str, Value]
Edit = Callable[[Fields], None]

_DOMAINS: Final = {"chunk": Domain.CHUNK, "run": Domain.RUN, "receipt": Domain.RECEIPT, **DOMAINS}


def records(data: Buffer) -> list[bytes]:
    """Take a file apart into its records."""
    reader, taken = Reader(data), []
    while reader.left:
        start = reader.position
        reader.value()
        taken.append(bytes(memoryview(data)[start : reader.position]))
    return taken


def plain(value: Decoded) -> Value:
    """Return a decoded value with its byte strings copied, so that it can be encoded again."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def reforge(signer: Signer, record: Buffer, edit: Edit, *, domain: Domain | None = None) -> bytes:
    """Change fields of any record's body and sign it anew, under another domain if one is given."""
    whole = decode(record)
    assert isinstance(whole, list)
    kind, body, _, *rest = whole
    assert isinstance(kind, str)
    assert isinstance(body, memoryview)
    fields = plain(decode(body))
    assert isinstance(fields, dict)
    edit(fields)
    encoded = encode(fields)
    signature = sign(signer, domain or _DOMAINS[kind], encoded)
    return encode([kind, encoded, signature, *(plain(each) for each in rest)])


def resign(signer: Signer, record: Buffer, edit: Callable[[bytes], bytes]) -> bytes:
    """Change the bytes of any record's body, which need be no right encoding then, and sign them anew."""
    whole = decode(record)
    assert isinstance(whole, list)
    kind, body, _, *rest = whole
    assert isinstance(kind, str)
    assert isinstance(body, memoryview)
    changed = edit(bytes(body))
    signature = sign(signer, _DOMAINS[kind], changed)
    return encode([kind, changed, signature, *(plain(each) for each in rest)])


def with_parts(signer: Signer, chunk: Buffer, order: Sequence[int], edit: Edit, extra: bytes = b"") -> bytes:
    """Rearrange a chunk's parts, in its header too, and append to the last; then change fields and sign.

    The header says the digests and lengths that come of it, before ``edit`` changes fields.
    """
    sealed = decode_list(chunk)[3]
    assert isinstance(sealed, list)
    taken = [bytes(sealed[at]) for at in order]
    taken[-1] += extra

    def rearrange(fields: Fields) -> None:
        stated = fields["parts"]
        assert isinstance(stated, list)
        fields["parts"] = [
            {**stated[at], "digest": hashlib.sha256(part).digest(), "length": len(part)}
            for at, part in zip(order, taken, strict=True)
        ]
        edit(fields)

    kind, body, signature, _ = decode_list(reforge(signer, chunk, rearrange))
    return encode([kind, body, signature, taken])


def decode_list(record: Buffer) -> list[Value]:
    """Decode a record as the list that it is."""
    whole = plain(decode(record))
    assert isinstance(whole, list)
    return whole


def reforge_ledger(identity: TestIdentity, ledger: Buffer, at: int, edit: Edit) -> bytes:
    """Change fields of one ledger record, and chain and sign all that follow it anew."""
    forged: list[bytes] = []
    for place, record in enumerate(records(ledger)):
        forged.append(reforge(identity.signer, record, _Link(forged, edit if place == at else _keep)))
    return b"".join(forged)


class _Link:
    """An edit that first ties a record to those before it."""

    def __init__(self, before: list[bytes], edit: Edit) -> None:
        self._before = tuple(before)
        self._edit = edit

    def __call__(self, fields: Fields) -> None:
        if self._before:
            fields["previous"] = body_digest(self._before[-1])
        if "ledger" in fields:
            fields["ledger"] = hashlib.sha256(b"".join(self._before)).digest()
        self._edit(fields)


def _keep(_: Fields) -> None:
    """Change nothing."""


def body_digest(record: Buffer) -> bytes:
    """Return the digest of a record's body, which the next one links to."""
    whole = decode(record)
    assert isinstance(whole, list)
    assert isinstance(whole[1], memoryview)
    return hashlib.sha256(whole[1]).digest()
