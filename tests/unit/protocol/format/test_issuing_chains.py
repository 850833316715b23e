"""Chains with authorities between the signer and the trusted one, and what a camera is given of them."""

from __future__ import annotations

import contextlib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.certificates import check_chain
from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import check_certificates, read_certificates
from tests.support.media.recordings import chain_below, issued_below, make_identity

IDENTITY, BELOW = make_identity(), issued_below()


def pem(*ders: bytes) -> str:
    return "".join(map(ssl.DER_cert_to_PEM_cert, ders))


PEM = pem(*BELOW.certificates[:2])


# proves L1
@given(st.lists(st.tuples(st.none() | st.integers(0, 4), st.booleans()), max_size=4))
def test_a_chain_holds_exactly_if_no_path_length_is_exceeded(issuers: list[tuple[int | None, bool]]) -> None:
    lengths, same_name = [length for length, _ in issuers], [same for _, same in issuers]
    chain = (*chain_below(lengths, same_name=same_name), IDENTITY.authority)
    counted = [sum(not same for same in same_name[at + 1 :]) for at in range(len(issuers))]
    if all(length is None or below <= length for length, below in zip(lengths, counted, strict=True)):
        assert check_chain(chain).authority == IDENTITY.authority
    else:
        with pytest.raises(CertificateError, match="more authorities below it"):
            check_chain(chain)


def test_what_a_camera_is_given_becomes_the_chain_that_footage_carries() -> None:
    own, issuing = BELOW.certificates[:2]
    assert check_certificates(pem(own, issuing), IDENTITY.authority) == BELOW.certificates
    assert check_certificates(pem(IDENTITY.camera_certificate), IDENTITY.authority) == IDENTITY.certificates


# proves L1
def test_an_issuing_authority_of_nobody_is_refused() -> None:
    """It bears the name of the fleet's, and signs for the camera's name; another root issued it."""
    own, issuing = issued_below(seed=2).certificates[:2]
    for given_pem in (pem(own, issuing), pem(own), pem(own, BELOW.issuers[0])):
        with pytest.raises(CertificateError, match="not issued by the authority beside it"):
            check_certificates(given_pem, IDENTITY.authority)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "cannot be read"),
        ("ü", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
        (pem(*[IDENTITY.authority] * 4), "more or longer certificates than footage carries"),
        ("x" * 40_000, "too long"),
    ],
)
def test_what_is_no_chain_is_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(CertificateError, match=reason):
        read_certificates(text)


@given(
    st.text(max_size=300) | st.builds(lambda at, by: PEM[:at] + by + PEM[at:], st.integers(0, 900), st.text())
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(CertificateError):
        assert 1 <= len(read_certificates(text)) <= 3
