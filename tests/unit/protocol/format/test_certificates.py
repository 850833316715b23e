"""Certificate chains: who may sign, and that any bytes are read or refused."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.certificates import check_chain, fingerprint, signing_key
from protocol.footage.format.errors import CertificateError
from tests.support.media.recordings import make_identity

IDENTITY, OTHER = make_identity(), make_identity(seed=2)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # cryptography warns of serial numbers below one, which is not our matter
        yield


def refused(chain: list[bytes]) -> str:
    with pytest.raises(CertificateError) as caught:
        check_chain(chain)
    return str(caught.value)


def test_a_chain_names_its_signer_and_its_authority() -> None:
    identity = check_chain(IDENTITY.certificates)
    assert identity.name == "cam-01"
    assert identity.authority == IDENTITY.authority
    assert identity.public_key == IDENTITY.camera_key.public_key() == signing_key(IDENTITY.camera_certificate)


@pytest.mark.parametrize(
    ("chain", "reason"),
    [
        ([], "lacks its authority"),
        ([IDENTITY.camera_certificate], "lacks its authority"),
        ([IDENTITY.camera_certificate, OTHER.authority], "not issued by the authority beside it"),
        ([IDENTITY.authority, IDENTITY.camera_certificate], "by one that is not an authority"),
        ([IDENTITY.authority, IDENTITY.authority], "must not sign footage"),
        (
            [IDENTITY.camera_certificate, IDENTITY.camera_certificate, IDENTITY.authority],
            "by one that is not an authority",
        ),
        ([IDENTITY.camera_certificate + b"x", IDENTITY.authority], "cannot be read"),
    ],
)
def test_other_chains_are_refused(chain: list[bytes], reason: str) -> None:
    assert reason in refused(chain)


def refused_or_the_same(chain: list[bytes]) -> bool:
    """A changed chain must never name anyone else.

    The parser overlooks one thing: how many bits of a signature's bit string are unused. So a certificate's
    bytes are not all covered by its signature; in footage, the record's signature covers them.
    """
    try:
        identity = check_chain(chain)
    except CertificateError:
        return True
    return (identity.name, identity.public_key) == ("cam-01", IDENTITY.camera_key.public_key())


def test_a_changed_byte_of_a_chain_is_refused_or_means_nothing() -> None:
    """Version 19 once came through as an exception of the parser: ``InvalidVersion`` is no ``ValueError``."""
    for which, der in enumerate(IDENTITY.certificates):
        for at in range(len(der)):
            changed = bytearray(der)
            changed[at] ^= 1 << at % 8
            chain = list(IDENTITY.certificates)
            chain[which] = bytes(changed)
            assert refused_or_the_same(chain)


@given(st.data())
def test_any_changes_to_a_certificate_are_refused_or_mean_nothing(data: st.DataObject) -> None:
    der = bytearray(IDENTITY.camera_certificate)
    for _ in range(data.draw(st.integers(1, 6))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    assert refused_or_the_same([bytes(der), IDENTITY.authority])


def test_a_fingerprint_is_the_sha256_of_the_der() -> None:
    assert len(fingerprint(IDENTITY.authority)) == 64
    assert fingerprint(IDENTITY.authority) != fingerprint(OTHER.authority)
