"""docs/footage-format.md against the code: grammar, limits, prefixes, example; and a second implementation.

The second implementation reads and decrypts a vector with cbor2 and the primitives alone, by the page. It
shares no code with ``protocol.footage``.
"""

import base64
import hashlib
import hmac
import io
import json
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocol.footage import limits
from protocol.footage.ledger_types import EventKind
from protocol.footage.model import GapCause, Track
from protocol.footage.report import Verdict
from protocol.footage.signing import Domain
from tests.support.vectors import FOLDER

PAGE = (Path(__file__).parents[3] / "docs" / "footage-format.md").read_text()
GRAMMAR = PAGE.split("```cddl\n")[1].split("```")[0]
INTACT = json.loads((FOLDER / "cases" / "intact-receipt.json").read_text())
BASE = json.loads((FOLDER / "cases" / "intact.json").read_text())
FILES = {name: base64.b64decode(text) for name, text in {**BASE["files"], **INTACT["files"]}.items()}
HOUSE = json.loads((FOLDER / "house.json").read_text())


def sequence(data: bytes) -> list[Any]:
    """Read a CBOR sequence with cbor2."""
    stream, items = io.BytesIO(data), []
    while stream.tell() < len(data):
        items.append(cbor2.load(stream, read_size=1))
    return items


RECORDS = [record for name in sorted(FILES) for record in sequence(FILES[name])]


def keys_of(rule: str) -> list[str]:
    """The keys of a map in the grammar, in its order; those of maps inside it left out."""
    text = re.sub(r";.*", "", GRAMMAR).split(f"\n{rule} = {{")[1]
    keys: list[str] = []
    depth = 1
    for token in re.findall(r"[{}]|\w+:", text):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if not depth:
            return keys
        if depth == 1 and token.endswith(":"):
            keys.append(token[:-1])
    raise AssertionError(rule)


@pytest.mark.parametrize("kind", ["run", "chunk", "open", "keys", "event", "close", "receipt"])
def test_the_grammar_lists_each_record_s_keys_in_the_order_of_their_bytes(kind: str) -> None:
    bodies = [cbor2.loads(record[1]) for record in RECORDS if record[0] == kind]
    assert bodies
    for body in bodies:
        assert list(body) == keys_of("header" if kind == "chunk" else kind)


def test_the_grammar_lists_the_keys_of_the_parts_of_records() -> None:
    headers = [cbor2.loads(record[1]) for record in RECORDS if record[0] == "chunk"]
    opening = next(cbor2.loads(record[1]) for record in RECORDS if record[0] == "open")
    keys = next(cbor2.loads(record[1]) for record in RECORDS if record[0] == "keys")
    assert list(headers[0]["label"]) == keys_of("label")
    assert list(headers[0]["parts"][0]) == keys_of("part-header")
    assert list(opening["recipients"][0]) == keys_of("recipient")
    assert list(keys["sealed"][0]) == keys_of("sealed")


@pytest.mark.parametrize(("rule", "words"), [("cause", GapCause), ("kind", EventKind), ("track", Track)])
def test_the_grammar_lists_every_word(
    rule: str, words: type[GapCause] | type[EventKind] | type[Track]
) -> None:
    found = re.search(rf"^{rule} +=(.*?)\n\S", GRAMMAR, re.MULTILINE | re.DOTALL)
    assert found
    assert re.findall(r'"([^"]+)"', found[1]) == [str(word) for word in words]


def test_the_page_states_every_limit() -> None:
    for value in (
        limits.MAX_CHUNK_NS,
        limits.MAX_PART_BYTES,
        limits.MAX_SEGMENT_BYTES,
        limits.MAX_SEGMENT_CHUNKS,
        limits.MAX_LEDGER_BYTES,
        limits.MAX_HEADER_BYTES,
        limits.MAX_BODY_BYTES,
        limits.MAX_CERTIFICATE_BYTES,
        limits.MAX_GAPS,
        limits.MAX_TEXT_BYTES,
    ):
        assert f"{value:,}" in PAGE
    assert f"{limits.CONTINUITY_TOLERANCE_NS // 1_000_000} ms" in PAGE
    assert f"first_seq + {limits.MAX_KEYS_RANGE}" in PAGE


