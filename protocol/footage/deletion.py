"""A certificate of deletion: the fleet's signed word that a recording was deleted, why and when (F3).

File: a JSON object of ``certificate``, what is said; ``signature``, Ed25519 in base64; and ``signed_by``, the
signer's and the authority's certificates (DER in base64). Signed is ``lapel deletion v1``, a zero byte, and
``certificate`` as UTF-8 JSON without spaces, with sorted keys and no character escaped that JSON does not
require to be. Numbers are whole, so that there is one way to write each.

What a certificate says is not judged here: a signature shows who says it and that nothing was changed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from protocol.footage.format.certificates import check_chain
from protocol.footage.format.errors import CertificateError, DeletionError
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.footage.receipt import RECEIPT_SIGNER

KIND: Final = "lapel deletion certificate"
VERSION: Final = 1
LONGEST: Final = 1_000_000
"""Bytes; a certificate is some kilobytes long."""

Said: TypeAlias = bool | int | str | Sequence["Said"] | Mapping[str, "Said"] | None


@dataclass(frozen=True, slots=True)
class DeletionCertificate:
    """A certificate whose signature holds.

    Attributes:
        said: what it says.
        authority: the DER of the authority's certificate under which it was signed.
    """

    said: Mapping[str, Said]
    authority: bytes


def sign_deletion(said: Mapping[str, Said], signer: Signer, certificates: tuple[bytes, ...]) -> str:
    """Return the certificate's file.

    Args:
        said: what it says, beside its kind and version.
        signer: signs with the key of the first certificate.
        certificates: DER, the signer's first, the authority's last.
    """
    whole = {"kind": KIND, "version": VERSION, **said}
    document = {
        "certificate": whole,
        "signature": _text(sign(signer, Domain.DELETION, _signed(whole))),
        "signed_by": [_text(each) for each in certificates],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_deletion(data: bytes) -> DeletionCertificate:
    """Read a certificate of deletion, and check its signature and whose it is.

    Raises:
        DeletionError: it is none.
        SignatureError: it was changed after it was signed.
        CertificateError: the chain does not hold, or names another signer than a fleet's.
    """
    document = _parse(data)
    try:
        said, signature = document["certificate"], _bytes(document["signature"])
        chain = [_bytes(each) for each in _listed(document["signed_by"])]
    except (KeyError, TypeError, ValueError) as error:
        raise DeletionError("it lacks what a certificate of deletion has") from error
    if not isinstance(said, Mapping) or said.get("kind") != KIND or said.get("version") != VERSION:
        raise DeletionError("it is no certificate of deletion of a version that is known here")
    identity = check_chain(chain)
    if identity.name != RECEIPT_SIGNER:
        raise CertificateError(
            f"the certificate names {identity.name!r}, deletions are signed by {RECEIPT_SIGNER!r}"
        )
    check(identity.public_key, Domain.DELETION, _signed(said), signature)
    return DeletionCertificate(said, identity.authority)


def is_deletion(data: bytes) -> bool:
    """Say whether some bytes look like a certificate of deletion, valid or not."""
    try:
        return "certificate" in _parse(data)
    except DeletionError:
        return False


def _parse(data: bytes) -> dict[str, Said]:
    if len(data) > LONGEST:
        raise DeletionError("it is longer than a certificate of deletion")
    try:
        document = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused
        )
        _signed(document)  # nothing in it that could not have been signed
    except (ValueError, RecursionError) as error:
        raise DeletionError("it cannot be read as JSON of whole numbers, each name once") from error
    if not isinstance(document, dict):
        raise DeletionError("it is no JSON object")
    return document


def _once(pairs: list[tuple[str, Said]]) -> dict[str, Said]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refused(text: str) -> Said:
    raise ValueError(f"{text} is no whole number")


def _listed(value: Said) -> Sequence[Said]:
    if not isinstance(value, list):
        raise TypeError("it is no list")
    return value


def _signed(said: Said) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("it is no text")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("it is no base64") from error
