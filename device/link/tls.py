"""TLS as the link uses it: version 1.3 alone, the fleet's own authority alone (RFC 8446, promise L1).

Rules:

- The machine's list of authorities plays no part: a certificate that any public authority would sign is
  refused.
- The host name is checked, also for addresses like 127.0.0.1.
- A failed handshake becomes one sentence that says which side did not accept which certificate.

With TLS 1.3 a client learns that its certificate was refused only when it first reads (RFC 8446, section
4.4.2.4 and appendix A), so that the refusal arrives as a failed request. ``explain`` finds it there.
"""

from __future__ import annotations

import ssl

import httpx

from device.link.errors import LinkError, NotTrustedError, UnreachableError

# OpenSSL's codes, https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_NOT_YET_VALID = 9
_EXPIRED = 10
_WRONG_NAME = frozenset({62, 64})  # host name, IP address

_ALERTS = {
    "CERTIFICATE_EXPIRED": "because it has ended: enrol the camera again with a new code.",
    "CERTIFICATE_REVOKED": "because the camera was revoked: enrol it again with a new code.",
    "UNKNOWN_CA": "because another authority issued it: enrol the camera with this fleet.",
}


def authority_context(authority_pem: str | None) -> ssl.SSLContext:
    """A context that shows no certificate and accepts only what ``authority_pem`` issued; nobody for None."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if authority_pem is not None:
        context.load_verify_locations(cadata=authority_pem)
    return context


def unverified_context() -> ssl.SSLContext:
    """A context that accepts anybody, for one question: the authority whose fingerprint stands in a code."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def explain(error: BaseException, where: str) -> LinkError:
    """Turn a failed connection into the link's own error.

    Args:
        error: what the network library raised.
        where: whom the camera talked to, as in "the fleet at https://…".
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NotTrustedError(_not_accepted(cause.verify_code, where))
        if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
            return NotTrustedError(_refused(cause.reason or "", where))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.RemoteProtocolError):
        return ended_silently(where)
    return UnreachableError(f"There is no connection to {where} ({_short(error)}); the camera keeps trying.")


def _not_accepted(code: int, where: str) -> str:
    if code == _NOT_YET_VALID:
        return f"The certificate of {where} is not valid yet by this camera's clock: set the clock."
    if code == _EXPIRED:
        return f"The certificate of {where} ended by this camera's clock: set the clock or restart the fleet."
    if code in _WRONG_NAME:
        return f"The certificate of {where} is for another name: add this one to server.names in the fleet."
    return f"The certificate of {where} is not good by the authority that this camera enrolled with."


def _refused(reason: str, where: str) -> str:
    ending = next((text for word, text in _ALERTS.items() if word in reason), "")
    if not ending and "CERTIFICATE" not in reason:
        return f"The connection was refused by {where} without a reason that helps: look at the fleet's log."
    ending = ending or "and gave no reason that helps: enrol the camera again with a new code."
    return f"The camera's certificate was refused by {where} {ending}"


def _short(error: BaseException) -> str:
    """What went wrong in few words: network libraries put a long text, or nothing, into their messages."""
    return str(error).strip().rstrip(".") or type(error).__name__


def ended_silently(where: str) -> UnreachableError:
    """The error for an end without a word: the alert that would say why does not always get through.

    A server that is just stopping sends none, and a reset that follows it at once discards it on its way.
    """
    return UnreachableError(
        f"The connection was ended without an answer by {where}: perhaps it is starting or "
        "stopping, or does not accept this camera's certificate."
    )


def refused_by(text: str, where: str) -> NotTrustedError | None:
    """The error that stands in a library's log line, if it says that the camera's certificate was refused."""
    return NotTrustedError(_refused(text.upper(), where)) if "ALERT" in text.upper() else None
