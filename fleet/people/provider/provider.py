"""One provider of identities: where people are sent, what is shown to it, and what it answers.

Rules:
- the client's secret is read from its file at start, is in no message and no log, and goes to the provider's
  token endpoint alone;
- what it answers is checked before anything is made of it (``tokens``).
"""

from __future__ import annotations

import stat
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc.jwk import KeySet
from pydantic import SecretStr

from fleet.core.errors import FleetConfigError
from fleet.core.sections.provider import ProviderSection
from fleet.people.provider.documents import ProviderDocuments
from fleet.people.provider.errors import ProviderError, ProviderRefusedError, TokenError
from fleet.people.provider.http import WAIT_S, ProviderHttp
from fleet.people.provider.tokens import id_claims, logout_claims
from fleet.people.provider.trip import Trip

with warnings.catch_warnings():
    # It would rather have httpx2; the rest of this tree speaks through httpx, and one client is enough.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

_ANEW = {"prompt": "login", "max_age": "0"}
"""Has a provider ask who somebody is although it knows them, and say when (OpenID Connect Core, 3.1.2.1)."""
_GONE = frozenset({"invalid_grant"})
"""What a provider says of what is good no more (RFC 6749, section 5.2)."""


class Provider:
    """Speaks with the provider. Thread-safe.

    Args:
        section: the configuration.
        secret: the client's.
        http: asks.
        documents: what the provider says of itself.
    """

    def __init__(
        self, section: ProviderSection, secret: SecretStr, http: ProviderHttp, documents: ProviderDocuments
    ) -> None:
        self._section = section
        self._secret = secret
        self._http = http
        self._documents = documents

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return self._section.issuer

    def address(self, trip: Trip, *, redirect: str) -> str:
        """Return where to send the browser; to sign in there anew, where a session is to be confirmed.

        Raises:
            ProviderError: the provider does not answer.
        """
        metadata = self._documents.metadata()
        with self._client(redirect) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization,
                state=trip.state,
                code_verifier=trip.verifier,
                nonce=trip.nonce,
                **(_ANEW if trip.confirms else {}),
            )
        return str(url)

    def end_address(self) -> str:
        """Return where a browser is signed out there (OpenID Connect RP-Initiated Logout 1.0).

        Empty where it announces no such address, or was not asked for one yet: nobody waits for it.
        """
        known = self._documents.known()
        if known is None or not known.end_session:
            return ""
        return str(add_params_to_uri(known.end_session, [("client_id", self._section.client_id)]))

    def check_answer(self, answer: Mapping[str, str]) -> None:
        """Refuse an answer that is another provider's, or says that somebody was not signed in.

        Raises:
            ProviderError: it does not hold, or is a refusal.
        """
        says_issuer = self._documents.metadata().says_issuer
        if answer.get("iss", None if says_issuer else self.issuer) != self.issuer:
            raise TokenError("That answer is not from the provider that was asked; begin again.")
        if "error" in answer or not answer.get("code"):
            raise TokenError(f"{self._section.name} did not sign you in; begin again.")

    def exchange(self, code: str, verifier: str, *, redirect: str) -> dict[str, Any]:
        """Return the tokens for a code.

        Raises:
            ProviderError: it does not answer, or refuses the code.
        """
        with self._client(redirect) as client:
            return self._asked(
                lambda url: client.fetch_token(
                    url, code=code, grant_type="authorization_code", code_verifier=verifier
                )
            )

    def refresh(self, token: str) -> dict[str, Any]:
        """Return new tokens for an old one: whoever gets some is still there.

        Raises:
            ProviderRefusedError: the token is good no more.
            ProviderError: it does not answer.
        """
        with self._client(None) as client:
            return self._asked(lambda url: client.refresh_token(url, refresh_token=token, scope=""))

    def id_claims(self, tokens: Mapping[str, Any], nonce: str | None, moment: datetime) -> dict[str, Any]:
        """Return what the ID token among tokens says.

        Raises:
            ProviderError: it does not hold.
        """
        return id_claims(
            self._section,
            self._keys,
            tokens.get("id_token"),
            moment,
            nonce=nonce,
            access=tokens.get("access_token"),
        )

    def logout_claims(self, token: str, moment: datetime) -> dict[str, Any]:
        """Return whose sessions a logout token ends.

        Raises:
            ProviderError: it does not hold.
        """
        return logout_claims(self._section, self._keys, token, moment)

    def _keys(self, anew: bool) -> KeySet:
        return self._documents.keys(anew=anew)

    def _client(self, redirect: str | None) -> OAuth2Client:
        basic = self._documents.metadata().takes_basic
        return OAuth2Client(
            client_id=self._section.client_id,
            client_secret=self._secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope=" ".join(self._section.scopes),
            redirect_uri=redirect,
            code_challenge_method="S256",
            verify=self._http.context,
            timeout=WAIT_S,
            trust_env=False,
        )

    def _asked(self, ask: Callable[[str], Any]) -> dict[str, Any]:
        url = self._documents.metadata().token
        try:
            with self._http.asking():
                return dict(ask(url))
        except AuthlibBaseError as error:
            if error.error in _GONE:
                detail = f"{self._section.name} takes that no more; begin again."
                raise ProviderRefusedError(detail) from error
            raise ProviderError(self._http.silent()) from error
        except ValueError as error:  # what came was no answer
            raise ProviderError(self._http.silent()) from error


def open_provider(section: ProviderSection, seconds: Callable[[], float]) -> Provider | None:
    """Return the provider that is configured; None where there is none.

    Args:
        section: the configuration.
        seconds: seconds that only go forward.

    Raises:
        FleetConfigError: the secret or the certificates cannot be used.
    """
    if not section.is_used:
        return None
    http = ProviderHttp(section)
    return Provider(section, _secret(section), http, ProviderDocuments(section, http, seconds))


def _secret(section: ProviderSection) -> SecretStr:
    path = Path(section.client_secret_file)
    try:
        mode, text = path.stat().st_mode, path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        detail = f"provider.client_secret_file = '{path}' cannot be read."
        raise FleetConfigError(detail) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        detail = f"provider.client_secret_file = '{path}' is open to others; run: chmod 600 {path}"
        raise FleetConfigError(detail)
    if not text:
        raise FleetConfigError(f"provider.client_secret_file = '{path}' is empty.")
    return SecretStr(text)
