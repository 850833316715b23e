"""The second implementation's records: sections 3 to 5 of ``docs/footage-format.md``, and nothing of ours."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from tests.support.second.curve import is_small


class AlteredError(Exception):
    """A rule of the page is broken."""


def demand(rule: bool, what: str) -> None:
    if not rule:
        raise AlteredError(what)


@dataclass
class Record:
    """A record: its kind, what its body's bytes are and say, and what follows the signature."""

    kind: str
    body: bytes
    fields: dict[str, Any]
    signature: bytes
    rest: list[Any]
    start: int

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.body).digest()


def taken(data: bytes) -> Iterator[Record]:
    """Take a CBOR sequence apart, each record in its one encoding."""
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        start = stream.tell()
        try:
            item = cbor2.load(stream, read_size=1)
            demand(cbor2.dumps(item, canonical=True) == data[start : stream.tell()], "3: another encoding")
            kind, body, signature, *rest = item
            fields = cbor2.loads(body)
            demand(cbor2.dumps(fields, canonical=True) == body, "3: another encoding")
            demand(_plain(fields), "3: a value outside of the subset")
        except (cbor2.CBORError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise AlteredError("3: not CBOR") from error
        yield Record(kind, body, fields, signature, rest, start)


def _plain(value: Any) -> bool:  # noqa: ANN401 - whatever cbor2 decodes
    """Tell whether a value is of the subset: no floats, no tags, no other simple values."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and _plain(each) for name, each in value.items())
    if isinstance(value, list):
        return all(map(_plain, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return -(2**64) <= value < 2**64
    return value is None or isinstance(value, bool | str | bytes)


def beyond_grammar(record: Record) -> None:
    """What section 4 says in words: its comments, and the limits of bodies."""
    fields = record.fields
    limit = 65_536 if record.kind in ("run", "chunk") else 16_777_216
    demand(len(record.body) <= limit, "4: a body is too long")
    demand(fields.get("camera") != "fleet", "4: a camera is not the fleet")
    tracks = [part["track"] for part in fields.get("parts", [])]
    tracks_of = [tracks, *(each["tracks"] for each in fields.get("recipients", []))]
    demand(all(each in ([], ["video"], ["audio"], ["video", "audio"]) for each in tracks_of), "4: tracks")
    if record.kind == "chunk":
        lengths = [len(part) for part in record.rest[0]]
        demand(lengths == [part["length"] for part in fields["parts"]], "9.3.3: a part's length")
    if record.kind == "open":
        ids = [each["key_id"] for each in fields["recipients"]]
        demand(len(set(ids)) == len(ids), "4: no key_id twice")
        demand(fields["last_seq"] >= fields["first_seq"] - 1, "4: last_seq")
    if record.kind == "keys":
        demand(fields["first_seq"] <= fields["last_seq"] < fields["first_seq"] + 65_536, "4: a range of keys")


def check(key: Ed25519PublicKey, record: Record) -> None:
    """Section 5: a signature over the prefix and the body."""
    try:
        key.verify(record.signature, f"lapel {record.kind} v1\0".encode() + record.body)
    except InvalidSignature as error:
        raise AlteredError("5: a signature") from error


def chain_key(chain: list[bytes], name: str) -> Ed25519PublicKey:
    """Section 5: a chain of certificates; whether its last is trusted is the reader's matter."""
    demand(len(chain) > 1, "5: its length")
    try:
        loaded = [x509.load_der_x509_certificate(der) for der in chain]
        for issued, issuer in zip(loaded, [*loaded[1:], loaded[-1]], strict=True):
            issued.verify_directly_issued_by(issuer)
        demand([_issues(each) for each in loaded] == [False, *[True] * (len(loaded) - 1)], "5: who issues")
        counted = [each.subject.public_bytes() != each.issuer.public_bytes() for each in loaded]
        depths = [sum(counted[1:at]) for at in range(1, len(loaded))]
        demand(all(map(_allows, loaded[1:], depths)), "5: path lengths")
        names = loaded[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        key = loaded[0].public_key()
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise AlteredError("5: a certificate") from error
    demand([each.value for each in names] == [name], "5: the name")
    if not isinstance(key, Ed25519PublicKey):
        raise AlteredError("5: the kind of key")
    demand(not is_small(key.public_bytes_raw()), "5: a key of small order")
    return key


def _allows(issuer: x509.Certificate, between: int) -> bool:
    """Section 5: whether an issuer allows so many authorities between itself and the signer."""
    length = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length
    return length is None or between <= length


def _issues(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
