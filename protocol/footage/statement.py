"""A statement: what the fleet says and signs for people and programs outside of it, as JSON.

File: a JSON object of one member named as its kind says, what is said; ``signature``, Ed25519 in base64; and
``signed_by``, the signer's and the authority's certificates (DER in base64). Signed is the kind's domain and
what is said as UTF-8 JSON without spaces, with sorted keys and no character escaped that JSON does not
require to be. Numbers are whole, so that there is one way to write each.

What a statement says is not judged here: a signature shows who says it and that nothing was changed.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from protocol.footage.format.certificates import check_chain
from protocol.footage.format.errors import CertificateError, StatementError
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.footage.receipt import RECEIPT_SIGNER

if TYPE_CHECKING:
    from collections.abc import Callable

Said: TypeAlias = bool | int | str | Sequence["Said"] | Mapping[str, "Said"] | None


@dataclass(frozen=True, slots=True)
class StatementKind:
    """What is stated, and how.

    Attributes:
        member: The name of the member that holds what is said.
        kind: What ``kind`` says in it.
        version: What ``version`` says in it.
        domain: What the signature is for.
        words: The kind for people, with its article.
        signs: What the signer signs, for people.
        longest: The most bytes of a file.
        error: What is raised of what is none.
    """

    member: str
    kind: str
    version: int
    domain: Domain
    words: str
    signs: str
    longest: int
    error: Callable[[str], StatementError]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose signature holds.

    Attributes:
        said: What it says.
        authority: The DER of the authority's certificate under which it was signed.
    """

    said: Mapping[str, Said]
    authority: bytes


def sign_statement(
    kind: StatementKind, said: Mapping[str, Said], signer: Signer, certificates: Sequence[bytes]
) -> str:
    """Return a statement's file.

    Args:
        kind: Of what kind.
        said: What it says, beside its kind and version.
        signer: Signs with the key of the first certificate.
        certificates: DER, the signer's first, the authority's last.
    """
    whole = {"kind": kind.kind, "version": kind.version, **said}
    document = {
        kind.member: whole,
        "signature": _text(sign(signer, kind.domain, _signed(whole))),
        "signed_by": [_text(each) for each in certificates],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_statement(kind: StatementKind, data: bytes) -> Statement:
    """Read a statement, and check its signature and whose it is.

    Raises:
        StatementError: It is none of this kind.
        SignatureError: It was changed after it was signed.
        CertificateError: The chain does not hold, or names another signer than a fleet's.
    """
    document = _parse(kind, data)
    try:
        said, signature = document[kind.member], _bytes(document["signature"])
        chain = [_bytes(each) for each in _listed(document["signed_by"])]
    except (KeyError, TypeError, ValueError) as error:
        raise kind.error(f"it lacks what {kind.words} has") from error
    if not isinstance(said, Mapping) or said.get("kind") != kind.kind or said.get("version") != kind.version:
        raise kind.error(f"it is not {kind.words} of a version that is known here")
    identity = check_chain(chain)
    if identity.name != RECEIPT_SIGNER:
        raise CertificateError(
            f"the certificate names {identity.name!r}, {kind.signs} are signed by {RECEIPT_SIGNER!r}"
        )
    check(identity.public_key, kind.domain, _signed(said), signature)
    return Statement(said, identity.authority)


def looks_like(kind: StatementKind, data: bytes) -> bool:
    """Say whether some bytes look like a statement of this kind, valid or not."""
    try:
        return kind.member in _parse(kind, data)
    except StatementError:
        return False


def _parse(kind: StatementKind, data: bytes) -> dict[str, Said]:
    if len(data) > kind.longest:
        raise kind.error(f"it is longer than {kind.words}")
    try:
        document = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused
        )
        _signed(document)  # nothing in it that could not have been signed
    except (ValueError, RecursionError) as error:
        raise kind.error("it cannot be read as JSON of whole numbers, each name once") from error
    if not isinstance(document, dict):
        raise kind.error("it is no JSON object")
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
