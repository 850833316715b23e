"""The provider's description of itself and its keys, kept for a while and fetched anew when they rotate.

Rules:
- the description is the configured issuer's own, by its own word (OpenID Connect Discovery, section 4.3);
- a key that is not known has the keys fetched again, at most every ``KEYS_ANEW_S``: anybody can show a token
  with a made-up key.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from fleet.core.sections.provider import ProviderSection
from fleet.people.provider.errors import ProviderError, ProviderUnreachableError
from fleet.people.provider.http import ProviderHttp

log = logging.getLogger(__name__)

KEPT_S: Final = 3600.0
KEYS_ANEW_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says of itself.

    Attributes:
        authorization: where people are sent.
        token: where codes and refresh tokens are shown.
        keys: where its keys are.
        says_issuer: whether it names itself when it sends people back (RFC 9207).
        takes_basic: whether the client's secret goes into the header; else into the body.
        end_session: where a browser is signed out there; empty where it does not say.
    """

    authorization: str
    token: str
    keys: str
    says_issuer: bool
    takes_basic: bool
    end_session: str = ""


class ProviderDocuments:
    """Keeps what was fetched. Thread-safe.

    Args:
        section: the configuration.
        http: asks.
        seconds: seconds that only go forward.
    """

    def __init__(self, section: ProviderSection, http: ProviderHttp, seconds: Callable[[], float]) -> None:
        self._section = section
        self._http = http
        self._seconds = seconds
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def metadata(self) -> Metadata:
        """Return the description.

        Raises:
            ProviderError: it does not answer, or is another's.
        """
        with self._lock:
            held = self._metadata
        if held is not None and self._seconds() - held[0] < KEPT_S:
            return held[1]
        url = f"{self._section.issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._read(self._http.get_json(url))
        with self._lock:
            self._metadata = (self._seconds(), found)
        return found

    def known(self) -> Metadata | None:
        """Return the description as it was last fetched, however long ago; None before that."""
        with self._lock:
            return None if self._metadata is None else self._metadata[1]

    def keys(self, *, anew: bool = False) -> KeySet:
        """Return the keys; with ``anew`` fetched again, unless that was a moment ago.

        Raises:
            ProviderError: it does not answer, or has none.
        """
        with self._lock:
            held = self._keys
        age = None if held is None else self._seconds() - held[0]
        if held is not None and age is not None and age < (KEYS_ANEW_S if anew else KEPT_S):
            return held[1]
        document = self._http.get_json(self.metadata().keys)
        try:
            found = KeySet.import_key_set({"keys": document["keys"]})
        except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProviderUnreachableError(self._http.silent()) from error
        with self._lock:
            self._keys = (self._seconds(), found)
        return found

    def _read(self, document: dict[str, Any]) -> Metadata:
        if document.get("issuer") != self._section.issuer:
            raise ProviderError(
                f"Another provider than {self._section.name} answers at its address; tell an administrator."
            )
        addresses = [document.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(each, str) for each in addresses):
            raise ProviderUnreachableError(self._http.silent())
        authorization, token, keys = map(str, addresses)
        for each in (authorization, token, keys):
            self._http.check(each)
        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            authorization,
            token,
            keys,
            says_issuer=document.get("authorization_response_iss_parameter_supported") is True,
            takes_basic="client_secret_basic" in methods if isinstance(methods, list) else True,
            end_session=self._safe(document.get("end_session_endpoint")),
        )

    def _safe(self, address: object) -> str:
        """Return an address that nothing depends on; empty for one that nobody is to be sent to."""
        try:
            if isinstance(address, str):
                self._http.check(address)
                return address
        except (ProviderError, ValueError):
            log.warning("%s names an address to sign out at that is not https.", self._section.name)
        return ""
