"""Consent events: what was said at the door, signed, in order, and never read as anything else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import cbor2
import pytest
from cddl_verifier import Validator
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.consent import (
    NONE_BEFORE,
    ConsentEvent,
    ConsentSaid,
    SaidOfConsent,
    ledger_event,
    parse_consent,
    read_consent,
    sign_consent,
)
from protocol.footage.format.errors import ConsentError, FormatError
from protocol.footage.format.model import ClockLabel
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.verifying.verify import Verdict, verify_recording
from protocol.messages.consent import SignedConsent
from tests.support.media.recordings import Take, make_identity
from tests.support.second.reader import SecondReader

IDENTITY = make_identity()
OTHER_CAMERA = make_identity("cam-02")
OTHER_FLEET = make_identity(seed=2)
EVENT = ConsentEvent(
    camera=IDENTITY.camera,
    number=1,
    previous=NONE_BEFORE,
    run=bytes(range(16)),
    at_ns=501_000_000_000,
    label=ClockLabel(1_795_000_501_000_000, synchronised=True, error_us=1500),
    said=ConsentSaid(SaidOfConsent.REFUSED, wording="en 2"),
    way="control",
    recording=None,
    assignment="a1",
)
FILE = sign_consent(EVENT, IDENTITY.signer, IDENTITY.certificates)

texts = st.text(max_size=100)
events = st.builds(
    ConsentEvent,
    camera=st.just(IDENTITY.camera),
    number=st.integers(0, 2**32),
    previous=st.binary(min_size=32, max_size=32),
    run=st.binary(min_size=16, max_size=16),
    at_ns=st.integers(0, 2**63),
    label=st.builds(
        ClockLabel,
        utc_us=st.integers(-(2**53), 2**53),
        synchronised=st.booleans(),
        error_us=st.none() | st.integers(0, 2**40),
    ),
    said=st.builds(ConsentSaid, kind=st.sampled_from(SaidOfConsent), why=texts, wording=texts),
    way=texts,
    recording=st.none() | st.binary(min_size=16, max_size=16),
    assignment=st.none() | texts,
)


# proves L2
@given(event=events)
def test_what_was_signed_is_what_is_read(event: ConsentEvent) -> None:
    data = sign_consent(event, IDENTITY.signer, IDENTITY.certificates)
    read = read_consent(SignedConsent.of(data).to_bytes(), IDENTITY.authority)
    assert read.event == event
    assert read.certificates == IDENTITY.certificates
    assert len(read.digest) == len(NONE_BEFORE)


# proves L2
@given(at=st.integers(0, len(FILE) - 1), flip=st.integers(1, 255))
def test_one_changed_byte_is_found(at: int, flip: int) -> None:
    changed = bytearray(FILE)
    changed[at] ^= flip
    with pytest.raises(ConsentError):
        read_consent(bytes(changed), IDENTITY.authority)


@given(length=st.integers(0, len(FILE) - 1))
def test_a_part_of_one_is_none(length: int) -> None:
    with pytest.raises(FormatError):
        parse_consent(FILE[:length])


def test_what_follows_it_is_refused() -> None:
    with pytest.raises(FormatError):
        parse_consent(FILE + b"\0")


# proves L1
def test_another_cameras_and_another_fleets_word_is_refused() -> None:
    by_another = sign_consent(EVENT, OTHER_CAMERA.signer, OTHER_CAMERA.certificates)
    with pytest.raises(ConsentError, match="names 'cam-02'"):
        read_consent(by_another, IDENTITY.authority)
    with pytest.raises(ConsentError, match="another authority"):
        read_consent(FILE, OTHER_FLEET.authority)


def test_what_a_ledger_signs_is_no_consent_event() -> None:
    take = Take(IDENTITY)
    take.press()
    with pytest.raises(FormatError):
        parse_consent(bytes(take.ledger))


def test_a_limit_is_kept_before_anything_is_signed_away() -> None:
    with pytest.raises(FormatError):
        sign_consent(replace(EVENT, way="x" * 2000), IDENTITY.signer, IDENTITY.certificates)


# proves C3
@pytest.mark.parametrize("kind", SaidOfConsent)
def test_in_a_ledger_it_is_an_event_that_readers_of_version_1_know(kind: SaidOfConsent) -> None:
    said = ConsentSaid(kind, "danger" if kind is SaidOfConsent.NOT_ASKED else "", "en 2")
    event, detail = ledger_event(said)
    assert detail["consent"] == kind
    take = Take(IDENTITY)
    take.chunk()
    take.press()
    take.live()
    take.event(event, **detail)
    take.live()
    take.close()
    assert verify_recording(take.files, authorities=[IDENTITY.authority]).verdict is Verdict.INTACT
    grammar = Path("docs/footage-format.cddl").read_text("utf-8")
    assert SecondReader(grammar).verdict(take.files, IDENTITY.authority) == "intact"


def test_no_word_reads_as_consent_where_there_was_none() -> None:
    """Who reads the kind alone reads nothing false: what is no consent is not called one."""
    kinds = {kind: ledger_event(ConsentSaid(kind))[0] for kind in SaidOfConsent}
    assert [kind for kind, event in kinds.items() if event is EventKind.CONSENT_GIVEN] == ["given"]
    assert kinds[SaidOfConsent.WITHDRAWN] is EventKind.CONSENT_REFUSED


def test_every_vector_reads_as_it_says() -> None:
    vectors = json.loads(Path("tests/vectors/consent.json").read_text("utf-8"))
    assert {each["expect"] for each in vectors} == {"valid", "refused"}
    for each in vectors:
        data, authority = bytes.fromhex(each["file"]), bytes.fromhex(each["authority"])
        if each["expect"] == "valid":
            assert read_consent(data, authority).event.said.kind == each["kind"], each["name"]
        else:
            with pytest.raises(ConsentError, match=each["because"]):
                read_consent(data, authority)


def test_the_page_s_grammar_is_what_is_written() -> None:
    text = Path("docs/footage-format.cddl").read_text("utf-8")
    [kind, body, signature] = cbor2.loads(FILE)
    assert Validator(text).validate(cbor2.dumps([[kind, body, signature]]), root_type="consent-file").valid
    named = re.sub(r";.*", "", text).split("\nconsent = {")[1].split("\n}")[0]
    assert list(cbor2.loads(body)) == re.findall(r"^  (\w+):", named, re.MULTILINE)
    words = re.search(r"^said = (.*)$", text, re.MULTILINE)
    assert words
    assert re.findall(r'"([^"]+)"', words[1]) == list(SaidOfConsent)
    IDENTITY.camera_key.public_key().verify(signature, b"lapel consent v1\0" + body)
