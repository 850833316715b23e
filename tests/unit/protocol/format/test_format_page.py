"""docs/footage-format.md against the code: grammar, limits, prefixes, examples, and what it says MUST be.

``test_second_reader.py`` has the implementation that was written from the page alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocol.footage.format import limits
from protocol.footage.format.model import GapCause, Track
from protocol.footage.format.signing import Domain
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.report import Rule, Verdict
from tests.support.second.opener import hpke
from tests.support.vectors.vectors import FOLDER, read_vector, vector_names

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "footage-format.md").read_text()
GRAMMAR = (DOCS / "footage-format.cddl").read_text()
FILES = read_vector("intact-receipt").files
IDENTITY = json.loads((FOLDER / "identity.json").read_text())
EXAMPLES = PAGE.split("## 10.")[1].split("## 11.")[0].split("```")[1::2]


def hexed(block: str) -> bytes:
    """The bytes of an example: of each line what is hex before its commentary."""
    tokens = [takewhile(re.compile("([0-9a-f]{2})+").fullmatch, line.split()) for line in block.splitlines()]
    return bytes.fromhex("".join(token for line in tokens for token in line))


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
def test_the_grammar_lists_every_word(rule: str, words: type[GapCause | EventKind | Track]) -> None:
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


def test_the_page_quotes_the_grammar() -> None:
    assert PAGE.split("```cddl\n")[1].split("```")[0] == GRAMMAR


def test_the_example_of_a_chunk_is_the_vector_s() -> None:
    written = hexed(EXAMPLES[0])
    [[kind, header, signature, [part]]] = sequence(written)
    assert kind == "chunk"
    assert written in FILES[min(name for name in FILES if name.endswith(".seg"))]
    message = bytes.fromhex(stated(r"signed message is `([0-9a-f]+)`")) + header
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(stated(r"public key is `([0-9a-f]+)`")))
    key.verify(signature, message)
    opened = AESGCM(bytes.fromhex(stated(r"whose key is\s+`([0-9a-f]+)`"))).decrypt(
        bytes(12), part, hexed(EXAMPLES[1])
    )
    assert opened.decode() == stated(r"28 bytes\s+`([^`]+)`")


def test_the_example_of_a_ledger_record_is_the_vector_s() -> None:
    written = hexed(EXAMPLES[2])
    ledger = FILES["ledger.cbor"]
    at = int(stated(r"at byte (\d+) of its ledger"))
    assert ledger[at : at + len(written)] == written
    [[kind, body, signature]] = sequence(written)
    opening, _, keys, _, close = sequence(ledger)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(stated(r"public key is `([0-9a-f]+)`")))
    prefix = bytes.fromhex(re.findall(r"over ([0-9a-f]+) and the body", EXAMPLES[2])[0])
    key.verify(signature, prefix + body)
    assert (kind, prefix) == ("event", Domain.EVENT.value)
    assert cbor2.loads(body)["previous"] == hashlib.sha256(keys[1]).digest()
    assert cbor2.loads(close[1])["previous"].hex() == stated(r"has `previous`\s+`([0-9a-f]+)`")
    assert opening[0] == "open"


def test_the_example_of_sealed_keys_opens() -> None:
    _, _, keys, *_ = sequence(FILES["ledger.cbor"])
    sealed = cbor2.loads(keys[1])["sealed"][0]
    assert len(sealed["ciphertext"]) == 1168
    private = bytes.fromhex(IDENTITY["recipient_private"])
    opened = hpke(private, sealed["ciphertext"], hexed(EXAMPLES[3]))
    assert opened.hex() == stated(r"chunk's video,\s+`([0-9a-f]+)`")


def stated(pattern: str) -> str:
    """What the page's section of examples says, once."""
    [found] = re.findall(pattern, PAGE.split("## 10.")[1].split("## 11.")[0])
    assert isinstance(found, str)
    return found


BROKEN_BY = {
    "MUST refuse everything else": [
        "not-minimal",
        "key-order",
        "key-twice",
        "key-number",
        "indefinite-array",
        "indefinite-map",
        "indefinite-text",
        "tag",
        "bignum",
        "float",
        "undefined",
        "simple-value",
        "reserved-head",
        "not-utf8",
    ],
    "MUST NOT allocate by a length": ["length-lies", "count-lies"],
    "MUST refuse what exceeds them": [
        "too-long",
        "part-huge",
        "run-certificate-long",
        "gaps-many",
        "open-text-long",
        "run-certificates-many",
        "keys-range-long",
        "event-detail-many",
    ],
    "MUST NOT give its number again": ["repeated"],
    "`ledger.cbor` MUST be there": ["not-a-recording"],
    "the chain's last certificate MUST be one of them": ["authority-not-trusted"],
    "MUST refuse another version": [
        "version",
        "run-version",
        "open-version",
        "keys-version",
        "event-version",
        "close-version",
        "receipt-version",
    ],
}
"""What the page says must be, and the vectors that break it."""

SHOWN_ELSEWHERE = ["MUST take them from a cryptographic source of randomness"]
"""What no file can show: ``tests/unit/device`` has the camera's keys."""


def test_every_must_of_the_page_is_broken_by_a_vector() -> None:
    text = re.sub(r"\s+", " ", PAGE)
    musts = text.count("MUST") - text.count("MUST, SHOULD and MAY are as in")
    assert musts == len(BROKEN_BY) + len(SHOWN_ELSEWHERE)
    for sentence in (*BROKEN_BY, *SHOWN_ELSEWHERE):
        assert sentence in text
    for name in (name for names in BROKEN_BY.values() for name in names):
        assert read_vector(name).expect in ("altered", "stray file", "another authority", "not a recording")


def test_every_rule_of_verifying_is_broken_by_a_vector() -> None:
    broken = {(vector.finding or ("",))[0] for vector in map(read_vector, vector_names())}
    assert broken == {"", *Rule}