def test_the_page_states_every_prefix_and_verdict() -> None:
    for domain in Domain:
        assert f"| `{domain.value[:-1].decode()}` |" in PAGE
        assert domain.value.endswith(b"\0")
    for verdict in Verdict:
        assert f"| **{verdict}** |" in PAGE


def test_the_example_is_the_vector_s_chunk() -> None:
    example = PAGE.split("## 10.")[1].split("```")[1]
    tokens = [
        takewhile(re.compile("([0-9a-f]{2})+").fullmatch, line.split()) for line in example.splitlines()
    ]
    written = bytes.fromhex("".join(token for line in tokens for token in line))
    assert sequence(written)[0][0] == "chunk"
    assert written in FILES[min(name for name in FILES if name.endswith(".seg"))]


def test_a_second_implementation_checks_every_signature() -> None:
    for kind, body, signature, *_ in RECORDS:
        holder = cbor2.loads(
            next(r[1] for r in RECORDS if r[0] == ("receipt" if kind == "receipt" else "open"))
        )
        key = x509.load_der_x509_certificate(holder["certificates"][0]).public_key()
        assert isinstance(key, Ed25519PublicKey)
        key.verify(signature, f"lapel {kind} v1\0".encode() + body)


def test_a_second_implementation_decrypts_the_parts() -> None:
    keys = second_unseal()
    opened = []
    for record in RECORDS:
        if record[0] != "chunk":
            continue
        header = cbor2.loads(record[1])
        for part, ciphertext in zip(header["parts"], record[3], strict=True):
            assert hashlib.sha256(ciphertext).digest() == part["digest"]
            context = {name: header[name] for name in ("run", "seq", "camera")} | {"track": part["track"]}
            data = b"lapel part v1\0" + cbor2.dumps(context, canonical=True)
            if (header["seq"], part["track"]) in keys:
                plain = AESGCM(keys[header["seq"], part["track"]]).decrypt(bytes(12), ciphertext, data)
                opened.append({"seq": header["seq"], **part, "plaintext": plain.hex()})
    wanted = ("seq", "track", "codec", "plaintext")
    assert [{name: each[name] for name in wanted} for each in opened] == HOUSE["parts_of_intact"]


def second_unseal() -> dict[tuple[int, str], bytes]:
    """Section 7 of the page, for the one recipient of the vectors."""
    opening = next(cbor2.loads(record[1]) for record in RECORDS if record[0] == "open")
    found = {}
    for record in RECORDS:
        if record[0] != "keys":
            continue
        body = cbor2.loads(record[1])
        for sealed in body["sealed"]:
            place = {"track": sealed["track"], "key_id": sealed["key_id"], "recording": opening["recording"]}
            place |= {name: body[name] for name in ("first_seq", "last_seq")}
            info = b"lapel sealed keys v1\0" + cbor2.dumps(place, canonical=True)
            plain = second_hpke(sealed["ciphertext"], info)
            for at, seq in enumerate(range(body["first_seq"], body["last_seq"] + 1)):
                found[seq, sealed["track"]] = plain[32 * at : 32 * at + 32]
    return found


def second_hpke(sealed: bytes, info: bytes) -> bytes:
    """HPKE's base mode with X-Wing, HKDF-SHA256 and AES-256-GCM, from RFC 9180 and the page's drafts."""
    raw = bytes.fromhex(HOUSE["recipient_private"])
    mlkem, x25519 = (
        MLKEM768PrivateKey.from_seed_bytes(raw[:64]),
        X25519PrivateKey.from_private_bytes(raw[64:]),
    )
    share = sealed[1088:1120]
    secret = mlkem.decapsulate(sealed[:1088]) + x25519.exchange(X25519PublicKey.from_public_bytes(share))
    secret += share + x25519.public_key().public_bytes_raw() + bytes.fromhex("5c2e2f2f5e5c")
    shared = hashlib.sha3_256(secret).digest()
    suite = b"HPKE" + bytes.fromhex("647a00010002")

    def extract(salt: bytes, label: bytes, material: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + material, "sha256")

    def expand(label: bytes, context: bytes, length: int) -> bytes:
        prk = extract(shared, b"secret", b"")
        text = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return hmac.digest(prk, text + b"\1", "sha256")[:length]

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    cipher = AESGCM(expand(b"key", context, 32))
    return cipher.decrypt(expand(b"base_nonce", context, 12), sealed[1120:], b"")
