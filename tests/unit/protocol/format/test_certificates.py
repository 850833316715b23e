"""Certificate chains: who may sign, and that any bytes are read or refused."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.certificates import check_chain, fingerprint, signing_key
from protocol.footage.format.errors import CertificateError
from protocol.footage.format.small_order import has_small_order
from tests.support.media.recordings import make_identity
from tests.support.second.curve import NEUTRAL, P, Point, add, decoded, encoded, is_small
from tests.support.vectors.keyless import FITS_ALL, NEUTRAL_KEY, keyless_identity

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


def points_of_small_order() -> list[Point]:
    """The eight of them, by the definition: what is left of a point times the order of the base."""
    order = 2**252 + 27742317777372353535851937790883648493
    for seed in range(2, 100):
        point = decoded(seed.to_bytes(32, "little"))
        if point is None:
            continue
        points = [times(each, times(order, point)) for each in range(8)]
        if len(set(points)) == 8:
            return points
    pytest.fail("none found")


def times(number: int, point: Point) -> Point:
    total = NEUTRAL
    while number:
        if number & 1:
            total = add(total, point)
        number, point = number >> 1, add(point, point)
    return total


# proves C5
def test_every_key_of_small_order_is_known_in_every_encoding() -> None:
    keys = set()
    for x, y in points_of_small_order():
        for number in (y, y + P):
            if number < 2**255:
                keys |= {(number | sign << 255).to_bytes(32, "little") for sign in (0, 1)}
        assert encoded((x, y)) in keys
    assert len(keys) == 14, "five y, two of which fit in a second time, each with both signs"
    assert all(has_small_order(key) for key in keys)


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_refused_exactly_if_eight_times_it_is_nothing(key: bytes) -> None:
    if decoded(key) is not None:
        assert has_small_order(key) == is_small(key)
    assert not has_small_order(Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw())


# proves C5
def test_a_certificate_whose_key_signs_for_everybody_is_refused() -> None:
    keyless = keyless_identity()
    Ed25519PublicKey.from_public_bytes(NEUTRAL_KEY).verify(FITS_ALL, b"anything at all")  # it really does
    assert "anybody can sign" in refused(list(keyless.certificates))
    with pytest.raises(CertificateError, match="anybody can sign"):
        signing_key(keyless.camera_certificate)
