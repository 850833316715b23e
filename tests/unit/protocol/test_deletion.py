from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.deletion import LONGEST, Said, is_deletion, read_deletion, sign_deletion
from protocol.footage.format.errors import CertificateError, DeletionError, FootageError, SignatureError
from protocol.footage.format.signing import ed25519_signer
from tests.support.media.recordings import TestIdentity, make_identity

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
SAID = st.dictionaries(st.text().filter(lambda name: name not in {"kind", "version"}), VALUES, max_size=5)


@pytest.fixture(scope="module")
def identity() -> TestIdentity:
    return make_identity()


def signed(said: Mapping[str, Said], identity: TestIdentity, *, by_camera: bool = False) -> bytes:
    key = identity.camera_key if by_camera else identity.receipts_key
    certificate = identity.camera_certificate if by_camera else identity.receipts_certificate
    return sign_deletion(said, ed25519_signer(key), (certificate, identity.authority)).encode()


@given(SAID)
def test_what_was_signed_is_read_back(said: dict[str, Said]) -> None:
    identity = make_identity()
    try:
        data = signed(said, identity)
    except UnicodeEncodeError:
        return  # half of a surrogate pair is no text that anybody writes
    found = read_deletion(data)
    assert {name: found.said[name] for name in said} == said
    assert found.authority == identity.authority
    assert is_deletion(data)


def test_any_change_is_found(identity: TestIdentity) -> None:
    # proves F3
    data = signed({"recording": "ab", "why": "6 months", "copies": [{"at": "x"}]}, identity)
    document = json.loads(data)
    for change in (
        {"certificate": {**document["certificate"], "why": "7 months"}},
        {"certificate": {**document["certificate"], "more": None}},
        {"certificate": {**document["certificate"], "copies": []}},
        {"signature": document["signature"].replace("A", "B").replace("a", "b")},
    ):
        with pytest.raises(SignatureError):
            read_deletion(json.dumps({**document, **change}).encode())
    with pytest.raises(CertificateError):
        read_deletion(json.dumps({**document, "signed_by": document["signed_by"][::-1]}).encode())


def test_a_camera_certifies_no_deletion(identity: TestIdentity) -> None:
    # proves F3
    with pytest.raises(CertificateError, match="deletions are signed by"):
        read_deletion(signed({}, identity, by_camera=True))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"certificate": {}, "certificate": {}}',
        b'{"certificate": {"kind": "lapel deletion certificate"}, "signature": "", "signed_by": []}',
        b'{"certificate": 1.5}',
        b'{"certificate": NaN}',
        b'{"certificate": "\\ud800"}',
        b'{"certificate": {}, "signature": "*", "signed_by": []}',
        b'{"certificate": {}, "signature": "", "signed_by": "x"}',
        b" " * (LONGEST + 1),
        b'{"a":' * 100_000,
    ],
)
def test_what_is_none_is_refused_in_a_sentence(data: bytes) -> None:
    # proves F6
    with pytest.raises(DeletionError):
        read_deletion(data)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    # proves F6
    with pytest.raises(FootageError):
        read_deletion(data)
