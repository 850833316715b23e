"""The CDDL of the format against reality: it judges vectors and changed bodies as our reader does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import cbor2
import pytest
from cddl_verifier import Validator, schema_diagnostics

from protocol.footage.format.cbor import decode, encode
from protocol.footage.format.chunk import take_header
from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.record import take_record
from tests.harness.fuzz.mutate import take_apart
from tests.harness.fuzz.plain import inputs
from tests.harness.fuzz.targets import BODIES, TARGETS
from tests.support.vectors.forging import plain
from tests.support.vectors.vectors import read_vector, vector_names

GRAMMAR = (Path(__file__).parents[4] / "docs" / "footage-format.cddl").read_text()
VALIDATOR = Validator(GRAMMAR)
RULES = {"ledger.cbor": "ledger-file", "receipt.cbor": "receipt-file"}

IN_WORDS = re.compile(
    "each track at most once|part of|ends inside|tracks are each named|named twice|pre-record cannot end"
    "|not a range of|is not a camera id|where the record should end|longer than the 65536|expected 44 bytes"
)
"""Rules that the grammar states in its comments, because CDDL cannot."""


def test_the_grammar_is_cddl() -> None:
    assert schema_diagnostics(GRAMMAR) == ()


@cache  # most vectors share most of their files
def validates(name: str, data: bytes) -> bool:
    """Tell whether a file is what the grammar says, its records put into an array."""
    pieces, tail = take_apart(data)
    items = cbor2.dumps([0] * len(pieces))[: -len(pieces) or None] + b"".join(pieces) + tail
    return bool(VALIDATOR.validate(items, root_type=RULES.get(name, "segment-file")))


OUTSIDE_OF_GRAMMARS = {
    *(
        "not-minimal",
        "key-order",
        "indefinite-array",
        "indefinite-map",
        "indefinite-text",
        "bignum",
        "key-twice",
    ),
    *("header-trailing", "receipt-trailing"),  # section 3: one encoding, nothing after it
    *("camera-fleet", "part-twice", "parts-order", "parts-more", "part-longer"),
    *(name for name in vector_names() if name.startswith("event-gap-")),  # section 9, step 2.6
    *("open-last", "open-recipient-twice", "open-recipient-tracks", "keys-backwards", "keys-range-long"),
}
"""Forms that are wrong by rules which CDDL cannot say: of encoding, or between one field and another."""


@pytest.mark.parametrize("name", vector_names())
def test_a_vector_is_valid_by_the_grammar_unless_its_form_is_wrong(name: str) -> None:
    vector = read_vector(name)
    rule, at, _ = vector.finding or ("", "", "")
    for file, data in vector.files.items():
        if rule != "format" or file != at:
            assert validates(file, data) or rule == "unexpected" or file == "note.txt", file
        elif name not in OUTSIDE_OF_GRAMMARS:
            assert not validates(file, data), "the grammar takes what our reader refuses"


@pytest.mark.slow
def test_bodies_changed_at_random_are_judged_alike() -> None:
    bodies = next(target for target in TARGETS if target.name == "bodies")
    accepted = refused = 0
    for data in inputs(bodies, 1200, seed=4):
        kind, body = BODIES[data[0] % len(BODIES)] if data else "header", data[1:]
        try:
            if encode(plain(decode(body))) != body:
                continue  # another encoding, which is not the grammar's matter
        except FormatError:
            continue
        ours = problem(kind, body)
        theirs = bool(VALIDATOR.validate(body, root_type=kind))
        assert theirs == (ours is None) or (theirs and IN_WORDS.search(ours or "")), (ours, body.hex())
        accepted += ours is None
        refused += ours is not None
    assert accepted > 100
    assert refused > 200


def problem(kind: str, body: bytes) -> str | None:
    """What our reader has against a body."""
    try:
        if kind == "header":
            take_header(body)
        else:
            take_record(kind, body, base=0)
    except FormatError as error:
        return error.reason
    return None
