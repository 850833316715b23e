"""Which addresses a webhook may be sent to, and how it is signed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.delivery.rules.addresses import is_allowed
from fleet.delivery.rules.signing import signature

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("10.1.2.3", False, True),
        ("192.168.0.9", False, True),
        ("fd00::1", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),  # noqa: S104 - judged, not bound
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, False),
        ("::ffff:10.1.2.3", False, True),
        ("::ffff:169.254.169.254", False, False),
        ("::ffff:93.184.215.14", True, True),
        ("2002:7f00:1::", False, False),
        ("not an address", False, False),
        ("", False, False),
    ],
)
def test_public_addresses_are_allowed_and_private_ones_where_they_are_meant(
    address: str, public: bool, private: bool
) -> None:
    assert is_allowed(address, private=False) is public
    assert is_allowed(address, private=True) is private


@given(st.ip_addresses())
def test_what_is_allowed_is_allowed_too_where_private_addresses_are_meant(address: object) -> None:
    if is_allowed(str(address), private=False):
        assert is_allowed(str(address), private=True)


@given(st.binary(min_size=16, max_size=40), st.binary(max_size=100), st.binary(max_size=100))
def test_another_body_or_secret_has_another_signature(secret: bytes, body: bytes, other: bytes) -> None:
    one = signature(secret, NOON, body)
    assert (signature(secret, NOON, other) == one) is (other == body)
    assert signature(secret + b"x", NOON, body) != one
