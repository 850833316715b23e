"""Whether a token is the provider's, for this fleet and this purpose (OpenID Connect Core, section 3.1.3.7).

Rules:
- signed by a key of the provider, with an algorithm that has a public key: nobody who knows the client's
  secret can make one, and none is unsigned;
- issuer, audience, times and nonce hold;
- what ends sessions is a logout token and no other (Back-Channel Logout, section 2.6).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from authlib.oauth2.rfc6749 import OAuth2Error
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fleet.core.sections.provider import ProviderSection
from fleet.people.provider.errors import TokenError

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
LEEWAY_S: Final = 60
OLDEST_LOGOUT_S: Final = 300
LONGEST: Final = 16_384
LONGEST_SUBJECT: Final = 255
_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_WRONG: Final = "What the provider sent does not hold; begin again, and tell an administrator if it stays so."

Keys = Callable[[bool], KeySet]
"""Gives the provider's keys; with True anew."""


def id_claims(
    section: ProviderSection, keys: Keys, text: object, moment: datetime, *, nonce: str | None, access: object
) -> dict[str, Any]:
    """Return what an ID token says.

    Args:
        section: the configuration.
        keys: gives the provider's keys.
        text: the token, as it came.
        moment: now.
        nonce: what this sign-in sent; None for a token that came with a refresh.
        access: the access token that came beside it.

    Raises:
        TokenError: it does not hold.
        ProviderError: the keys cannot be fetched.
    """
    token = _decoded(keys, text)
    options = {
        "iss": {"essential": True, "value": section.issuer},
        "aud": {"essential": True, "value": section.client_id},
    }
    params = {"nonce": nonce, "client_id": section.client_id, "access_token": access}
    claims = CodeIDToken(token.claims, token.header, options, params)
    try:
        claims.validate(now=int(moment.timestamp()), leeway=LEEWAY_S)
    except (JoseError, OAuth2Error, ValueError, TypeError) as error:
        raise TokenError(_WRONG) from error
    found = dict(token.claims)
    _check_subject(found)
    return found


def logout_claims(section: ProviderSection, keys: Keys, text: object, moment: datetime) -> dict[str, Any]:
    """Return what a logout token says: whose sessions end.

    Raises:
        TokenError: it does not hold.
        ProviderError: the keys cannot be fetched.
    """
    found = dict(_decoded(keys, text).claims)
    audience, issued, events = found.get("aud"), found.get("iat"), found.get("events")
    now = moment.timestamp()
    holds = (
        found.get("iss") == section.issuer
        and section.client_id in (audience if isinstance(audience, list) else [audience])
        and isinstance(issued, int | float)
        and now - OLDEST_LOGOUT_S < issued < now + LEEWAY_S
        and _is_ahead(found.get("exp"), now)
        and isinstance(events, dict)
        and isinstance(events.get(_LOGOUT), dict)
        and "nonce" not in found
        and isinstance(found.get("sub", found.get("sid")), str)
    )
    if not holds:
        raise TokenError(_WRONG)
    return found


def _is_ahead(ends: object, now: float) -> bool:
    return ends is None or (isinstance(ends, int | float) and ends > now - LEEWAY_S)


def _decoded(keys: Keys, text: object) -> jwt.Token:
    """Return a token that a key of the provider signed; its keys are fetched anew where none of them did."""
    if not isinstance(text, str) or len(text) > LONGEST:
        raise TokenError(_WRONG)
    for anew in (False, True):
        try:
            return jwt.decode(text, keys(anew), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            if anew:
                raise TokenError(_WRONG) from error
    raise TokenError(_WRONG)


def _check_subject(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenError(_WRONG)
