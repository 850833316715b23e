"""Whom the fleet believes that a store is that store, on its own way there.

Rules:
- whoever this machine trusts vouches for a store, and who stands in ``footage.authority`` as well: a store of
  one's own has an authority of one's own. A certificate is always looked at;
- what is wrong with a certificate is said in a sentence: what stands in the library's own is for programmers.

Cameras that put footage straight into a store are told whom to believe (``fleet.footage.direct.signer``).
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fleet.core.errors import FleetConfigError

if TYPE_CHECKING:
    from obstore.store import ClientConfig  # obstore has this type only while types are checked

_LONGEST: Final = 65_536
_FAULTS: Final = (
    ("UnknownIssuer", "its certificate is of an authority that is not trusted here (footage.authority)"),
    ("NotValidYet", "its certificate is not good yet"),
    ("Expired", "its certificate has expired"),
    ("NotValidForName", "its certificate is for another name than footage.endpoint has"),
    ("Revoked", "its certificate was revoked"),
    ("", "its certificate is not good"),
)


def read_certificates(key: str, path: str) -> str:
    """Return the certificates in a file, as PEM.

    Args:
        key: the setting that names it, for the sentence.
        path: where it is.

    Raises:
        FleetConfigError: it holds none, or more than certificates.
    """
    named = f"{key} = '{path}'"
    try:
        found = Path(path).read_text(encoding="ascii")
        if len(found) > _LONGEST or "PRIVATE KEY" in found:
            raise FleetConfigError(f"{named} is to hold a few certificates alone.")
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found)
    except (OSError, ValueError, ssl.SSLError) as error:
        raise FleetConfigError(f"{named} holds no certificates.") from error
    return found


def store_client(endpoint: str, authority: str) -> ClientConfig:
    """Return how obstore goes to a store.

    Args:
        endpoint: ``footage.endpoint``.
        authority: ``footage.authority``.

    Raises:
        FleetConfigError: ``footage.authority`` holds no certificates.
    """
    options: ClientConfig = {"allow_http": endpoint.startswith("http://")}
    if authority:
        options["root_certificate"] = read_certificates("footage.authority", authority)
    return options


def store_context(authority: str) -> ssl.SSLContext:
    """Return TLS for what else is asked of a store; ``authority`` is ``footage.authority``.

    Raises:
        FleetConfigError: ``footage.authority`` holds no certificates.
    """
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cadata=read_certificates("footage.authority", authority))
    return context


def certificate_fault(error: Exception) -> str:
    """Return what is wrong with a store's certificate, by an error of obstore; empty where that is not it."""
    _, found, what = str(error).partition("InvalidCertificate(")
    return next(words for mark, words in _FAULTS if what.lstrip().startswith(mark)) if found else ""
