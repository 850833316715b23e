"""Tokens that are not the provider's, not for this fleet, or not for this sign-in, made by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from fleet.core.actor import Role
from fleet.core.sections.provider import ProviderSection
from fleet.people.provider.claims import name_of, roles_of, shows_second
from fleet.people.provider.errors import TokenError
from fleet.people.provider.tokens import id_claims, logout_claims

SECRET = "a secret of the client that is long enough"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
SECTION = ProviderSection.model_validate(
    {
        "issuer": "https://id.example",
        "client_id": "lapel",
        "client_secret_file": "/secret",
        "roles": {"CCTV": ["cctv-manager"], "Desk": ["safety-team", "officer"]},
    }
)
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("a", "b"))
PUBLIC = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])
GOOD = {"iss": "https://id.example", "aud": "lapel", "sub": "one", "iat": AT, "exp": AT + 600, "nonce": "n"}
EVENT: dict[str, dict[str, str]] = {"http://schemas.openid.net/event/backchannel-logout": {}}
LOGOUT = {"iss": "https://id.example", "aud": "lapel", "sub": "one", "iat": AT, "jti": "1", "events": EVENT}


def signed(claims: dict[str, Any], key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)


def without(claims: dict[str, Any], **change: object) -> dict[str, Any]:
    """Claims with a change; None takes one away."""
    return {key: value for key, value in {**claims, **change}.items() if value is not None}


def read(text: object, nonce: str | None = "n") -> dict[str, Any]:
    return id_claims(SECTION, lambda _anew: PUBLIC, text, NOW, nonce=nonce, access=None)


def left(text: object) -> dict[str, Any]:
    return logout_claims(SECTION, lambda _anew: PUBLIC, text, NOW)


def test_what_the_provider_signed_for_this_sign_in_is_taken() -> None:
    assert read(signed(GOOD))["sub"] == "one"
    assert read(signed(without(GOOD, aud=["lapel"])))["sub"] == "one"
    assert read(signed(without(GOOD, nonce=None)), nonce=None)["sub"] == "one"
    assert left(signed(LOGOUT))["sub"] == "one"
    assert left(signed(without(LOGOUT, sub=None, sid="s")))["sid"] == "s"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://id.example/"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["lapel", "another"]},
        {"aud": None},
        {"azp": "another"},
        {"exp": AT - 61},
        {"exp": None},
        {"iat": AT + 3600},
        {"nonce": "m"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 256},
        {"sub": 7},
    ],
)
def test_an_id_token_that_does_not_hold_is_refused(change: dict[str, object]) -> None:
    # proves F5
    with pytest.raises(TokenError):
        read(signed(without(GOOD, **change)))


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"iat": AT - 301},
        {"iat": AT + 61},
        {"iat": None},
        {"exp": AT - 61},
        {"events": None},
        {"events": {}},
        {"events": ["http://schemas.openid.net/event/backchannel-logout"]},
        {"nonce": "n"},
        {"sub": None},
    ],
)
def test_a_logout_token_that_does_not_hold_is_refused(change: dict[str, object]) -> None:
    # proves F5
    with pytest.raises(TokenError):
        left(signed(without(LOGOUT, **change)))


def test_neither_stands_in_for_the_other() -> None:
    with pytest.raises(TokenError):
        left(signed(GOOD))
    with pytest.raises(TokenError):
        read(signed(LOGOUT))


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join([*(_text(json.dumps(each).encode()) for each in parts), ""])


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def by_secret(claims: dict[str, Any]) -> str:
    """Signed with the client's secret, as whoever holds that could."""
    return jwt.encode({"alg": "HS256", "kid": "a"}, claims, OctKey.import_key(SECRET))


@pytest.mark.parametrize(
    "made", [unsigned, by_secret, lambda claims: signed(claims, OTHER), lambda _claims: None]
)
def test_what_no_key_of_the_provider_signed_is_refused(made: Callable[[dict[str, Any]], object]) -> None:
    # proves F5
    for read_it, claims in ((read, GOOD), (left, LOGOUT)):
        with pytest.raises(TokenError):
            read_it(made(claims))


def test_keys_are_fetched_anew_once_for_a_key_that_is_not_known() -> None:
    asked: list[bool] = []

    def keys(anew: bool) -> KeySet:
        asked.append(anew)
        return KeySet([RSAKey.import_key(OTHER.as_dict(private=False))]) if anew else PUBLIC

    found = id_claims(SECTION, keys, signed(GOOD, OTHER), NOW, nonce="n", access=None)
    assert (found["sub"], asked) == ("one", [False, True])


@given(st.data())
def test_a_token_that_was_altered_is_refused(data: st.DataObject) -> None:
    text = signed(GOOD)
    place = data.draw(st.integers(0, len(text) - 1))
    altered = text[:place] + data.draw(st.text(max_size=3)) + text[place + 1 :]
    try:
        assert read(altered)["sub"] == "one", "what is taken says the same"
    except TokenError:
        return


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["CCTV", "Desk"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=8,
)


@given(anything, anything, anything)
def test_whatever_is_claimed_gives_no_more_than_is_configured(
    groups: object, name: object, shown: object
) -> None:
    # proves F5
    claims = {"groups": groups, "preferred_username": name, "amr": shown, "acr": shown}
    listed = groups if isinstance(groups, list) else [groups]
    texts = {each for each in listed if isinstance(each, str)}
    expected = set()
    if "CCTV" in texts:
        expected |= {Role.CCTV_MANAGER}
    if "Desk" in texts:
        expected |= {Role.SAFETY_TEAM, Role.OFFICER}
    assert roles_of(SECTION, claims) == expected
    named = name_of(SECTION, claims)
    assert named is None or (named.isprintable() and 0 < len(named) <= 100)
    assert not shows_second(SECTION, claims), "the provider's does not count unless that is configured"
