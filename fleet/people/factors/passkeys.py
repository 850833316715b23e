"""Passkeys, by the library ``webauthn`` (W3C Web Authentication, level 3).

Rules:
- they are discoverable, and the person is verified by PIN, finger or face: asked for of the browser, and
  required here, for the browser's answer alone shows it;
- they belong to the dashboard's own name, so that no other site can ask for them; an IP address is no name;
- a counter that went back is refused, one that stands at 0 is not: keys that are synchronised have none;
- no attestation is asked for: which make an authenticator is says nothing that counts here.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from fleet.core.problems import ProblemError
from fleet.people.factors.models import Passkey

NAME: Final = "Lapel"
_SELECTION: Final = AuthenticatorSelectionCriteria(
    resident_key=ResidentKeyRequirement.REQUIRED,
    require_resident_key=True,
    user_verification=UserVerificationRequirement.REQUIRED,
)
_BAD: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises of an answer that is not one; the last four of one that is not even built so."""


def relying_party(dashboard_url: str) -> str | None:
    """Return the name that passkeys belong to, or None where the dashboard is reached by an address alone."""
    host = urlsplit(dashboard_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return None


def registration_options(
    dashboard_url: str, *, user: str, name: str, challenge: bytes, known: Sequence[Passkey]
) -> dict[str, Any]:
    """Return what a browser needs to make a passkey for a user.

    Raises:
        ProblemError: 409 where the dashboard has no name.
    """
    options = generate_registration_options(
        rp_id=_named(dashboard_url),
        rp_name=NAME,
        user_id=bytes.fromhex(user),
        user_name=name,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=_SELECTION,
        exclude_credentials=_descriptors(known),
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def sign_in_options(dashboard_url: str, *, challenge: bytes, known: Sequence[Passkey]) -> dict[str, Any]:
    """Return what a browser needs to show a passkey: one of these, or any where there are none.

    Raises:
        ProblemError: 409 where the dashboard has no name.
    """
    options = generate_authentication_options(
        rp_id=_named(dashboard_url),
        challenge=challenge,
        allow_credentials=_descriptors(known) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def check_new(dashboard_url: str, answer: dict[str, Any], challenge: bytes) -> VerifiedRegistration:
    """Check what a browser says of a passkey that it made.

    Raises:
        ProblemError: 422 when it does not show one that was made here, now, by a person who was verified.
    """
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_named(dashboard_url),
            expected_origin=dashboard_url,
            require_user_verification=True,
        )
    except _BAD as error:
        detail = "The browser's answer shows no new passkey; try again, or use an authenticator app."
        raise ProblemError(422, "passkey_wrong", detail) from error


def credential_id(answer: dict[str, Any]) -> bytes:
    """Return which passkey an answer says that it shows; empty where it does not say."""
    named = answer.get("id")
    try:
        return base64url_to_bytes(named) if isinstance(named, str) else b""
    except ValueError:
        return b""


def check_shown(
    dashboard_url: str, answer: dict[str, Any], challenge: bytes, key: Passkey
) -> VerifiedAuthentication | None:
    """Check what a browser shows of a passkey; None when it does not hold."""
    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_named(dashboard_url),
            expected_origin=dashboard_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.count,
            require_user_verification=True,
        )
    except _BAD:
        return None


def _named(dashboard_url: str) -> str:
    name = relying_party(dashboard_url)
    if name is None:
        detail = "Passkeys need a dashboard that has a name: set server.names, or use an authenticator app."
        raise ProblemError(409, "no_name", detail)
    return name


def _descriptors(keys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each.credential) for each in keys]
